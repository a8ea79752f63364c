//! Pages that are rendered each time, and what Postgres alone makes of their statements.

use url::Url;

use super::{
    clinic::Clinic,
    load::Task,
    pgbench,
    services::Services,
    table::Table,
    tap::{Said, Tap},
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
pub(crate) fn measure(services: &Services, table: &mut Table) {
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
}

/// The statements of the dashboard with their values, as a server sends them.
pub(crate) fn statements(services: &Services, cookie: &str) -> Vec<Said> {
    let database: Url = services.database_url().parse().unwrap();
    let tap = Tap::before(&database);
    let clinic =
        Clinic::serve(services, &[NO_CACHE, ("DATABASE_URL", &tap.url(&database)), ("DB_MAX_CONNECTIONS", "1")]);
    let count = clinic.cost("/dashboard", cookie).statements as usize;
    for _ in 0..READINGS {
        tap.take();
        clinic.page("/dashboard", cookie, "");
        let page = tap.take();
        // Now and then the server has something to say of its own.
        if page.len() == count {
            return page;
        }
    }
    panic!("never was the page heard alone, of {count} statements");
}
