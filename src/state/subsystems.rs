//! What the server stands on, for `/health/ready`: the database, its replicas and its migrations, Redis, the cache, mail, the relays of
//! calls, background tasks, the clock.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::LocalBoxFuture;

use crate::{
    background::Background,
    coherence::{RedisStore, Store, Topic},
    db::{ClockSkew, Database, ReplicaReport, health},
    integrations::{OutgoingMail, Relays, mailer::MailCondition},
    metrics::{gauge, or_none},
    redis::Redis,
    time_zone,
    web::health::{Fitness, SubsystemHealth, Subsystems},
    web::shutdown::Shutdown,
};

/// What stands in the outbox for so long reaches nobody.
const OUTBOX_LATE: Duration = Duration::from_secs(60);
/// How long readiness waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);
/// One line of the log a minute tells why the database is away.
const LINE: Duration = Duration::from_secs(60);

/// See the module.
pub(super) struct Opened {
    pub(super) shutdown: Shutdown,
    pub(super) db: Database,
    pub(super) redis: Option<Redis>,
    pub(super) store: Arc<dyn Store>,
    /// The same, when it is in Redis.
    pub(super) shared_store: Option<RedisStore>,
    /// Whether pages are kept at all.
    pub(super) caches_pages: bool,
    pub(super) outgoing_mail: OutgoingMail,
    pub(super) relays: Relays,
    pub(super) background: Background,
    pub(super) clock_skew: ClockSkew,
    /// When the log last told why the database is away: readiness is asked every few seconds.
    pub(super) told_away: Mutex<Option<Instant>>,
}

impl Subsystems for Opened {
    fn examine(&self) -> LocalBoxFuture<'_, Vec<SubsystemHealth>> {
        Box::pin(async move {
            let (database, migrations) = self.database().await;
            // The cache first: it meets what Redis refuses.
            let (cache, redis, listener) = (self.cache().await, self.redis().await, self.listener());
            let mut found = vec![database, redis, cache, listener, self.acknowledgements()];
            found.extend([migrations, self.mail(), self.background(), self.clock()]);
            found.push(time_zones());
            found.extend(self.relays().await);
            found.extend(self.instances());
            found.extend(self.replicas());
            found.extend(self.shutdown());
            found
        })
    }

    fn refresh_figures(&self) {
        self.background.note_waiting("cache_outbox", self.db.outbox_age(), Some(OUTBOX_LATE));
        if let Some(found) = self.db.agreement() {
            let show = |name: &str, help: &str, value: i64| {
                or_none(gauge(name, help, &[])).map(|gauge| gauge.with_label_values::<&str>(&[]).set(value))
            };
            show("instances", "Instances that share the cache", found.instances);
            show("instances_with_another_key", "Those of them with another SECRET_KEY", found.with_another_key);
            let versions = i64::try_from(found.versions.len()).unwrap_or(i64::MAX);
            show("instance_versions", "How many versions they are of", versions);
        }
        self.background.show();
    }
}

impl Opened {
    /// A database that does not answer, or is not migrated, is a reason to take an instance out of service.
    async fn database(&self) -> (SubsystemHealth, SubsystemHealth) {
        let database = health::check(&self.db, PATIENCE).await;
        let migrations = match &database {
            Ok(()) => self.migrations().await,
            Err(_) => Err("unknown".to_owned()),
        };
        let database = database.map_err(|error| {
            // Whoever asks is told no more than that: the sentence names the host.
            self.tell_away(&error);
            "away".to_owned()
        });
        (needed("database", database), needed("migrations", migrations))
    }

