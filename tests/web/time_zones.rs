//! Visits and absences stay at the time on the wall that people were promised: when a hospital's zone is corrected, and when a zone's rules change.

mod told;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use entity::{
    appointment as visit_row, appointment_event, audit_entry,
    enums::{AuditAction, AuditSubject, MailKind},
    hospital as hospital_row, mail, time_off as absence_row,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use telemedicine::features::wall_times::{self, ReanchorOptions};

use crate::support::*;

/// A hospital in Kathmandu with its desk, a doctor who works every day and a patient.
struct Ward {
    app: TestApp,
    hospital: Hospital,
    doctor: Doctor,
    patient: Patient,
    desk: Client,
    surgery: Client,
    home: Client,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

impl Ward {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).create(&app).await;
        let patient = patient(&hospital).create(&app).await;
        let admin = hospital_admin(&hospital).create(&app).await;
        works_daily(&app, &doctor, (9, 17)).await;
        let (desk, surgery, home) =
            (app.sign_in(&admin).await, app.sign_in(&doctor).await, app.sign_in(&patient).await);
        Self { app, hospital, doctor, patient, desk, surgery, home }
    }

    /// The desk books a visit at a time on the hospital's clock: its id.
    async fn book(&self, time: &str) -> i64 {
        let (doctor, patient) = (self.doctor.id.to_string(), self.patient.id.to_string());
        let fields = [("doctor_id", doctor.as_str()), ("patient_id", patient.as_str()), ("starts_at", time)];
        let booked = self.desk.post_form("/appointments", &fields).await.expect(303);
        booked.location().rsplit('/').next().unwrap().parse().unwrap()
    }

    async fn visit(&self, id: i64) -> visit_row::Model {
        visit_row::Entity::find_by_id(id).one(&self.app.db).await.unwrap().unwrap()
    }

    async fn absence(&self) -> absence_row::Model {
        absence_row::Entity::find().one(&self.app.db).await.unwrap().unwrap()
    }

    async fn zone(&self) -> String {
        hospital_row::Entity::find_by_id(self.hospital.id).one(&self.app.db).await.unwrap().unwrap().time_zone
    }

    /// The form of the hospital with another zone, and perhaps with what is to stay.
    async fn change_zone(&self, zone: &str, keep: Option<&str>) -> Page {
        let form = self.desk.get(&format!("/hospitals/{}/edit", self.hospital.id)).await.ok();
        assert!(!form.has("[name=keep]"), "nobody is asked before there is a question");
        let own = format!("form[action=\"/hospitals/{}\"]", self.hospital.id);
        let answer = self.desk.submit(&form, &own, &[("time_zone", zone)]).await;
        let Some(keep) = keep else { return answer };
        self.desk.submit(&answer.expect(422), &own, &[("keep", keep)]).await
    }

    async fn history(&self, id: i64) -> Vec<appointment_event::Model> {
        let steps = appointment_event::Entity::find().filter(appointment_event::Column::AppointmentId.eq(id));
        steps.order_by_asc(appointment_event::Column::Id).all(&self.app.db).await.unwrap()
    }

    /// The line of the trail about the change of the hospital.
    async fn told(&self) -> String {
        let lines = audit_entry::Entity::find()
            .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Hospital))
            .filter(audit_entry::Column::Action.eq(AuditAction::Updated));
        lines.one(&self.app.db).await.unwrap().unwrap().detail.to_string()
    }
}

#[tokio::test]
async fn what_is_booked_keeps_its_time_on_the_wall_beside_the_instant() {
    let ward = Ward::open().await;
    let id = ward.book("2026-12-01T13:00").await;
    let stored = ward.visit(id).await;
    assert_eq!(stored.starts_at, at("2026-12-01T07:15:00Z"));
    assert_eq!(stored.local_starts_at, Some(local("2026-12-01T13:00:00")));
    assert_eq!(stored.time_zone.as_deref(), Some("Asia/Kathmandu"));
    // A proposal has a time of its own, which becomes the visit's.
    let asked = appointment().of(&ward.doctor).with(&ward.patient).at(at("2026-12-02T03:15:00Z"));
    let asked = asked.status(AppointmentStatus::Requested).requested_by(&ward.patient).create(&ward.app).await;
    let proposed = [("version", "0"), ("starts_at", "2026-12-03T15:30")];
    ward.surgery.post_form(&format!("{}/proposal", asked.path()), &proposed).await.expect(303);
    assert_eq!(ward.visit(asked.id).await.proposed_local_starts_at, Some(local("2026-12-03T15:30:00")));
    ward.home.post_form(&format!("{}/proposal/acceptance", asked.path()), &[("version", "1")]).await.expect(303);
    let accepted = ward.visit(asked.id).await;
    assert_eq!(
        (accepted.local_starts_at, accepted.proposed_local_starts_at),
        (Some(local("2026-12-03T15:30:00")), None)
    );
    let away = [("starts_at", "2026-12-24T00:00"), ("ends_at", "2026-12-26T00:00"), ("reason", "")];
    ward.surgery.post_form(&format!("/doctors/{}/time-off", ward.doctor.id), &away).await.expect(303);
    let absence = ward.absence().await;
    assert_eq!(
        (absence.local_starts_at, absence.local_ends_at),
        (Some(local("2026-12-24T00:00:00")), Some(local("2026-12-26T00:00:00")))
    );
}

