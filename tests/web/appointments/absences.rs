//! An absence of a doctor and a promise of their time at one moment: the later of the two knows of the earlier. So no visit comes to stand in an
//! absence without that somebody was asked.

use entity::enums::AuditSubject;
use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait as _, Database, TransactionTrait as _};

use super::*;

const PAIRS: i64 = 16;

/// The places in the trail of what was recorded of doctor's absences, by their ids; each act holds the doctor until it is done, so this
/// is the order in which they happened.
async fn lines(practice: &Practice, subject: AuditSubject, action: AuditAction) -> Vec<(i64, i64)> {
    let lines = audit_entry::Entity::find()
        .filter(audit_entry::Column::SubjectKind.eq(subject))
        .filter(audit_entry::Column::Action.eq(action))
        .order_by_asc(audit_entry::Column::Id);
    let lines = lines.all(&practice.app.db).await.unwrap();
    lines.into_iter().map(|line| (line.subject_id, line.id)).collect()
}

/// A doctor who works all day, every day.
async fn open() -> Practice {
    let practice = Practice::open().await;
    works_daily(&practice.app, &practice.doctor, (1, 23)).await;
    practice
}

/// An hour of its own for each pair: from 10:00 in Kathmandu of that day on, the visit for half an hour, the absence all of it.
fn form_of_absence(practice: &Practice, pair: i64) -> Vec<(&'static str, String)> {
    let zone = practice.hospital.zone;
    let local =
        |minutes: i64| (practice.app.in_minutes(minutes)).with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string();
    let begins = pair * 24 * 60;
    vec![("starts_at", local(begins)), ("ends_at", local(begins + 60)), ("reason", String::new())]
}

async fn goes_away(practice: &Practice, pair: i64) -> Page {
    let fields = form_of_absence(practice, pair);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    practice.surgery.post_form(&format!("/doctors/{}/time-off", practice.doctor.id), &fields).await
}

/// That of each pair the later act knew of the earlier: a visit that was promised after the absence was recorded is none.
async fn none_was_promised_into_an_absence(practice: &Practice, promised: (AuditSubject, AuditAction), visits: &[i64]) {
    let absences = lines(practice, AuditSubject::TimeOff, AuditAction::Created).await;
    let rows = entity::time_off::Entity::find().all(&practice.app.db).await.unwrap();
    let promises = lines(practice, promised.0, promised.1).await;
    for visit in visits {
        let Some((_, promise)) = promises.iter().find(|(id, _)| id == visit) else { continue };
        let stored = practice.stored(*visit).await;
        // What a busy machine had no time for was not done.
        let lies_in =
            |row: &&entity::time_off::Model| row.starts_at <= stored.starts_at && stored.starts_at < row.ends_at;
        let Some(absence) = rows.iter().find(lies_in) else { continue };
        let recorded = absences.iter().find(|(id, _)| *id == absence.id).map(|(_, line)| line);
        assert!(recorded > Some(promise), "visit {visit} was promised after the doctor was away");
    }
}

#[tokio::test]
async fn and_an_approval_at_once_know_of_each_other() {
    let practice = open().await;
    let mut visits = Vec::new();
    for pair in 1..=PAIRS {
        let patient = patient(&practice.hospital).create(&practice.app).await;
        let visit = appointment().of(&practice.doctor).with(&patient).at(practice.app.in_hours(24 * pair));
        visits.push(visit.status(AppointmentStatus::Requested).create(&practice.app).await);
    }
    let approvals = join_all(visits.iter().map(async |visit| {
        practice.surgery.post_form(&format!("{}/approval", visit.path()), &[("version", "0")]).await.status
    }));
    let (approved, away) = join(approvals, join_all((1..=PAIRS).map(|pair| goes_away(&practice, pair)))).await;
    assert!(approved.iter().all(|status| [303, 409, 503].contains(status)), "{approved:?}");
    assert!(
        away.iter().all(|answer| [303, 503].contains(&answer.status)),
        "{:?}",
        away.iter().map(|answer| answer.status).collect::<Vec<_>>()
    );
    let ids: Vec<i64> = visits.iter().map(|visit| visit.id).collect();
    none_was_promised_into_an_absence(&practice, (AuditSubject::Appointment, AuditAction::Approved), &ids).await;
    for (visit, status) in visits.iter().zip(&approved) {
        let stands = practice.stored(visit.id).await.status == AppointmentStatus::Scheduled;
        assert!(*status == 503 || stands == (*status == 303), "what was answered is so");
    }
}

#[tokio::test]
async fn and_a_booking_at_once_know_of_each_other() {
    let practice = open().await;
    let doctor = practice.doctor.id.to_string();
    let mut patients = Vec::new();
    for _ in 0..PAIRS {
        patients.push(patient(&practice.hospital).create(&practice.app).await.id.to_string());
    }
    let bookings = join_all((1..=PAIRS).zip(&patients).map(async |(pair, patient)| {
        let starts_at = form_of_absence(&practice, pair).swap_remove(0).1;
        let fields = [("doctor_id", doctor.as_str()), ("patient_id", patient), ("starts_at", &starts_at)];
        practice.desk.post_form("/appointments", &fields).await.status
    }));
    let (booked, away) = join(bookings, join_all((1..=PAIRS).map(|pair| goes_away(&practice, pair)))).await;
    assert!(booked.iter().all(|status| [303, 409, 422, 503].contains(status)), "{booked:?}");
    assert!(
        away.iter().all(|answer| [303, 503].contains(&answer.status)),
        "{:?}",
        away.iter().map(|answer| answer.status).collect::<Vec<_>>()
    );
    let rows = appointment_row::Entity::find().all(&practice.app.db).await.unwrap();
    assert!(rows.len() >= booked.iter().filter(|status| **status == 303).count());
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    none_was_promised_into_an_absence(&practice, (AuditSubject::Appointment, AuditAction::Booked), &ids).await;
}

/// A promise that is under way when the doctor goes away: it is held up where its visit is changed, and the absence waits for it, so that
/// whoever records it is told of the visit. Or the promise is refused.
#[tokio::test]
async fn waits_for_a_promise_that_is_under_way() {
    if !uses_postgres() {
        // One writes at a time there, and looks before it writes within the same turn.
        return;
    }
    let practice = open().await;
    let visit = practice.visit(AppointmentStatus::Requested).await;
    let other = Database::connect(practice.app.variables()["DATABASE_URL"].as_str()).await.unwrap();
    let held = other.begin().await.unwrap();
    held.execute_unprepared(&format!("SELECT 1 FROM appointment WHERE id = {} FOR UPDATE", visit.id)).await.unwrap();
    let path = format!("{}/approval", visit.path());
    let approval = practice.surgery.post_form(&path, &[("version", "0")]);
    let absence = async {
        waiting(&other, 1).await;
        let away = goes_away(&practice, 1);
        let release = async {
            waiting(&other, 2).await;
            held.commit().await.unwrap();
        };
        let (answer, ()) = join(away, release).await;
        practice.surgery.follow(answer.expect(303)).await
    };
    let (approved, told) = join(approval, absence).await;
    approved.expect(303);
    assert!(told.ok().says("Visits are planned in it"), "whoever is away is told of the visit");
}
