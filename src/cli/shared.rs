//! How a command that changes something tells the servers that are running.

use std::sync::Arc;

use super::Failure;
use crate::coherence::{Coherence, RedisStore};
use crate::db::Database;
use crate::redis::Redis;
use crate::settings::Settings;

/// What a command tells about what it changes. It keeps nothing itself, so nobody waits for it.
pub(super) fn coherence(redis: &Redis, settings: &Settings) -> Coherence {
    let store = RedisStore::new(redis.clone(), settings.cache.lease);
    Coherence::new(Arc::new(store), settings.database.longest_answer())
}

/// From now on what is written to `database` is told to the servers that share its cache, before it is done.
///
/// # Errors
/// The address of Redis cannot be used; or the database's.
pub(super) async fn tell(database: &Database, settings: &Settings) -> Result<(), Failure> {
    if let Some(options) = &settings.redis {
        let redis = Redis::open(options, &settings.cache.key_prefix).map_err(Failure::new)?;
        database.keep_coherent(coherence(&redis, settings));
        database.join().await.map_err(Failure::new)?;
    }
    Ok(())
}

/// Without Redis a server looks into the outbox once a second: a command that has changed something waits for that, so that the
/// next page shows it. Where no server runs there is nobody to wait for.
pub(super) async fn wait(database: &Database, settings: &Settings) {
    database.leave().await;
    if settings.redis.is_none()
        && let Err(error) = database.wait_until_announced().await
    {
        log::debug!("the outbox cannot be read: {error}");
    }
}
