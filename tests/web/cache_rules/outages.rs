//! Redis with something wrong in it, and Redis that takes no writes: pages are right, nothing fails, nothing old comes back.

use std::time::Duration;

use entity::cache_outbox;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::Value;

use super::outcome;
use crate::support::*;

/// A clinic whose Redis is the test's own; `None` where there is none to be had.
async fn clinic_on(redis: &RedisServer) -> (TestApp, Clinic, Client) {
    clinic_with(redis, &[]).await
}

/// The same with some settings of its own.
async fn clinic_with(redis: &RedisServer, more: &[(&str, &str)]) -> (TestApp, Clinic, Client) {
    let url = redis.url();
    let settings = [("REDIS_URL", url.as_str()), ("CACHE_VERIFY", "false"), ("CACHE_KEY_PREFIX", "c")];
    let app = TestApp::start_with(&[&settings[..], more].concat()).await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    (app, clinic, doctor)
}

/// The dashboard, and that the cache did with it what is expected, within some tries.
async fn comes_to(browser: &Client, expected: &str) -> Page {
    for _ in 0..100 {
        let page = browser.get("/dashboard").await.ok();
        if outcome(&page) == expected {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the dashboard never comes to {expected}");
}

/// Starts a visit, which the dashboard shows.
async fn act(clinic: &Clinic, doctor: &Client) {
    let visit = clinic.here.appointment(AppointmentStatus::Waiting);
    doctor.post_form(&format!("{}/start", visit.path()), &[("version", &visit.version)]).await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_in_redis_is_sealed_and_garbage_is_a_miss() {
    let Some(redis) = RedisServer::start() else { return };
    let (app, clinic, doctor) = clinic_on(&redis).await;
    let page = comes_to(&doctor, "hit").await;
    let name = clinic.here.doctor.name();
    assert!(page.body.contains(&name));
    let shared = page_keys(&redis, 1);
    for key in &shared {
        let sealed = redis.text(&format!("GET {key}"));
        assert!(sealed.len() > 500 && !sealed.contains("page 1") && !sealed.contains(&name), "{key}");
        redis.command(&format!("SET {key} garbage"));
    }
    // Another instance has nothing of its own, and finds garbage.
    let other = app.another_instance();
    let there = doctor.at(&other.origin());
    assert_ne!(outcome(&there.get("/dashboard").await.ok()), "hit");
    comes_to(&there, "hit").await;
    let metrics = app.visitor().get("/metrics").await.ok().body;
    let unreadable =
        metrics.lines().find(|line| line.starts_with("telemedicine_cache_unreadable_total ")).unwrap_or_default();
    assert!(!unreadable.is_empty() && !unreadable.ends_with(" 0"), "{unreadable}");
    // Stamps that are none.
    let agenda = format!("c:topic:agenda:{}", clinic.here.doctor.id);
    for wrong in ["SET {} nonsense", "SET {} !", "SET {} 0123456789abcdef0123456789abcdeg"] {
        redis.command(&wrong.replace("{}", &agenda));
        doctor.get("/dashboard").await.ok();
    }
    redis.command(&format!("DEL {agenda}"));
    redis.command(&format!("LPUSH {agenda} x"));
    doctor.get("/dashboard").await.ok();
    act(&clinic, &doctor).await;
    assert!(doctor.get("/dashboard").await.ok().body != page.body);
}

/// The names of the shared pages, of which there are at least that many once they have been put there behind the answers.
fn page_keys(redis: &RedisServer, least: usize) -> Vec<String> {
    for _ in 0..100 {
        let found = redis.text("EVAL \"return table.concat(redis.call('KEYS', 'c:page:*'), ' ')\" 0");
        let keys: Vec<String> = found.split_whitespace().map(str::to_owned).collect();
        if keys.len() >= least {
            return keys;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no page is shared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_out_of_memory_is_gone_on_without() {
    let Some(redis) = RedisServer::start() else { return };
    let (app, clinic, doctor) = clinic_on(&redis).await;
    let before = comes_to(&doctor, "hit").await;
    redis.command("CONFIG SET maxmemory-policy noeviction");
    redis.command("CONFIG SET maxmemory 1");
    comes_to(&doctor, "bypass").await;
    act(&clinic, &doctor).await;
    assert_ne!(doctor.get("/dashboard").await.ok().body, before.body);
    says_why(&app, "its memory is full").await;
    redis.command("CONFIG SET maxmemory 0");
    recovered(&app, &doctor, &before).await;
    assert!(app.visitor().get("/health/ready").await.ok().body.contains("\"redis\":\"ok\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_became_a_replica_is_gone_on_without() {
    let Some(redis) = RedisServer::start() else { return };
    let Some(primary) = RedisServer::start() else { return };
    let (app, clinic, doctor) = clinic_on(&redis).await;
    let before = comes_to(&doctor, "hit").await;
    let (host, port) = (primary.url(), primary.url().rsplit_once(':').unwrap().1.to_owned());
    assert!(host.contains("127.0.0.1"));
    redis.command(&format!("REPLICAOF 127.0.0.1 {port}"));
    comes_to(&doctor, "bypass").await;
    act(&clinic, &doctor).await;
    assert_ne!(doctor.get("/dashboard").await.ok().body, before.body);
    says_why(&app, "it is a replica").await;
    redis.command("REPLICAOF NO ONE");
    recovered(&app, &doctor, &before).await;
    assert!(app.visitor().get("/health/ready").await.ok().body.contains("\"redis\":\"ok\""));
}

/// Readiness tells that Redis answers and takes no writes.
async fn says_why(app: &TestApp, why: &str) {
    let ready = app.visitor().get("/health/ready").await.ok().body;
    let told = format!("\"redis\":\"takes no writes: {why}\"");
    assert!(ready.contains(&told) && ready.contains("\"cache\":\"bypassed\""), "{ready}");
    assert!(ready.contains("\"status\":\"degraded\""), "{ready}");
}

/// The cache is in use again, the outbox is empty, and what was kept before does not come back.
async fn recovered(app: &TestApp, doctor: &Client, before: &Page) {
    let page = comes_to(doctor, "hit").await;
    assert_ne!(page.body, before.body, "an old page came back");
    for _ in 0..100 {
        if cache_outbox::Entity::find().count(&app.db).await.unwrap() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the outbox is not drained");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hit_is_one_command_for_redis() {
    let Some(redis) = RedisServer::start() else { return };
    let (_app, _clinic, doctor) = clinic_on(&redis).await;
    comes_to(&doctor, "hit").await;
    let commands = |redis: &RedisServer| {
        let info = redis.text("INFO stats");
        let counted = info.lines().find_map(|line| line.strip_prefix("total_commands_processed:"));
        counted.unwrap().trim().parse::<u64>().unwrap()
    };
    let quiet = commands(&redis);
    let own = commands(&redis) - quiet;
    let before = commands(&redis);
    for _ in 0..50 {
        assert_eq!(outcome(&doctor.get("/dashboard").await.ok()), "hit");
    }
    let spent = commands(&redis) - before - own;
    // Plain reads, or once in ten milliseconds a script of three commands that proves the server.
    assert!(spent <= 50 * 4, "{spent} commands for 50 pages");
}

/// How often Redis was asked what stands at some keys, by itself or in a script.
fn questions(redis: &RedisServer) -> u64 {
    let info = redis.text("INFO commandstats");
    let counted = info.lines().find_map(|line| line.strip_prefix("cmdstat_mget:calls="));
    counted.and_then(|rest| rest.split(',').next()).and_then(|calls| calls.parse().ok()).unwrap_or_default()
}

/// Without a lease nothing is answered from memory; with one as good as everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_lease_redis_is_asked_for_each_hit() {
    let Some(redis) = RedisServer::start() else { return };
    let (_app, _clinic, doctor) = clinic_with(&redis, &[("CACHE_LEASE_MS", "0")]).await;
    comes_to(&doctor, "hit").await;
    for _ in 0..20 {
        let before = questions(&redis);
        assert_eq!(outcome(&doctor.get("/dashboard").await.ok()), "hit");
        assert!(questions(&redis) > before, "a page was answered without a question");
    }
}

/// One that was killed has a lease for a moment longer, for which a change waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_tells_whom_a_change_has_waited_for() {
    let Some(redis) = RedisServer::start() else { return };
    let (app, clinic, doctor) = clinic_on(&redis).await;
    comes_to(&doctor, "hit").await;
    let acknowledgements = async || {
        let ready: Value = serde_json::from_str(&app.visitor().get("/health/ready").await.ok().body).unwrap();
        ready["acknowledgements"].as_str().unwrap().to_owned()
    };
    assert_eq!(acknowledgements().await, "ok");
    let lease = "local time = redis.call('TIME') return redis.call('HSET', KEYS[1], 'killed', time[1] * 1000 + math.floor(time[2] / 1000) + 700)";
    assert_eq!(redis.command(&format!("EVAL \"{lease}\" 1 c:leases")), ":1");
    act(&clinic, &doctor).await;
    let after = acknowledgements().await;
    assert!(after.starts_with("waited ") && after.ends_with(" ms for killed"), "{after}");
}

/// A user without a permission that is needed: pages go on, and readiness tells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_does_not_permit_what_is_needed_is_gone_on_without() {
    let Some(redis) = RedisServer::start() else { return };
    for without in ["-info", "resetchannels"] {
        let rules = format!("ACL SETUSER clinic reset on >hush ~c:* &c:* +@all -@dangerous +info {without}");
        assert_eq!(redis.command(&rules), "+OK");
        let url = redis.url().replace("redis://", "redis://clinic:hush@");
        let app = TestApp::start_with(&[("REDIS_URL", &url), ("CACHE_KEY_PREFIX", "c")]).await;
        let clinic = Clinic::create(&app).await;
        let doctor = app.sign_in(&clinic.here.doctor).await;
        let before = doctor.get("/dashboard").await.ok();
        act(&clinic, &doctor).await;
        assert_ne!(doctor.get("/dashboard").await.ok().body, before.body);
        let mut ready = String::new();
        for _ in 0..200 {
            ready = app.visitor().get("/health/ready").await.ok().body;
            if ready.contains("\"redis\":\"not permitted\"") && ready.contains("degraded") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(ready.contains("not permitted") && !ready.contains("hush"), "{without}: {ready}");
    }
}
