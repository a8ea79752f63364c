//! `telemedicine zones reanchor`: what is to come, back at the time on the wall that people were promised.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Failure, migrations, output, shared};
use crate::db::Database;
use crate::features::wall_times::{self, ReanchorOptions, Reanchored};
use crate::integrations::Clock;
use crate::settings::Settings;
use crate::time_zone::{self, Tables};

#[derive(Debug, Subcommand)]
pub(super) enum ZonesCommand {
    /// Move visits and absences to come to the time they were promised for, after the rules of a zone have changed
    Reanchor(ReanchorArguments),
}

#[derive(Debug, Args)]
pub(super) struct ReanchorArguments {
    /// Only this hospital
    #[arg(long)]
    hospital: Option<i64>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// The e-mail address of the platform administrator in whose name it is done
    #[arg(long = "as", value_name = "EMAIL", required_unless_present = "dry_run")]
    email: Option<String>,
    /// Folder of the zone files by which visits without a stored time were booked
    #[arg(long, value_name = "FOLDER")]
    booked_by: Option<PathBuf>,
}

/// Does it, and says what was done in each hospital where there was anything to do.
///
/// # Errors
/// When the database is away or not migrated, or nobody may do it under that address.
pub(super) async fn run(settings: &Settings, action: ZonesCommand) -> Result<(), Failure> {
    let ZonesCommand::Reanchor(arguments) = action;
    let db = Database::connect(&settings.database, "telemedicine zones reanchor").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    output::line(format!("rules: {}", time_zone::tables()))?;
    let booked_by = arguments.booked_by.as_deref().map(rules_of).transpose()?;
    if let Some(tables) = &booked_by {
        output::line(format!("visits without a stored time were booked by: {tables}"))?;
    }
    let options = ReanchorOptions { hospital: arguments.hospital, booked_by };
    let now = Clock::system().now();
    let found = match arguments.email.filter(|_| !arguments.dry_run) {
        None => wall_times::drift(&db, now, &options).await.map_err(Failure::new),
        Some(email) => {
            shared::tell(&db, settings).await?;
            let done = wall_times::reanchor(&db, (email.trim(), now), &options).await;
            shared::wait(&db, settings).await;
            done.map_err(Failure::new)
        }
    };
    db.close().await;
    tell(&found?, if arguments.dry_run { "to move" } else { "moved" })
}

/// Those of the folder, and not the compiled ones where it has none: what is recorded by them is what people were promised, for good.
fn rules_of(folder: &Path) -> Result<Tables, Failure> {
    let tables = Tables::only_of(folder);
    if tables.is_empty() {
        return Err(Failure::new(format!("{} holds no zone file that can be read", folder.display())));
    }
    Ok(tables)
}

fn tell(found: &[(i64, String, Reanchored)], verb: &str) -> Result<(), Failure> {
    let mut is_any = false;
    for (id, name, done) in found.iter().filter(|(_, _, done)| *done != Reanchored::default()) {
        is_any = true;
        let Reanchored { visits, absences, completed, in_the_way } = done;
        output::line(format!(
            "hospital {id} ({name}): {visits} visits and {absences} absences {verb}, {completed} rows without a stored time"
        ))?;
        for visit in in_the_way {
            output::line(format!("  visit {visit} stays where it is: it would meet another"))?;
        }
    }
    if is_any { Ok(()) } else { output::line("everything is where it was promised") }
}
