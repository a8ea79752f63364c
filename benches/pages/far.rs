//! One of three instances is far from Redis: what the others' readers notice of it.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use rand::RngExt as _;

use super::{
    clinic::{Clinic, SETTLED},
    others::{self, Others},
    services::{Services, seconds},
    table::Table,
};

/// How much later what Redis says arrives, in milliseconds: anew for each piece.
const LATE: std::ops::RangeInclusive<u64> = 130..=300;
/// Between two changes that are made at the instance that is far.
const PAUSE: Duration = Duration::from_millis(300);

/// What is noticed while changes are made at the third instance.
struct Noticed {
    /// Of a hundred of the others' pages, how many came from the cache.
    hits: f64,
    /// Milliseconds.
    p99: f64,
    /// New epochs, whichever instance began them.
    epochs: f64,
    changes: usize,
}

/// Measures readers of one instance, first with the third near as well.
pub(crate) fn measure(services: &Services, table: &mut Table) {
    let line = Line::to(&services.redis_address());
    let near = Clinic::serve(services, &[]);
    let instances = [Clinic::serve(services, &[]), Clinic::serve(services, &[("REDIS_URL", &line.url)]), near];
    thread::sleep(SETTLED);
    let [_, third, near] = &instances;
    let others = Others::gather(services, near);
    let cookie = third.sign_in(&["admin1@demo.test".to_owned()]).swap_remove(0);
    let notice = || {
        let epochs = || instances.iter().map(|clinic| clinic.metric("cache_epochs_set_total", &[])).sum::<f64>();
        let before = epochs();
        let (changes, answers) = others.beside(|| change(third, &cookie));
        let (p99, hits) = others::p99(&answers);
        Noticed { hits, p99, epochs: epochs() - before, changes }
    };
    let without = notice();
    line.is_long.store(true, Relaxed);
    let with = notice();
    table.row([
        "one of three instances has 130 to 300 ms to Redis: the others' hits, and epochs that began",
        &format!(
            "{:.2} %, p99 {:.1} ms; {:.0} epochs beside {} changes",
            with.hits, with.p99, with.epochs, with.changes
        ),
        &format!("all three near: {:.2} %, p99 {:.1} ms, {} changes", without.hits, without.p99, without.changes),
        &format!("{:.3}", with.hits / without.hits),
        "the same; 0 epochs",
    ]);
}

/// Changes at that instance for as long as a load lasts; how many.
fn change(clinic: &Clinic, cookie: &str) -> usize {
    let end = Instant::now() + Duration::from_secs(seconds());
    let mut changes = 0;
    while Instant::now() < end {
        let name = if changes % 2 == 0 { "Asha" } else { "Usha" };
        clinic.post("/profile", cookie, &[("first_name", name), ("last_name", "Benchmark")]);
        changes += 1;
        thread::sleep(PAUSE);
    }
    changes
}

/// A way to Redis that can become long.
struct Line {
    url: String,
    is_long: Arc<AtomicBool>,
}

impl Line {
    /// To the server at `host:port`; short at first.
    fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (url, address) = (format!("redis://{}", listener.local_addr().unwrap()), address.to_owned());
        let is_long = Arc::new(AtomicBool::new(false));
        let line = Self { url, is_long: Arc::clone(&is_long) };
        thread::spawn(move || {
            for here in listener.incoming() {
                let (here, there) = (here.unwrap(), TcpStream::connect(&address).unwrap());
                for (from, to, is_late) in [(&here, &there, false), (&there, &here, true)] {
                    let (from, to, is_long) =
                        (from.try_clone().unwrap(), to.try_clone().unwrap(), Arc::clone(&is_long));
                    from.set_nodelay(true).unwrap();
                    thread::spawn(move || pass(from, to, || is_late && is_long.load(Relaxed)));
                }
            }
        });
        line
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, is_late: impl Fn() -> bool) {
    let mut piece = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        if is_late() {
            thread::sleep(Duration::from_millis(rand::rng().random_range(LATE)));
        }
        if to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
