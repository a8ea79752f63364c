//! What holds for sessions wherever their copies are: the same tests on memory, actor and pool.

use actix_web::http::StatusCode;
use futures_util::future::join;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use telemedicine::db::{Swept, accounting};
use telemedicine::redis::Command;
use telemedicine::session::sweep;

use super::clinic::{Clinic, Kind, NO_ACT, browser};
use super::until;

/// One module per place, each with every test of the list.
macro_rules! on_every_store {
    ($($test:ident)*) => {
        on_every_store!(@ memory, Kind::Memory, $($test)*);
        on_every_store!(@ actor, Kind::Actor, $($test)*);
        on_every_store!(@ pool, Kind::Pool, $($test)*);
    };
    (@ $module:ident, $kind:expr, $($test:ident)*) => {
        mod $module {
            use super::*;
            $(#[actix_web::test]
            async fn $test() {
                let Some((clinic, _server)) = Clinic::open($kind).await else { return };
                super::$test(&clinic).await;
                clinic.close().await;
            })*
        }
    };
}

on_every_store! {
    a_person_signs_in_and_out
    only_the_hash_of_the_key_is_stored
    a_known_session_costs_no_statement
    others_are_signed_out_on_every_instance
    one_session_is_ended_by_its_owner_only
    an_idle_session_ends
    a_session_in_use_ends_at_its_absolute_limit
    its_use_is_noted_at_most_once_a_minute
    a_row_revoked_behind_the_copy_ends_it_when_its_use_is_noted
    what_has_ended_by_itself_is_not_ended_again
    a_slow_request_does_not_undo_a_sign_out
    a_foreign_key_is_never_adopted
    nobody_in_the_state_is_not_stored
    rows_that_ended_long_ago_are_deleted
    a_forged_copy_is_not_believed
}

async fn a_person_signs_in_and_out(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    assert_eq!(browser.get("/who").await.0, StatusCode::UNAUTHORIZED);
    let given = browser.get(&format!("/in/{}", clinic.user_id)).await.1.unwrap();
    assert_eq!((given.http_only(), given.path(), given.max_age()), (Some(true), Some("/"), None));
    assert!(browser.is_in().await);
    let [row] = clinic.rows().await.try_into().unwrap();
    assert_eq!((row.ip.as_str(), row.user_agent.as_str()), ("192.0.2.7", "A browser"));
    let kept = browser.cookie.clone();
    browser.get("/out").await;
    assert!(browser.cookie.is_none(), "the cookie is taken away");
    assert!(!browser.lets_in(&kept).await, "and would open nothing");
    assert!(clinic.rows().await[0].revoked_at.is_some());
}

async fn only_the_hash_of_the_key_is_stored(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    // The signature stands before the key.
    let cookie = browser.cookie.clone().unwrap();
    let value = percent_encoding::percent_decode_str(cookie.value()).decode_utf8().unwrap().into_owned();
    let key = &value[value.len() - 43..];
    let hash: String = Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(clinic.rows().await[0].key_hash, hash);
}

async fn a_known_session_costs_no_statement(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    let (is_in, tally) = accounting::scope(browser.is_in()).await;
    assert!(is_in);
    assert_eq!(tally.count, 0);
}

async fn others_are_signed_out_on_every_instance(clinic: &Clinic) {
    let sessions = clinic.instance();
    // Without Redis there is one process.
    let other = if has_redis(clinic) { clinic.instance() } else { sessions.clone() };
    let mut here = browser(clinic.db.clone(), sessions.clone()).await;
    let mut laptop = browser(clinic.db.clone(), sessions.clone()).await;
    let mut phone = browser(clinic.db.clone(), other).await;
    let path = format!("/in/{}", clinic.user_id);
    here.get(&path).await;
    laptop.get(&path).await;
    phone.get(&path).await;
    assert!(here.is_in().await && laptop.is_in().await && phone.is_in().await);
    let live = clinic.live(&sessions).await;
    assert_eq!(live.len(), 3);
    let own = live.iter().min().copied();
    let write = clinic.db.write_unrecorded(NO_ACT, async |uow| sessions.revoke_all(uow, clinic.user_id, own).await);
    let ended = write.await.unwrap();
    assert_eq!(ended.live, 2);
    assert!(here.is_in().await && !laptop.is_in().await && !phone.is_in().await);
}

