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
    room(&clinic, services, table);
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

/// The room of a visit, on both sides. It is clinical: made each time, and that somebody opened it is a statement of its own.
fn room(clinic: &Clinic, services: &Services, table: &mut Table) {
    let query = "SELECT a.id, du.email AS doctor, pu.email AS patient FROM appointment a \
                 JOIN doctor d ON d.id = a.doctor_id JOIN \"user\" du ON du.id = d.user_id \
                 JOIN patient p ON p.id = a.patient_id JOIN \"user\" pu ON pu.id = p.user_id \
                 WHERE du.active AND pu.active AND a.status IN ('waiting', 'in_progress') \
                 ORDER BY a.modality = 'video' DESC, a.id LIMIT 1";
    let rows = services.rows(query);
    let Some(visit) = rows.first() else { return };
    let path = format!("/appointments/{}/room", visit.try_get::<i64>("", "id").unwrap());
    for side in ["doctor", "patient"] {
        let [cookie] = clinic.sign_in(&[visit.try_get("", side).unwrap()]).try_into().unwrap();
        let cost = clinic.cost(&path, &cookie);
        let kilobytes = clinic.page(&path, &cookie, "").body.len() as f64 / 1000.0;
        table.row([
            &format!("room of a visit, as its {side} opens it"),
            &format!("{} statements, {kilobytes:.1} kB", cost.statements),
            &format!("{:.1} ms, {:.1} ms of them in the database", cost.milliseconds, cost.database),
            "",
            "≤ 3 and 1 for the trail, ≤ 50 kB",
        ]);
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
