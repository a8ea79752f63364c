//! The line about Redis.

use std::time::Instant;

use super::{CheckResult, milliseconds};
use crate::coherence::RedisStore;
use crate::redis::{Command, Error, Redis};
use crate::settings::Settings;

/// A value is set and got back, and whatever the cache needs is tried.
pub(super) async fn examine(settings: &Settings) -> CheckResult {
    let Some(options) = &settings.redis else {
        return Ok(
            "not used (no REDIS_URL): sessions and cache live in the server's process, so run one instance".to_owned()
        );
    };
    let redis = Redis::open(options, &settings.cache.key_prefix).map_err(|error| error.to_string())?;
    let began = Instant::now();
    match round_trip(&redis).await {
        Ok(true) => {
            let time = milliseconds(began.elapsed());
            let probed = RedisStore::new(redis.clone(), settings.cache.lease).probe().await;
            probed.map_err(|lacks| format!("{} (REDIS_URL): {lacks}", redis.server()))?;
            Ok(format!("{}, set and got back in {time}, told of changes", redis.server()))
        }
        Ok(false) => Err(format!("{} (REDIS_URL) lost a value that was just set", redis.server())),
        Err(error) => Err(format!("{} (REDIS_URL): {error}", redis.server())),
    }
}

/// Whether a value that is set can be read.
async fn round_trip(redis: &Redis) -> Result<bool, Error> {
    let value = format!("{:016x}", rand::random::<u64>());
    let key = redis.key("check", &value);
    let set = Command::new("SET").arg(&key).arg(&value).arg("EX").int(10);
    redis.run_in_background(set).await?;
    let got = redis.run_in_background(Command::new("GET").arg(&key)).await?.into_bytes()?;
    redis.run_in_background(Command::new("DEL").arg(&key)).await?;
    Ok(got.as_deref() == Some(value.as_bytes()))
}