async fn one_session_is_ended_by_its_owner_only(clinic: &Clinic) {
    let sessions = clinic.instance();
    let mut browser = browser(clinic.db.clone(), sessions.clone()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    let own = clinic.live(&sessions).await[0];
    let end = async |user_id: i64| {
        let write = clinic.db.write_unrecorded(NO_ACT, async |uow| sessions.revoke(uow, user_id, own).await);
        write.await.unwrap()
    };
    assert_eq!(end(clinic.user_id + 1).await, None);
    assert!(browser.is_in().await);
    assert_eq!(end(clinic.user_id).await, Some(true));
    assert!(!browser.is_in().await);
    assert!(clinic.live(&sessions).await.is_empty());
    assert_eq!(end(clinic.user_id).await, None, "it is over");
}

async fn an_idle_session_ends(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    for _ in 0..3 {
        clinic.pass(29);
        assert!(browser.is_in().await, "each use puts the end off");
        browser.is_noted(clinic).await;
    }
    clinic.pass(30);
    assert!(!browser.is_in().await);
}

async fn a_session_in_use_ends_at_its_absolute_limit(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    for _ in 0..35 {
        clinic.pass(20);
        assert!(browser.is_in().await);
        browser.is_noted(clinic).await;
    }
    clinic.pass(20);
    assert!(!browser.is_in().await, "12 hours");
}

async fn its_use_is_noted_at_most_once_a_minute(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    let begun = clinic.rows().await[0].last_seen_at;
    clinic.clock.advance(chrono::TimeDelta::seconds(59));
    browser.is_in().await;
    assert_eq!(clinic.rows().await[0].last_seen_at, begun);
    clinic.clock.advance(chrono::TimeDelta::seconds(1));
    let (_, tally) = accounting::scope(browser.is_in()).await;
    assert_eq!(tally.count, 0, "no request pays for it");
    browser.is_noted(clinic).await;
    let noted = clinic.clock.now();
    clinic.clock.advance(chrono::TimeDelta::seconds(59));
    browser.is_in().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(clinic.rows().await[0].last_seen_at, noted, "the copy knows as well");
}

/// As by somebody who changed rows by hand and told nobody.
async fn a_row_revoked_behind_the_copy_ends_it_when_its_use_is_noted(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    clinic.revoke_by_hand().await;
    clinic.pass(1);
    browser.is_in().await;
    until(Duration::from_secs(3), async || !browser.lets_in(&browser.cookie).await).await;
    assert_ne!(clinic.rows().await[0].last_seen_at, clinic.clock.now());
}

async fn what_has_ended_by_itself_is_not_ended_again(clinic: &Clinic) {
    let sessions = clinic.instance();
    let mut browser = browser(clinic.db.clone(), sessions.clone()).await;
    // The one that idled is marked; the other was over.
    for (minutes, marked) in [(30, Some(false)), (12 * 60, None)] {
        browser.get(&format!("/in/{}", clinic.user_id)).await;
        let id = clinic.live(&sessions).await[0];
        clinic.pass(minutes);
        let one = clinic.db.write_unrecorded(NO_ACT, async |uow| sessions.revoke(uow, clinic.user_id, id).await);
        assert_eq!(one.await.unwrap(), marked, "after {minutes} minutes");
        let all = clinic.db.write_unrecorded(NO_ACT, async |uow| sessions.revoke_all(uow, clinic.user_id, None).await);
        assert_eq!(all.await.unwrap().live, 0, "after {minutes} minutes");
    }
}

async fn a_slow_request_does_not_undo_a_sign_out(clinic: &Clinic) {
    let sessions = clinic.instance();
    let mut browser = browser(clinic.db.clone(), sessions.clone()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    let cookie = browser.cookie.clone();
    let slow = browser.ask("/slow", cookie.clone());
    let out = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        browser.ask("/out", cookie.clone()).await
    };
    let ((status, given), _) = join(slow, out).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!browser.lets_in(&given).await, "the late answer's cookie opens nothing");
    assert!(!browser.lets_in(&cookie).await);
    assert_eq!(clinic.rows().await.len(), 1);
}

async fn a_foreign_key_is_never_adopted(clinic: &Clinic) {
    let sessions = clinic.instance();
    let mut stranger = browser(clinic.db.clone(), sessions.clone()).await;
    let mut victim = browser(clinic.db.clone(), sessions.clone()).await;
    // A signed cookie that opens nothing, and one of the stranger's own session.
    stranger.get("/note").await;
    let empty = stranger.cookie.clone();
    stranger.cookie = None;
    stranger.get(&format!("/in/{}", clinic.user_id)).await;
    for planted in [empty, stranger.cookie.clone()] {
        victim.cookie.clone_from(&planted);
        victim.get(&format!("/in/{}", clinic.user_id)).await;
        assert!(victim.is_in().await);
        assert_ne!(victim.cookie, planted, "a new key");
        assert!(!stranger.lets_in(&planted).await, "the planted one opens nothing");
    }
}

async fn nobody_in_the_state_is_not_stored(clinic: &Clinic) {
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    assert_eq!(browser.get("/note").await.0, StatusCode::OK);
    assert!(clinic.rows().await.is_empty());
    assert!(!browser.is_in().await);
}

async fn rows_that_ended_long_ago_are_deleted(clinic: &Clinic) {
    let sessions = clinic.instance();
    let mut browser = browser(clinic.db.clone(), sessions.clone()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    browser.get("/out").await;
    clinic.pass(31 * 24 * 60);
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    let before = clinic.clock.now() - chrono::TimeDelta::days(30);
    assert_eq!(sweep(&clinic.db, before).await.unwrap(), Swept::Rows(1));
    assert_eq!(clinic.rows().await.len(), 1);
    assert!(browser.is_in().await);
}

/// Whoever can write to Redis cannot make themselves somebody else, nor bring back who was signed out.
async fn a_forged_copy_is_not_believed(clinic: &Clinic) {
    if !has_redis(clinic) {
        return;
    }
    let mut browser = browser(clinic.db.clone(), clinic.instance()).await;
    browser.get(&format!("/in/{}", clinic.user_id)).await;
    assert!(browser.is_in().await);
    let redis = clinic.redis();
    let key = redis.key("session", &clinic.rows().await[0].key_hash);
    let stored = redis.run(Command::new("GET").arg(&key)).await.unwrap().into_bytes().unwrap().unwrap();
    browser.get("/out").await;
    let old = browser.cookie.clone();
    redis.run(Command::new("SET").arg(&key).arg(&stored)).await.unwrap();
    assert!(!browser.lets_in(&old).await);
    let other = super::clinic::browser(clinic.db.clone(), clinic.instance()).await;
    assert!(!other.lets_in(&old).await, "nor at an instance that has never seen it");
}

fn has_redis(clinic: &Clinic) -> bool {
    clinic.kind() != Kind::Memory
}
