//! That other processes learn of a unit of work, whatever fails between its COMMIT and its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use entity::cache_outbox;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use sea_orm::{ConnectionTrait, EntityTrait, Schema};
use telemedicine::coherence::store::{Certainty, HeldBy};
use telemedicine::coherence::{
    Basis, Change, Coherence, Membership, MemoryStore, RedisStore, Stamp, Stamps, Store, Topic, Topics, Unavailable,
    boot_clock,
};
use telemedicine::db::Database;
use telemedicine::redis::Redis;
use tokio::sync::broadcast;

use crate::support::{NO_ACT, TestDatabase, hospital_named, settings};

/// A store that takes holds, and can be made to take no new stamps: one that went away in between.
#[derive(Default)]
struct Leaving {
    store: MemoryStore,
    is_away: AtomicBool,
}

impl Store for Leaving {
    fn vouches_for(&self, basis: &Basis) -> bool {
        self.store.vouches_for(basis)
    }

    fn cached(&self, topics: &[Topic]) -> Option<Stamps> {
        self.store.cached(topics)
    }

    fn ask<'a>(&'a self, topics: &'a [Topic]) -> BoxFuture<'a, Result<Stamps, Unavailable>> {
        self.store.ask(topics)
    }

    fn hold<'a>(
        &'a self,
        topics: &'a [Topic],
        holder: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<Certainty, Unavailable>> {
        self.store.hold(topics, holder, time)
    }

    fn renew<'a>(&'a self, topics: &'a [Topic], held: HeldBy<'a>) -> BoxFuture<'a, Result<(), Unavailable>> {
        if self.is_away.load(SeqCst) {
            return ready(Err(Unavailable("away".to_owned()))).boxed();
        }
        self.store.renew(topics, held)
    }

    fn membership(&self) -> Option<&Arc<Membership>> {
        None
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.store.changes()
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
        db.write_unrecorded(NO_ACT, async |uow| uow.insert(hospital_named(name), Topic::Hospitals).await)
            .await
            .unwrap();
    };
    write("Told").await;
    assert!(outbox(db).await.is_empty());

    store.is_away.store(true, SeqCst);
    write("Not told").await;
    assert_eq!(outbox(db).await, [Topic::Hospitals.to_string()]);

    assert_eq!(db.drain_outbox().await.unwrap(), (1, 0), "nothing is taken out while nobody can be told");
    store.is_away.store(false, SeqCst);
    assert_eq!(db.drain_outbox().await.unwrap(), (1, 1));
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

/// A store of one process in this Redis; there is no outbox to be read.
fn believing(redis: &Redis) -> RedisStore {
    let store = RedisStore::new(redis.clone(), Duration::ZERO);
    if let Some(membership) = store.membership() {
        membership.outbox_was_read(boot_clock::now(), []);
    }
    store
}

#[tokio::test]
async fn processes_agree_on_an_epoch_and_a_lost_one_is_replaced() {
    let Ok(url) = std::env::var("TEST_REDIS_URL") else {
        eprintln!("skipped: TEST_REDIS_URL is not set");
        return;
    };
    let prefix = format!("test-{:016x}", rand::random::<u64>());
    let settings = settings(&[("REDIS_URL", &url)]);
    let open = || Redis::open_pooled(settings.redis.as_ref().unwrap(), &prefix).unwrap();
    let (one, other) = (open(), open());
    let (ours, theirs) = (believing(&one), believing(&other));
    let topics = [Topic::Hospitals];
    let before = ours.ask(&topics).await.unwrap();
    assert!(matches!(before.values[..], [Stamp::Current(_)]));

    let after = theirs.ask(&topics).await.unwrap();
    assert_eq!(before, after, "who starts changes nothing for the others");
    let certainty = ours.hold(&topics, "one", Duration::from_secs(60)).await.unwrap();
    assert_eq!(theirs.ask(&topics).await.unwrap().values, [Stamp::Held]);
    ours.renew(&topics, HeldBy { holder: "one", certainty }).await.unwrap();
    let renewed = theirs.ask(&topics).await.unwrap();
    assert!(renewed.values != after.values && renewed.values != [Stamp::Held]);

    let epoch = telemedicine::redis::Command::new("DEL").arg(one.epoch_key());
    one.run_pooled(epoch).await.unwrap();
    ours.hold(&topics, "one", Duration::from_secs(60)).await.unwrap();
    let lost = believing(&other).ask(&topics).await.unwrap();
    assert_eq!(lost.values, [Stamp::Held]);
    assert_ne!(lost.epoch, renewed.epoch, "where none stands a new one is set");
}
