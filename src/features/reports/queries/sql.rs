//! The statement that counts: one row for each span of time of a hospital, and one for each doctor.
//!
//! Each number is a subquery of its own that is bound to one span, so it reads the index on hospital, status and start for that
//! span and nothing else, however large the archive is; joined, the planner could take reading all for cheaper.
//!
//! Written by hand, because entities have no word for what it is made of: rows of values to join with, the rank of a wait among
//! others, and the length of time between two instants, which either database says in its own way.

use chrono::{DateTime, Utc};
use entity::enums::AppointmentStatus;
use sea_orm::{ActiveEnum, DbBackend, Statement, Value};

use crate::features::appointments::STATUSES;

/// A stretch of time in a hospital.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// By which its row is known.
    pub(super) id: i64,
    pub(super) hospital_id: i64,
    pub(super) from: DateTime<Utc>,
    /// The first instant after it.
    pub(super) until: DateTime<Utc>,
}

/// A hospital whose doctors are asked for as well, and from when to when they were booked.
pub(super) type BookedTimes = (i64, DateTime<Utc>, DateTime<Utc>);

/// Which part of the answer a row is.
pub(super) const SPAN: i32 = 0;
pub(super) const DOCTOR: i32 = 1;

/// The name of the column that counts `status`.
pub(super) fn column(status: AppointmentStatus) -> String {
    format!("in_{}", status.to_value())
}

/// Counts the visits of each span. Of `doctors` the booked minutes as well.
pub(super) fn counts(backend: DbBackend, spans: &[Span], doctors: Option<BookedTimes>) -> Statement {
    let mut values: Vec<Value> = Vec::new();
    let mut rows = Vec::new();
    for span in spans {
        let at = values.len();
        values.extend([span.id.into(), span.hospital_id.into(), span.from.into(), span.until.into()]);
        rows.push(format!("(${}, ${}, ${}, ${})", at + 1, at + 2, at + 3, at + 4));
    }
    let mut sql = format!(
        "WITH span (id, hospital_id, starts, ends) AS (VALUES {}) SELECT {SPAN} AS part, span.id AS id, '' AS first_name, \
         '' AS last_name, {}, {}, CAST(0 AS bigint) AS booked FROM span",
        rows.join(", "),
        each_status(|status| format!(
            "(SELECT count(*) FROM appointment AS visit WHERE {WITHIN} AND visit.status = '{status}')"
        )),
        waits(backend),
    );
    if let Some((hospital_id, from, until)) = doctors {
        let at = values.len();
        values.extend([hospital_id.into(), from.into(), until.into()]);
        sql.push_str(&of_doctors(backend, at + 1));
    }
    sql.push_str(" ORDER BY 1, 2");
    Statement::from_sql_and_values(backend, sql, values)
}

/// The visits of the span.
const WITHIN: &str =
    "visit.hospital_id = span.hospital_id AND visit.starts_at >= span.starts AND visit.starts_at < span.ends";

fn each_status(expression: impl Fn(&str) -> String) -> String {
    let columns = STATUSES.map(|status| format!("{} AS {}", expression(&status.to_value()), column(status)));
    columns.join(", ")
}

/// From arrival to start, in seconds: how many, the median and the 90th percentile, each the wait of a real visit (nearest
/// rank). A visit is arrived for once and begun once.
fn waits(backend: DbBackend) -> String {
    let from = format!(
        "FROM appointment AS visit \
         JOIN appointment_event AS arrived ON arrived.appointment_id = visit.id AND arrived.kind = 'arrived' \
         JOIN appointment_event AS started ON started.appointment_id = visit.id AND started.kind = 'started' \
         WHERE {WITHIN} AND visit.status IN ('in_progress', 'completed')"
    );
    let wait = format!("{} - {}", seconds(backend, "started.at"), seconds(backend, "arrived.at"));
    let at = |place: &str| {
        format!(
            "(SELECT ranked.wait FROM (SELECT {wait} AS wait, row_number() OVER (ORDER BY {wait}) AS place, \
             count(*) OVER () AS among {from}) AS ranked WHERE ranked.place = {place})"
        )
    };
    format!(
        "(SELECT count(*) {from}) AS waits, {} AS median, {} AS ninetieth",
        at("(ranked.among + 1) / 2"),
        at("(ranked.among * 9 + 9) / 10")
    )
}

/// The doctors of the hospital `$first`, booked from `$first + 1` to `$first + 2`.
fn of_doctors(backend: DbBackend, first: usize) -> String {
    let (from, until) = (first + 1, first + 2);
    let minutes = format!("({} - {}) / 60", seconds(backend, "visit.ends_at"), seconds(backend, "visit.starts_at"));
    format!(
        " UNION ALL SELECT {DOCTOR}, doctor.id, person.first_name, person.last_name, {}, 0, NULL, NULL, \
         (SELECT CAST(coalesce(sum({minutes}), 0) AS bigint) FROM appointment AS visit WHERE visit.doctor_id = doctor.id \
         AND visit.starts_at >= ${from} AND visit.starts_at < ${until} AND visit.status IN \
         ('scheduled', 'confirmed', 'waiting', 'in_progress', 'completed', 'no_show')) \
         FROM doctor JOIN \"user\" AS person ON person.id = doctor.user_id \
         WHERE person.hospital_id = ${first} AND person.role = 'doctor'",
        each_status(|_| "0".to_owned()),
    )
}

/// An instant as whole seconds.
fn seconds(backend: DbBackend, column: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("CAST(floor(extract(epoch FROM {column})) AS bigint)"),
        _ => format!("unixepoch({column})"),
    }
}