#[tokio::test]
async fn a_corrected_zone_asks_and_keeps_what_the_clock_shows() {
    let ward = Ward::open().await;
    // Side by side, so that each would be in the way of the next.
    let visits = [ward.book("2026-12-01T13:00").await, ward.book("2026-12-01T13:30").await];
    // One of a release that stored no time on the wall, and one that is over.
    let older =
        appointment().of(&ward.doctor).with(&ward.patient).at(at("2026-12-01T08:15:00Z")).create(&ward.app).await;
    let over = appointment().of(&ward.doctor).with(&ward.patient).at(ward.app.in_hours(-48)).create(&ward.app).await;
    time_off(&ward.app, &ward.doctor, (at("2026-12-23T18:15:00Z"), at("2026-12-25T18:15:00Z")), "").await;
    let page = format!("/appointments/{}", visits[0]);
    assert!(ward.home.get(&page).await.ok().says("13:00–13:30 (Asia/Kathmandu)"));

    let asked = ward.change_zone("Asia/Kolkata", None).await.expect(422);
    assert!(asked.says("3 visits and 1 absence are to come"), "{}", asked.words());
    assert_eq!(asked.attributes("input[name=keep][checked]", "value"), ["clock"]);
    assert_eq!(ward.zone().await, "Asia/Kathmandu", "nothing was stored");
    let own = format!("form[action=\"/hospitals/{}\"]", ward.hospital.id);
    ward.desk.submit(&asked, &own, &[("keep", "neither")]).await.expect(422);
    ward.desk.submit(&asked, &own, &[]).await.expect(303);

    assert_eq!(ward.zone().await, "Asia/Kolkata");
    for (id, starts_at, time) in [
        (visits[0], "2026-12-01T07:30:00Z", "2026-12-01T13:00:00"),
        (visits[1], "2026-12-01T08:00:00Z", "2026-12-01T13:30:00"),
        (older.id, "2026-12-01T08:30:00Z", "2026-12-01T14:00:00"),
    ] {
        let moved = ward.visit(id).await;
        assert_eq!((moved.starts_at, moved.ends_at - moved.starts_at), (at(starts_at), TimeDelta::minutes(30)));
        assert_eq!((moved.local_starts_at, moved.time_zone.as_deref()), (Some(local(time)), Some("Asia/Kolkata")));
        assert_eq!(moved.version, 1);
        assert_eq!(ward.history(id).await.pop().unwrap().kind, EventKind::Rescheduled);
    }
    assert_eq!(ward.visit(over.id).await.starts_at, over.starts_at);
    assert!(ward.home.get(&page).await.ok().says("13:00–13:30 (Asia/Kolkata)"));
    let absence = ward.absence().await;
    assert_eq!((absence.starts_at, absence.ends_at), (at("2026-12-23T18:30:00Z"), at("2026-12-25T18:30:00Z")));
    let told = ward.told().await;
    for part in ["Asia/Kathmandu", "Asia/Kolkata", "clock_times", "\"visits_moved\":3", "\"absences_moved\":1"] {
        assert!(told.replace(": ", ":").contains(part), "{told}");
    }

    // The mails follow: the notices are as true as before, and the reminder is due a day before the visit.
    let reminder = mail::Entity::find()
        .filter(mail::Column::AppointmentId.eq(visits[0]))
        .filter(mail::Column::Kind.eq(MailKind::Reminder));
    let reminder = reminder.one(&ward.app.db).await.unwrap().unwrap();
    assert_eq!(reminder.visit_starts_at, Some(at("2026-12-01T07:30:00Z")));
    assert_eq!(reminder.due_at, at("2026-11-30T07:30:00Z"));
    let sent = ward.app.emails_to(&ward.patient.email).await;
    assert_eq!(
        sent.iter().filter(|email| email.text.contains("Tuesday 1 December 2026, 13:00")).count(),
        1,
        "{sent:?}"
    );
    ward.app.clock.set(at("2026-11-30T07:30:00Z"));
    let sent = ward.app.emails_to(&ward.patient.email).await;
    let reminded = sent.iter().filter(|email| email.text.contains("remind you") && email.text.contains(", 13:00"));
    assert_eq!(reminded.count(), 1, "{sent:?}");
}

