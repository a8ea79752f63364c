//! Five hundred people at once: 70 % dashboards, 15 % lists, 5 % directory, 10 % acts.

use std::{path::PathBuf, time::Duration};

use super::{
    acts,
    clinic::Clinic,
    live,
    load::{Load, Task},
    peers::{self, Peer},
    services::{Services, live_streams, seconds},
    steady, streams,
    table::Table,
    users::{Request, Users, list},
};

/// The process's share of the cache, in MB, and how full it has to be before its memory is read.
const CACHE: (&str, f64) = ("64", 0.95);

/// Requests of cached routes, by what the cache did.
#[derive(Clone, Copy)]
struct Tally {
    hits: f64,
    all: f64,
}

impl Tally {
    fn of(clinic: &Clinic) -> Self {
        let hits = clinic.metric("cache_requests_total", &["outcome=\"hit\""]);
        Self { hits, all: clinic.metric("cache_requests_total", &[]) }
    }

    fn rate_since(self, before: Self) -> f64 {
        (self.hits - before.hits) / (self.all - before.all)
    }
}

/// The lists of requests of all runs.
struct Plans {
    warm_up: PathBuf,
    further: PathBuf,
    /// With acts of their own: saturated, at a fixed rate, verified, compared.
    runs: [PathBuf; 4],
}

impl Plans {
    fn new(users: &Users, services: &Services) -> Self {
        let with_acts = |(run, acts): (usize, Vec<Request<'_>>)| {
            let requests: Vec<Request<'_>> = users.pages().into_iter().chain(acts).collect();
            list(services, &format!("mixed-{run}"), &requests)
        };
        let mut runs = acts::plan::<4>(users, services).into_iter().enumerate().map(with_acts);
        Self {
            warm_up: list(services, "pages", &users.pages()),
            further: list(services, "further", &users.further_pages()),
            runs: std::array::from_fn(|_| runs.next().unwrap()),
        }
    }
}

/// A clinic whose people are all signed in, each of whose pages was made once.
struct Warm {
    clinic: Clinic,
    plans: Plans,
    /// A doctor's dashboard as browsers get it, compressed.
    page: Vec<u8>,
}

impl Warm {
    fn serve(services: &Services) -> Self {
        let clinic = Clinic::serve(services, &[("CACHE_MEMORY_MB", CACHE.0)]);
        let users = Users::gather(&clinic, services);
        let (plans, page) = (Plans::new(&users, services), users.a_dashboard(&clinic));
        every_page_once(&clinic, &plans.warm_up);
        Self { clinic, plans, page }
    }

    /// As many requests as it answers.
    fn saturated(&self) -> Load {
        self.saturated_by(0)
    }

    /// The same with the acts of that run.
    fn saturated_by(&self, run: usize) -> Load {
        Task::scripted(&self.clinic.origin, &self.plans.runs[run], "mix").run()
    }
}

/// Measures the mixed load beside raw actix-web and the predecessor under the same requests, then at a fixed rate, then verifies it,
/// then looks at its misses.
pub(crate) fn measure(services: &Services, before: Option<&Services>, table: &mut Table) {
    let warm = Warm::serve(services);
    let raw = peers::raw(&warm.page, "br");
    let at_most = Task::scripted(&raw.origin, &warm.plans.runs[0], "mix").run();
    let before = before.map(|before| Warm::serve(before).saturated());
    let tally = Tally::of(&warm.clinic);
    let load = warm.saturated();
    let rate = Tally::of(&warm.clinic).rate_since(tally);
    tell(&load, &at_most, before.as_ref(), table);
    assert!(rate > 0.1, "people were not signed in");
    table.row(["mixed load: hits", &percent(rate), "pages of cached routes", &format!("{rate:.2}"), "≥ 0.90"]);
    at_half(&warm, &raw, load.requests_per_second / 2.0, table);
    drop(raw);
    let Warm { clinic, plans, .. } = warm;
    memory(&clinic, &plans, table);
    drop(clinic);
    verified(services, &plans, table);
    compared(services, &plans, table);
}

