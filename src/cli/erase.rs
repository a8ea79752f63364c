//! `telemedicine erase`: what is personal of a patient, removed for good.

use clap::{Args, Subcommand};

use super::{Failure, migrations, output, shared};
use crate::db::Database;
use crate::features::{
    accounts,
    audit::Attribution,
    erasures::{self, ErasureMeans, ErasureOutcome, ErasureRequest, Remaining},
    exports::NOT_REACHED,
};
use crate::integrations::Clock;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum EraseCommand {
    /// One patient: name, address, clinical record, texts about visits, sessions, mails. Their visits and the trail stay, without a name
    Patient(EraseArguments),
}

#[derive(Debug, Args)]
pub(super) struct EraseArguments {
    /// The number of the patient, as in the address of their page
    id: i64,
    /// Why; it is kept, so it names nobody
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    reason: Option<String>,
    /// Cancel requests and visits to come, and tell their doctors; without it they are in the way
    #[arg(long)]
    cancel_visits: bool,
    /// Say what would go, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// The e-mail address of the platform administrator in whose name it is done; not needed where there is one alone
    #[arg(long = "as", value_name = "EMAIL")]
    email: Option<String>,
}

/// Does it, or says what would be done.
///
/// # Errors
/// When the database is away or not migrated, there is no such patient, visits are in the way, or nobody may do it.
pub(super) async fn run(settings: &Settings, command: EraseCommand) -> Result<(), Failure> {
    let EraseCommand::Patient(arguments) = command;
    let db = Database::connect(&settings.database, "telemedicine erase").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    let done = match arguments.dry_run {
        true => preview(&db, arguments.id).await,
        false => erase(&db, settings, arguments).await,
    };
    db.close().await;
    done?;
    output::line(format!("not reached: {}", NOT_REACHED.join("; ")))
}

async fn preview(db: &Database, id: i64) -> Result<(), Failure> {
    let now = Clock::system().now();
    let (to_come, found) = erasures::preview(db, id, now).await.map_err(Failure::new)?;
    if to_come > 0 {
        output::line(format!("{to_come:>10}  to come: cancelled with --cancel-visits, in the way without it"))?;
    }
    tell(&found, "would go")
}

async fn erase(db: &Database, settings: &Settings, arguments: EraseArguments) -> Result<(), Failure> {
    let actor = accounts::operator(db, arguments.email.as_deref()).await.map_err(Failure::new)?;
    let request = ErasureRequest {
        patient_id: arguments.id,
        reason: arguments.reason.unwrap_or_default(),
        cancels_visits: arguments.cancel_visits,
    };
    let means = ErasureMeans { secret: &settings.secret_key, hashing: settings.security.password_hashing };
    shared::tell(db, settings).await?;
    let by = Attribution { actor: &actor, at: Clock::system().now() };
    let erased = erasures::erase(db, by, means, &request).await;
    shared::wait(db, settings).await;
    let ErasureOutcome { cancelled, found } = erased.map_err(Failure::new)?;
    if cancelled > 0 {
        output::line(format!("{cancelled:>10}  to come: cancelled"))?;
    }
    tell(&found, "gone")
}

fn tell(found: &[Remaining], verb: &str) -> Result<(), Failure> {
    let some: Vec<&Remaining> = found.iter().filter(|kind| kind.rows > 0).collect();
    for Remaining { what, rows } in &some {
        output::line(format!("{rows:>10}  {what}: {verb}"))?;
    }
    if some.is_empty() { output::line("nothing personal is left of this patient") } else { Ok(()) }
}
