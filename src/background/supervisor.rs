//! Starts background tasks, starts them again when they end, and ends them in order.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet, spawn_local};

use super::Job;
use super::condition::{Background, Pulse, restarts};
use super::lease::{Claim, Lease};

/// The pause before a task that ended is started again; each further one is twice as long, until it succeeds.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// One that is not fit to do a job looks so often whether it is again.
const UNFIT: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The background tasks that run on this thread.
pub struct Supervisor {
    background: Background,
    stop: watch::Sender<bool>,
    tasks: Vec<Supervised>,
}

struct Supervised {
    name: &'static str,
    handle: JoinHandle<()>,
    /// Asks it to stop.
    stop: Box<dyn Fn()>,
    grace: Duration,
    lease: Option<Rc<Lease>>,
}

impl Supervised {
    /// Waits until it has come to an end, for its grace at most, and gives back what it leads.
    async fn end(mut self) {
        if tokio::time::timeout(self.grace, &mut self.handle).await.is_err() && !self.grace.is_zero() {
            log::warn!("the background task {} had not come to an end after {:?}", self.name, self.grace);
        }
        if let Some(lease) = self.lease {
            lease.release().await;
        }
    }
}

impl Supervisor {
    /// Tells `background` of each task.
    #[must_use]
    pub fn new(background: &Background) -> Self {
        Self { background: background.clone(), stop: watch::Sender::new(false), tasks: Vec::new() }
    }

    /// Does `job` in turns, as long as this process leads it. Within a [`tokio::task::LocalSet`].
    pub fn start<J: Job>(&mut self, job: J) {
        let (job, lease) = (Rc::new(job), Rc::new(self.background.lease(J::NAME)));
        let (stop, stopped) = (Rc::clone(&job), self.stop.subscribe());
        let held = Rc::clone(&lease);
        let handle = self.supervise((J::NAME, J::EVERY), move |pulse| {
            let (job, lease, mut stopped) = (Rc::clone(&job), Rc::clone(&lease), stopped.clone());
            lease.reset();
            async move {
                tokio::select! {
                    () = work(&*job, (&lease, &pulse), &mut stopped) => {}
                    () = lease.renew_forever() => {}
                }
            }
        });
        self.tasks.push(Supervised {
            name: J::NAME,
            handle,
            stop: Box::new(move || stop.stop()),
            grace: J::GRACE,
            lease: Some(held),
        });
    }

    /// Runs a task that goes on for ever by itself, on every instance, and tells by its [`Pulse`] that it lives. Within a
    /// [`tokio::task::LocalSet`].
    pub fn watch<F>(&mut self, name: &'static str, task: impl Fn(Pulse) -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        let handle = self.supervise((name, Duration::ZERO), task);
        self.tasks.push(Supervised { name, handle, stop: Box::new(|| ()), grace: Duration::ZERO, lease: None });
    }

    /// Asks all of them to end: at once, or within their grace. What is returned waits for that, in the order in which they were
    /// started, and then gives back what this process leads.
    #[must_use = "what this process leads is not given back"]
    pub fn stop(self) -> impl Future<Output = ()> {
        self.stop.send_replace(true);
        for task in &self.tasks {
            (task.stop)();
            if task.grace.is_zero() {
                task.handle.abort();
            }
        }
        async move {
            for task in self.tasks {
                task.end().await;
            }
        }
    }

    fn supervise<F>(
        &self,
        (name, every): (&'static str, Duration),
        task: impl Fn(Pulse) -> F + 'static,
    ) -> JoinHandle<()>
    where
        F: Future<Output = ()> + 'static,
    {
        let pulse = self.background.enter(name, every);
        if let Some(restarts) = restarts() {
            // So that the series is there before the first restart.
            restarts.with_label_values(&[name]).inc_by(0);
        }
        spawn_local(restart(pulse, task, self.stop.subscribe()))
    }
}

/// Runs `task` again whenever it ends, until `stopped`.
async fn restart<F>(pulse: Pulse, task: impl Fn(Pulse) -> F, mut stopped: watch::Receiver<bool>)
where
    F: Future<Output = ()> + 'static,
{
    let mut pause = FIRST_PAUSE;
    loop {
        // A task of its own, so that a panic ends it alone; in a set, so that it ends with this one.
        let mut one = JoinSet::new();
        one.spawn_local(task(pulse.clone()));
        let panicked = one.join_next().await.is_some_and(|ended| ended.is_err());
        if *stopped.borrow() {
            return;
        }
        if pulse.is_well() {
            pause = FIRST_PAUSE;
        }
        pulse.stopped();
        let how = if panicked { "panicked" } else { "ended" };
        log::error!("the background task {} {how} and is started again in {} s", pulse.name(), pause.as_secs());
        if over(&mut stopped, pause).await {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn work<J: Job>(job: &J, (lease, pulse): (&Lease, &Pulse), stopped: &mut watch::Receiver<bool>) {
    let mut pause = J::FIRST;
    while !over(stopped, pause).await {
        if !job.may_lead() {
            lease.release().await;
            pause = J::EVERY.min(UNFIT);
            continue;
        }
        pause = match lease.claim().await {
            Claim::Ours => {
                lease.busy(true);
                let turn = job.turn().await;
                lease.busy(false);
                turn.inspect(|_| pulse.succeeded()).unwrap_or_else(|error| {
                    log::warn!("the background task {} failed this time: {error}", J::NAME);
                    J::AFTER_FAILURE
                })
            }
            Claim::Theirs(left) => {
                job.stand_by().await;
                pulse.succeeded();
                left
            }
        };
    }
}

/// Waits for `pause`. `true`: it is to stop.
async fn over(stopped: &mut watch::Receiver<bool>, pause: Duration) -> bool {
    tokio::time::timeout(pause, stopped.wait_for(|stopped| *stopped)).await.is_ok()
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervisor").field("background", &self.background).finish_non_exhaustive()
    }
}