/// Measures it three times, the second time while pages are open at which nobody looks: what the clinic went through before makes it slower or
/// faster, in one direction.
pub(crate) fn beside_streams(services: &Services, table: &mut Table) {
    let warm = Warm::serve(services);
    let before = warm.saturated_by(0);
    let count = live_streams();
    let cookies = live::patients(&warm.clinic, count);
    let open = streams::open(&warm.clinic, &cookies, count);
    let with = warm.saturated_by(1);
    let streams = open.len();
    drop(open);
    let after = warm.saturated_by(2);
    let without = f64::midpoint(before.requests_per_second, after.requests_per_second);
    table.row([
        "mixed load, saturated, beside idle streams: requests/s",
        &format!("{:.0}, p99 {:.1} ms, {streams} streams", with.requests_per_second, with.p99),
        &format!(
            "without streams, before: {:.0}, p99 {:.1} ms; after: {:.0}, p99 {:.1} ms",
            before.requests_per_second, before.p99, after.requests_per_second, after.p99
        ),
        &format!("{:.2}", with.requests_per_second / without),
        "≥ 0.95",
    ]);
}

/// So many arrivals a second, half of what it can answer.
fn at_half(warm: &Warm, raw: &Peer, rate: f64, table: &mut Table) {
    // What was asked for last under saturation is answered by then.
    std::thread::sleep(Duration::from_secs(1));
    let steady = steady::run(&warm.clinic.origin, &warm.plans.runs[1], rate);
    let beside = steady::run(&raw.origin, &warm.plans.runs[1], rate);
    table.row([
        &format!("mixed load, {rate:.0} arrivals a second (half of saturation): p99"),
        &format!("{:.1} ms, median {:.1} ms, {} requests", steady.p99, steady.median, steady.answered),
        &format!("raw, the same requests: {:.1} ms, median {:.1} ms", beside.p99, beside.median),
        &format!("{:.1}", steady.p99 / beside.p99),
        "≤ 25 ms",
    ]);
}

/// What the load found beside the others.
fn tell(load: &Load, raw: &Load, before: Option<&Load>, table: &mut Table) {
    let acts = count(load, "all", "acts left");
    assert!(acts >= 0.0, "all acts were done before the time was over: lower BENCH_SECONDS");
    let with_p99 = |load: &Load| format!("{:.0}, p99 {:.1} ms", load.requests_per_second, load.p99);
    let mut row = |beside: &str, other: &Load, goal: &str| {
        table.row([
            "mixed load, saturated: requests/s",
            &with_p99(load),
            &format!("{beside}, the same requests: {}", with_p99(other)),
            &format!("{:.2}", load.requests_per_second / other.requests_per_second),
            goal,
        ]);
    };
    row("raw", raw, "");
    if let Some(before) = before {
        row("the predecessor", before, "≥ 3");
    }
    table.row([
        "mixed load, saturated: p99",
        &format!("{:.1} ms", load.p99),
        &format!("raw, the same requests: {:.1} ms", raw.p99),
        &format!("{:.1}", load.p99 / raw.p99),
        "≤ 5",
    ]);
}

/// Memory with the cache full.
fn memory(clinic: &Clinic, plans: &Plans, table: &mut Table) {
    let full = CACHE.0.parse::<f64>().unwrap() * 1024.0 * 1024.0;
    let mut kept = clinic.metric("cache_bytes", &[]);
    for _ in 0..30 {
        if kept >= full * CACHE.1 {
            break;
        }
        Task::scripted(&clinic.origin, &plans.further, "each").lasting(2).run();
        kept = clinic.metric("cache_bytes", &[]);
    }
    assert!(kept >= full * CACHE.1, "the cache cannot be filled: {kept} bytes");
    // What is let go goes back to the system within a second or two (`.cargo/config.toml`).
    std::thread::sleep(Duration::from_secs(3));
    let remark = format!("cache of {} MB, {:.0} MB of it in use", CACHE.0, kept / 1024.0 / 1024.0);
    table.row(["mixed load: memory after it", &format!("{:.0} MB", clinic.memory()), &remark, "", "≤ 120 MB"]);
}

