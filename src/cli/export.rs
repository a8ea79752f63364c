//! `telemedicine export`: everything about a patient, or of a hospital, as files.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand};

use super::{Failure, migrations, output};
use crate::db::Database;
use crate::features::{
    accounts,
    audit::Attribution,
    exports::{self, NOT_REACHED, Subject},
};
use crate::integrations::Clock;
use crate::settings::Settings;

/// Some hundred rows out of a table of millions, that no page reads so.
const LONGEST_STATEMENT: Duration = Duration::from_secs(3600);

#[derive(Debug, Subcommand)]
pub(super) enum ExportCommand {
    /// Everything about one patient
    Patient(ExportArguments),
    /// Everything of one hospital
    Hospital(ExportArguments),
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// The number of the patient, or the hospital, as in the address of its page
    id: i64,
    /// A folder that is new or empty; the files in it can be read by you alone
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// The e-mail address of the platform administrator in whose name it is done; not needed where there is one alone
    #[arg(long = "as", value_name = "EMAIL")]
    email: Option<String>,
}

/// Writes the files, and says what is in them.
///
/// # Errors
/// When the database is away or not migrated, there is no such record, the folder cannot be used, or nobody may do it.
pub(super) async fn run(settings: &Settings, command: ExportCommand) -> Result<(), Failure> {
    let (subject, arguments) = match command {
        ExportCommand::Patient(arguments) => (Subject::Patient(arguments.id), arguments),
        ExportCommand::Hospital(arguments) => (Subject::Hospital(arguments.id), arguments),
    };
    let mut database = settings.database.clone();
    database.statement_timeout = LONGEST_STATEMENT;
    let db = Database::connect(&database, "telemedicine export").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    let actor = accounts::operator(&db, arguments.email.as_deref()).await.map_err(Failure::new)?;
    let by = Attribution { actor: &actor, at: Clock::system().now() };
    let written = exports::export_to_folder(&db, by, subject, &arguments.to).await;
    db.close().await;
    for file in written.map_err(Failure::new)? {
        output::line(format!("{:>10}  {}.json", file.rows, file.table))?;
    }
    output::line(format!("written to {}; what is left out, and why, is in export.json", arguments.to.display()))?;
    output::line(format!("not reached: {}", NOT_REACHED.join("; ")))
}
