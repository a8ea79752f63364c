//! Hammering: sixteen writers and sixteen readers at once, on two instances, with Redis failing in between.
//!
//! A writer changes something whose version stands on cached pages, and once the server has said that it is done, that version
//! is known. A reader notes what is known, asks any instance for any page that shows the thing, and must not see less.
//! Nor less than another reader has seen before: who saw a change on one page sees it on the next.
//!
//! There is no excuse for showing less than a writer was told, whatever happens to Redis or to one instance's line to it: frozen, flushed,
//! restarted empty or old, the listeners' connections cut, one instance's line slow or cut, browsers that go away in the middle of a write.
//! Only who is behind *another reader* is excused while Redis fails somebody: the writer may still be waiting for its answer. Nobody
//! sees an error, and nobody is signed out.
//!
//! `HAMMER_SECONDS=600 HAMMER_INSTANCES=4 cargo test --test coherence hammer` is the long form.
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
use crate::{line::Line, number, support::*};

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
    let line = match &redis {
        Some(redis) => Some(Line::lay(redis.port()).await),
        None => None,
    };
    let others = others(&app, line.as_ref());
    let first = [Site::new(app.origin(), &app.state)].into_iter();
    let sites = first.chain(others.iter().map(|other| Site::new(other.origin(), &other.state))).collect();
    let shared = Shared::new(Crowd::gather(&app, seconds).await, sites);

    let writers = (0..shared.crowd.writers.len()).map(|number| tokio::spawn(deeds::write(Arc::clone(&shared), number)));
    let readers = (0..READERS).map(|_| tokio::spawn(deeds::read(Arc::clone(&shared))));
    let watcher = tokio::spawn(deeds::watch(Arc::clone(&shared)));
    let fickle = tokio::spawn(deeds::hang_up(Arc::clone(&shared)));
    let people: Vec<_> = writers.chain(readers).chain([watcher, fickle]).collect();
    let faults = match redis.zip(line) {
        Some(struck) => faults::go_on_for(struck, Duration::from_secs(seconds)).await,
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

/// The other instances: one over a line of its own, which may be bad, and as many as `HAMMER_INSTANCES` says in all.
fn others(app: &TestApp, line: Option<&Line>) -> Vec<Instance> {
    let Some(line) = line else { return Vec::new() };
    let over_the_line = app.another_instance_with(&[("REDIS_URL", &line.url())]);
    let more = number::<u64>("HAMMER_INSTANCES").unwrap_or(2).saturating_sub(2);
    [over_the_line].into_iter().chain((0..more).map(|_| app.another_instance())).collect()
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
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!look_at_all().await, "what was kept before the change is served again, and nobody notices");
    assert!(!shared.ledger.violations().is_empty());
}
