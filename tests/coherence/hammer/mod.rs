//! Hammering: sixteen writers and sixteen readers at once, on two instances, with Redis failing in between.
//!
//! A writer changes something whose version stands on cached pages, and once the server has said that it is done, that version
//! is known. A reader notes what is known, asks any instance for any page that shows the thing, and must not see less.
//! Nor less than another reader has seen before: who saw a change on one page sees it on the next.
//!
//! When an instance cannot reach Redis while it writes, one thing is allowed (`telemedicine::cache`, "When Redis
//! misbehaves"): *another* instance may be behind what it has acknowledged, by two seconds. The instance itself may not,
//! and nobody may be behind a writer whom Redis did not fail, however it has failed others before or lost what it knew. Nobody
//! sees an error, and nobody is signed out.
//!
//! Without Redis (on SQLite) there is one instance, and nothing fails.

mod crowd;
mod deeds;
mod faults;
mod ledger;
mod things;

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use self::{
    crowd::{Crowd, Shared, Site},
    faults::Stamps,
};
use crate::{number, support::*};

/// The caches serve as in production: a stale page is to be seen, not refused.
const SETTINGS: [(&str, &str); 4] =
    [("CACHE_VERIFY", "false"), ("WORKERS", "2"), ("DB_MAX_CONNECTIONS", "8"), ("PAGE_SIZE", "50")];
const READERS: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_less_than_was_acknowledged() {
    let seconds = number("HAMMER_SECONDS").unwrap_or(20);
    let redis = if uses_postgres() { RedisServer::start() } else { None };
    if uses_postgres() && redis.is_none() {
        return;
    }
    let url = redis.as_ref().map(RedisServer::url);
    let own = url.as_ref().map(|url| ("REDIS_URL", url.as_str()));
    let settings: Vec<(&str, &str)> = SETTINGS.into_iter().chain(own).collect();
    let app = TestApp::start_with(&settings).await;
    let other = redis.as_ref().map(|_| app.another_instance());
    let second = other.as_ref().map(|other| Site::new(other.origin(), &other.state));
    let sites = [Site::new(app.origin(), &app.state)].into_iter().chain(second).collect();
    let shared = Shared::new(Crowd::gather(&app, seconds).await, sites);

    let writers = (0..shared.crowd.writers.len()).map(|number| tokio::spawn(deeds::write(Arc::clone(&shared), number)));
    let readers = (0..READERS).map(|_| tokio::spawn(deeds::read(Arc::clone(&shared))));
    let watcher = tokio::spawn(deeds::watch(Arc::clone(&shared)));
    let people: Vec<_> = writers.chain(readers).chain([watcher]).collect();
    let faults = match redis {
        Some(redis) => faults::go_on_for(redis, Duration::from_secs(seconds)).await,
        None => {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            0
        }
    };
    shared.is_over.store(true, Relaxed);
    for person in people {
        person.await.unwrap();
    }

    println!("{seconds} s, {faults} faults: {}", shared.ledger.tally);
    let violations = shared.ledger.violations();
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
    shared.ledger.tally.assert_that_it_was_a_hammering();
}

/// The checker itself: stamps that are put back by hand make kept pages look current, and that is noticed.
#[tokio::test]
async fn a_stale_page_is_noticed() {
    if !uses_postgres() {
        return;
    }
    let Some(redis) = RedisServer::start() else { return };
    let settings: Vec<(&str, &str)> = SETTINGS.into_iter().chain([("REDIS_URL", redis.url().leak() as &str)]).collect();
    let app = TestApp::start_with(&settings).await;
    let other = app.another_instance();
    let shared = Shared::new(
        Crowd::gather(&app, 0).await,
        vec![Site::new(app.origin(), &app.state), Site::new(other.origin(), &other.state)],
    );
    let writer = &shared.crowd.writers[0];
    let rename = async |version| {
        let name = things::name(&writer.mark, version);
        let fields = [("first_name", "Asha"), ("last_name", name.as_str())];
        let by = deeds::post(&shared, (&writer.browser, 0), ("/profile", &fields)).await;
        shared.ledger.learn(writer.name, version, by.expect("it is saved"));
    };
    let look_at_all = async || {
        let mut is_new = true;
        for _ in 0..4 * shared.crowd.things[writer.name].sights.len() {
            is_new &= deeds::look(&shared, writer.name, 1).await;
        }
        is_new
    };

    rename(1).await;
    assert!(look_at_all().await);
    let stamps = Stamps::read(&redis.url());
    rename(2).await;
    stamps.write_back();
    assert!(!look_at_all().await, "what was kept before the change is served again, and nobody notices");
    assert!(!shared.ledger.violations().is_empty());
}
