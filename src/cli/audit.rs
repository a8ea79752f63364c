//! `telemedicine audit verify`: is the trail what was sealed?

use chrono::{NaiveDate, NaiveTime};
use clap::{Args, Subcommand};

use super::{Failure, migrations, output};
use crate::db::Database;
use crate::features::audit::{self, Verified, VerifyScope};
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

/// Entries after which a line says how far it is: about two seconds.
const MILESTONE: u64 = 100_000;

/// What was found so far, and why it could not be printed, if so.
#[derive(Default)]
struct Report {
    findings: u64,
    sealed: u64,
    unsealed: u64,
    read: u64,
    unprinted: Option<Failure>,
}

impl Report {
    fn note(&mut self, found: Verified) {
        let line = match found {
            Verified::Read(more) => {
                if let Some(milestone) = self.passed(more) {
                    output::progress(format_args!("{milestone} entries looked at"));
                }
                return;
            }
            Verified::End(end) => {
                self.sealed += end.sealed;
                self.unsealed += end.unsealed;
                end.to_string()
            }
            Verified::Wrong(finding) => {
                self.findings += 1;
                format!("WRONG  {finding}")
            }
        };
        if let Err(failure) = output::line(line) {
            self.unprinted.get_or_insert(failure);
        }
    }

    /// The round number of entries that is passed with so many `more`.
    fn passed(&mut self, more: u64) -> Option<u64> {
        let before = self.read / MILESTONE;
        self.read += more;
        let now = self.read / MILESTONE;
        (now > before).then_some(now * MILESTONE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is_after_each_hundred_thousand_entries() {
        let mut report = Report::default();
        let passed: Vec<u64> = (0..250).filter_map(|_| report.passed(1_000)).collect();
        assert_eq!(passed, [100_000, 200_000]);
        assert_eq!(
            (report.passed(49_999), report.passed(1), report.passed(250_000)),
            (None, Some(300_000), Some(500_000))
        );
    }
}
