//! What no message tells of is told all the same.

use std::time::Duration;

use telemedicine::coherence::{Change, Store as _, Topic};

use super::Desk;
use crate::support::*;

async fn desk_on(redis: &RedisServer) -> Desk {
    let url = redis.url();
    Desk::with(&[("REDIS_URL", &url), ("CACHE_KEY_PREFIX", "live")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_changes_are_told() {
    let Some(redis) = RedisServer::start() else { return };
    let desk = desk_on(&redis).await;
    let other = desk.app.another_instance();
    let mut here = desk.live().await;
    let token = desk.token().await;
    let mut there = desk.listen(other.address, &[&token]);
    there.expect("ready").await;
    redis.freeze();
    desk.act().await;
    here.comes_to("changed").await;
    there.comes_to("changed").await;
    // A page that was made meanwhile is live, and hears of what it lacks when Redis is back at the latest.
    let token = desk.token().await;
    let mut meanwhile = desk.listen(desk.app.address, &[&token]);
    assert_eq!(meanwhile.status().await, 200);
    redis.thaw();
    meanwhile.comes_to("changed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_is_lost_loses_no_change() {
    let Some(redis) = RedisServer::start() else { return };
    let desk = desk_on(&redis).await;
    let other = desk.app.another_instance();
    let token = desk.token().await;
    let mut there = desk.listen(other.address, &[&token]);
    there.expect("ready").await;
    redis.command("CLIENT KILL TYPE pubsub");
    desk.act().await;
    there.comes_to("changed").await;
}

/// The message brings it. What is found by comparing stamps, seconds later, is for messages that are lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_instance_is_told_what_has_changed_by_a_message() {
    let Some(redis) = RedisServer::start() else { return };
    let desk = desk_on(&redis).await;
    let other = desk.app.another_instance();
    let token = desk.token().await;
    desk.listen(other.address, &[&token]).expect("ready").await;
    let mut heard = other.state.shared_store.as_ref().unwrap().changes();
    let doctor = desk.clinic.here.doctor.id;
    // A subscription that a busy machine has lost begins anew, and is told nothing of that one change.
    for minutes in 1..=10 {
        let minutes = minutes.to_string();
        desk.doctor.post_form(&format!("/doctors/{doctor}/delay"), &[("minutes", &minutes)]).await.expect(303);
        let told = async {
            loop {
                match heard.recv().await {
                    Ok(Change::Of(Topic::Agenda(id))) if id == doctor => return true,
                    Ok(Change::Of(_)) => {}
                    Ok(Change::Unknown) | Err(_) => return false,
                }
            }
        };
        if tokio::time::timeout(Duration::from_secs(30), told).await == Ok(true) {
            return;
        }
    }
    panic!("of ten changes none was told by its message");
}
