//! The instances: in the process of the test, or by themselves, so that they can be stopped; each over lines of its own.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{
            AtomicBool,
            Ordering::{Relaxed, SeqCst},
        },
    },
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use telemedicine::{
    coherence::{RedisStore, Store as _},
    redis::{Breaker, Redis},
    state::AppState,
};

use super::{ledger::Ledger, participants::Participants};
use crate::{line::Line, support::variable};

/// For so long writers write, and for so long they rest.
const SPELL: Duration = Duration::from_millis(2_300);

/// What writers and readers share.
pub(super) struct Shared {
    pub(super) participants: Participants,
    pub(super) ledger: Ledger,
    pub(super) sites: Vec<Site>,
    pub(super) is_over: AtomicBool,
    began: Instant,
}

/// An instance.
#[derive(Default)]
pub(super) struct Site {
    pub(super) origin: String,
    /// In the process of the test: what it knows of Redis.
    redis: Option<Redis>,
    store: Option<RedisStore>,
    /// By itself.
    process: Option<Process>,
    /// To Redis, …
    pub(super) line: Option<Line>,
    /// … and to Postgres.
    pub(super) database: Option<Line>,
    is_without_database: AtomicBool,
    is_stopped: AtomicBool,
}

/// The program, until this is dropped.
struct Process(Child);

/// How Redis serves an instance at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Service {
    failures: u64,
    is_given_up: bool,
}

/// The process that an instance waited for last, and how long.
pub(super) type WaitedFor = Option<(String, Duration)>;

impl Shared {
    pub(super) fn new(participants: Participants, sites: Vec<Site>) -> Arc<Self> {
        let ledger = Ledger::new(participants.things.len());
        Arc::new(Self { participants, ledger, sites, is_over: AtomicBool::new(false), began: Instant::now() })
    }

    /// Any of the instances; one that is stopped only now and then, or soon everybody would wait there.
    pub(super) fn any_site(&self) -> usize {
        loop {
            let any = rand::random_range(0..self.sites.len());
            if !self.sites[any].is_stopped.load(SeqCst) || rand::random_range(0..20) == 0 {
                return any;
            }
        }
    }

    /// Returns when writers write. Half of the time all of them rest: what is to be tried are pages that were kept then.
    pub(super) async fn rest(&self) {
        while self.goes_on() && (self.began.elapsed().as_millis() / SPELL.as_millis()) % 2 == 1 {
            tokio::time::sleep(SPELL / 50).await;
        }
    }

    pub(super) fn goes_on(&self) -> bool {
        !self.is_over.load(Relaxed)
    }

    /// All that run by themselves are stopped in their tracks (SIGSTOP): connections are accepted by the kernel, nothing is answered.
    pub(super) fn stop(&self) {
        self.signal(true, Signal::STOP);
    }

    /// They go on.
    pub(super) fn go_on(&self) {
        self.signal(false, Signal::CONT);
    }

    fn signal(&self, is_stopped: bool, signal: Signal) {
        for site in &self.sites {
            if let Some(Process(process)) = &site.process {
                site.is_stopped.store(is_stopped, SeqCst);
                kill_process(Pid::from_child(process), signal).unwrap();
            }
        }
    }
}

impl Site {
    /// One in the process of the test.
    pub(super) fn within(origin: String, state: &AppState) -> Self {
        Self { origin, redis: state.redis.clone(), store: state.shared_store.clone(), ..Self::default() }
    }

    /// One by itself, with these settings.
    pub(super) fn beside(settings: &BTreeMap<String, String>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_telemedicine"));
        command
            .arg("serve")
            .env_clear()
            .envs(settings)
            .env("RUST_LOG", variable("RUST_LOG").unwrap_or_else(|| "error".to_owned()))
            .current_dir(std::env::temp_dir());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut greeting = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        greeting.read_line(&mut line).unwrap();
        let address = line.split_once("(listening on ").and_then(|(_, rest)| rest.split(')').next());
        let address = address.unwrap_or_else(|| panic!("the program does not serve: {line}"));
        Self { origin: format!("http://{address}"), process: Some(Process(child)), ..Self::default() }
    }

    /// The same over these lines to Redis and to Postgres.
    pub(super) fn over(self, line: &Line, database: Option<&Line>) -> Self {
        Self { line: Some(line.clone()), database: database.cloned(), ..self }
    }

    /// How it is served now.
    pub(super) fn service(&self) -> Service {
        let breaker = self.redis.as_ref().map(Redis::breaker);
        // What Redis is to who is by itself cannot be seen from here.
        let is_struck = self.process.is_some() && self.line.as_ref().is_some_and(|line| !line.is_good());
        let is_given_up = is_struck || breaker.is_some_and(Breaker::is_open);
        Service { failures: breaker.map_or(0, Breaker::failures), is_given_up }
    }

    /// Its name among those that share Redis, if it can be known.
    pub(super) fn name(&self) -> Option<String> {
        Some(self.store.as_ref()?.membership()?.process().to_owned())
    }

    /// Whom it waited for.
    pub(super) fn waited_for(&self) -> WaitedFor {
        self.store.as_ref()?.condition().waited_for
    }

    /// From now on, or no longer, it may say that it cannot serve.
    pub(super) fn set_without_database(&self, is_without: bool) {
        self.is_without_database.store(is_without, SeqCst);
    }

    pub(super) fn is_without_database(&self) -> bool {
        self.is_without_database.load(SeqCst)
    }
}

impl Service {
    /// Whether Redis has not failed the instance between these moments.
    pub(super) fn was_good_until(self, now: Self) -> bool {
        self == now && !now.is_given_up
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
