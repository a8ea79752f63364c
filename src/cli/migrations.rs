//! What the commands say and do about migrations that are not applied yet.

use super::Failure;
use crate::db::Database;
use crate::settings::Settings;

/// Brings the embedded database up to date. Another one belongs to its operator, and several instances may start at
/// once: it is only looked at.
///
/// # Errors
/// When migrations are pending that are not ours to apply, or one fails.
pub(super) async fn make_ready(db: &Database, settings: &Settings) -> Result<(), Failure> {
    if settings.database.is_embedded() {
        return apply(db).await;
    }
    match pending(db).await? {
        0 => Ok(()),
        count => Err(Failure::new(advice(count, db))),
    }
}

/// How many migrations are not applied yet.
pub(super) async fn pending(db: &Database) -> Result<usize, Failure> {
    let pending = migration::pending(db.bare()).await;
    pending.map(|names| names.len()).map_err(|error| {
        let place = db.address();
        Failure::new(format_args!("cannot read the migrations of {place}: {error}"))
    })
}

/// What to do about `count` pending migrations.
pub(super) fn advice(count: usize, db: &Database) -> String {
    let place = db.address();
    let subject = match count {
        1 => "1 migration is".to_owned(),
        many => format!("{many} migrations are"),
    };
    format!(
        "{subject} not applied to {place}: run `migration up` first (from the sources: `cargo run -p migration -- up`)"
    )
}

async fn apply(db: &Database) -> Result<(), Failure> {
    let applied = migration::up(db.bare()).await.map_err(|error| {
        let place = db.address();
        Failure::new(format_args!("cannot migrate {place}: {error}"))
    })?;
    if !applied.is_empty() {
        log::info!(count = applied.len(); "migrations applied");
    }
    Ok(())
}
