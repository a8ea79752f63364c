//! Redis and Postgres fail while people click: nobody sees a 5xx, and nobody is signed out.
//!
//! On Postgres and Redis only; each test breaks a Redis server or a database of its own.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::task::JoinHandle;

use crate::support::*;

/// How long people click before and after the fault.
const A_WHILE: Duration = Duration::from_millis(700);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_flushed() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url()), ("WORKERS", "2")]).await;
    let clinic = Clinic::create(&app).await;
    let users = ActiveUsers::gather(&app, &clinic).await;
    for _ in 0..5 {
        tokio::time::sleep(A_WHILE / 5).await;
        there_is_something_to_lose(&redis).await;
        assert_eq!(redis.command("FLUSHALL"), "+OK");
    }
    users.goes_home_unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_killed_and_comes_back_empty() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url()), ("WORKERS", "2")]).await;
    let clinic = Clinic::create(&app).await;
    let users = ActiveUsers::gather(&app, &clinic).await;
    tokio::time::sleep(A_WHILE).await;
    redis.kill();
    users.clicks_on(A_WHILE).await;
    // People come and go meanwhile.
    let late = app.sign_in(&clinic.there.doctor).await;
    assert!(late.is_signed_in().await);
    redis.start_again();
    users.clicks_on(A_WHILE).await;
    assert!(late.is_signed_in().await);
    late.post_form("/sign-out", &[]).await.expect(303);
    assert!(!late.is_signed_in().await);
    users.goes_home_unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_falls_silent_and_wakes_up() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url()), ("WORKERS", "2")]).await;
    let clinic = Clinic::create(&app).await;
    let users = ActiveUsers::gather(&app, &clinic).await;
    tokio::time::sleep(A_WHILE).await;
    redis.freeze();
    users.clicks_on(A_WHILE).await;
    // Signed out while Redis cannot be told: still signed out when it wakes up with its old copy.
    let leaver = app.sign_in(&clinic.there.patient).await;
    leaver.post_form("/sign-out", &[]).await.expect(303);
    redis.thaw();
    users.clicks_on(A_WHILE).await;
    assert!(!leaver.is_signed_in().await);
    users.goes_home_unharmed().await;
}

/// What was revoked while Redis was away stays revoked when it is back, with the copies it had.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_outlives_a_redis_that_missed_it() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url())]).await;
    let clinic = Clinic::create(&app).await;
    let (at_home, at_work) = (app.sign_in(&clinic.here.doctor).await, app.sign_in(&clinic.here.doctor).await);
    assert!(at_home.is_signed_in().await && at_work.is_signed_in().await);
    redis.freeze();
    at_work.post_form("/profile/sessions/revocation", &[]).await.expect(303);
    redis.thaw();
    tokio::time::sleep(A_WHILE).await;
    assert!(!at_home.is_signed_in().await, "the old copy let them in");
    assert!(at_work.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_backend_of_postgres_is_terminated() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start_with(&[("WORKERS", "2")]).await;
    let clinic = Clinic::create(&app).await;
    let users = ActiveUsers::gather(&app, &clinic).await;
    let mut ended = 0;
    for _ in 0..8 {
        tokio::time::sleep(A_WHILE / 4).await;
        ended += terminate_backends(&app).await;
    }
    assert!(ended >= 8, "only {ended} backends were there to terminate");
    users.goes_home_unharmed().await;
}

/// Ends every connection to the app's database but the one that asks; how many.
async fn terminate_backends(app: &TestApp) -> usize {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'telemedicine%' AND pid <> pg_backend_pid()";
    app.db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().len()
}

/// People who click without pause until they are sent home.
struct ActiveUsers {
    people: Vec<JoinHandle<()>>,
    so_far: Arc<SoFar>,
}

#[derive(Default)]
struct SoFar {
    done: AtomicBool,
    clicks: AtomicUsize,
    /// What was not answered as it should be.
    harm: Mutex<Vec<String>>,
}

impl SoFar {
    fn clicks(&self) -> usize {
        self.clicks.load(Ordering::SeqCst)
    }

    fn note(&self, answer: &Page) {
        self.harm.lock().unwrap().push(format!("{}: {} {}", answer.asked, answer.status, answer.header("location")));
    }

    fn assert_unharmed(&self) {
        let harm = self.harm.lock().unwrap();
        assert!(harm.is_empty(), "{} of {} clicks failed:\n{}", harm.len(), self.clicks(), harm.join("\n"));
    }
}

impl ActiveUsers {
    async fn gather(app: &TestApp, clinic: &Clinic) -> Self {
        let so_far = Arc::new(SoFar::default());
        let mut people = Vec::new();
        for person in [&clinic.super_admin, &clinic.here.admin, &clinic.here.doctor, &clinic.here.patient] {
            for _ in 0..2 {
                let client = app.sign_in(person).await;
                people.push(tokio::spawn(click(client, Arc::clone(&so_far))));
            }
        }
        let users = Self { people, so_far };
        users.clicks_on(A_WHILE).await;
        users
    }

    /// Waits for that long, in which everybody gets answers, and the right ones.
    async fn clicks_on(&self, time: Duration) {
        let before = self.so_far.clicks();
        tokio::time::sleep(time).await;
        // Each may wait once for something that is silent; then the breaker spares the others.
        for _ in 0..100 {
            self.so_far.assert_unharmed();
            if self.so_far.clicks() > before + self.people.len() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("people got only {} answers", self.so_far.clicks() - before);
    }

    /// Everybody stops, and nobody was harmed.
    async fn goes_home_unharmed(self) {
        self.clicks_on(A_WHILE).await;
        self.so_far.done.store(true, Ordering::SeqCst);
        for person in self.people {
            person.await.unwrap();
        }
        self.so_far.assert_unharmed();
    }
}

/// What people change while they click: a write, with its line in the trail, as often as the pages are read.
const PROFILE: [(&str, &str); 4] =
    [("first_name", "Maya"), ("last_name", "Gurung"), ("phone", ""), ("date_of_birth", "1990-05-17")];

/// Pages for everybody signed in, in turn, and an act.
async fn click(client: Client, so_far: Arc<SoFar>) {
    while !so_far.done.load(Ordering::SeqCst) {
        for path in ["/dashboard", "/profile", "/profile/sessions"] {
            let page = client.get(path).await;
            if page.status != 200 {
                so_far.note(&page);
            }
            so_far.clicks.fetch_add(1, Ordering::SeqCst);
        }
        let act = client.post_form("/profile", &PROFILE).await;
        if act.status != 303 || act.header("location").starts_with("/sign-in") {
            so_far.note(&act);
        }
        so_far.clicks.fetch_add(1, Ordering::SeqCst);
    }
}

/// What was lost is put back when it is asked for, and the registration of the process when it is renewed.
async fn there_is_something_to_lose(redis: &RedisServer) {
    for _ in 0..100 {
        if redis.command("DBSIZE") != ":0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing comes back into Redis");
}
