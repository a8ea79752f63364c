//! The statement that counts: one pass over the visits of each span of time of a hospital, and one row for each doctor.
//!
//! A visit is read once, by the index on hospital and start, and put with those of the same span that came to the same and waited as many
//! minutes: so a span has some dozen rows, however many visits. A statement of its own for each span (`LATERAL`), because joined the planner
//! could take reading all for cheaper; the two instants of a wait by the visit's own events, for the same reason.
//!
//! Written by hand, because entities have no word for what it is made of: rows of values to join with, and the length of time between two
//! instants, which either database says in its own way.

use chrono::{DateTime, Utc};
use sea_orm::{DbBackend, Statement, Value};

use crate::features::schedules::Stretch;

/// A stretch of time in a hospital.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// By which its rows are known.
    pub(super) id: i64,
    pub(super) hospital_id: i64,
    pub(super) from: DateTime<Utc>,
    /// The first instant after it.
    pub(super) until: DateTime<Utc>,
}

/// Spans in a statement: each has four values, of which Postgres takes 65,535.
pub(super) const SPANS: usize = 2_000;

/// A hospital whose doctors are asked for as well, and from when to when they were booked.
pub(super) type BookedTimes = (i64, Stretch);

/// Which part of the answer a row is.
pub(super) const SPAN: i32 = 0;
pub(super) const DOCTOR: i32 = 1;

/// Counts the visits of each span, by status and wait. Of `doctors` the booked minutes as well.
pub(super) fn counts(backend: DbBackend, spans: &[Span], doctors: Option<BookedTimes>) -> Statement {
    let (rows, mut values) = span_values(spans);
    let mut sql = format!(
        "WITH span (id, hospital_id, starts, ends) AS (VALUES {rows}) SELECT {SPAN} AS part, counted.id AS id, \
         '' AS first_name, '' AS last_name, counted.status AS status, counted.wait AS wait, counted.visits AS number FROM {}",
        visits(backend),
    );
    if let Some((hospital_id, within)) = doctors {
        let at = values.len();
        values.extend([hospital_id.into(), within.starts_at.into(), within.ends_at.into()]);
        sql.push_str(&of_doctors(backend, at + 1));
    }
    Statement::from_sql_and_values(backend, sql, values)
}

/// The rows of a table of `spans`, and what is bound in them, from `$1` on.
pub(super) fn span_values(spans: &[Span]) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut rows = Vec::new();
    for span in spans {
        let at = values.len();
        values.extend([span.id.into(), span.hospital_id.into(), span.from.into(), span.until.into()]);
        rows.push(format!("(${}, ${}, ${}, ${})", at + 1, at + 2, at + 3, at + 4));
    }
    (rows.join(", "), values)
}

/// The visits of each span.
fn visits(backend: DbBackend) -> String {
    let wait = format!("CASE WHEN visit.status IN ('in_progress', 'completed') THEN ({}) END", wait(backend));
    let within =
        "visit.hospital_id = span.hospital_id AND visit.starts_at >= span.starts AND visit.starts_at < span.ends";
    match backend {
        DbBackend::Postgres => format!(
            "(SELECT span.id, of_span.status, of_span.wait, of_span.visits FROM span CROSS JOIN LATERAL \
             (SELECT visit.status, {wait} AS wait, count(*) AS visits FROM appointment AS visit WHERE {within} \
             GROUP BY 1, 2) AS of_span) AS counted"
        ),
        // The joined tables stay in this order.
        _ => format!(
            "(SELECT span.id AS id, visit.status AS status, {wait} AS wait, count(*) AS visits \
             FROM span CROSS JOIN appointment AS visit WHERE {within} GROUP BY 1, 2, 3) AS counted"
        ),
    }
}

/// From arrival to start, in whole minutes, rounded; nothing where one of them is not known. The last of each counts: one before it was taken back. A
/// beginning that was taken back, and no other after it, is none.
fn wait(backend: DbBackend) -> String {
    let at = |step: &str| format!("max(CASE WHEN {step} THEN {} END)", seconds(backend, "event.at"));
    let (started, arrived) = (at("event.kind = 'started'"), at("event.kind = 'arrived'"));
    let taken_back = at("event.kind = 'corrected' AND event.from_status = 'in_progress'");
    format!(
        "SELECT CASE WHEN {started} >= coalesce({taken_back}, 0) THEN ({started} - {arrived} + 30) / 60 END \
         FROM appointment_event AS event WHERE event.appointment_id = visit.id"
    )
}

/// The doctors of the hospital `$first`, booked from `$first + 1` to `$first + 2`.
fn of_doctors(backend: DbBackend, first: usize) -> String {
    let (from, until) = (first + 1, first + 2);
    let minutes = format!("({} - {}) / 60", seconds(backend, "visit.ends_at"), seconds(backend, "visit.starts_at"));
    format!(
        " UNION ALL SELECT {DOCTOR}, doctor.id, person.first_name, person.last_name, NULL, NULL, \
         (SELECT CAST(coalesce(sum({minutes}), 0) AS bigint) FROM appointment AS visit WHERE visit.doctor_id = doctor.id \
         AND visit.starts_at >= ${from} AND visit.starts_at < ${until} AND visit.status IN \
         ('scheduled', 'confirmed', 'waiting', 'in_progress', 'completed', 'no_show')) \
         FROM doctor JOIN \"user\" AS person ON person.id = doctor.user_id \
         WHERE person.hospital_id = ${first} AND person.role = 'doctor'",
    )
}

/// An instant as whole seconds.
fn seconds(backend: DbBackend, column: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("CAST(floor(extract(epoch FROM {column})) AS bigint)"),
        _ => format!("unixepoch({column})"),
    }
}
