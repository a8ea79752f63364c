//! What the files for Prometheus and Grafana name is there, and the figures tell what happens.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement, TransactionTrait};
use yaml_rust2::YamlLoader;

use crate::support::*;

/// Series of what is there only with Redis.
const OF_REDIS: &[&str] = &[
    "telemedicine_redis_",
    "telemedicine_instance",
    "telemedicine_cache_epochs_set_total",
    "telemedicine_cache_unacknowledged_total",
];

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/monitoring").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    let is_metric = |word: &&str| word.starts_with("telemedicine_") || word.starts_with("process_");
    words.filter(is_metric).map(str::to_owned).collect()
}

/// The series that `/metrics` shows, and the metrics that they belong to.
fn shown(metrics: &str) -> BTreeSet<String> {
    let line = |line: &str| match line.strip_prefix("# TYPE ") {
        Some(kind) => kind.split(' ').next().map(str::to_owned),
        None => line.split(['{', ' ']).next().map(str::to_owned),
    };
    metrics.lines().filter_map(line).collect()
}

async fn figures(app: &TestApp) -> String {
    app.visitor().get("/metrics").await.ok().body
}

/// The sum of a counter over those of its series whose labels hold `labels`.
fn sum(metrics: &str, name: &str, labels: &str) -> f64 {
    let its = metrics.lines().filter(|line| line.starts_with(name) && line.contains(labels));
    its.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

#[tokio::test]
async fn every_metric_of_the_alerts_and_the_dashboard_is_there() {
    let relay = [("TURN_URLS", "turn:127.0.0.1:9?transport=tcp"), ("TURN_SECRET", "north-of-the-lake")];
    let app = TestApp::start_with(&relay).await;
    app.visitor().get("/").await.ok();
    // Who asks whether the server is ready has its relays asked.
    app.visitor().get("/health/ready").await.ok();
    let wanted: BTreeSet<String> =
        ["alerts.yml", "dashboard.json"].iter().flat_map(|name| named(&file(name))).collect();
    assert!(wanted.len() > 30, "{wanted:?}");
    let has_redis = app.state.redis.is_some();
    let is_wanted = |name: &&String| has_redis || !OF_REDIS.iter().any(|prefix| name.starts_with(prefix));
    let mut missing = BTreeSet::new();
    for _ in 0..600 {
        let shown = shown(&figures(&app).await);
        missing = wanted.iter().filter(is_wanted).filter(|name| !shown.contains(*name)).cloned().collect();
        if missing.is_empty() {
            return;
        }
        // Those of background tasks come with their first turns.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not in /metrics: {missing:?}");
}

#[test]
fn every_alert_says_what_it_means_and_what_to_do() {
    let documents = YamlLoader::load_from_str(&file("alerts.yml")).unwrap();
    let mut names = BTreeSet::new();
    for rule in documents[0]["groups"].as_vec().unwrap().iter().flat_map(|group| group["rules"].as_vec().unwrap()) {
        let name = rule["alert"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} stands there twice");
        let text = |found: &yaml_rust2::Yaml| found.as_str().unwrap_or_else(|| panic!("{name}")).to_owned();
        let severity = text(&rule["labels"]["severity"]);
        assert!(["page", "ticket"].contains(&severity.as_str()), "{name}: {severity}");
        for said in ["summary", "action"] {
            assert!(text(&rule["annotations"][said]).ends_with(['.', '?']), "{name}: {said}");
        }
        let expr = text(&rule["expr"]);
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            assert_eq!(expr.matches(open).count(), expr.matches(close).count(), "{name}: {expr}");
        }
        assert!(!named(&expr).is_empty() || expr.contains("up{"), "{name}: {expr}");
    }
    assert!(names.len() > 20, "{names:?}");
}

#[test]
fn every_panel_of_the_dashboard_has_a_name_and_asks_for_something() {
    let dashboard: serde_json::Value = serde_json::from_str(&file("dashboard.json")).unwrap();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}: its id stands there twice");
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{title}");
        for target in targets {
            assert!(!named(target["expr"].as_str().unwrap()).is_empty(), "{title}: {target}");
        }
    }
}

#[tokio::test]
async fn what_is_tried_and_fails_is_counted() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let tries = async |outcome: &str| {
        sum(&figures(&app).await, "telemedicine_attempts_total", &format!(r#"kind="sign-in",outcome="{outcome}""#))
    };
    let before = (tries("tried").await, tries("succeeded").await);
    let fields = [("email", asha.email.as_str()), ("password", "anything but right")];
    app.visitor().post_form("/sign-in", &fields).await.expect(422);
    app.sign_in(&asha).await;
    // Others try at the same time.
    assert!(tries("tried").await >= before.0 + 2.0 && tries("succeeded").await >= before.1 + 1.0);
    let metrics = figures(&app).await;
    assert!(sum(&metrics, "telemedicine_db_acquire_seconds_count", "") > 0.0);
    assert!(sum(&metrics, "telemedicine_http_requests_in_flight", "") >= 1.0, "this one at least");
    assert!(metrics.contains(&format!("telemedicine_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))));
    app.visitor().get("/health/ready").await.ok();
    assert!(sum(&figures(&app).await, "telemedicine_readiness", "") >= 1.0);
}

/// Whoever is told of a page that was slow has its reference, and finds by it what was slow.
#[tokio::test]
async fn a_slow_statement_is_logged_with_the_request_and_the_route_that_it_was_run_for() {
    if !uses_postgres() {
        return;
    }
    let pair = Pair::of(TestApp::start_with(&[("SLOW_QUERY_MS", "50")]).await, hospital()).await;
    let visit = pair.meet_in(-5, AppointmentStatus::InProgress).await;
    let other = Database::connect(pair.app.state.settings.database.url.expose()).await.unwrap();
    let held = other.begin().await.unwrap();
    held.execute_unprepared("LOCK TABLE audit_entry IN EXCLUSIVE MODE").await.unwrap();
    let path = format!("{}/room", visit.path());
    let release = async {
        let waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'audit_entry'::regclass";
        let waits = Statement::from_string(DbBackend::Postgres, waits);
        while held.query_all_raw(waits.clone()).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        held.rollback().await.unwrap();
    };
    let (page, ()) = tokio::join!(pair.surgery.get(&path), release);
    let page = page.ok();
    let lines = logged(&format!(" id={}", page.header("x-request-id")));
    let is_told = |line: &String| {
        let said = ["slow statement: ", "INSERT INTO \"audit_entry\"", " route=/appointments/{id}/room"];
        said.iter().all(|part| line.contains(part))
    };
    assert!(lines.iter().any(is_told), "{lines:?}");
}
