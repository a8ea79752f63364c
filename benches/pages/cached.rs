//! Pages from the cache beside raw actix-web, and signing in.

use super::{
    clinic::Clinic,
    load::{Load, Task, in_turns},
    peers,
    services::Services,
    signing_in,
    table::Table,
};

/// One of each role.
const ACCOUNTS: [(&str, &str); 4] = [
    ("super@demo.test", "platform administrator"),
    ("admin1@demo.test", "hospital administrator"),
    ("doctor1@demo.test", "doctor"),
    ("patient1@demo.test", "patient"),
];

/// Measures a server with its cache on.
pub(crate) fn measure(services: &Services, table: &mut Table) {
    let clinic = Clinic::serve(services, &[]);
    table.row(["start, until ready to serve", &format!("{} ms", clinic.start.as_millis()), "", "", ""]);
    table.row(["memory after the start", &format!("{:.0} MB", clinic.memory()), "", "", ""]);
    let cookies = clinic.sign_in(&ACCOUNTS.map(|(email, _)| email.to_owned()));
    for ((_, name), cookie) in ACCOUNTS.iter().zip(&cookies) {
        weigh(&clinic, name, cookie, table);
    }
    let doctor = &cookies[2];
    dashboard(&clinic, services, doctor, table);
    not_modified(&clinic, doctor, table);
    compressed(&clinic, doctor, table);
    for (name, path) in [("landing page", "/"), ("directory", "/hospitals")] {
        public(&clinic, (name, path), table);
    }
    signing_in::measure(&clinic, doctor, table);
}

/// How much of a dashboard goes over the wire.
fn weigh(clinic: &Clinic, name: &str, cookie: &str, table: &mut Table) {
    let kilobytes = |encoding| clinic.page("/dashboard", cookie, encoding).body.len() as f64 / 1000.0;
    let (plain, brotli) = (kilobytes(""), kilobytes("br"));
    table.row([
        &format!("dashboard of a {name}: transfer"),
        &format!("{brotli:.1} kB"),
        &format!("uncompressed: {plain:.1} kB"),
        &format!("{:.2}", brotli / plain),
        "≤ 30 kB",
    ]);
}

/// The doctor's dashboard from the cache.
fn dashboard(clinic: &Clinic, services: &Services, cookie: &str, table: &mut Table) {
    let page = clinic.page("/dashboard", cookie, "");
    let (raw, session) = (peers::raw(&page.body, ""), peers::behind_the_session(services, &page.body));
    let hits = || clinic.metric("cache_requests_total", &["route=\"/dashboard\"", "outcome=\"hit\""]);
    let before = hits();
    let [raw, session, hit] = in_turns([
        Task::get(format!("{}/", raw.origin), ""),
        Task::get(format!("{}/", session.origin), cookie),
        Task::get(format!("{}/dashboard", clinic.origin), cookie),
    ]);
    let served = hits() - before;
    assert!(served > 1000.0, "the dashboard did not come from the cache");
    beside(&raw, ("the same bytes behind the session alone", &session, ""), table);
    beside(&raw, ("doctor dashboard, cache hit", &hit, "≥ 0.88"), table);
    // The peer behind the session asks Redis for each of its requests, so it is counted while that is not running.
    let (before, commands) = (hits(), services.redis_commands());
    Task::get(format!("{}/dashboard", clinic.origin), cookie).run();
    let (served, commands) = (hits() - before, services.redis_commands() - commands);
    table.row([
        "Redis commands per 1,000 hits",
        &format!("{:.1}", commands as f64 * 1000.0 / served),
        &format!("{served:.0} hits"),
        "",
        "≤ 10",
    ]);
}

/// The news that nothing is new, beside the whole page from memory.
fn not_modified(clinic: &Clinic, cookie: &str, table: &mut Table) {
    let page = clinic.page("/doctors", cookie, "");
    let raw = peers::raw(&page.body, "");
    let told = || clinic.metric("http_request_seconds_count", &["route=\"/doctors\"", "status=\"304\""]);
    let before = told();
    let [raw, not_modified] = in_turns([
        Task::get(format!("{}/", raw.origin), ""),
        Task::get(format!("{}/doctors", clinic.origin), cookie)
            .header(format!("If-None-Match: {}", page.header("etag"))),
    ]);
    assert!(told() - before > 1000.0, "the list was sent though the browser had it");
    beside(&raw, ("list of doctors, answered 304", &not_modified, "≥ 1.3"), table);
}

/// The same as browsers ask for it.
fn compressed(clinic: &Clinic, cookie: &str, table: &mut Table) {
    let page = clinic.page("/dashboard", cookie, "br");
    assert_eq!(page.header("content-encoding"), "br");
    let raw = peers::raw(&page.body, "br");
    let [raw, hit] = in_turns([
        Task::get(format!("{}/", raw.origin), ""),
        Task::get(format!("{}/dashboard", clinic.origin), cookie).header("Accept-Encoding: br".to_owned()),
    ]);
    beside(&raw, ("doctor dashboard, cache hit, compressed", &hit, ""), table);
}

/// A page that everybody sees, from the cache.
fn public(clinic: &Clinic, (name, path): (&str, &str), table: &mut Table) {
    clinic.page(path, "", "");
    let page = clinic.page(path, "", "");
    assert_eq!(page.header("x-cache"), "hit", "{path}");
    let raw = peers::raw(&page.body, "");
    let [raw, hit] =
        in_turns([Task::get(format!("{}/", raw.origin), ""), Task::get(format!("{}{path}", clinic.origin), "")]);
    beside(&raw, (&format!("{name}, cache hit"), &hit, "≥ 0.90"), table);
}

fn beside(raw: &Load, (name, load, goal): (&str, &Load, &str), table: &mut Table) {
    table.row([
        name,
        &format!("{:.0} requests/s, p99 {:.1} ms", load.requests_per_second, load.p99),
        &format!("raw, the same bytes: {:.0} requests/s, p99 {:.1} ms", raw.requests_per_second, raw.p99),
        &format!("{:.2}", load.requests_per_second / raw.requests_per_second),
        goal,
    ]);
}
