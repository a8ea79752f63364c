//! `telemedicine audit verify`: is the trail what was sealed?

use chrono::{NaiveDate, NaiveTime};
use clap::{Args, Subcommand};

use super::{Failure, migrations, output};
use crate::db::Database;
use crate::features::audit::{self, ChainEnd, ChainFinding, VerifyScope};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Look for entries and seals that were changed, removed, put in or moved; exit code 1 when there are any
    Verify(VerifyArguments),
}

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// Only what was sealed on this day (UTC) or later; what is before is taken as it stands
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<NaiveDate>,
    /// Only the chain of this hospital, by its number
    #[arg(long, value_name = "ID")]
    hospital: Option<i64>,
}

impl VerifyArguments {
    fn scope(&self) -> VerifyScope {
        VerifyScope { since: self.since.map(|day| day.and_time(NaiveTime::MIN).and_utc()), hospital: self.hospital }
    }
}

pub(super) async fn run(settings: &Settings, action: AuditCommand) -> Result<(), Failure> {
    match action {
        AuditCommand::Verify(arguments) => verify(settings, arguments.scope()).await,
    }
}

/// What was found so far, and why it could not be printed, if so.
#[derive(Default)]
struct Report {
    findings: u64,
    sealed: u64,
    unsealed: u64,
    unprinted: Option<Failure>,
}

impl Report {
    fn note(&mut self, found: Result<ChainEnd, ChainFinding>) {
        let line = match found {
            Ok(end) => {
                self.sealed += end.sealed;
                self.unsealed += end.unsealed;
                end.to_string()
            }
            Err(finding) => {
                self.findings += 1;
                format!("WRONG  {finding}")
            }
        };
        if let Err(failure) = output::line(line) {
            self.unprinted.get_or_insert(failure);
        }
    }
}

async fn verify(settings: &Settings, scope: VerifyScope) -> Result<(), Failure> {
    let db = Database::connect(&settings.database, "telemedicine audit verify").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    let mut report = Report::default();
    let verified = audit::verify(&db, &settings.secret_key, scope, &mut |found| report.note(found)).await;
    db.close().await;
    verified.map_err(Failure::new)?;
    if let Some(failure) = report.unprinted {
        return Err(failure);
    }
    output::line(format!("{} entries sealed and unchanged, {} not yet sealed", report.sealed, report.unsealed))?;
    match report.findings {
        0 => Ok(()),
        1 => Err(Failure::new("1 thing is not as it was sealed: see WRONG above")),
        many => Err(Failure::new(format_args!("{many} things are not as they were sealed: see WRONG above"))),
    }
}
