//! What the server does without being asked goes on, whatever happens to it.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use telemedicine::{
    background::{Background, Job, Supervisor},
    integrations::{
        OutgoingMail,
        mailer::{Email, Mailer, MemoryMailer, NotSent},
    },
    redis::{Command, Redis},
    settings::Settings,
    state::AppState,
};
use tokio::task::LocalSet;

use crate::support::*;

/// A mailer that panics over its first email.
#[derive(Debug)]
struct Faulty {
    has_panicked: AtomicBool,
    mail: Arc<MemoryMailer>,
}

impl Mailer for Faulty {
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<(), NotSent>> {
        assert!(self.has_panicked.swap(true, Ordering::SeqCst), "the planted fault");
        self.mail.send(email)
    }
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: not within a minute");
}

async fn forget_password(app: &TestApp, email: &str) {
    let visitor = app.visitor();
    let page = visitor.get("/password-reset").await.ok();
    visitor.submit(&page, "form[action='/password-reset']", &[("email", email)]).await.expect(303);
}

#[tokio::test]
async fn a_panic_over_one_email_does_not_end_mail() {
    let faulty = |mail: &Arc<MemoryMailer>| {
        OutgoingMail::through(Arc::new(Faulty { has_panicked: AtomicBool::new(false), mail: Arc::clone(mail) }))
    };
    let app = TestApp::start_as(&[], faulty).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    forget_password(&app, &asha.email).await;
    let ready = async || app.visitor().get("/health/ready").await.ok().body;
    until("readiness tells", async || ready().await.contains(r#""background":"restarting: mail""#)).await;
    assert!(ready().await.contains(r#""status":"degraded""#));
    // What was in hand is tried again when its claim has run out.
    app.clock.advance(TimeDelta::minutes(5));
    until("the email goes", async || app.mail.sent().iter().any(|email| email.address == asha.email)).await;
    until("readiness tells", async || ready().await.contains(r#""background":"ok""#)).await;
    let metrics = app.visitor().get("/metrics").await.ok().body;
    let restarts =
        metrics.lines().find_map(|line| line.strip_prefix(r#"telemedicine_background_restarts_total{task="mail"} "#));
    assert!(restarts.is_some_and(|count| count != "0"), "{restarts:?}");
    assert!(metrics.contains(r#"telemedicine_background_last_success_age_seconds{task="mail"} "#), "{metrics}");
}

/// Counts its turns.
struct Counting<const GRACE_MILLIS: u64> {
    turns: Rc<Cell<u32>>,
    ended: Rc<Cell<u32>>,
    /// How long a turn takes.
    takes: Duration,
    /// Turns that panic, from the first on.
    panics: u32,
}

impl<const GRACE_MILLIS: u64> Counting<GRACE_MILLIS> {
    fn new() -> Self {
        Self { turns: Rc::default(), ended: Rc::default(), takes: Duration::ZERO, panics: 0 }
    }
}

impl<const GRACE_MILLIS: u64> Job for Counting<GRACE_MILLIS> {
    const NAME: &'static str = "planted";
    const EVERY: Duration = Duration::from_millis(20);
    const GRACE: Duration = Duration::from_millis(GRACE_MILLIS);
    type Error = String;

    async fn turn(&self) -> Result<Duration, String> {
        self.turns.set(self.turns.get() + 1);
        assert!(self.turns.get() > self.panics, "a planted panic");
        tokio::time::sleep(self.takes).await;
        self.ended.set(self.ended.get() + 1);
        Ok(Self::EVERY)
    }
}

#[tokio::test]
async fn what_panics_or_ends_is_started_again_and_told() {
    let app = TestApp::start().await;
    let ready = async || app.visitor().get("/health/ready").await.ok().body;
    let job = Counting::<0> { panics: 2, ..Counting::new() };
    let (turns, starts) = (Rc::clone(&job.turns), Rc::new(Cell::new(0)));
    let started = Rc::clone(&starts);
    let tasks = async {
        let mut supervisor = Supervisor::new(&app.state.background);
        supervisor.start(job);
        supervisor.watch("ending", move |pulse| {
            let nth = started.replace(started.get() + 1);
            async move {
                if nth > 1 {
                    pulse.succeeded();
                    std::future::pending::<()>().await;
                }
            }
        });
        until("both are named", async || ready().await.contains(r#""background":"restarting: ending, planted""#)).await;
        until("both are well", async || ready().await.contains(r#""background":"ok""#)).await;
        supervisor.stop().await;
    };
    LocalSet::new().run_until(tasks).await;
    assert!(turns.get() > 2 && starts.get() == 3, "{} turns, {} starts", turns.get(), starts.get());
    let metrics = app.visitor().get("/metrics").await.ok().body;
    for task in ["planted", "ending"] {
        let line = format!("telemedicine_background_restarts_total{{task=\"{task}\"}} 2");
        assert!(metrics.contains(&line), "{line} in {metrics}");
    }
}

#[tokio::test]
async fn at_the_end_a_turn_is_finished_if_it_has_grace_and_broken_off_if_not() {
    let (patient, hasty) = (Counting::<60_000>::new(), Counting::<0>::new());
    let takes = Duration::from_millis(300);
    let (patient, hasty) = (Counting { takes, ..patient }, Counting { takes, ..hasty });
    let seen = [&patient.turns, &patient.ended, &hasty.turns, &hasty.ended].map(Rc::clone);
    let tasks = async {
        let mut supervisor = Supervisor::new(&Background::new(None));
        supervisor.start(patient);
        supervisor.start(hasty);
        until("both are at it", async || seen[0].get() > seen[1].get() && seen[2].get() > seen[3].get()).await;
        supervisor.stop().await;
    };
    LocalSet::new().run_until(tasks).await;
    let [begun, finished, hastily_begun, broken_off] = seen.map(|count| count.get());
    assert_eq!((begun, hastily_begun), (finished, broken_off + 1));
}

/// Two processes with leases of two seconds, each with its turns.
struct Two {
    backgrounds: [Background; 2],
    turns: [Rc<Cell<u32>>; 2],
}

impl Two {
    fn over(redis: &RedisServer) -> Self {
        let vars = [("REDIS_URL".to_owned(), redis.url())].into_iter().collect();
        let settings = Settings::from_vars(&vars).unwrap();
        let process = || {
            let redis = Redis::open(settings.redis.as_ref().unwrap(), "test").unwrap();
            Background::with_lease(Some(redis), Duration::from_secs(2))
        };
        Self { backgrounds: [process(), process()], turns: Default::default() }
    }

    fn start(&self, which: usize) -> Supervisor {
        let mut supervisor = Supervisor::new(&self.backgrounds[which]);
        supervisor.start(Counting::<0> { turns: Rc::clone(&self.turns[which]), ..Counting::new() });
        supervisor
    }

    async fn until_turns_of(&self, which: usize) {
        let before = self.turns[which].get();
        until("it has turns", async || self.turns[which].get() > before + 2).await;
    }
}

#[tokio::test]
async fn one_process_leads_and_another_takes_over_whether_it_stops_or_dies() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let tasks = async {
        let two = Two::over(&redis);
        let first = two.start(0);
        two.until_turns_of(0).await;
        let second = two.start(1);
        for _ in 0..3 {
            two.until_turns_of(0).await;
        }
        assert_eq!(two.turns[1].get(), 0, "the other leads");
        assert_eq!(two.backgrounds[1].condition(), "ok", "to stand by is no failure");
        first.stop().await;
        assert_eq!(redis.command("EXISTS test:leader:planted"), ":0", "it gave its lease back");
        two.until_turns_of(1).await;

        // One that dies gives nothing back.
        second.stop().await;
        redis.command("SET test:leader:planted somebody PX 1000");
        let first = two.start(0);
        two.until_turns_of(0).await;
        assert_eq!(redis.command("EXISTS test:leader:planted"), ":1", "it holds the lease");
        first.stop().await;
    };
    LocalSet::new().run_until(tasks).await;
}

#[tokio::test]
async fn without_redis_everybody_does_everything() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let tasks = async {
        let two = Two::over(&redis);
        let first = two.start(0);
        two.until_turns_of(0).await;
        let second = two.start(1);
        two.until_turns_of(0).await;
        redis.kill();
        two.until_turns_of(1).await;
        two.until_turns_of(0).await;
        first.stop().await;
        second.stop().await;
    };
    LocalSet::new().run_until(tasks).await;
}

#[tokio::test]
async fn mail_goes_on_when_the_instance_that_leads_is_stopped() {
    let app = TestApp::start().await;
    let Some(redis) = &app.state.redis else {
        return;
    };
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let other = app.another_instance();
    let key = redis.key("leader", "mail");
    let leader = async || redis.run_pooled(Command::new("GET").arg(&key)).await.unwrap().into_bytes().unwrap();
    let is = |found: Option<Vec<u8>>, state: &AppState| found == Some(state.background.process().as_bytes().to_vec());
    // The one that can be stopped.
    let process = other.state.background.process();
    redis.run_pooled(Command::new("SET").arg(&key).arg(process).arg("PX").int(20_000)).await.unwrap();
    until("the other leads", async || is(leader().await, &other.state)).await;
    drop(other);
    until("this one leads", async || is(leader().await, &app.state)).await;
    forget_password(&app, &asha.email).await;
    until("the email goes", async || app.mail.sent().iter().any(|email| email.address == asha.email)).await;
}
