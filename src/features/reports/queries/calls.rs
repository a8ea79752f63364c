//! The calls of a hospital's visits: one statement, beside the one that finds the viewer.
//!
//! A call belongs to the day of its visit, as all that is told of visits: so the calls of some weeks are found by the index on hospital and
//! start, and those of each visit by theirs. By hand for the reasons that the numbers of visits have: rows of values to join with, one search
//! for each.

use std::collections::BTreeMap;

use entity::enums::Role;
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, FromQueryResult, Statement, Value};

use super::sql::{Span, span_values};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::Reader,
    features::{
        reports::{
            calls::{CallNumbers, CallsOfDoctor, CallsReport},
            forms::Range,
        },
        schedules::Stretch,
    },
    text::{doctor_name, search_key},
};

/// The calls of a doctor's visits in one week; or, with `first_frame`, how many of them had their first picture after so many milliseconds.
#[derive(Debug, FromQueryResult)]
struct CallsRow {
    week: i64,
    doctor_id: i64,
    first_name: String,
    last_name: String,
    first_frame: Option<i64>,
    visits: i64,
    calls: i64,
    connected: i64,
    direct: i64,
    relay_udp: i64,
    relay_tcp: i64,
    relay_tls: i64,
    not_answered: i64,
    lost: i64,
    by_phone: i64,
    restarts: i64,
    seconds: i64,
}

impl CallsRow {
    fn add_to(self, part: &mut CallsOfDoctor) {
        match self.first_frame {
            Some(first_frame) => part.numbers.first_frames.add(first_frame, self.calls),
            None => part.numbers.add(&CallNumbers {
                visits: self.visits,
                calls: self.calls,
                connected: self.connected,
                direct: self.direct,
                relay_udp: self.relay_udp,
                relay_tcp: self.relay_tcp,
                relay_tls: self.relay_tls,
                not_answered: self.not_answered,
                lost: self.lost,
                by_phone: self.by_phone,
                restarts: self.restarts,
                seconds: self.seconds,
                ..CallNumbers::default()
            }),
        }
    }
}

/// The report of the calls in the hospital that `viewer` runs. None for anybody else.
pub(in crate::features::reports) async fn of_calls(
    viewer: &Viewer,
    reader: &Reader,
    range: Range,
) -> Result<Option<CallsReport>, DbErr> {
    let Some(hospital) = viewer.hospital().filter(|_| viewer.role() == Role::HospitalAdmin) else {
        return Ok(None);
    };
    let weeks: Vec<Range> = range.weeks().collect();
    let spans = weeks.iter().zip(0..).map(|(week, id)| {
        let Stretch { starts_at: from, ends_at: until } = week.span(hospital.zone);
        Span { id, hospital_id: hospital.id, from, until }
    });
    let spans: Vec<Span> = spans.collect();
    // Calls begin, connect and end with the lists on which their visits are.
    let topics = Topics::from([Topic::Board(hospital.id), Topic::Names(hospital.id)]);
    let rows: Vec<CallsRow> = reader
        .run(topics, async |conn| {
            CallsRow::find_by_statement(counts(conn.get_database_backend(), &spans)).all(conn).await
        })
        .await?;
    let mut parts: BTreeMap<(i64, i64), CallsOfDoctor> = BTreeMap::new();
    for row in rows {
        let part = parts.entry((row.week, row.doctor_id)).or_insert_with(|| CallsOfDoctor {
            week: usize::try_from(row.week).unwrap_or(usize::MAX),
            doctor_id: row.doctor_id,
            doctor: doctor_name(&row.first_name, &row.last_name),
            numbers: CallNumbers::default(),
        });
        row.add_to(part);
    }
    let mut parts: Vec<CallsOfDoctor> = parts.into_values().collect();
    parts.sort_by_cached_key(|part| (part.week, search_key(&part.doctor), part.doctor_id));
    Ok(Some(CallsReport { weeks, parts }))
}

/// Counts the calls of each span's visits, by doctor, and their first pictures. All spans are of one hospital, whose doctors are found by it.
fn counts(backend: DbBackend, spans: &[Span]) -> Statement {
    let (rows, values): (String, Vec<Value>) = span_values(spans);
    let sql = format!(
        "WITH span (id, hospital_id, starts, ends) AS (VALUES {rows}), told AS ({}), counted AS ( \
         SELECT week, doctor_id, NULL AS first_frame, count(DISTINCT appointment_id) AS visits, count(*) AS calls, {}, {}, {}, {}, {}, {}, {}, \
         count(DISTINCT CASE WHEN end_reason = 'moved_to_phone' THEN appointment_id END) AS by_phone, \
         sum(restarts) AS restarts, sum(connected_seconds) AS seconds FROM told GROUP BY week, doctor_id \
         UNION ALL SELECT week, doctor_id, (first_frame + 50) / 100 * 100, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
         FROM told WHERE first_frame IS NOT NULL GROUP BY 1, 2, 3) \
         SELECT CAST(counted.week AS bigint) AS week, counted.doctor_id, person.first_name, person.last_name, \
         CAST(counted.first_frame AS bigint) AS first_frame, visits, calls, connected, direct, relay_udp, relay_tcp, relay_tls, \
         not_answered, lost, by_phone, restarts, seconds FROM counted \
         JOIN doctor ON doctor.id = counted.doctor_id JOIN \"user\" AS person ON person.id = doctor.user_id \
         WHERE person.hospital_id = $2 AND person.role = 'doctor'",
        told(backend),
        those("connected", "connected_at IS NOT NULL"),
        on_path("direct"),
        on_path("relay_udp"),
        on_path("relay_tcp"),
        on_path("relay_tls"),
        those("not_answered", "end_reason = 'not_answered'"),
        those("lost", "end_reason = 'lost'"),
    );
    Statement::from_sql_and_values(backend, sql, values)
}

fn those(name: &str, which: &str) -> String {
    format!("count(CASE WHEN {which} THEN 1 END) AS {name}")
}

fn on_path(path: &str) -> String {
    those(path, &format!("connected_at IS NOT NULL AND path = '{path}'"))
}

/// The calls that are over of each span's visits.
fn told(backend: DbBackend) -> String {
    let within =
        "visit.hospital_id = span.hospital_id AND visit.starts_at >= span.starts AND visit.starts_at < span.ends";
    let of_call = "connected_at, path, end_reason, restarts, connected_seconds, first_frame";
    match backend {
        // The offset keeps Postgres from joining them in another order, with all calls there are.
        DbBackend::Postgres => format!(
            "SELECT span.id AS week, of_span.* FROM span CROSS JOIN LATERAL (SELECT visit.doctor_id, visit.id AS appointment_id, of_visit.* \
             FROM appointment AS visit CROSS JOIN LATERAL (SELECT {of_call} FROM call \
             WHERE call.appointment_id = visit.id AND call.state = 'ended' OFFSET 0) AS of_visit WHERE {within} OFFSET 0) AS of_span"
        ),
        // The joined tables stay in this order.
        _ => format!(
            "SELECT span.id AS week, visit.doctor_id, visit.id AS appointment_id, {of_call} FROM span CROSS JOIN appointment AS visit \
             CROSS JOIN call WHERE {within} AND call.appointment_id = visit.id AND call.state = 'ended'"
        ),
    }
}
