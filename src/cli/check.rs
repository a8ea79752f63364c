//! `telemedicine check`: is everything there that the server needs? One line each, nothing is changed.
//!
//! With `--settings` it opens nothing: whoever starts the server only after this has succeeded has no server that ends at
//! once and is started again for ever.

mod redis;

use std::time::{Duration, Instant};

use clap::Args;

use super::{Failure, migrations, output};
use crate::db::{ClockSkew, Database, health};
use crate::features::wall_times::{self, ReanchorOptions, Reanchored};
use crate::integrations::{BreachedPasswords, Clock, Relays, mailer::SmtpMailer, virus_scanner};
use crate::settings::{self, Backend, Delivery, Settings, SmtpUrl};
use crate::time_zone;

/// What one line says: fit and how, or what is wrong.
type CheckResult = Result<String, String>;

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    /// Only whether the settings can be used; opens nothing
    #[arg(long)]
    settings: bool,
}

/// Prints a line for each of settings, time zones, database, migrations and Redis, and for each replica, the mail server, the virus scanner and each relay
/// if there are any.
///
/// # Errors
/// When a line says FAILED.
pub(super) async fn run(settings: &Settings, options: CheckOptions) -> Result<(), Failure> {
    let mut report = Report::default();
    // Settings that cannot be used have ended the process before this.
    report.line("settings", Ok(summary(settings)))?;
    if options.settings {
        return Ok(());
    }
    time_zones(&mut report)?;
    if settings.security.breached_passwords.is_some() {
        report.line("passwords", breached_passwords(settings))?;
    }
    if let Some(file) = missing_file(&settings.database) {
        report.line("database", Ok(format!("{file} is made by the first start")))?;
        report.line("migrations", Ok("applied by the first start".to_owned()))?;
    } else {
        database(&mut report, settings).await?;
    }
    report.line("redis", redis::examine(settings).await)?;
    if settings.environment.is_production() {
        report.line("proxies", Ok(proxies(settings)))?;
    }
    if let Delivery::Smtp(url) = &settings.mail.delivery {
        report.line("mail", mail(url, settings).await)?;
    }
    if let Some(address) = &settings.attachments.scanner {
        scanner(&mut report, address).await?;
    }
    for relay in Relays::new(&settings.calls).examine().await {
        let answer = relay.answer.map(|time| format!("{}, {}", relay.url, milliseconds(time)));
        report.line("relay", answer.map_err(|why| format!("{} (TURN_URLS): {why}", relay.url)))?;
    }
    if report.failed { Err(Failure::new("this server is not fit to serve: see FAILED above")) } else { Ok(()) }
}

#[derive(Default)]
struct Report {
    failed: bool,
}

impl Report {
    /// Something to see to that is no reason not to serve.
    fn warning(&self, what: &str, text: String) -> Result<(), Failure> {
        output::line(format!("{what:<10}  WARNING {text}"))
    }

    fn line(&mut self, what: &str, finding: CheckResult) -> Result<(), Failure> {
        self.failed |= finding.is_err();
        match finding {
            Ok(text) => output::line(format!("{what:<10}  ok      {text}")),
            Err(text) => output::line(format!("{what:<10}  FAILED  {text}")),
        }
    }
}

fn proxies(settings: &Settings) -> String {
    match settings.server.trusted_proxies.len() {
        0 => "none is believed: if one stands before this server, name it in TRUSTED_PROXIES".to_owned(),
        count => format!("{count} are believed (TRUSTED_PROXIES)"),
    }
}

fn summary(settings: &Settings) -> String {
    let environment = if settings.environment.is_production() { "production" } else { "development" };
    format!("{environment}, {}, listening on {}", settings.server.origin(), settings.server.bind)
}

/// By which rules the time is told. Old ones are a warning: laws change, and then visits are told an hour off.
fn time_zones(report: &mut Report) -> Result<(), Failure> {
    let tables = time_zone::tables();
    match tables.version() {
        Some(version) if version.is_old(Clock::system().now()) => report.warning(
            "time zones",
            format!("{tables}: older than a year; update the machine's tzdata (or what TZDIR names), then start the servers anew"),
        ),
        Some(_) => report.line("time zones", Ok(tables.to_string())),
        None => report.warning("time zones", format!("{tables}: nobody can tell whether they are old")),
    }
}

/// Whether the list of passwords from breaches is whole.
fn breached_passwords(settings: &Settings) -> CheckResult {
    let list = BreachedPasswords::open(settings.security.breached_passwords.as_deref());
    let list = list.map_err(|unusable| unusable.to_string())?;
    match list.missing_ranges() {
        Ok(0) => Ok(format!("none from breaches: {list}")),
        Ok(missing) => Err(format!("{list} (BREACHED_PASSWORDS): {missing} range files are missing")),
        Err(error) => Err(format!("{list} (BREACHED_PASSWORDS): {error}")),
    }
}

/// The embedded database's file, if nobody has started the server here yet.
fn missing_file(database: &settings::DatabaseSettings) -> Option<String> {
    match database.url.backend() {
        Backend::Sqlite(file) if !file.exists() => Some(file.display().to_string()),
        _ => None,
    }
}

