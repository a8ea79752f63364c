//! What is of no use any more once visits are over: who was in their rooms, and how late their doctors ran.

use chrono::{DateTime, Utc};
use entity::{appointment, doctor_delay, enums::AppointmentStatus, visit_presence};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::db::{Database, DbErr, Swept, Unrecorded, is_one_of};

const BY_THE_CLOCK: Unrecorded = Unrecorded::of(
    &["doctor_delay", "visit_presence"],
    "who was in a room, and delays of days long over, are removed by the clock",
);

/// Removes some of those who came into the rooms of visits that are over, and were not seen there since that instant.
///
/// # Errors
/// The database's.
pub(crate) async fn sweep_presence(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    let over = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Id)
        .filter(is_one_of(appointment::Column::Status, AppointmentStatus::TERMINAL));
    let old = Condition::all()
        .add(visit_presence::Column::CreatedAt.lt(before))
        .add(visit_presence::Column::HereUntil.lt(before))
        .add(visit_presence::Column::AppointmentId.in_subquery(over.into_query()));
    db.sweep::<visit_presence::Entity>(BY_THE_CLOCK, old).await
}

/// Removes some of the delays of days before that instant.
///
/// # Errors
/// The database's.
pub(crate) async fn sweep_delays(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    let old = Condition::all().add(doctor_delay::Column::Day.lt(before.date_naive()));
    db.sweep::<doctor_delay::Entity>(BY_THE_CLOCK, old).await
}
