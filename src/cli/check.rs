//! `telemedicine check`: is everything there that the server needs? One line each, nothing is changed.

mod redis;

use std::time::{Duration, Instant};

use super::{Failure, migrations, output};
use crate::db::{Database, health};
use crate::integrations::mailer::SmtpMailer;
use crate::settings::{self, Backend, Delivery, Settings, SmtpUrl};

/// What one line says: fit and how, or what is wrong.
type CheckResult = Result<String, String>;

/// Prints a line for each of settings, database, migrations and Redis, and for each replica and the mail server if there are any.
///
/// # Errors
/// When a line says FAILED.
pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let mut report = Report::default();
    // Settings that cannot be used have ended the process before this.
    report.line("settings", Ok(summary(settings)))?;
    if let Some(file) = missing_file(&settings.database) {
        report.line("database", Ok(format!("{file} is made by the first start")))?;
        report.line("migrations", Ok("applied by the first start".to_owned()))?;
    } else {
        database(&mut report, settings).await?;
    }
    report.line("redis", redis::examine(settings).await)?;
    if let Delivery::Smtp(url) = &settings.mail.delivery {
        report.line("mail", mail(url, settings).await)?;
    }
    if report.failed { Err(Failure::new("this server is not fit to serve: see FAILED above")) } else { Ok(()) }
}

#[derive(Default)]
struct Report {
    failed: bool,
}

impl Report {
    fn line(&mut self, what: &str, finding: CheckResult) -> Result<(), Failure> {
        self.failed |= finding.is_err();
        match finding {
            Ok(text) => output::line(format!("{what:<10}  ok      {text}")),
            Err(text) => output::line(format!("{what:<10}  FAILED  {text}")),
        }
    }
}

fn summary(settings: &Settings) -> String {
    let environment = if settings.environment.is_production() { "production" } else { "development" };
    format!("{environment}, {}, listening on {}", settings.server.origin(), settings.server.bind)
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
    report.line("migrations", pending(&db, settings).await)?;
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
        Ok(0) => Ok("all applied".to_owned()),
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

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
