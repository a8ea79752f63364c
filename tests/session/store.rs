//! The store of copies in Redis, as a process has it.

use std::sync::Arc;
use std::time::Duration;

use entity::cache_outbox;
use sea_orm::EntityTrait as _;
use telemedicine::coherence::{Coherence, RedisStore, Store, Topic, Topics, boot_clock};
use telemedicine::db::Database;
use telemedicine::redis::Redis;

/// A store in this Redis, without leases, for one process, which reads the outbox as every process does.
pub(super) fn shared_store(db: &Database, redis: Redis) -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(RedisStore::new(redis, Duration::ZERO));
    if let Some(membership) = store.membership() {
        // It begins while nothing is in the outbox.
        membership.outbox_was_read(boot_clock::now(), []);
    }
    let (coherence, db) = (Coherence::new(Arc::clone(&store), Duration::from_secs(1)), db.clone());
    actix_web::rt::spawn(async move {
        let Some(membership) = coherence.membership().cloned() else { return };
        membership.has_row(boot_clock::now());
        actix_web::rt::spawn(async move {
            // There are no others in this small site, and nobody who strikes anybody off.
            loop {
                membership.has_row(boot_clock::now());
                if let Some(mark) = membership.unconfirmed() {
                    membership.confirm(&mark, []);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        loop {
            read_outbox(&coherence, &db).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    store
}

async fn read_outbox(coherence: &Coherence, db: &Database) {
    let began = coherence.begin_reading();
    let find = cache_outbox::Entity::find();
    let read = db.reader().run(Topics::exempt("a test"), async |conn| find.clone().all(conn).await).await;
    let Ok(rows) = read else { return };
    let topics = rows.iter().filter_map(|row| Topic::parse(&row.topic)).collect();
    let topics = coherence.outbox_was_read(began, topics);
    if !topics.is_empty() {
        drop(coherence.renew(&topics).await);
    }
}
