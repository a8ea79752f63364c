//! Signing in beside argon2 alone, and what others notice of many who sign in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};

use super::{
    clinic::{Clinic, PASSWORD, address, form},
    load::Task,
    services::{WORKERS, seconds},
    table::Table,
    users,
};

/// How many sign in at once.
const AT_ONCE: usize = 50;

/// Signing in for some seconds, alone and while the doctor's dashboard is under load.
pub(crate) fn measure(clinic: &Clinic, cookie: &str, table: &mut Table) {
    let alone = argon2_alone();
    let tries = tries(clinic);
    let sign_in = tries.run().requests_per_second;
    table.row([
        &format!("sign-in, {AT_ONCE} at once"),
        &format!("{sign_in:.1} a second"),
        &format!("argon2id alone (19 MiB, t = 2, {WORKERS} threads): {alone:.1}"),
        &format!("{:.2}", alone / sign_in),
        "≤ 1.2",
    ]);
    let dashboard = Task::get(format!("{}/dashboard", clinic.origin), cookie);
    let quiet = dashboard.run();
    let load = tries.lasting(seconds() + 2).start();
    std::thread::sleep(Duration::from_secs(1));
    let busy = dashboard.run();
    load.finish();
    table.row([
        &format!("p99 of the dashboard while {AT_ONCE} sign in"),
        &format!("{:.1} ms", busy.p99),
        &format!("nobody signing in: {:.1} ms", quiet.p99),
        &format!("{:.1}", busy.p99 / quiet.p99),
        "≤ 5",
    ]);
}

/// People who sign in again and again, each from an address of their own.
fn tries(clinic: &Clinic) -> Task {
    let mut text = String::new();
    for (place, email) in users::emails().iter().enumerate() {
        let body = form(&[("email", email), ("password", PASSWORD)]);
        text.push_str(&format!("act\tsign-in\t\t{}\tPOST\t/sign-in\t{body}\n", address(place)));
    }
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tries-{}.tsv", std::process::id()));
    std::fs::write(&path, text).unwrap();
    Task::scripted(&clinic.origin, &path, "each").connections(u32::try_from(AT_ONCE).unwrap())
}

/// The hash of a password at the server's cost.
pub(crate) fn hash(password: &str) -> String {
    let hash: PasswordHash = hasher().hash_password(password.as_bytes()).unwrap();
    hash.to_string()
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap())
}

/// How many passwords a blocking pool of as many threads as the server has workers checks in a second.
fn argon2_alone() -> f64 {
    let kept = hash(PASSWORD);
    let checked = Arc::new(AtomicU64::new(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().max_blocking_threads(WORKERS).build().unwrap();
    let begun = Instant::now();
    let threads: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (kept, checked) = (kept.clone(), Arc::clone(&checked));
            runtime.spawn_blocking(move || {
                while begun.elapsed() < Duration::from_secs(seconds()) {
                    let kept = PasswordHash::new(&kept).unwrap();
                    hasher().verify_password(PASSWORD.as_bytes(), &kept).unwrap();
                    checked.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for thread in threads {
            thread.await.unwrap();
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let checked = checked.load(Ordering::Relaxed) as f64;
    checked / begun.elapsed().as_secs_f64()
}
