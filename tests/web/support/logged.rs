//! What the servers of the tests say in the log: shown of a failed test as `RUST_LOG` says, and kept for tests that look for a line.

use std::{
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

use log::{
    LevelFilter, Log, Metadata, Record,
    kv::{Error, Key, Value, VisitSource},
};

/// Whose lines are kept, whatever `RUST_LOG` says.
const KEPT: [&str; 2] = ["telemedicine::features::audit::service::sealing", "telemedicine::db::accounting"];

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Keeping(env_logger::Logger);

impl Log for Keeping {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        KEPT.contains(&metadata.target()) || self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if KEPT.contains(&record.target()) {
            let mut line = Line(record.args().to_string());
            // What is written into a text is written.
            let _ = record.key_values().visit(&mut line);
            LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line.0);
        }
        self.0.log(record);
    }

    fn flush(&self) {
        self.0.flush();
    }
}

/// What was said, then each thing that was said beside it, as ` name=value`.
struct Line(String);

impl<'kvs> VisitSource<'kvs> for Line {
    fn visit_pair(&mut self, name: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        write!(self.0, " {name}={value}").map_err(Error::from)
    }
}

/// Once for all tests of the process.
pub(super) fn begin() {
    // Tests that end connections by the hundred would bury their own words under the driver's complaints.
    let asked = env_logger::Env::default().default_filter_or("warn,sqlx_core::pool=error");
    let logger = env_logger::Builder::from_env(asked).is_test(true).build();
    let most = logger.filter().max(LevelFilter::Info);
    if log::set_boxed_logger(Box::new(Keeping(logger))).is_ok() {
        log::set_max_level(most);
    }
}

/// The lines about sealing and about slow statements with `words` in them, of all tests so far.
pub(crate) fn logged(words: &str) -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().filter(|line| line.contains(words)).cloned().collect()
}