#[tokio::test]
async fn the_instants_stay_if_that_is_asked_for_and_nobody_is_asked_where_nothing_is_to_come() {
    let ward = Ward::open().await;
    ward.change_zone("Asia/Dhaka", None).await.expect(303);
    ward.change_zone("Asia/Kathmandu", None).await.expect(303);
    let id = ward.book("2026-12-01T13:00").await;
    ward.change_zone("Asia/Kolkata", Some("instant")).await.expect(303);
    let stays = ward.visit(id).await;
    assert_eq!((stays.starts_at, stays.version), (at("2026-12-01T07:15:00Z"), 0));
    assert_eq!(stays.local_starts_at, Some(local("2026-12-01T12:45:00")));
    assert_eq!(stays.time_zone.as_deref(), Some("Asia/Kolkata"));
    assert!(ward.home.get(&format!("/appointments/{id}")).await.ok().says("12:45–13:15 (Asia/Kolkata)"));
    // What it was promised for is the new time: nothing is left to move.
    let drift = wall_times::drift(&ward.app.state.db, ward.app.now(), &ReanchorOptions::default()).await.unwrap();
    assert!(drift.iter().all(|(_, _, drift)| drift.visits == 0 && drift.completed == 0), "{drift:?}");
}

#[tokio::test]
async fn after_a_change_of_rules_what_is_to_come_is_moved_back_once() {
    let ward = Ward::open().await;
    let platform = super_admin().create(&ward.app).await;
    let moved = ward.book("2026-12-01T09:00").await;
    let stays = ward.book("2026-12-01T12:00").await;
    let blocked = ward.book("2026-12-01T14:00").await;
    let older =
        appointment().of(&ward.doctor).with(&ward.patient).at(at("2026-12-03T03:15:00Z")).create(&ward.app).await;
    // As if the rules of then had been an hour off; one belongs where another is.
    for (id, promised) in [(moved, "2026-12-01T10:00:00"), (blocked, "2026-12-01T12:15:00")] {
        let row =
            visit_row::ActiveModel { id: Set(id), local_starts_at: Set(Some(local(promised))), ..Default::default() };
        row.update(&ward.app.db).await.unwrap();
    }
    let (db, now, all) = (&ward.app.state.db, ward.app.now(), ReanchorOptions::default());
    let page = format!("/appointments/{moved}");
    assert!(ward.home.get(&page).await.ok().says("09:00–09:30"));
    let would = wall_times::drift(db, now, &all).await.unwrap();
    let done = {
        assert!(
            wall_times::reanchor(db, (&ward.patient.email, now), &all).await.is_err(),
            "only who runs the platform"
        );
        wall_times::reanchor(db, (&platform.email, now), &all).await.unwrap()
    };
    assert_eq!(would, done);
    let (_, _, done) = &done[0];
    assert_eq!((done.visits, done.completed, done.in_the_way.clone()), (1, 1, vec![blocked]));
    assert_eq!(ward.visit(moved).await.starts_at, at("2026-12-01T04:15:00Z"));
    assert_eq!(ward.visit(stays).await.version, 0);
    assert!(ward.desk.get("/dashboard").await.ok().shows_appointment(blocked), "the desk is shown it");
    assert_eq!(ward.visit(blocked).await.starts_at, at("2026-12-01T08:15:00Z"));
    assert_eq!(ward.visit(older.id).await.local_starts_at, Some(local("2026-12-03T09:00:00")));
    assert!(ward.home.get(&page).await.ok().says("10:00–10:30"), "no page shows the old time");
    let lines = audit_entry::Entity::find()
        .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Appointment))
        .filter(audit_entry::Column::Action.eq(AuditAction::Rescheduled));
    let lines = lines.all(&ward.app.db).await.unwrap();
    assert_eq!(
        lines.iter().map(|line| (line.subject_id, line.actor_id)).collect::<Vec<_>>(),
        [(moved, platform.user_id)]
    );

    let again = wall_times::reanchor(db, (&platform.email, now), &all).await.unwrap();
    assert_eq!((again[0].2.visits, again[0].2.completed), (0, 0));
    assert_eq!(ward.history(moved).await.iter().filter(|step| step.kind == EventKind::Rescheduled).count(), 1);
}
