//! Sessions while Redis misbehaves: nobody is signed out, nothing fails, and what was revoked stays so.

use std::time::{Duration, Instant};

use actix_web::http::StatusCode;

use super::clinic::{Clinic, Kind, browser};
use super::redis_server::RedisServer;
use super::until;

const PATIENCE: Duration = Duration::from_millis(250);
const SLACK: Duration = Duration::from_millis(400);
/// How long a change waits that nobody can be told of: until everybody has looked into the outbox.
const UNHEARD: Duration = Duration::from_millis(1_100);

/// Runs `$body` for both ways of speaking to a Redis of the test's own.
macro_rules! with_own_redis {
    (|$clinic:ident, $server:ident| $body:block) => {
        for kind in [Kind::Actor, Kind::Pool] {
            let Some(server) = RedisServer::start() else {
                return;
            };
            #[allow(unused_mut, reason = "only some of the bodies act on the server")]
            let mut $server = server;
            let $clinic = Clinic::on(kind, Some($server.url())).await;
            $body
            $clinic.close().await;
        }
    };
}

fn sign_in(clinic: &Clinic) -> String {
    format!("/in/{}", clinic.user_id)
}

fn has_copy_and_epoch(server: &RedisServer) -> bool {
    let count = |pattern: &str| server.command(&format!("EVAL \"return #redis.call('KEYS', ARGV[1])\" 0 *:{pattern}"));
    (count("session:*"), count("epoch")) == (":1".to_owned(), ":1".to_owned())
}

#[actix_web::test]
async fn flushing_redis_signs_nobody_out() {
    with_own_redis!(|clinic, server| {
        let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
        browser.get(&sign_in(&clinic)).await;
        for _ in 0..3 {
            server.command("FLUSHALL");
            assert!(browser.is_in().await);
            assert!(has_copy_and_epoch(&server), "they are back");
        }
    });
}

#[actix_web::test]
async fn a_killed_redis_signs_nobody_out() {
    with_own_redis!(|clinic, server| {
        let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
        browser.get(&sign_in(&clinic)).await;
        server.kill();
        for _ in 0..5 {
            assert!(browser.is_in().await);
        }
        assert_eq!(browser.get(&sign_in(&clinic)).await.0, StatusCode::OK, "signing in works too");
        assert!(browser.is_in().await);
        server.start_again();
        until(Duration::from_secs(3), async || browser.lets_in(&browser.cookie).await && has_copy_and_epoch(&server))
            .await;
    });
}

#[actix_web::test]
async fn a_frozen_redis_costs_a_page_its_patience_at_most() {
    with_own_redis!(|clinic, server| {
        let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
        browser.get(&sign_in(&clinic)).await;
        server.freeze();
        for _ in 0..6 {
            let start = Instant::now();
            assert!(browser.is_in().await);
            assert!(start.elapsed() < PATIENCE + SLACK, "{:?}", start.elapsed());
        }
        let start = Instant::now();
        assert!(browser.is_in().await);
        assert!(start.elapsed() < SLACK, "the breaker is open");
        let start = Instant::now();
        assert_eq!(browser.get("/out").await.0, StatusCode::OK);
        assert!(start.elapsed() < PATIENCE + UNHEARD + SLACK);
        assert!(!browser.is_in().await);
        server.thaw();
    });
}

#[actix_web::test]
async fn what_was_revoked_while_redis_was_away_does_not_come_back_with_it() {
    with_own_redis!(|clinic, server| {
        let (one, other) = (clinic.instance(), clinic.instance());
        let mut here = browser(clinic.db.clone(), one.clone()).await;
        let there = browser(clinic.db.clone(), other.clone()).await;
        here.get(&sign_in(&clinic)).await;
        let cookie = here.cookie.clone();
        assert!(there.lets_in(&cookie).await && here.is_in().await);
        server.freeze();
        assert_eq!(here.get("/out").await.0, StatusCode::OK);
        server.thaw();
        assert!(!here.lets_in(&cookie).await, "not for a moment where it was revoked");
        // The copy is still in Redis, and the other instance has seen no fault.
        let until_out = until(Duration::from_secs(3), async || !there.lets_in(&cookie).await).await;
        assert!(until_out < Duration::from_secs(2), "{until_out:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!there.lets_in(&cookie).await);
    });
}

#[actix_web::test]
async fn a_redis_restarted_from_an_old_snapshot_revives_nobody() {
    with_own_redis!(|clinic, server| {
        let (one, other) = (clinic.instance(), clinic.instance());
        let mut here = browser(clinic.db.clone(), one.clone()).await;
        let there = browser(clinic.db.clone(), other.clone()).await;
        here.get(&sign_in(&clinic)).await;
        let cookie = here.cookie.clone();
        assert!(there.lets_in(&cookie).await && here.is_in().await);
        server.command("SAVE");
        here.get("/out").await;
        server.kill();
        server.start_again();
        assert!(has_copy_and_epoch(&server), "as they were before the sign-out");
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert!(!there.lets_in(&cookie).await && !here.lets_in(&cookie).await);
    });
}

#[actix_web::test]
async fn a_redis_that_takes_no_writes_is_worked_around() {
    for refusal in ["CONFIG SET maxmemory 1", "REPLICAOF 127.0.0.1 1"] {
        with_own_redis!(|clinic, server| {
            let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
            browser.get(&sign_in(&clinic)).await;
            server.command(refusal);
            assert!(browser.is_in().await);
            let kept = browser.cookie.clone();
            assert_eq!(browser.get("/out").await.0, StatusCode::OK);
            assert!(!browser.lets_in(&kept).await, "{refusal}");
            assert_eq!(browser.get(&sign_in(&clinic)).await.0, StatusCode::OK);
            assert!(browser.is_in().await, "{refusal}");
        });
    }
}

#[actix_web::test]
async fn without_redis_and_database_the_session_is_known_by_its_hash_alone() {
    with_own_redis!(|clinic, server| {
        let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
        browser.get(&sign_in(&clinic)).await;
        clinic.db.close().await;
        // As soon as it is known that no process is missing, the copy is enough.
        until(Duration::from_secs(3), async || browser.lets_in(&browser.cookie).await).await;
        clinic.pass(2);
        assert!(browser.is_in().await, "even where its use cannot be noted");
        server.kill();
        assert_eq!(browser.get("/who").await, (StatusCode::SERVICE_UNAVAILABLE, None));
    });
}

#[actix_web::test]
async fn redis_that_never_was_there_is_no_obstacle() {
    let clinic = Clinic::on(Kind::Actor, Some("redis://127.0.0.1:1".to_owned())).await;
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    assert_eq!(browser.get(&sign_in(&clinic)).await.0, StatusCode::OK);
    assert!(browser.is_in().await);
    browser.get("/out").await;
    assert!(!browser.is_in().await);
    clinic.close().await;
}
