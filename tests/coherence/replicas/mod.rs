//! Read replicas: what has not changed just now is read from the standby, and nothing that it does makes a page stale or fails one.
//!
//! Each test has a primary and a standby of its own. Where nothing else is said, every page that is asked for is asked for again, and then
//! rendered from the primary and compared (`CACHE_VERIFY`).

mod acknowledged;
mod cluster;
mod failing;
#[allow(clippy::disallowed_methods, reason = "where programs are is the runner's to say, not a setting")]
#[path = "../../database/pair.rs"]
mod pair;

use entity::hospital;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use telemedicine::coherence::Topics;
use telemedicine::db::Database;

pub(crate) use self::cluster::{Cluster, fall_behind_now_and_then, reads};

use self::cluster::{pause, replica, resume, right, unseen, until_from_standby};
use self::pair::{address, until};
use crate::support::*;

/// What a person saves at `/profile`, with this last name.
pub(crate) fn profile(last_name: &str) -> [(&'static str, &str); 4] {
    [("first_name", "Maya"), ("last_name", last_name), ("phone", ""), ("date_of_birth", "1990-05-17")]
}

/// A clinic, with one of its doctors and who runs the hospital, signed in.
async fn staffed(app: &TestApp) -> (Clinic, Client, Client) {
    let clinic = Clinic::create(app).await;
    let (doctor, admin) = (app.sign_in(&clinic.here.doctor).await, app.sign_in(&clinic.here.admin).await);
    (clinic, doctor, admin)
}

/// The public directory goes on from the standby alone: so it is really there that pages are read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_not_changed_just_now_is_read_from_the_standby() {
    let Some(cluster) = Cluster::start().await else { return };
    let app = cluster.app(&[("CACHE_VERIFY", "false")]).await;
    let clinic = Clinic::create(&app).await;
    let (visitor, admin) = (app.visitor(), app.sign_in(&clinic.here.admin).await);
    until_from_standby(&app, (&visitor, "/hospitals")).await;
    until_from_standby(&app, (&admin, "/appointments")).await;

    let before = reads(&app);
    for path in ["/hospitals/new", "/profile", "/appointments/new"] {
        admin.get(path).await;
    }
    assert_eq!(reads(&app), before, "what is not kept is read from the primary");
    let ready = visitor.get("/health/ready").await.ok().body;
    assert!(ready.contains(r#""replicas":"1 "#), "{ready}");
    let figures = visitor.get("/metrics").await.ok().body;
    for figure in [
        "db_replica_up{replica=\"1\"} ",
        "db_replica_lag_bytes{replica=\"1\"} ",
        "db_replica_reads_total{replica=\"1\"} ",
    ] {
        assert!(figures.contains(&format!("telemedicine_{figure}")), "{figure} in {figures}");
    }
    assert!(!figures.contains(&format!(":{}", cluster.standby.port)), "an address in the metrics");

    cluster.primary.kill();
    visitor.get(&unseen("/hospitals")).await.ok();
    assert!(reads(&app) > before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_has_not_replayed_a_change_does_not_show_what_changed() {
    let Some(cluster) = Cluster::start().await else { return };
    falls_behind(&cluster, &[]).await;
}

/// The same where the state of topics is kept in the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_does_it_without_redis() {
    let Some(cluster) = Cluster::start().await else { return };
    falls_behind(&cluster, &[("REDIS_URL", "")]).await;
}

/// And where nothing is answered from memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_does_it_without_a_lease() {
    let Some(cluster) = Cluster::start().await else { return };
    falls_behind(&cluster, &[("CACHE_LEASE_MS", "0")]).await;
}

async fn falls_behind(cluster: &Cluster, settings: &[(&str, &str)]) {
    let app = cluster.app(settings).await;
    let (clinic, doctor, here) = staffed(&app).await;
    let there = app.sign_in(&clinic.there.admin).await;
    for client in [&here, &there] {
        until_from_standby(&app, (client, "/appointments")).await;
    }
    let mut standby = cluster.at_standby().await;
    pause(&mut standby).await;

    for round in 0..3 {
        let name = format!("Gurung{round}");
        doctor.post_form("/profile", &profile(&name)).await.expect(303);
        let before = reads(&app);
        for path in ["/appointments", "/doctors"] {
            let page = right(&here, &unseen(path)).await;
            assert!(path == "/doctors" || page.body.contains(&name), "{}: an old name", page.asked);
        }
        assert!(right(&here, "/doctors").await.body.contains(&name), "an old name among the doctors");
        assert_eq!(reads(&app), before, "what the standby has not replayed is read from the primary");
        until_from_standby(&app, (&there, "/appointments")).await;
    }

    resume(&mut standby).await;
    until_from_standby(&app, (&here, "/appointments")).await;
    assert!(right(&here, "/appointments").await.body.contains("Gurung2"));
}

/// What a command wrote, which knows no cache, came through the outbox.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_through_the_outbox_is_read_from_the_primary_until_it_was_replayed() {
    let Some(cluster) = Cluster::start().await else { return };
    let app = cluster.app(&[]).await;
    let clinic = Clinic::create(&app).await;
    let visitor = app.visitor();
    until_from_standby(&app, (&visitor, "/hospitals")).await;
    let mut standby = cluster.at_standby().await;
    pause(&mut standby).await;

    let command = Database::connect(&app.state.settings.database, "a command").await.unwrap();
    let id = clinic.here.hospital.id;
    let renamed = hospital::Entity::update_many()
        .col_expr(hospital::Column::Name, Expr::value("Renamed House"))
        .filter(hospital::Column::Id.eq(id));
    command
        .write_unrecorded(NO_ACT, async |uow| uow.update_where(renamed.clone(), Topics::of_hospital(Some(id))).await)
        .await
        .unwrap();
    assert!(command.wait_until_announced().await.unwrap());
    command.close().await;

    assert!(right(&visitor, "/hospitals").await.body.contains("Renamed House"));
    resume(&mut standby).await;
    until_from_standby(&app, (&visitor, "/hospitals")).await;
}

/// While Redis is away nobody can tell what has changed, so nothing is read from the standby.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_the_primary_is_read() {
    let Some(cluster) = Cluster::start().await else { return };
    let Some(mut redis) = RedisServer::start() else { return };
    let app = cluster.app(&[("REDIS_URL", &redis.url())]).await;
    let (_, doctor, here) = staffed(&app).await;
    until_from_standby(&app, (&here, "/doctors")).await;
    let mut standby = cluster.at_standby().await;
    pause(&mut standby).await;

    redis.kill();
    doctor.post_form("/profile", &profile("Away")).await.expect(303);
    assert!(here.get("/doctors").await.ok().body.contains("Away"));
    redis.start_again();
    for _ in 0..10 {
        assert!(here.get("/doctors").await.ok().body.contains("Away"));
    }
    resume(&mut standby).await;
    until_from_standby(&app, (&here, "/doctors")).await;
    assert!(here.get("/doctors").await.ok().body.contains("Away"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_tells_of_each_replica() {
    let Some(cluster) = Cluster::start().await else { return };
    let (primary, standby) = (address(cluster.primary.port), address(cluster.standby.port));
    let nowhere = "postgres://clinic:hush-hush@127.0.0.1:1/clinic";
    let check = |replicas: &str| {
        let program = std::process::Command::new(env!("CARGO_BIN_EXE_telemedicine"))
            .arg("check")
            .env("DATABASE_URL", &primary)
            .env("DATABASE_REPLICA_URLS", replicas)
            .env("SECRET_KEY", "given, so that no file is made")
            .env("DB_CONNECT_TIMEOUT", "2")
            .current_dir(std::env::temp_dir())
            .output()
            .unwrap();
        (program.status.success(), String::from_utf8(program.stdout).unwrap())
    };
    let (is_fit, out) = check(&standby);
    let line = |number: usize, out: &str| {
        out.lines().filter(|line| line.starts_with("replica")).nth(number - 1).map(str::to_owned).unwrap_or_default()
    };
    assert!(is_fit && line(1, &out).contains("  ok  ") && line(1, &out).contains("behind"), "{out}");
    let (is_fit, out) = check(&format!("{standby},{primary},{nowhere}"));
    assert!(!is_fit && line(1, &out).contains("  ok  "), "{out}");
    assert!(line(2, &out).contains("FAILED") && line(2, &out).contains("no standby"), "{out}");
    assert!(line(3, &out).contains("FAILED") && line(3, &out).contains("127.0.0.1:1/clinic"), "{out}");
    assert!(!out.contains("hush"), "{out}");
}

/// Where all statements of a transaction see what was there at its first, having asked how far it is says nothing of what they show.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_under_another_isolation_is_not_used() {
    let Some(cluster) = Cluster::start().await else { return };
    let frozen = "options[default_transaction_isolation]=repeatable%20read";
    let app = cluster.app(&[("DATABASE_REPLICA_URLS", &format!("{}?{frozen}", address(cluster.standby.port)))]).await;
    Clinic::create(&app).await;
    let visitor = app.visitor();
    until("it was looked at", async || replica(&app).behind.is_err_and(|why| why.contains("isolation"))).await;
    for _ in 0..5 {
        right(&visitor, &unseen("/hospitals")).await;
    }
    assert_eq!(reads(&app), 0);
}

/// The primary itself is no replica, though it is named as one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_no_standby_is_not_used() {
    let Some(cluster) = Cluster::start().await else { return };
    let primary = address(cluster.primary.port);
    let app = cluster.app(&[("DATABASE_REPLICA_URLS", &primary)]).await;
    Clinic::create(&app).await;
    let visitor = app.visitor();
    until("it was looked at", async || replica(&app).behind.is_err_and(|why| why.contains("no standby"))).await;
    for _ in 0..5 {
        right(&visitor, &unseen("/hospitals")).await;
    }
    assert_eq!(reads(&app), 0);
    assert!(visitor.get("/health/ready").await.ok().body.contains("degraded"));
}
