//! Removing what is left of sessions that ended long ago.

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::rows;
use crate::db::{Database, Swept};

/// Removes some of the rows of sessions that ended before `before`.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    rows::delete_ended(database, before).await
}
