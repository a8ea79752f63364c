//! At 100,000 appointments: no page reads a large table from end to end, none costs more statements
//! than at ten, and every figure is still the true count. What is counted of a list is bounded.
//!
//! On Postgres only, whose own counters tell what was scanned: `pg_stat_user_tables.seq_scan` of the
//! server's database before and after each page.

mod reports;
mod versions;
mod years;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use actix_web::http::Method;
use futures_util::future::join_all;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TryGetable};
use telemedicine::{coherence::Topics, features};

use crate::{figures::assert_figures, support::*};

/// Tables that grow with the years.
const LARGE: [&str; 10] = [
    "appointment",
    "appointment_event",
    "audit_entry",
    "call",
    "device_check",
    "note",
    "notification",
    "user",
    "visit",
    "visit_guest",
];

const SIZE: [&str; 8] = ["--hospitals", "10", "--doctors", "200", "--patients", "10000", "--appointments", "100000"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_scans_appointments_people_or_notifications() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let people = Demo::load(&app, &SIZE).await;
    years::leave_a_trail(&app).await;
    years::leave_notifications(&app).await;
    years::leave_notes(&app).await;
    years::leave_checks(&app).await;
    years::leave_guests(&app).await;
    let counters = Counters::connect(&app).await;
    assert_stored_counts(&app).await;
    vacuum(&app, &counters).await;
    let estimated = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'appointment'::regclass";
    assert!(counters.number(estimated).await >= 99_000);
    the_gate_can_fail(&app, &counters).await;
    lists_are_counted_up_to_a_bound(&people, (&app, &counters)).await;
    reports::read_each_visit_and_call_once_or_twice(&people, (&app, &counters)).await;
    let mut wrong = Vec::new();
    let mut pages = 0;
    for person in &people {
        dashboards_read_what_they_show(person, (&app, &counters)).await;
        let dashboard = person.client.get("/dashboard").await.ok();
        assert!(dashboard.statements() <= 3, "{}: {} statements", dashboard.asked, dashboard.statements());
        assert_figures(&app, &dashboard, (person.role, person.user_id), "Asia/Kathmandu".parse().unwrap()).await;
        for address in addresses(&person.client).await {
            let before = counters.scans(&app).await;
            let page = person.client.get(&address).await;
            let scanned = counters.scans(&app).await.since(&before);
            if !scanned.is_empty() || page.status >= 500 {
                wrong.push(format!("{}: {}, scans {scanned:?}", page.asked, page.status));
            }
            pages += 1;
        }
    }
    assert!(pages > 60, "only {pages} pages were seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rows that the longest lists may read of their table: what is counted, a page of it, and as much again for what else the page shows.
const MOST_ROWS: i64 = 25_000;

/// The trail, a person's notifications: however long they are, first page and last.
async fn lists_are_counted_up_to_a_bound(people: &[Demo], (app, counters): (&TestApp, &Counters)) {
    for (role, table, address) in
        [(Role::SuperAdmin, "audit_entry", "/audit"), (Role::Doctor, "notification", "/notifications")]
    {
        let person = people.iter().find(|person| person.role == role).unwrap();
        for address in [address.to_owned(), format!("{address}?page=500")] {
            let (page, [read]) = counters.reading([table], (app, person), &address).await;
            assert!(page.says("more than 10,000"), "{address}");
            assert!((1..=MOST_ROWS).contains(&read), "{address} read {read} rows of {table}");
        }
    }
}

/// Rows that a dashboard may read of a table: what is on it, what is counted for it up to a bound, the people of both, and of each doctor who is away
/// what is still open.
const MOST_OF_A_DASHBOARD: i64 = 4_000;

/// Of 4,200 visits to come of a hospital none is asked whether it stands.
async fn dashboards_read_what_they_show(person: &Demo, (app, counters): (&TestApp, &Counters)) {
    let tables = ["appointment", "user"];
    let (page, read) = counters.reading(tables, (app, person), "/dashboard").await;
    for (table, read) in tables.into_iter().zip(read) {
        assert!(read <= MOST_OF_A_DASHBOARD, "{} read {read} rows of {table}", page.asked);
    }
}

/// As autovacuum leaves a database that is in use: statistics there, and its pages marked as visible to all, without
/// which counting by an index costs more than reading the table. Rows that were committed a moment ago, or that a
/// snapshot somewhere may not see yet, keep their page from being marked: so until nearly all are (VACUUM itself leaves
/// out pages with a few dead rows).
async fn vacuum(app: &TestApp, counters: &Counters) {
    let unmarked = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relallvisible < 0.9 * relpages \
                    AND relname IN ('appointment', 'appointment_event', 'audit_entry', 'call', 'note', 'notification', 'user', 'visit')";
    for _ in 0..100 {
        sql(app, "VACUUM ANALYZE").await;
        if counters.number(unmarked).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("VACUUM does not come to its end");
}

/// A statement that reads all appointments is seen by the counters.
async fn the_gate_can_fail(app: &TestApp, counters: &Counters) {
    let before = counters.scans(app).await;
    let planted = "SELECT count(*) FROM appointment WHERE symptoms LIKE '%x%'";
    let planted = Statement::from_string(DbBackend::Postgres, planted);
    let read = app
        .state
        .db
        .reader()
        .run(Topics::exempt("a scan"), async |conn| conn.query_one_raw(planted.clone()).await)
        .await;
    assert!(read.unwrap().is_some());
    assert_eq!(counters.scans(app).await.since(&before), ["appointment"], "the counters see nothing");
}

/// Every route without an id, its variations, and one page of each route that these link to; and the last
/// page of each list, which has the most rows before it.
async fn addresses(client: &Client) -> BTreeSet<String> {
    let table = features::routes();
    let plain = page_routes().into_iter().filter(|route| !route.contains('{'));
    let mut addresses: BTreeSet<String> = plain.chain(VARIATIONS.map(str::to_owned)).collect();
    let mut routes = BTreeSet::new();
    for address in addresses.clone() {
        for link in client.get(&address).await.links() {
            let route = route_of(&table, &Method::GET, &link).map(|route| route.path);
            let is_new = route.is_some_and(|route| route.contains("{id}") && routes.insert(route));
            if is_new || link.contains("page=") {
                addresses.insert(link);
            }
        }
    }
    addresses
}

/// How often each large table was read from end to end so far.
struct Scans(BTreeMap<&'static str, i64>);

impl Scans {
    fn since(&self, before: &Self) -> Vec<&'static str> {
        let more = self.0.iter().filter(|(table, scans)| **scans > before.0[**table]);
        more.map(|(table, _)| *table).collect()
    }
}

/// Reads the counters over a connection that does nothing else, so that it has no scan of its own to tell: Postgres would report one some
/// seconds late, as if the page after it had read those rows. What a test counts for itself it asks [`number`].
struct Counters(DatabaseConnection);

impl Counters {
    async fn connect(app: &TestApp) -> Self {
        let mut options = ConnectOptions::new(app.state.settings.database.url.expose());
        options.max_connections(1).sqlx_logging(false);
        Self(Database::connect(options).await.unwrap())
    }

    /// Postgres reports what a backend did up to some seconds late, but at once when it ends: so all others are
    /// ended, the server's and this test's own, before anything is read. Both open new ones.
    async fn settle(&self, app: &TestApp) {
        let others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                      AND backend_type = 'client backend'";
        let ended = format!("SELECT string_agg(pid::text, ',') FILTER (WHERE pg_terminate_backend(pid)) {others}");
        // Those alone: the server opens new ones meanwhile, at least for its outbox.
        if let Some(ended) = self.value::<Option<String>>(&ended).await {
            while self.number(&format!("SELECT count(*) {others} AND pid IN ({ended})")).await > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        // What finds its connection dead is run again, and would count twice: of all that the pool holds none is dead once as many questions were asked at
        // one moment. One alone may get a connection that was opened meanwhile.
        let awake = async || {
            let question = Statement::from_string(DbBackend::Postgres, "SELECT pg_sleep(0.005)");
            let reader = app.state.db.reader();
            let read =
                reader.run(Topics::exempt("nothing"), async |conn| conn.query_one_raw(question.clone()).await).await;
            read.unwrap();
        };
        join_all((0..app.state.db.pool_state().open.max(1)).map(|_| awake())).await;
    }

    async fn scans(&self, app: &TestApp) -> Scans {
        self.settle(app).await;
        let mut scans = BTreeMap::new();
        for table in LARGE {
            let counter = format!("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = '{table}'");
            scans.insert(table, self.number(&counter).await);
        }
        Scans(scans)
    }

    /// A page, and how many rows of each table it has read.
    async fn reading<const N: usize>(
        &self,
        tables: [&str; N],
        (app, person): (&TestApp, &Demo),
        address: &str,
    ) -> (Page, [i64; N]) {
        self.settle(app).await;
        let mut read = [0; N];
        for (table, read) in tables.iter().zip(&mut read) {
            *read = self.rows_read(table).await;
        }
        let page = person.client.get(address).await.ok();
        self.settle(app).await;
        for (table, read) in tables.iter().zip(&mut read) {
            *read = self.rows_read(table).await - *read;
        }
        (page, read)
    }

    /// Rows of a table that were read so far, in it or in its indexes.
    async fn rows_read(&self, table: &str) -> i64 {
        let read = format!(
            "SELECT (SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = '{table}')
                  + (SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname = '{table}')"
        );
        self.number(&read).await
    }

    async fn number(&self, query: &str) -> i64 {
        self.value(query).await
    }

    async fn value<T: TryGetable>(&self, query: &str) -> T {
        let row = self.0.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await;
        row.unwrap().unwrap().try_get_by_index(0).unwrap()
    }
}

async fn sql(app: &TestApp, statement: &str) {
    app.db.execute_unprepared(statement).await.unwrap();
}

/// What a test counts for itself, over a connection that is ended, and with it reported, before the counters are read.
async fn number(app: &TestApp, query: &str) -> i64 {
    value(app, query).await
}

/// The same of what is no count.
async fn value<T: TryGetable>(app: &TestApp, query: &str) -> T {
    let row = app.db.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}
