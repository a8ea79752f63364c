//! Hammering: sixteen writers and sixteen readers at once, on two instances, with what they stand on failing in between.
//!
//! A writer changes something whose version stands on cached pages, and once the server has said that it is done, that version
//! is known. A reader notes what is known, asks any instance for any page that shows the thing, and must not see less.
//! Nor less than another reader has seen before: who saw a change on one page sees it on the next.
//!
//! There is no excuse for showing less than a writer was told, whatever happens ([`faults`]): to Redis, to one instance's lines, to an instance that
//! is stopped, to browsers that go away in the middle of a write. Half of the instances, and one at least, are processes by themselves; the others run in
//! that of the test.
//! Only who is behind *another reader* is excused while Redis fails somebody: the writer may still be waiting for its answer. Nobody
//! sees an error, but from an instance that alone cannot reach the database, and nobody is signed out.
//!
//! `HAMMER_SECONDS=600 HAMMER_INSTANCES=4 cargo test --test coherence hammer` is the long form. A short one has a part of the faults, another each time.
//!
//! Without Redis (on SQLite) there is one instance, and nothing fails.

mod faults;
mod ledger;
mod operations;
mod participants;
mod restless;
mod site;
mod things;

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use chrono::{SubsecRound as _, Utc};
use tokio::{
    sync::Mutex,
    task::{JoinHandle, JoinSet},
};

use self::{
    faults::{Stamps, Struck},
    ledger::{Ledger, Tally},
    participants::Participants,
    site::{Shared, Site},
};
use crate::{
    line::Line,
    number,
    replicas::{self, Cluster},
    support::*,
};

/// The caches serve as in production: a stale page is to be seen, not refused.
const SETTINGS: [(&str, &str); 7] = [
    ("CACHE_VERIFY", "false"),
    ("WORKERS", "2"),
    // Who is stopped may hold rows that all writers wait for: nobody else is to wait for a connection then.
    ("DB_MAX_CONNECTIONS", "24"),
    ("DB_ACQUIRE_TIMEOUT", "20"),
    ("PAGE_SIZE", "50"),
    // Clocks are set forward and back here, and nobody is signed out for that.
    ("SESSION_IDLE_MINUTES", "1440"),
    ("SESSION_MAX_HOURS", "48"),
];
const READERS: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_less_than_was_acknowledged() {
    hammer(None).await;
}

/// The same with a standby that pages are read from, and that is behind now and then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_where_pages_are_read_from_a_standby() {
    let Some(cluster) = Cluster::start().await else { return };
    hammer(Some(&cluster)).await;
}

/// Two at once would leave each other little to hammer with.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

async fn hammer(cluster: Option<&Cluster>) {
    let _alone = ONE_AT_A_TIME.lock().await;
    let seconds = number("HAMMER_SECONDS").unwrap_or(20);
    let redis = if uses_postgres() { RedisServer::start() } else { None };
    if uses_postgres() && redis.is_none() {
        return;
    }
    let line = match &redis {
        Some(redis) => Some(Line::lay(redis.port()).await),
        None => None,
    };
    let app = start(line.as_ref(), cluster).await;
    let lagging = lag(cluster).await;
    let (mut sites, mut others) = (vec![Site::within(app.origin(), &app.state)], Vec::new());
    if let Some((redis, line)) = redis.as_ref().zip(line.as_ref()) {
        sites = sites.into_iter().map(|first| first.over(line, None)).collect();
        for number in 1..number("HAMMER_INSTANCES").unwrap_or(2).max(2) {
            sites.push(another(&app, (redis, number), &mut others).await);
        }
    }
    let shared = Shared::new(Participants::gather(&app, seconds).await, sites);
    let people = set_out(&shared);
    // Held to the end: nothing fails while it is waited for what is missing.
    let (_struck, faults) = strike(redis, (&shared, &app), Duration::from_secs(seconds)).await;
    let missing = enough(&shared.ledger.tally, || lagging.is_none() || replicas::reads(&app) > 0).await;
    shared.is_over.store(true, Relaxed);
    people.join_all().await;
    println!("{seconds} s, {} instances, {faults}: {}", shared.sites.len(), shared.ledger.tally);
    tell_of_standby(&app, lagging);
    assert_coherent(&shared.ledger);
    assert_eq!(missing, None, "{}", shared.ledger.tally);
}

