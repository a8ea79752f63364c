//! Pages that are rendered each time, and what Postgres alone makes of their statements.

use url::Url;

use super::{
    clinic::Clinic,
    load::{Task, in_turns},
    pgbench,
    services::Services,
    statement_proxy::{Executed, StatementProxy},
    table::Table,
};

const NO_CACHE: (&str, &str) = ("CACHE_PAGE_SECONDS", "0");

/// How often a page is listened to before it must have been heard alone.
const READINGS: usize = 20;

/// One of each role, and what they are.
const ACCOUNTS: [(&str, &str); 4] = [
    ("super@demo.test", "platform administrator"),
    ("admin1@demo.test", "hospital administrator"),
    ("patient1@demo.test", "patient"),
    ("doctor1@demo.test", "doctor"),
];

/// The cost of each dashboard, and the doctor's under load.
pub(crate) fn measure(services: &Services, before: Option<&Services>, table: &mut Table) {
    let clinic = Clinic::serve(services, &[NO_CACHE]);
    let cookies = clinic.sign_in(&ACCOUNTS.map(|(email, _)| email.to_owned()));
    for ((_, name), cookie) in ACCOUNTS.iter().zip(&cookies) {
        let cost = clinic.cost("/dashboard", cookie);
        table.row([
            &format!("dashboard of a {name}, uncached"),
            &format!("{} statements", cost.statements),
            &format!("{:.1} ms, {:.1} ms of them in the database", cost.milliseconds, cost.database),
            "",
            "≤ 3",
        ]);
    }
    let doctor = &cookies[3];
    let load = Task::get(format!("{}/dashboard", clinic.origin), doctor).run();
    let connections = clinic.metric("db_connections", &[]) as u32;
    let alone = pgbench::run(services, &statements(services, doctor), connections);
    table.row([
        "doctor dashboard, uncached",
        &format!("{:.0} requests/s, p99 {:.0} ms", load.requests_per_second, load.p99),
        &format!("pgbench, the same statements, {connections} connections: {alone:.0}/s"),
        &format!("{:.2}", load.requests_per_second / alone),
        "≥ 0.50",
    ]);
    if let Some(before) = before {
        beside(&clinic, doctor, before, table);
    }
}

/// This build's dashboard and another's, in turns.
fn beside(clinic: &Clinic, cookie: &str, before: &Services, table: &mut Table) {
    let other = Clinic::serve(before, &[NO_CACHE]);
    let [doctor] = other.sign_in(&["doctor1@demo.test".to_owned()]).try_into().unwrap();
    let [load, other] = in_turns([
        Task::get(format!("{}/dashboard", clinic.origin), cookie),
        Task::get(format!("{}/dashboard", other.origin), &doctor),
    ]);
    table.row([
        "doctor dashboard, uncached",
        &format!("{:.0} requests/s, p99 {:.0} ms", load.requests_per_second, load.p99),
        &format!("the predecessor: {:.0} requests/s, p99 {:.0} ms", other.requests_per_second, other.p99),
        &format!("{:.2}", load.requests_per_second / other.requests_per_second),
        "≥ 3",
    ]);
}

/// The statements of the dashboard with their values, as a server sends them.
pub(crate) fn statements(services: &Services, cookie: &str) -> Vec<Executed> {
    let database: Url = services.database_url().parse().unwrap();
    let statement_proxy = StatementProxy::before(&database);
    let clinic = Clinic::serve(
        services,
        &[NO_CACHE, ("DATABASE_URL", &statement_proxy.url(&database)), ("DB_MAX_CONNECTIONS", "1")],
    );
    let count = clinic.cost("/dashboard", cookie).statements as usize;
    for _ in 0..READINGS {
        statement_proxy.take();
        clinic.page("/dashboard", cookie, "");
        let page = statement_proxy.take();
        // Now and then the server has something to say of its own.
        if page.len() == count {
            return page;
        }
    }
    panic!("never was the page heard alone, of {count} statements");
}
