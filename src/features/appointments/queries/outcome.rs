//! Which visits are over, and which of them somebody still has to say something of: for the list and for the dashboards.

use chrono::{DateTime, Utc};
use entity::{appointment::Column, enums::AppointmentStatus};
use sea_orm::{ColumnTrait, Condition};

/// Busy although its end has passed: somebody has to say what came of it.
pub(crate) fn needs_outcome(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::Status.is_in(AppointmentStatus::BUSY)).add(Column::EndsAt.lt(now))
}

/// Busy and not over: what needs an outcome as soon as it is.
pub(crate) fn not_over(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::Status.is_in(AppointmentStatus::BUSY)).add(Column::EndsAt.gte(now))
}