/// Makes every page, so that what is counted is a day's work and not its first minute.
fn every_page_once(clinic: &Clinic, pages: &PathBuf) {
    let all = std::fs::read_to_string(pages).unwrap().lines().count() as f64;
    let asked = |clinic: &Clinic| clinic.metric("cache_requests_total", &[]);
    let before = asked(clinic);
    while asked(clinic) - before < all {
        Task::scripted(&clinic.origin, pages, "each").lasting(3).run();
    }
}

/// The same once more, each page from the cache compared with what is rendered at that moment.
fn verified(services: &Services, plans: &Plans, table: &mut Table) {
    let clinic = Clinic::serve(services, &[("CACHE_MEMORY_MB", CACHE.0), ("CACHE_VERIFY", "true")]);
    every_page_once(&clinic, &plans.warm_up);
    let before = Tally::of(&clinic);
    Task::scripted(&clinic.origin, &plans.runs[2], "mix").run();
    let compared = Tally::of(&clinic).hits - before.hits;
    let differences = clinic.metric("cache_verify_failures_total", &[]);
    assert!(compared > 0.0, "nothing was compared");
    assert!(differences == 0.0, "{differences} pages of the cache differed from what is rendered");
    let remark = format!("{compared:.0} pages from the cache, each rendered again");
    table.row(["mixed load, CACHE_VERIFY: differences", &format!("{:.0}", differences.abs()), &remark, "", "0"]);
}

/// How many misses showed something new: no cache could have spared these. Pages are compared as they are, not packed as browsers get
/// them, and the cache has room for all of them in that form: what is asked is whether it knows what has changed.
fn compared(services: &Services, plans: &Plans, table: &mut Table) {
    let clinic = Clinic::serve(services, &[("CACHE_MEMORY_MB", "512")]);
    every_page_once(&clinic, &plans.warm_up);
    let load = Task::scripted(&clinic.origin, &plans.runs[3], "compare").connections(1).lasting(seconds() * 2).run();
    drop(clinic);
    assert!(count(&load, "", "wrong") == 0.0, "a hit differed from what was seen before: {}", load.said);
    let [hits, misses, same] = ["hit", "miss", "same"].map(|what| count(&load, "", what));
    let all = hits + misses + count(&load, "", "held");
    let best = 1.0 - (all - hits - same) / all;
    table.row([
        "mixed load: misses that showed something new",
        &format!("{:.0} of {:.0}", all - hits - same, all - hits),
        &format!("{all:.0} pages, one at a time, {:.0} % hits", 100.0 * hits / all),
        &format!("{best:.2}"),
        "a perfect cache's hits",
    ]);
    table.row([
        "mixed load: hits of a perfect cache's hits",
        &format!("{:.3}", hits / (all * best)),
        &format!("{:.0} of {:.0}", hits, all * best),
        "",
        "≥ 0.98",
    ]);
    breakdown(&load);
}

/// For whoever wants to know which pages miss: on standard error.
fn breakdown(load: &Load) {
    let lines = load.said.lines().filter_map(|line| line.strip_prefix("count\t"));
    let mut labels: Vec<&str> = lines.filter_map(|line| line.split('\t').next()).collect();
    labels.sort_unstable();
    labels.dedup();
    for label in labels {
        let [hits, misses, held, same] = ["hit", "miss", "held", "same"].map(|what| count(load, label, what));
        eprintln!("  {label}: {hits} hits, {misses} misses, {held} held; of those {same} as before");
    }
}

/// The sum of what the script counted under that label (any, if empty).
fn count(load: &Load, label: &str, what: &str) -> f64 {
    let lines = load.said.lines().filter_map(|line| line.strip_prefix("count\t"));
    let cells = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    let chosen = cells.filter(|cells| (label.is_empty() || cells[0] == label) && cells[1] == what);
    chosen.map(|cells| cells[2].parse::<f64>().unwrap()).sum()
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
