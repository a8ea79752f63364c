//! After a backup was put back: mail that may have been sent before.

use chrono::{DateTime, Utc};
use entity::{
    enums::MailStatus,
    mail::{ActiveModel, Column, Entity},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::super::queries::NO_PAGE;
use crate::db::{Database, Unrecorded};

const NOT_AGAIN: Unrecorded = Unrecorded::of(
    &["mail"],
    "whether mail of before a backup was sent is no act; the act that it tells of is recorded",
);

/// Why, in the row.
const REASON: &str = "may have been sent before the backup was put back";

/// Gives up the mails that wait and were due by `until`, when the last server stopped: that one may have sent them, and nobody knows.
/// What is due later nobody can have sent. How many.
///
/// # Errors
/// The database's.
pub async fn give_up_due(database: &Database, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let given_up = ActiveModel {
        status: Set(MailStatus::Cancelled),
        last_error: Set(Some(REASON.to_owned())),
        finished_at: Set(Some(now)),
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    let give_up = Entity::update_many()
        .set(given_up)
        .filter(Column::Status.eq(MailStatus::Waiting))
        .filter(Column::DueAt.lte(until));
    database.write_idempotent(NOT_AGAIN, async |uow| uow.update_where(give_up.clone(), NO_PAGE).await).await
}
