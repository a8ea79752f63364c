//! Scalar subqueries that count, and the conditions the dashboards share.

use chrono::{DateTime, Duration, Utc};
use entity::{
    appointment::{Column, Entity},
    enums::AppointmentStatus,
};
use sea_orm::{
    ColumnTrait, ExprTrait,
    sea_query::{Alias, Asterisk, Condition, Expr, Func, IntoColumnRef, Query, SelectStatement},
};

/// A figure: its name in the row and the statement that counts it.
pub(super) type Count = (&'static str, SelectStatement);

/// All counts in one row: `SELECT (SELECT count(…) …) AS a, (…) AS b`.
pub(super) fn row_of(counts: Vec<Count>) -> SelectStatement {
    let mut row = Query::select();
    for (name, count) in counts {
        row.expr_as(Expr::from(count), Alias::new(name));
    }
    row
}

/// How many appointments satisfy `condition`.
pub(super) fn appointments(condition: Condition) -> SelectStatement {
    Query::select().expr(Func::count(Expr::col(Asterisk))).from(Entity).cond_where(condition).to_owned()
}

/// How many different `column` there are among the appointments that satisfy `condition`.
pub(super) fn distinct(column: impl IntoColumnRef, condition: Condition) -> SelectStatement {
    Query::select().expr(Func::count_distinct(Expr::col(column))).from(Entity).cond_where(condition).to_owned()
}

/// The first `column` among the appointments that satisfy `condition`: when a count that compares with the clock changes.
pub(super) fn first(column: Column, condition: Condition) -> SelectStatement {
    Query::select().expr(Expr::col((Entity, column)).min()).from(Entity).cond_where(condition).to_owned()
}

/// In this state.
pub(super) fn is(status: AppointmentStatus) -> Expr {
    Column::Status.eq(status)
}

/// Takes the doctor's and the patient's time.
pub(super) fn is_busy() -> Expr {
    Column::Status.is_in(AppointmentStatus::BUSY)
}

/// Busy, and begins within the 24 hours from `now` on.
pub(super) fn next_24_hours(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_busy()).add(starts_within((now, now + Duration::hours(24))))
}

/// Agreed on and not over.
pub(super) fn upcoming(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::Status.is_in([AppointmentStatus::Scheduled, AppointmentStatus::Confirmed]))
        .add(Column::EndsAt.gte(now))
}

/// Begins at or after that instant.
pub(super) fn starts_from(instant: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::StartsAt.gte(instant))
}

/// Neither declined nor cancelled.
pub(super) fn stands() -> Expr {
    Column::Status.is_not_in([AppointmentStatus::Rejected, AppointmentStatus::Cancelled])
}

/// Begins at or after the first instant and before the second.
pub(super) fn starts_within((from, until): (DateTime<Utc>, DateTime<Utc>)) -> Condition {
    Condition::all().add(Column::StartsAt.gte(from)).add(Column::StartsAt.lt(until))
}
