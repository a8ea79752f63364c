//! What the pages cost: `cargo bench --bench pages`.
//!
//! Requests per second of the doctor's dashboard beside two peers in the same run on the same cores:
//! raw actix-web with the same bytes, and a page behind the session alone. Statements and milliseconds
//! of each dashboard. Start time and memory. Prints one Markdown table.
//!
//! Uses the services of `TEST_DATABASE_URL` and `TEST_REDIS_URL`, or starts its own by
//! `tests/services.sh`. Needs the load generator `wrk`. `BENCH_SECONDS` (10) is how long each load lasts,
//! `BENCH_APPOINTMENTS` (100000) how large the clinic is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on should stop on the spot, with the line"
)]

mod clinic;
mod load;
mod peers;
mod services;
mod table;

use clinic::{ACCOUNTS, Clinic};
use services::Services;
use table::Table;

fn main() {
    let services = Services::find();
    let clinic = Clinic::serve(&services);
    let mut table = Table::default();
    table.row("start, until ready to serve", &format!("{} ms", clinic.start.as_millis()), "");
    table.row("memory after the start", &clinic.memory(), "");
    for account in ACCOUNTS {
        let dashboard = clinic.sign_in(account).dashboard();
        let cost = format!("{} statements, {:.1} ms", dashboard.statements, dashboard.milliseconds);
        table.row(&format!("dashboard of {account}"), &cost, &format!("{:.1} kB", dashboard.kilobytes()));
    }
    measure(&clinic, &services, &mut table);
    table.row("memory after the load", &clinic.memory(), "");
    table.print(&format!(
        "{} appointments; {} connections, {} workers each, {} s",
        services::appointments(),
        load::CONNECTIONS,
        services::WORKERS,
        services::seconds()
    ));
}

/// The dashboard beside its peers, one after the other.
fn measure(clinic: &Clinic, services: &Services, table: &mut Table) {
    let doctor = clinic.sign_in("doctor1@demo.test");
    let page = doctor.dashboard();
    let raw = peers::raw(&page.body).measured("/", "");
    let session = peers::behind_the_session(services, &page.body).measured("/", &doctor.cookie);
    let dashboard = load::run(&format!("{}/dashboard", clinic.origin), &doctor.cookie);
    for (name, measured) in [
        ("raw actix-web, the same bytes", &raw),
        ("the same behind the session alone", &session),
        ("dashboard of the doctor, every statement run", &dashboard),
    ] {
        let ratio = measured.requests_per_second / raw.requests_per_second;
        table.row(
            name,
            &format!("{:.0} requests/s", measured.requests_per_second),
            &format!("{ratio:.2} of raw, p99 {}", measured.p99),
        );
    }
}