    fn tell_away(&self, why: &health::Unfit) {
        let mut told = self.told_away.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|at| at.elapsed() >= LINE) {
            *told = Some(Instant::now());
            log::warn!("this instance is not ready: {why}");
        }
    }

    /// Each by its number, where there are any: `1 ok; 2 is away`. One that is not used costs nothing but load, so it is no reason to take an
    /// instance out of service.
    fn replicas(&self) -> Option<SubsystemHealth> {
        let reports = self.db.replica_reports();
        let is_whole = reports.iter().all(|report| report.behind.is_ok());
        let one = |report: &ReplicaReport| match &report.behind {
            Ok(0) => format!("{} ok", report.number),
            Ok(bytes) => format!("{} is {bytes} bytes behind", report.number),
            Err(why) => format!("{} {why}", report.number),
        };
        let says: Vec<String> = reports.iter().map(one).collect();
        let fitness = if is_whole { Fitness::Fit } else { Fitness::Degraded };
        (!says.is_empty()).then(|| SubsystemHealth::new("replicas", fitness, says.join("; ")))
    }

    /// Whether the instances that share the cache agree on secret and version. Several versions are there during each deployment, and no fault.
    fn instances(&self) -> Option<SubsystemHealth> {
        let found = self.db.agreement()?;
        let (fitness, says) = if found.is_latecomer {
            (Fitness::Unfit, "SECRET_KEY is another one than that of the instance that was here first".to_owned())
        } else if found.with_another_key > 0 {
            (Fitness::Degraded, format!("{} of {} have another SECRET_KEY", found.with_another_key, found.instances))
        } else if found.versions.len() > 1 {
            (Fitness::Fit, format!("ok; versions {}", found.told_versions()))
        } else {
            (Fitness::Fit, "ok".to_owned())
        };
        Some(SubsystemHealth::new("instances", fitness, says))
    }

    async fn migrations(&self) -> Result<(), String> {
        match migration::pending(self.db.bare()).await {
            Ok(pending) if pending.is_empty() => Ok(()),
            Ok(pending) => Err(format!("{} pending: run `migration up`", pending.len())),
            Err(error) => {
                log::warn!("the migrations cannot be read: {error}");
                Err("cannot be read".to_owned())
            }
        }
    }

    /// `takes no writes`: it answers, and keeps nothing new. `not permitted`: its user lacks a permission; the log and `telemedicine check` say which. Redis away is no reason to take an instance out of service: pages are served without it.
    async fn redis(&self) -> SubsystemHealth {
        let (fitness, says) = match &self.redis {
            None => (Fitness::Fit, "not configured".into()),
            Some(redis) if redis.is_forbidden() => (Fitness::Degraded, "not permitted".into()),
            Some(redis) if redis.ping().await.is_err() => (Fitness::Degraded, "away".into()),
            Some(redis) => match redis.refuses_writes() {
                Some(why) => (Fitness::Degraded, format!("takes no writes: {why}")),
                None => (Fitness::Fit, "ok".to_owned()),
            },
        };
        SubsystemHealth::new("redis", fitness, says)
    }

    /// `ok`, `off`, or `bypassed`: pages are rendered from the database, because Redis is away or takes no writes.
    async fn cache(&self) -> SubsystemHealth {
        let says = match self.caches_pages {
            false => "off",
            true if self.store.ask(&[Topic::Everything]).await.is_ok() => "ok",
            true => "bypassed",
        };
        let fitness = if says == "bypassed" { Fitness::Degraded } else { Fitness::Fit };
        SubsystemHealth::new("cache", fitness, says)
    }

    /// `ok`: it answers from its own memory; `asking`: it asks Redis for each page, because it has no lease, or because a process is
    /// missing and the outbox has to be read; `not configured`. None of this is a reason to take an instance out of service.
    fn listener(&self) -> SubsystemHealth {
        let says = match self.shared_store.as_ref().map(RedisStore::condition) {
            None => "not configured",
            Some(found) if found.is_listening && !found.lease_left.is_zero() => "ok",
            Some(_) => "asking",
        };
        SubsystemHealth::new("listener", Fitness::Fit, says)
    }

    /// `ok`; for which process a change of this one waited last, if one did not say that it had heard; `not configured`.
    fn acknowledgements(&self) -> SubsystemHealth {
        let says = match self.shared_store.as_ref().map(RedisStore::condition) {
            None => "not configured".to_owned(),
            Some(found) => found.waited_for.map_or_else(
                || "ok".to_owned(),
                |(process, time)| format!("waited {} ms for {process}", time.as_millis()),
            ),
        };
        SubsystemHealth::new("acknowledgements", Fitness::Fit, says)
    }

    /// `ok`, `off`, or `retrying`: mails wait that should have gone.
    fn mail(&self) -> SubsystemHealth {
        let (fitness, says) = match self.outgoing_mail.condition() {
            MailCondition::Off => (Fitness::Fit, "off"),
            MailCondition::Fine => (Fitness::Fit, "ok"),
            MailCondition::Retrying => (Fitness::Degraded, "retrying"),
        };
        SubsystemHealth::new("mail", fitness, says)
    }

    /// How many of the relays of calls answer, where there are any. Without them calls go directly or by telephone: no reason to take an instance out
    /// of service.
    async fn relays(&self) -> Option<SubsystemHealth> {
        let reports = self.relays.examine().await;
        let silent = reports.iter().filter(|report| report.answer.is_err()).count();
        let (fitness, says) = match silent {
            0 => (Fitness::Fit, "ok".to_owned()),
            silent => (Fitness::Degraded, format!("{silent} of {} do not answer", reports.len())),
        };
        (!reports.is_empty()).then(|| SubsystemHealth::new("relays", fitness, says))
    }

    /// `ok`, or how far it is from the database's: an instance whose clock is wrong would sign people out.
    fn clock(&self) -> SubsystemHealth {
        needed("clock", self.clock_skew.fault().map_or(Ok(()), Err))
    }

    /// Only while the process ends, also in the pause in which it still answers: then others are to be asked.
    fn shutdown(&self) -> Option<SubsystemHealth> {
        let is_under_way = self.shutdown.is_under_way();
        is_under_way.then(|| SubsystemHealth::new("shutdown", Fitness::Unfit, "under way"))
    }

    /// `ok`, or the tasks that ended, are started again, and have not succeeded since.
    fn background(&self) -> SubsystemHealth {
        self.background.note_waiting("cache_outbox", self.db.outbox_age(), Some(OUTBOX_LATE));
        let says = self.background.condition();
        let fitness = if says == "ok" { Fitness::Fit } else { Fitness::Degraded };
        SubsystemHealth::new("background", fitness, says)
    }
}

/// By which rules the time is told, and whether newer ones have come to lie on the machine since the start.
fn time_zones() -> SubsystemHealth {
    let tables = time_zone::tables();
    let version = tables.version().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let says = match tables.newer() {
        Some(newer) => format!("{version}; {newer} is there: start anew to use it"),
        None => version,
    };
    SubsystemHealth::new("time_zones", Fitness::Fit, says)
}

/// What no page can do without.
fn needed(name: &'static str, condition: Result<(), String>) -> SubsystemHealth {
    match condition {
        Ok(()) => SubsystemHealth::new(name, Fitness::Fit, "ok"),
        Err(says) => SubsystemHealth::new(name, Fitness::Unfit, says),
    }
}
