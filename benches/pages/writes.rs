//! How long a change is waited for: alone, and with other instances that have to hear of it first.

use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use super::{
    clinic::{Clinic, SETTLED},
    services::Services,
    table::Table,
};

/// Changes of each kind; the middle one counts.
const CHANGES: usize = 301;

/// Measures changes of a profile one after the other.
pub(crate) fn measure(services: &Services, before: Option<&Services>, table: &mut Table) {
    let alone = {
        let clinic = Clinic::serve(services, &[("REDIS_URL", "")]);
        middle(&mut changes(&clinic, CHANGES))
    };
    let first = Clinic::serve(services, &[]);
    std::thread::sleep(SETTLED);
    let one = middle(&mut changes(&first, CHANGES));
    let second = Clinic::serve(services, &[]);
    std::thread::sleep(SETTLED);
    let two = middle(&mut changes(&first, CHANGES));
    let row = |table: &mut Table, name: &str, time: f64, beside: (&str, f64), goal: &str| {
        let (what, other) = beside;
        table.row([
            name,
            &format!("{time:.2} ms"),
            &format!("{what}: {other:.2} ms"),
            &format!("{:.2}", time / other),
            goal,
        ]);
    };
    row(table, "a change, one instance with Redis", one, ("in-process store", alone), "");
    row(table, "a change, two instances", two, ("one instance, in-process store", alone), "≤ 1.5");
    if let Some(before) = before {
        row(table, "a change, two instances", two, ("the predecessor, two instances", of_two(before)), "≤ 1.3");
    }
    let pid = Pid::from_raw(i32::try_from(second.pid()).unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let mut stopped = changes(&first, 20);
    kill_process(pid, Signal::CONT).unwrap();
    let longest = stopped.iter().copied().fold(0.0, f64::max);
    let waited = stopped.iter().filter(|time| **time > two * 20.0).count();
    table.row([
        "a change, the other instance stopped (SIGSTOP)",
        &format!("{longest:.0} ms at most, {waited} of {} waited", stopped.len()),
        &format!("two instances: {two:.2} ms"),
        &format!("then {:.2} ms", middle(&mut stopped)),
        "≤ 1000 ms, once",
    ]);
}

/// The middle one of the times with two instances of another build.
fn of_two(services: &Services) -> f64 {
    let (first, _second) = (Clinic::serve(services, &[]), Clinic::serve(services, &[]));
    std::thread::sleep(SETTLED);
    middle(&mut changes(&first, CHANGES))
}

/// The times of so many changes, in milliseconds.
fn changes(clinic: &Clinic, count: usize) -> Vec<f64> {
    let cookie = clinic.sign_in(&["patient1@demo.test".to_owned()]).swap_remove(0);
    let change = |number: usize| {
        let name = if number.is_multiple_of(2) { "Asha" } else { "Usha" };
        let began = Instant::now();
        clinic.post("/profile", &cookie, &[("first_name", name), ("last_name", "Benchmark")]);
        began.elapsed().as_secs_f64() * 1000.0
    };
    (0..count).map(change).collect()
}

fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
