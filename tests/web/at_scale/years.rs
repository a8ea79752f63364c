//! What years leave behind beside the visits, by the thousand.

use super::sql;
use crate::support::*;

/// 100,000 entries of the trail, of everybody, over the last months.
pub(super) async fn leave_a_trail(app: &TestApp) {
    let acts = "ARRAY['opened', 'updated', 'signed_in', 'created', 'arrived', 'completed']";
    let kinds = "ARRAY['patient', 'appointment', 'user', 'doctor']";
    let statement = format!(
        "INSERT INTO audit_entry (at, actor_id, actor_name, actor_role, hospital_id, action, subject_kind, subject_id, detail)
         SELECT now() - n * interval '1 minute', person.id, person.last_name, person.role, person.hospital_id,
                ({acts})[1 + n % 6], ({kinds})[1 + n % 4], n % 5000, '{{}}'
         FROM generate_series(1, 100000) AS n
         JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS everybody FROM \"user\") AS person
           ON person.place = 1 + n % person.everybody"
    );
    sql(app, &statement).await;
}

/// 60,000 notifications of the demo's first doctor.
pub(super) async fn leave_notifications(app: &TestApp) {
    let statement = "INSERT INTO notification (recipient_id, kind, appointment_id, read_at)
         SELECT person.id, 'appointment_confirmed', visit.id, now()
           FROM \"user\" AS person JOIN doctor ON doctor.user_id = person.id
           CROSS JOIN LATERAL (SELECT id FROM appointment WHERE doctor_id = doctor.id ORDER BY id LIMIT 1) AS visit
           CROSS JOIN generate_series(1, 60000)
          WHERE person.email = 'doctor1@demo.test'";
    sql(app, statement).await;
}

/// An opening and a signed note of each visit that took place, but for those of the last days.
pub(super) async fn leave_notes(app: &TestApp) {
    let visits = "FROM appointment AS visit JOIN doctor ON doctor.id = visit.doctor_id
         WHERE visit.status = 'completed' AND visit.starts_at < now() - interval '3 days'";
    for statement in [
        format!(
            "INSERT INTO note (appointment_id, author_id, state, plan, signed_at, signed_by, version)
             SELECT visit.id, doctor.user_id, 'signed', 'Rest', now(), doctor.user_id, 1 {visits} ON CONFLICT DO NOTHING"
        ),
        format!(
            "INSERT INTO visit (appointment_id, checked_by, checked_at, skipped_reason)
             SELECT visit.id, doctor.user_id, now(), 'No time.' {visits} ON CONFLICT DO NOTHING"
        ),
    ] {
        sql(app, &statement).await;
    }
}

/// Both parties of each visit have tried their devices for it.
pub(super) async fn leave_checks(app: &TestApp) {
    let statement = "INSERT INTO device_check (appointment_id, user_id, camera, microphone, network, checked_at)
         SELECT visit.id, person.user_id, 'ok', 'ok', 'udp', visit.starts_at
           FROM appointment AS visit
           JOIN doctor ON doctor.id = visit.doctor_id JOIN patient ON patient.id = visit.patient_id
           CROSS JOIN LATERAL (VALUES (doctor.user_id), (patient.user_id)) AS person (user_id)
         ON CONFLICT DO NOTHING";
    sql(app, statement).await;
}

/// Each visit had a guest.
pub(super) async fn leave_guests(app: &TestApp) {
    let statement = "INSERT INTO visit_guest (appointment_id, kind, token_hash, form_token, invited_by, expires_at)
         SELECT visit.id, 'interpreter', sha256(visit.id::text::bytea), 'form ' || visit.id, doctor.user_id, visit.ends_at + interval '4 hours'
           FROM appointment AS visit JOIN doctor ON doctor.id = visit.doctor_id
         ON CONFLICT DO NOTHING";
    sql(app, statement).await;
}
