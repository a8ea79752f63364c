//! Which visits are over, and which of them somebody still has to say something of.

use chrono::{DateTime, Utc};
use entity::{appointment::Column, enums::AppointmentStatus};
use sea_orm::{ColumnTrait, Condition};

use crate::db::is_one_of;

/// Busy although its end has passed: somebody has to say what came of it.
pub(super) fn needs_outcome(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::BUSY)).add(Column::EndsAt.lt(now))
}

/// Busy and not over: what needs an outcome as soon as it is.
pub(super) fn not_over(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::BUSY)).add(Column::EndsAt.gte(now))
}
