//! What the pages cost, side by side in one run on the same cores: `cargo bench --bench pages`.
//!
//! - `cargo bench --bench pages` measures everything in the README's table and prints it; with `-- --write-readme` it is also
//!   written into the README.
//! - `cargo bench --bench pages -- plans` measures what the dashboards' statements take inside Postgres, and nothing else.
//! - `cargo bench --bench pages -- mixed` measures five hundred people at once, and nothing else.
//! - `cargo bench --bench pages -- live` measures pages that change by themselves, with `BENCH_STREAMS` (5000) of them open, and nothing else.
//! - `cargo bench --bench pages -- far` measures what others notice of an instance that is far from Redis, and nothing else.
//! - `cargo bench --bench pages -- growth` measures one page at 10,000 appointments and at a hundred and a thousand times as many.
//!   `BENCH_GROWTH` (10000000) is the largest size; it needs 10 GB of disk.
//! - `cargo bench --bench pages -- sealing` measures the sealing of a trail of `BENCH_TRAIL` (2000000) entries, and nothing else.
//!
//! Each figure stands beside what it is compared with: raw actix-web that serves the same bytes from memory, `pgbench` that
//! runs the same statements, argon2 alone. Loads that are compared are run in turns.
//!
//! Uses the services of `TEST_DATABASE_URL` and `TEST_REDIS_URL`, or starts its own by `tests/services.sh`. Needs the load
//! generator `wrk`, and `pgbench`, which comes with Postgres. `BENCH_SECONDS` (10) is how long each load lasts,
//! `BENCH_APPOINTMENTS` (100000) how large the clinic is. `BENCH_PREDECESSOR` is a folder with the programs `telemedicine` and
//! `migration` of an earlier build, which is then measured beside this one on a database of its own. `BENCH_LOG` (error) is what the servers log.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on should stop on the spot, with the line"
)]

mod acts;
mod cached;
mod clinic;
mod far;
mod growth;
mod live;
mod load;
mod mixed;
mod others;
mod peers;
mod pgbench;
mod plans;
mod sealing;
mod services;
mod signing_in;
mod statement_proxy;
mod steady;
mod streams;
mod table;
mod uncached;
mod users;
mod writes;

use services::Services;
use table::Table;

/// The server's own, so that the peers in this process have the same.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |word: &str| asked.iter().any(|arg| arg == word);
    let services = Services::find();
    let mut table = Table::default();
    if grows(&services, &mut table, &is_asked) {
        return;
    }
    clinic::load_demo(&services);
    if of_this_build(&services, &mut table, &is_asked) {
        return;
    }
    let before = services.predecessor();
    if let Some(before) = &before {
        clinic::load_demo(before);
    }
    if is_asked("mixed") {
        mixed::measure(&services, before.as_ref(), &mut table);
        println!("\n{}", table.markdown("`cargo bench --bench pages -- mixed`:"));
        return;
    }
    cached::measure(&services, &mut table);
    writes::measure(&services, before.as_ref(), &mut table);
    far::measure(&services, &mut table);
    uncached::measure(&services, before.as_ref(), &mut table);
    plans::measure(&services, &mut table, (&plans::DASHBOARDS, ""));
    mixed::measure(&services, before.as_ref(), &mut table);
    let conditions = format!(
        "`cargo bench --bench pages`: {} appointments; {} connections, {} workers for each server, {} s for each load:",
        services::appointments(),
        load::CONNECTIONS,
        services::WORKERS,
        services::seconds()
    );
    table.publish(&conditions, table::PAGES, is_asked("--write-readme"));
}

/// Measures a single thing of this build alone, if that is asked.
fn of_this_build(services: &Services, table: &mut Table, is_asked: &impl Fn(&str) -> bool) -> bool {
    if is_asked("plans") {
        plans::measure(services, table, (&plans::DASHBOARDS, ""));
        println!("\n{}", table.markdown("`cargo bench --bench pages -- plans`:"));
    } else if is_asked("live") {
        live::measure(services, table);
        table.publish("`cargo bench --bench pages -- live`:", table::LIVE, is_asked("--write-readme"));
    } else if is_asked("far") {
        far::measure(services, table);
        println!("\n{}", table.markdown("`cargo bench --bench pages -- far`:"));
    } else {
        return false;
    }
    true
}

/// Measures what needs no demo, if that is asked.
fn grows(services: &Services, table: &mut Table, is_asked: &impl Fn(&str) -> bool) -> bool {
    if is_asked("growth") {
        growth::measure(services, table);
        table.publish("`cargo bench --bench pages -- growth`:", table::GROWTH, is_asked("--write-readme"));
    } else if is_asked("sealing") {
        sealing::measure(services, table);
        println!("\n{}", table.markdown("`cargo bench --bench pages -- sealing`:"));
    } else {
        return false;
    }
    true
}
