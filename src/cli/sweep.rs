//! `telemedicine sweep`: removes what is of no use any more, as the servers do once a day.

use super::{Failure, migrations, output};
use crate::db::{ClockSkew, Database, Sweeper};
use crate::features;
use crate::integrations::Clock;
use crate::settings::Settings;

/// Prints a line for each kind of rows.
///
/// # Errors
/// When some of them cannot be removed, or this machine's clock is not the database's.
pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let db = Database::connect(&settings.database, "telemedicine sweep").await.map_err(Failure::new)?;
    migrations::make_ready(&db, settings).await?;
    let clock = Clock::system();
    let skew = ClockSkew::new(clock.clone());
    skew.measure(&db).await.map_err(|error| Failure::new(format_args!("the time cannot be compared: {error}")))?;
    let outcomes = Sweeper::new(features::sweep_parts(&db, &clock, settings.retention), skew).round().await;
    db.close().await;
    let mut failed = false;
    for outcome in outcomes {
        failed |= outcome.left.is_some();
        let left = outcome.left.map(|why| format!("; not all: {why}")).unwrap_or_default();
        output::line(format!("{}: {} removed{left}", outcome.name, outcome.removed))?;
    }
    if failed { Err(Failure::new("not everything old is removed: see above")) } else { Ok(()) }
}