async fn database(report: &mut Report, settings: &Settings) -> Result<(), Failure> {
    let db = match Database::connect(&settings.database, "telemedicine check").await {
        Ok(db) => db,
        Err(error) => {
            report.line("database", Err(error.to_string()))?;
            return report.line("migrations", Err("unknown: the database cannot be asked".to_owned()));
        }
    };
    let began = Instant::now();
    let patience = settings.database.connect_timeout + settings.database.statement_timeout;
    let found = health::examine(&db, patience).await.map_err(|error| error.to_string());
    report.line("database", found.map(|()| format!("{}, {}", db.address(), milliseconds(began.elapsed()))))?;
    let migrated = pending(&db, settings).await;
    let is_migrated = migrated.as_deref() == Ok(ALL_APPLIED);
    report.line("migrations", migrated)?;
    if is_migrated {
        wall_times(report, &db).await?;
        pool(report, &db, settings.database.max_connections).await?;
    }
    if let Some(found) = clock(&db).await {
        report.line("clock", found)?;
    }
    if let Some(found) = role(&db).await {
        report.line("role", found)?;
    }
    for found in db.examine_replicas(&settings.database).await {
        let place = format!("{}: {}", found.number, found.address);
        let says = found.behind.map(|bytes| format!("{place}, {bytes} bytes behind"));
        report.line("replica", says.map_err(|why| format!("{place} (DATABASE_REPLICA_URLS) {why}")))?;
    }
    db.close().await;
    Ok(())
}

/// How far this machine's clock is from the database's; nothing on SQLite.
async fn clock(db: &Database) -> Option<CheckResult> {
    let skew = ClockSkew::new(Clock::system());
    if let Err(error) = skew.measure(db).await {
        return Some(Err(error.to_string()));
    }
    let ahead = skew.measured()?;
    Some(skew.fault().map_or_else(|| Ok(format!("{:.3} s from the database's", ahead.as_seconds_f64())), Err))
}

/// Whether the server has as many connections as all instances may open; nothing on SQLite. A pooler between has limits of its own, so this is a warning.
async fn pool(report: &mut Report, db: &Database, max_connections: u32) -> Result<(), Failure> {
    let what = "pool";
    let most = match health::connection_limit(db).await {
        Ok(Some(most)) => most,
        Ok(None) => return Ok(()),
        Err(error) => return report.line(what, Err(error.to_string())),
    };
    let instances = match db.known_instances().await {
        // This is about one that is to be started, where none is known.
        Ok(known) => i64::try_from(known).unwrap_or(i64::MAX).max(1),
        Err(error) => return report.line(what, Err(error.to_string())),
    };
    let wanted = instances.saturating_mul(i64::from(max_connections));
    let sum = format!("{instances} × {max_connections} (DB_MAX_CONNECTIONS) = {wanted} connections of {most}");
    if wanted <= most {
        return report.line(what, Ok(sum));
    }
    report.warning(what, format!("{sum}: lower DB_MAX_CONNECTIONS, raise the server's limit, or put a pooler between"))
}

const ALL_APPLIED: &str = "all applied";

/// Whether what is to come is at the time on the wall that people were promised.
async fn wall_times(report: &mut Report, db: &Database) -> Result<(), Failure> {
    let what = "wall times";
    let found = match wall_times::drift(db, Clock::system().now(), &ReanchorOptions::default()).await {
        Ok(found) => found,
        Err(error) => return report.line(what, Err(error.to_string())),
    };
    let sum = |number: fn(&Reanchored) -> usize| found.iter().map(|(_, _, drift)| number(drift)).sum::<usize>();
    let off = sum(|drift| drift.visits + drift.absences + drift.in_the_way.len());
    match (off, sum(|drift| drift.completed)) {
        (0, 0) => report.line(what, Ok("all that is to come is when it was promised".to_owned())),
        (0, unknown) => report.warning(what, format!("{unknown} visits and absences to come have none; {REANCHOR}")),
        (off, _) => report
            .warning(what, format!("{off} visits and absences to come are not when they were promised; {REANCHOR}")),
    }
}

const REANCHOR: &str = "run `telemedicine zones reanchor`";

/// As whom the server works; nothing on SQLite. That it owns the tables is no fault: a hosted database may have one role only.
async fn role(db: &Database) -> Option<CheckResult> {
    let found = health::role(db).await.map_err(|error| error.to_string()).transpose()?;
    Some(found.map(|role| match role.is_unbound {
        true => format!("{}, which could alter schema and trail: `migration grant` makes one that cannot", role.name),
        false => format!("{}, which can alter neither schema nor trail", role.name),
    }))
}

async fn pending(db: &Database, settings: &Settings) -> CheckResult {
    match migrations::pending(db).await {
        Ok(0) => Ok(ALL_APPLIED.to_owned()),
        Ok(count) if settings.database.is_embedded() => Ok(format!("{count} are applied by the next start")),
        Ok(count) => Err(migrations::advice(count, db)),
        Err(failure) => Err(failure.to_string()),
    }
}

/// Whether the mail server lets us in. Nothing is sent.
async fn mail(url: &SmtpUrl, settings: &Settings) -> CheckResult {
    let mailer = SmtpMailer::new(url, settings.mail.from.clone())?;
    let began = Instant::now();
    match mailer.greet().await {
        Ok(()) => Ok(format!("{}, {}", url.server(), milliseconds(began.elapsed()))),
        Err(error) => Err(format!("{} (SMTP_URL): {error}", url.server())),
    }
}

/// Whether the virus scanner answers. Without it files are kept apart, and everything else goes on.
async fn scanner(report: &mut Report, address: &str) -> Result<(), Failure> {
    let began = Instant::now();
    match virus_scanner::greet(address).await {
        Ok(()) => report.line("scanner", Ok(format!("{address}, {}", milliseconds(began.elapsed())))),
        Err(why) => report.warning(
            "scanner",
            format!("{address} (CLAMAV_ADDRESS): {why}; what is attached is kept apart until it answers"),
        ),
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
