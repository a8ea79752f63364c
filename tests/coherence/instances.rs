//! Processes that end, die and come back: who is waited for, and who is in nobody's way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use entity::{cache_instance, notification};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use telemedicine::{
    coherence::{Coherence, RedisStore, Store as _, Topic},
    db::Database,
    redis::Redis,
    settings::Settings,
};
use tokio::task::{JoinHandle, spawn_local};

use crate::{line::Line, support::*};

/// Where nothing listens.
const NOWHERE: &str = "redis://127.0.0.1:1";
/// A process that shows no sign of life for so long is dead, in these tests.
const ROW_LEASE: Duration = Duration::from_secs(2);
/// For a busy machine.
const TRIES: u32 = 600;

/// A process over the database of an application, without its pages.
struct Process {
    database: Database,
    name: String,
    work: Vec<JoinHandle<()>>,
}

impl Process {
    async fn start(app: &TestApp, redis: &str) -> Self {
        let mut vars: BTreeMap<String, String> = app.variables();
        vars.insert("REDIS_URL".to_owned(), redis.to_owned());
        let settings = Settings::from_vars(&vars).unwrap_or_else(|problems| panic!("{problems}"));
        let redis = Redis::open_pooled(settings.redis.as_ref().unwrap(), &settings.cache.key_prefix).unwrap();
        let store = RedisStore::with_row_lease(redis, settings.cache.lease, ROW_LEASE);
        let database = Database::connect(&settings.database, "a process").await.unwrap();
        database.keep_coherent(Coherence::new(Arc::new(store.clone()), Duration::from_secs(1)));
        database.join().await.unwrap();
        let name = store.membership().unwrap().process().to_owned();
        let work =
            vec![spawn_local(database.clone().drain_outbox_forever(|| ())), spawn_local(store.listen_forever(|| ()))];
        Self { database, name, work }
    }

    /// Without a word.
    async fn die(&mut self) {
        for work in self.work.drain(..) {
            work.abort();
        }
        self.database.close().await;
    }

    /// Whether it may change something.
    async fn writes(&self, app: &TestApp, person: &Person) -> bool {
        let news = notification::ActiveModel {
            recipient_id: Set(person.user_id),
            kind: Set(NotificationKind::AppointmentBooked),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        let topic = Topic::Inbox(person.user_id);
        self.database
            .write_unrecorded(NO_ACT, async |uow| uow.insert(news.clone(), topic).await)
            .await
            .map(drop)
            .is_ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.work.iter().for_each(JoinHandle::abort);
    }
}

async fn has_row(app: &TestApp, name: &str) -> bool {
    let rows = cache_instance::Entity::find().filter(cache_instance::Column::Name.eq(name));
    rows.count(&app.db).await.unwrap() > 0
}

async fn comes(what: &str, is_there: impl AsyncFn() -> bool) {
    for _ in 0..TRIES {
        if is_there().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never comes to this: {what}");
}

async fn application(redis: &str) -> (TestApp, Person) {
    let app = TestApp::start_with(&[("REDIS_URL", redis)]).await;
    let person = super_admin().create(&app).await;
    (app, person)
}

/// It was never registered, so it would not be missed, and writes only where nobody relies on being told. Of who has died nobody can tell
/// it so but the table of processes.
#[actix_web::test]
async fn the_row_of_a_dead_process_is_not_for_ever_in_the_way_of_who_cannot_reach_redis() {
    let (app, person) = application(NOWHERE).await;
    let mut dead = Process::start(&app, NOWHERE).await;
    dead.die().await;
    // As it stood while Redis was there.
    let note = cache_instance::Entity::update_many()
        .set(cache_instance::ActiveModel { apart: Set(false), ..Default::default() })
        .filter(cache_instance::Column::Name.eq(&dead.name));
    note.exec(&app.db).await.unwrap();
    let alone = Process::start(&app, NOWHERE).await;
    comes("it writes", async || alone.writes(&app, &person).await).await;
    assert!(!has_row(&app, &dead.name).await);
}

#[actix_web::test]
async fn who_lives_and_hears_redis_is_not_taken_for_dead() {
    let Some(redis) = RedisServer::start() else { return };
    let (app, person) = application(NOWHERE).await;
    let living = Process::start(&app, &redis.url()).await;
    let cut_off = Process::start(&app, NOWHERE).await;
    for _ in 0..8 {
        assert!(!cut_off.writes(&app, &person).await, "the other would not hear of it");
        tokio::time::sleep(ROW_LEASE / 4).await;
    }
    assert!(has_row(&app, &living.name).await && living.writes(&app, &person).await);
}

#[actix_web::test]
async fn who_was_taken_for_dead_and_lives_gets_a_row_again() {
    let Some(redis) = RedisServer::start() else { return };
    let (app, person) = application(NOWHERE).await;
    let living = Process::start(&app, &redis.url()).await;
    let row = cache_instance::Entity::delete_many().filter(cache_instance::Column::Name.eq(&living.name));
    assert_eq!(row.exec(&app.db).await.unwrap().rows_affected, 1);
    comes("it has a row", async || has_row(&app, &living.name).await).await;
    assert!(living.writes(&app, &person).await);
}

/// Who ends in order is missed by nobody, though it cannot take its row out: else the others would read the outbox several times a
/// second until it is taken for dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_ends_while_its_database_is_away_is_not_missed() {
    if !uses_postgres() {
        return;
    }
    let Some(redis) = RedisServer::start() else { return };
    let url = redis.url();
    let app = TestApp::start_with(&[("REDIS_URL", &url), ("CACHE_KEY_PREFIX", "c")]).await;
    let mut database = url::Url::parse(&app.variables()["DATABASE_URL"]).unwrap();
    let line = Line::lay(database.port().unwrap()).await;
    database.set_port(Some(line.port())).unwrap();
    let ending = app.another_instance_with(&[("DATABASE_URL", database.as_str())]);
    let name = ending.state.shared_store.as_ref().unwrap().membership().unwrap().process().to_owned();
    let is_registered = async || redis.command(&format!("HEXISTS c:processes {name}")) == ":1";
    comes("it is registered", is_registered).await;
    line.cut();
    tokio::task::spawn_blocking(move || drop(ending)).await.unwrap();
    assert!(!is_registered().await, "it has left a registration that runs out");
    assert!(has_row(&app, &name).await, "the database was not to be had");
}
