//! What becomes of those who were invited to the call of a visit when it is moved.

use chrono::{DateTime, Utc};
use entity::visit_guest::{self, Column};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::super::guests::guest_links_end;
use crate::{coherence::Topic, db::UnitOfWork};

/// The links of those who were invited to the visit, and not sent away, work until after its new end: they were asked for the visit, not for an hour.
/// Whoever was let in by a doctor who has handed it over asks the next one. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn keep_guests(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (appointment_id, ends_at): (i64, DateTime<Utc>),
    is_handed_over: bool,
) -> Result<(), DbErr> {
    let mut row = visit_guest::ActiveModel {
        expires_at: Set(guest_links_end(ends_at, now)),
        updated_at: Set(now),
        ..Default::default()
    };
    if is_handed_over {
        (row.admitted_at, row.admitted_by) = (Set(None), Set(None));
    }
    let invited = visit_guest::Entity::update_many()
        .set(row)
        .filter(Column::AppointmentId.eq(appointment_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    uow.update_where(invited, Topic::Visit(appointment_id)).await?;
    Ok(())
}
