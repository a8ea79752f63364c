//! What `/metrics` tells of Redis, as this process meets it.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use prometheus::{Histogram, IntCounterVec};

use super::{Error, Inner, Reply};
use crate::metrics::{counter, histogram, or_none, reading};

/// What can become of a command.
const OUTCOMES: [&str; 6] = ["ok", "refused", "timed_out", "disconnected", "unexpected", "not_sent"];

static COMMANDS: LazyLock<Option<IntCounterVec>> = LazyLock::new(|| {
    let help = "Commands to Redis, by what became of them; not_sent: it failed a moment ago";
    or_none(counter("redis_commands_total", help, &["outcome"]))
});
static SECONDS: LazyLock<Option<Histogram>> = LazyLock::new(|| {
    let made = histogram("redis_command_seconds", "Time until Redis has answered, or was given up", &[]);
    or_none(made).map(|seconds| seconds.with_label_values::<&str>(&[]))
});
static EPOCHS: LazyLock<Option<IntCounterVec>> = LazyLock::new(|| {
    let help = "Epochs that this process has set: Redis was empty, or another server; every page is made anew";
    or_none(counter("cache_epochs_set_total", help, &[]))
});

/// Shows whether it answers, as long as it is there. Every series is there before anything has happened: an alarm for what grows sees no
/// growth in one that begins at 1.
pub(super) fn show(redis: &Arc<Inner>) {
    for outcome in OUTCOMES {
        count(outcome, 0);
    }
    if let Some(epochs) = &*EPOCHS {
        epochs.with_label_values::<&str>(&[]).inc_by(0);
    }
    let is = |so: fn(&Inner) -> bool| {
        let redis = Arc::downgrade(redis);
        move || redis.upgrade().map_or(0.0, |redis| f64::from(u8::from(so(&redis))))
    };
    let up = is(|redis| redis.breaker.is_answering());
    or_none(reading("redis_up", "1: Redis answered the last command", up));
    let open = is(|redis| redis.breaker.is_open());
    or_none(reading("redis_breaker_open", "1: Redis is asked once a second only, and pages do without", open));
}

/// A command is over.
pub(super) fn note(answer: &Result<Reply, Error>, elapsed: Duration) {
    let outcome = match answer {
        Ok(_) => "ok",
        Err(Error::Refused(_)) => "refused",
        Err(Error::TimedOut(_)) => "timed_out",
        Err(Error::Disconnected(_)) => "disconnected",
        Err(Error::Unexpected(_)) => "unexpected",
        Err(Error::Open) => return count("not_sent", 1),
    };
    count(outcome, 1);
    if let Some(seconds) = &*SECONDS {
        seconds.observe(elapsed.as_secs_f64());
    }
}

/// This process has set a new epoch.
pub(super) fn epoch_set() {
    if let Some(epochs) = &*EPOCHS {
        epochs.with_label_values::<&str>(&[]).inc();
    }
}

fn count(outcome: &str, times: u64) {
    if let Some(commands) = &*COMMANDS {
        commands.with_label_values(&[outcome]).inc_by(times);
    }
}
