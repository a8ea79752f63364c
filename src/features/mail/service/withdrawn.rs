//! News that turned out to be none before it was sent.

use chrono::{DateTime, Utc};
use entity::{
    enums::{MailStatus, NotificationKind},
    mail::{ActiveModel, Column, Entity},
};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, Set};

use super::super::queries::NO_PAGE;
use crate::db::UnitOfWork;

/// Why, in the row.
const REASON: &str = "what it would have said was taken back";

/// News of a visit to one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ToldNews {
    pub(crate) kind: NotificationKind,
    /// `appointment.id`
    pub(crate) appointment_id: i64,
    /// `appointment.version` after it happened.
    pub(crate) version: i32,
    /// `user.id`
    pub(crate) recipient_id: i64,
}

/// Withdraws the mail that tells it; whether nobody has begun to send it. Of a sender and this at one moment the one that comes first has the row. A mail
/// that is not there any more was sent long ago. One statement.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn withdraw(uow: &UnitOfWork, now: DateTime<Utc>, told: ToldNews) -> Result<bool, DbErr> {
    let untouched = Condition::all().add(Column::Status.eq(MailStatus::Waiting)).add(Column::Attempts.eq(0));
    let withdrawn = ActiveModel {
        status: Set(MailStatus::Cancelled),
        last_error: Set(Some(REASON.to_owned())),
        finished_at: Set(Some(now)),
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    let update = Entity::update_many()
        .set(withdrawn)
        .filter(Column::AppointmentId.eq(told.appointment_id))
        .filter(Column::RecipientId.eq(told.recipient_id))
        .filter(Column::Notice.eq(told.kind))
        .filter(Column::AppointmentVersion.eq(told.version))
        .filter(Condition::any().add(untouched).add(Column::Status.eq(MailStatus::Cancelled)));
    Ok(uow.update_where(update, NO_PAGE).await? > 0)
}
