//! How the background tasks of this process are doing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::lease::Lease;
use crate::metrics;
use crate::redis::Redis;

/// How long a leader that died keeps others from its job, at most.
const LEASE: Duration = Duration::from_secs(20);

/// A task that has not succeeded for so long is told of, and for three of its turns if these are longer.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The background tasks of one process. Cheap to clone.
#[derive(Clone)]
pub struct Background(Arc<Inner>);

struct Inner {
    /// Names this process to the others.
    process: String,
    redis: Option<Redis>,
    lease: Duration,
    tasks: Mutex<BTreeMap<&'static str, Task>>,
    queues: Mutex<BTreeMap<&'static str, Queue>>,
}

#[derive(Clone, Copy)]
struct Task {
    last_success: Instant,
    is_restarting: bool,
    /// Without a success for so long it is failing.
    patience: Duration,
}

/// What waits for a task.
#[derive(Clone, Copy, Default)]
struct Queue {
    since: Option<Instant>,
    late_after: Option<Duration>,
}

impl Queue {
    fn is_late(&self) -> bool {
        self.since.zip(self.late_after).is_some_and(|(since, late_after)| since.elapsed() > late_after)
    }
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
        Self(Arc::new(Inner { process, redis, lease, tasks: Mutex::default(), queues: Mutex::default() }))
    }

    /// What stands in a lease that this process holds.
    #[must_use]
    pub fn process(&self) -> &str {
        &self.0.process
    }

    /// For `/health/ready`: `ok`, or what is wrong and the names of the tasks. `restarting`: it ended and has not succeeded since;
    /// `failing`: it has not done what it is for for long; `late`: what waits for it has waited for too long.
    #[must_use]
    pub fn condition(&self) -> String {
        let tasks = self.tasks().clone();
        let named = |is_so: &dyn Fn(&Task) -> bool| {
            tasks.iter().filter(|(_, task)| is_so(task)).map(|(name, _)| *name).collect::<Vec<_>>()
        };
        let restarting = named(&|task| task.is_restarting);
        let failing = named(&|task| !task.is_restarting && task.last_success.elapsed() > task.patience);
        let late = self.queues().iter().filter(|(_, queue)| queue.is_late()).map(|(name, _)| *name).collect();
        let found = [("restarting", restarting), ("failing", failing), ("late", late)];
        let said = found.iter().filter(|(_, names): &&(&str, Vec<&str>)| !names.is_empty());
        let said: Vec<String> = said.map(|(word, names)| format!("{word}: {}", names.join(", "))).collect();
        if said.is_empty() { "ok".to_owned() } else { said.join("; ") }
    }

    /// The oldest of what waits for `queue` has waited for `age`; `None`: nothing waits. The metrics tell it, and
    /// [`Background::condition`] when it is older than `late_after`.
    pub fn note_waiting(&self, queue: &'static str, age: Option<Duration>, late_after: Option<Duration>) {
        let since = age.map(|age| Instant::now().checked_sub(age).unwrap_or_else(Instant::now));
        self.queues().insert(queue, Queue { since, late_after });
    }

    /// Brings the ages in the metrics up to date.
    pub fn show(&self) {
        if let Some(ages) = gauge("background_last_success_age_seconds", AGE_HELP) {
            for (name, task) in &*self.tasks() {
                ages.with_label_values(&[*name]).set(seconds(task.last_success.elapsed()));
            }
        }
        if let Some(ages) = queue_ages() {
            for (name, queue) in &*self.queues() {
                ages.with_label_values(&[*name]).set(queue.since.map_or(0, |since| seconds(since.elapsed())));
            }
        }
    }

    /// The task `name` begins, or begins again; it should succeed this often.
    pub(super) fn enter(&self, name: &'static str, every: Duration) -> Pulse {
        let patience = PATIENCE.max(every * 3);
        let new = Task { last_success: Instant::now(), is_restarting: false, patience };
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

    fn queues(&self) -> MutexGuard<'_, BTreeMap<&'static str, Queue>> {
        self.0.queues.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.background.change(self.name, |task| {
            (task.last_success, task.is_restarting) = (Instant::now(), false);
        });
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

const QUEUE_HELP: &str =
    "Seconds for which the oldest of what waits for a background task has waited; 0: nothing waits";

fn queue_ages() -> Option<prometheus::IntGaugeVec> {
    let made = metrics::gauge("queue_age_seconds", QUEUE_HELP, &["queue"]);
    made.inspect_err(|error| log::warn!("queue_age_seconds is not shown: {error}")).ok()
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

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
