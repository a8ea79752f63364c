//! How the background tasks of this process are doing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::lease::Lease;
use crate::metrics;
use crate::redis::Redis;

/// How long a leader that died keeps others from its job, at most.
const LEASE: Duration = Duration::from_secs(20);

/// The background tasks of one process. Cheap to clone.
#[derive(Clone)]
pub struct Background(Arc<Inner>);

struct Inner {
    /// Names this process to the others.
    process: String,
    redis: Option<Redis>,
    lease: Duration,
    tasks: Mutex<BTreeMap<&'static str, Task>>,
}

#[derive(Clone, Copy)]
struct Task {
    last_success: Instant,
    is_restarting: bool,
}

impl Background {
    /// Of a process that agrees with others through `redis` on who does what.
    #[must_use]
    pub fn new(redis: Option<Redis>) -> Self {
        Self::with_lease(redis, LEASE)
    }

    /// The same with leases of that length.
    #[must_use]
    pub fn with_lease(redis: Option<Redis>, lease: Duration) -> Self {
        let process = format!("{:032x}", rand::random::<u128>());
        Self(Arc::new(Inner { process, redis, lease, tasks: Mutex::default() }))
    }

    /// What stands in a lease that this process holds.
    #[must_use]
    pub fn process(&self) -> &str {
        &self.0.process
    }

    /// For `/health/ready`: `ok`, or `restarting: ` and the names of the tasks that ended and have not succeeded since.
    #[must_use]
    pub fn condition(&self) -> String {
        let tasks = self.tasks();
        let restarting: Vec<&str> =
            tasks.iter().filter(|(_, task)| task.is_restarting).map(|(name, _)| *name).collect();
        if restarting.is_empty() { "ok".to_owned() } else { format!("restarting: {}", restarting.join(", ")) }
    }

    /// Brings the ages in the metrics up to date.
    pub fn show(&self) {
        let Some(ages) = gauge("background_last_success_age_seconds", AGE_HELP) else { return };
        for (name, task) in &*self.tasks() {
            let age = i64::try_from(task.last_success.elapsed().as_secs()).unwrap_or(i64::MAX);
            ages.with_label_values(&[*name]).set(age);
        }
    }

    /// The task `name` begins, or begins again.
    pub(super) fn enter(&self, name: &'static str) -> Pulse {
        let new = Task { last_success: Instant::now(), is_restarting: false };
        self.tasks().entry(name).or_insert(new);
        Pulse { background: self.clone(), name }
    }

    pub(super) fn lease(&self, name: &'static str) -> Lease {
        Lease::new(self.0.redis.clone(), (name, &self.0.process), self.0.lease)
    }

    fn change(&self, name: &'static str, change: impl FnOnce(&mut Task)) {
        if let Some(task) = self.tasks().get_mut(name) {
            change(task);
        }
    }

    fn tasks(&self) -> MutexGuard<'_, BTreeMap<&'static str, Task>> {
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Background {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Background").field("condition", &self.condition()).finish_non_exhaustive()
    }
}

/// By which a task tells that it lives. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pulse {
    background: Background,
    name: &'static str,
}

impl Pulse {
    /// What the task is for was done just now, or another instance does it.
    pub fn succeeded(&self) {
        self.background.change(self.name, |task| *task = Task { last_success: Instant::now(), is_restarting: false });
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The task has ended and will be started again.
    pub(super) fn stopped(&self) {
        self.background.change(self.name, |task| task.is_restarting = true);
        if let Some(restarts) = restarts() {
            restarts.with_label_values(&[self.name]).inc();
        }
    }

    /// Whether it has succeeded since it last ended.
    pub(super) fn is_well(&self) -> bool {
        self.background.tasks().get(self.name).is_some_and(|task| !task.is_restarting)
    }
}

const AGE_HELP: &str = "Seconds since a background task last did what it is for, or saw another instance do it";
const RESTARTS_HELP: &str = "Background tasks that ended or panicked and were started again";

/// How often each task was started again.
pub(super) fn restarts() -> Option<prometheus::IntCounterVec> {
    let made = metrics::counter("background_restarts_total", RESTARTS_HELP, &["task"]);
    made.inspect_err(|error| log::warn!("background restarts are not counted: {error}")).ok()
}

/// A gauge with one value for each task.
pub(super) fn gauge(name: &str, help: &str) -> Option<prometheus::IntGaugeVec> {
    let made = metrics::gauge(name, help, &["task"]);
    made.inspect_err(|error| log::warn!("{name} is not shown: {error}")).ok()
}
