//! That other processes learn of a unit of work, whatever fails between its COMMIT and its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use actix_web::web::Bytes;
use entity::cache_outbox;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use sea_orm::{ConnectionTrait, EntityTrait, Schema};
use telemedicine::cache::store::keys;
use telemedicine::cache::{Coherence, Keys, MemoryStore, RedisStore, Stamp, Stamps, Store, Topic, Topics, Unavailable};
use telemedicine::db::Database;
use telemedicine::redis::Redis;

use crate::support::{TestDatabase, hospital_named, settings};

/// A store that takes holds, and can be made to take no new stamps: one that went away in between.
#[derive(Default)]
struct Leaving {
    store: MemoryStore,
    is_away: AtomicBool,
    distrusted: AtomicU32,
}

impl Store for Leaving {
    fn read<'a>(&'a self, keys: &'a Keys) -> BoxFuture<'a, Result<Stamps, Unavailable>> {
        self.store.read(keys)
    }

    fn hold<'a>(&'a self, topics: &'a Keys, holder: &'a str, time: Duration) -> BoxFuture<'a, Result<(), Unavailable>> {
        self.store.hold(topics, holder, time)
    }

    fn renew<'a>(&'a self, topics: &'a Keys, holder: &'a str) -> BoxFuture<'a, Result<(), Unavailable>> {
        if self.is_away.load(SeqCst) {
            return ready(Err(Unavailable("away".to_owned()))).boxed();
        }
        self.store.renew(topics, holder)
    }

    fn distrust(&self) {
        self.distrusted.fetch_add(1, SeqCst);
    }

    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Unavailable>> {
        self.store.page(name)
    }

    fn keep_page<'a>(&'a self, name: &'a str, page: Vec<u8>, time: Duration) -> BoxFuture<'a, Result<(), Unavailable>> {
        self.store.keep_page(name, page, time)
    }

    fn prefix(&self) -> &str {
        ""
    }

    fn is_shared(&self) -> bool {
        true
    }
}

async fn outbox(db: &Database) -> Vec<String> {
    let find = async |conn: &telemedicine::db::ReadConnection<'_>| cache_outbox::Entity::find().all(conn).await;
    let rows = db.reader().run(Topics::exempt("a test"), find).await.unwrap();
    rows.into_iter().map(|row| row.topic).collect()
}

async fn what_could_not_be_renewed_is_in_the_outbox_before_the_answer(test: &TestDatabase) {
    let db = &test.db;
    let table = Schema::new(db.backend()).create_table_from_entity(cache_outbox::Entity);
    db.bare().execute(&table).await.unwrap();
    let store = Arc::new(Leaving::default());
    db.keep_coherent(Coherence::new(Arc::clone(&store) as Arc<dyn Store>, Duration::from_secs(1)));

    let write = async |name: &'static str| {
        db.write(async |uow| uow.insert(hospital_named(name), Topic::Hospitals).await).await.unwrap();
    };
    write("Told").await;
    assert!(outbox(db).await.is_empty() && store.distrusted.load(SeqCst) == 0);

    store.is_away.store(true, SeqCst);
    write("Not told").await;
    assert_eq!(outbox(db).await, [Topic::Hospitals.to_string()]);
    assert_eq!(store.distrusted.load(SeqCst), 1);

    assert_eq!(db.drain_outbox().await.unwrap(), 0, "nothing is taken out while nobody can be told");
    store.is_away.store(false, SeqCst);
    assert_eq!(db.drain_outbox().await.unwrap(), 1);
    assert!(outbox(db).await.is_empty());
}

#[tokio::test]
async fn what_could_not_be_renewed_is_announced_on_sqlite() {
    what_could_not_be_renewed_is_in_the_outbox_before_the_answer(&TestDatabase::sqlite().await).await;
}

#[tokio::test]
async fn what_could_not_be_renewed_is_announced_on_postgres() {
    if let Some(test) = TestDatabase::postgres().await {
        what_could_not_be_renewed_is_in_the_outbox_before_the_answer(&test).await;
    }
}

/// The holds of a process whose last look is older than another one's start.
#[tokio::test]
async fn a_new_epoch_keeps_nobody_from_holding_and_a_lost_one_is_replaced() {
    let Ok(url) = std::env::var("TEST_REDIS_URL") else {
        eprintln!("skipped: TEST_REDIS_URL is not set");
        return;
    };
    let prefix = format!("test-{:016x}", rand::random::<u64>());
    let settings = settings(&[("REDIS_URL", &url)]);
    let open = || Redis::open_pooled(settings.redis.as_ref().unwrap(), &prefix).unwrap();
    let (one, other) = (open(), open());
    let (ours, theirs) = (RedisStore::new(one.clone()), RedisStore::new(other.clone()));
    let topics = keys(&ours, [Topic::Hospitals]);
    let before = ours.read(&topics).await.unwrap();
    assert!(matches!(before.values[..], [Stamp::Current(_)]));

    let after = theirs.read(&topics).await.unwrap();
    assert_ne!(before.epoch, after.epoch, "whoever starts sets an epoch");
    ours.hold(&topics, "one", Duration::from_secs(60)).await.unwrap();
    assert_eq!(theirs.read(&topics).await.unwrap().values, [Stamp::Held]);
    ours.renew(&topics, "one").await.unwrap();
    let renewed = theirs.read(&topics).await.unwrap();
    assert!(renewed.values != after.values && renewed.values != [Stamp::Held]);

    let epoch = telemedicine::redis::Command::new("DEL").arg(one.epoch_key());
    one.run_pooled(epoch).await.unwrap();
    ours.hold(&topics, "one", Duration::from_secs(60)).await.unwrap();
    let lost = theirs.read(&topics).await.unwrap();
    assert_eq!(lost.values, [Stamp::Held]);
    assert_ne!(lost.epoch, renewed.epoch, "where none stands a new one is set");
}