/// Lets things fail for that long, where there is a Redis that can. Gives back what has been struck, with what happened to it.
async fn strike(
    redis: Option<RedisServer>,
    (shared, app): (&Arc<Shared>, &TestApp),
    time: Duration,
) -> (Option<Struck>, String) {
    let Some(redis) = redis else {
        tokio::time::sleep(time).await;
        return (None, "nothing fails".to_owned());
    };
    let (struck, faults) = faults::go_on_for(Struck::new(redis, shared, app), time).await;
    (Some(struck), faults)
}

fn assert_coherent(ledger: &Ledger) {
    let violations = ledger.violations();
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

/// How much is done depends on the machine and on what else it does, the share of hits on how often the faults strike: what a run must have seen is waited
/// for, for five minutes at most (beside other tests two cores answer twenty pages a second), and nothing fails meanwhile. What is missing all the same.
async fn enough(tally: &Tally, was_standby_read: impl Fn() -> bool) -> Option<&'static str> {
    let missing = || tally.missing().or_else(|| (!was_standby_read()).then_some("nothing was read from the standby"));
    for _ in 0..300 {
        missing()?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    missing()
}

async fn start(line: Option<&Line>, cluster: Option<&Cluster>) -> TestApp {
    let redis = line.map(|line| ("REDIS_URL", line.url()));
    let own: Vec<(&str, String)> =
        redis.into_iter().chain(cluster.map(Cluster::settings).unwrap_or_default()).collect();
    let own = own.iter().map(|(name, value)| (*name, value.as_str()));
    let app = TestApp::start_with(&SETTINGS.into_iter().chain(own).collect::<Vec<_>>()).await;
    // Some instances have the machine's clock.
    app.clock.set(present());
    app
}

/// The standby falls behind until what is returned is aborted.
async fn lag(cluster: Option<&Cluster>) -> Option<JoinHandle<()>> {
    Some(tokio::spawn(replicas::fall_behind_now_and_then(cluster?.at_standby().await)))
}

fn tell_of_standby(app: &TestApp, lagging: Option<JoinHandle<()>>) {
    if let Some(lagging) = lagging {
        lagging.abort();
        println!("{} reads from the standby", replicas::reads(app));
    }
}

/// Everybody begins to write, to read, to watch, and to hang up.
fn set_out(shared: &Arc<Shared>) -> JoinSet<()> {
    let mut people = JoinSet::new();
    for number in 0..shared.participants.writers.len() {
        people.spawn(operations::write(Arc::clone(shared), number));
    }
    for _ in 0..READERS {
        people.spawn(operations::read(Arc::clone(shared)));
    }
    people.spawn(operations::watch(Arc::clone(shared)));
    people.spawn(operations::hang_up(Arc::clone(shared)));
    people
}

/// One more instance, over lines of its own: every second by itself, the others in this process.
async fn another(app: &TestApp, (redis, number): (&RedisServer, u32), others: &mut Vec<Instance>) -> Site {
    let mut settings = app.variables();
    let mut address = url::Url::parse(&settings["DATABASE_URL"]).unwrap();
    let line = Line::lay(redis.port()).await;
    let database = Line::lay(address.port().unwrap_or(5432)).await;
    address.set_host(Some("127.0.0.1")).unwrap();
    address.set_port(Some(database.port())).unwrap();
    let (redis, address) = (line.url(), address.to_string());
    let own = [("REDIS_URL", redis.as_str()), ("DATABASE_URL", address.as_str())];
    let site = if number % 2 == 1 {
        settings.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Site::beside(&settings)
    } else {
        let instance = app.another_instance_with(&own);
        let site = Site::within(instance.origin(), &instance.state);
        others.push(instance);
        site
    };
    site.over(&line, Some(&database))
}

/// By the machine's clock.
fn present() -> chrono::DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "instances by themselves have no other clock")]
    Utc::now().trunc_subsecs(6)
}

/// The checker itself: stamps that are put back by hand make cached pages look current, and that is noticed.
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
        Participants::gather(&app, 0).await,
        vec![Site::within(app.origin(), &app.state), Site::within(other.origin(), &other.state)],
    );
    let writer = &shared.participants.writers[0];
    let rename = async |version| {
        let name = things::name(&writer.mark, version);
        let fields = [("first_name", "Asha"), ("last_name", name.as_str())];
        let by = operations::post(&shared, (&writer.browser, 0), ("/profile", &fields)).await;
        shared.ledger.learn(writer.name, version, by.expect("it is saved"));
    };
    let look_at_all = async || {
        let mut is_new = true;
        for _ in 0..4 * shared.participants.things[writer.name].sights.len() {
            is_new &= operations::look(&shared, writer.name, 1).await;
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
