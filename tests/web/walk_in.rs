//! Somebody is here without a visit: it begins now, and they wait.

use chrono::TimeDelta;
use entity::{appointment, appointment_event, enums::EventKind};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};

use crate::support::*;

use AppointmentStatus as Status;

/// A doctor with hours from 9 to 12, a patient, and the desk. It is a Tuesday, ten o'clock and seven minutes.
struct Practice {
    pair: Pair,
    desk: Client,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    async fn open() -> Self {
        let pair = Pair::of(TestApp::start().await, hospital()).await;
        works_daily(&pair.app, &pair.doctor, (9, 12)).await;
        pair.app.clock.advance(TimeDelta::minutes(7) + TimeDelta::seconds(30));
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        Self { pair, desk }
    }

    async fn add(&self, by: &Client, more: &[(&str, &str)]) -> Page {
        let (doctor, patient) = (self.doctor.id.to_string(), self.patient.id.to_string());
        let usual = [("walk_in", "on"), ("doctor_id", doctor.as_str()), ("patient_id", patient.as_str())];
        let usual = usual.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        by.post_form("/appointments", &usual.chain(more.iter().copied()).collect::<Vec<_>>()).await
    }

    /// The visits, the last one first.
    async fn visits(&self) -> Vec<appointment::Model> {
        let visits = appointment::Entity::find().order_by_desc(appointment::Column::Id);
        visits.all(&self.app.db).await.unwrap()
    }
}

#[tokio::test]
async fn whoever_comes_in_waits_from_that_minute_on_and_the_doctor_is_told() {
    let practice = Practice::open().await;
    let board = practice.desk.get("/dashboard").await.ok();
    assert!(board.links().contains(&"/appointments/new?walk_in=on".to_owned()), "no way there");
    let found = practice.desk.get("/appointments/new?walk_in=on&q=Maya").await.ok();
    let id = practice.patient.id.to_string();
    let form = practice.desk.get(&format!("/appointments/new?walk_in=on&patient_id={id}")).await.ok();
    assert!(found.text("#patient_id").contains("Maya Gurung") && form.says("Maya Gurung"), "{}", form.words());
    assert_eq!(form.attributes("input[name=modality][checked]", "value"), ["in_person"], "they are here");
    let doctor = practice.doctor.id.to_string();
    let fields = [("doctor_id", doctor.as_str()), ("symptoms", "A cut in the hand")];
    let added = practice.desk.submit(&form, "#walk-in form", &fields).await.expect(303);
    let page = practice.desk.follow(added).await.ok();
    assert!(page.says("The patient is added, and waits"), "{}", page.words());

    let visit = practice.visits().await.remove(0);
    assert_eq!((visit.status, visit.symptoms.as_deref()), (Status::Waiting, Some("A cut in the hand")));
    assert_eq!(visit.starts_at, practice.app.now() - TimeDelta::seconds(30), "the minute, not the next slot");
    assert_eq!((visit.ends_at - visit.starts_at).num_minutes(), 30);
    assert_eq!(visit.overbook_reason, None, "within the hours, and nobody is in the way");
    let steps = appointment_event::Entity::find().order_by_asc(appointment_event::Column::Id);
    let steps: Vec<_> = steps.all(&practice.app.db).await.unwrap().iter().map(|step| step.kind).collect();
    assert_eq!(steps, [EventKind::Booked, EventKind::Arrived]);
    assert!(practice.desk.get("/dashboard").await.ok().appointments("[data-column=waiting]").contains(&visit.id));
    let told = practice.surgery.get("/notifications").await.ok();
    assert!(told.says("Maya Gurung is waiting for the visit"), "{}", told.words());
    assert!(practice.home.get("/notifications").await.ok().says("Nothing has happened yet"), "they are at the desk");
    assert!(practice.home.get("/dashboard").await.ok().shows_appointment(visit.id));
    let start = format!("/appointments/{}/start", visit.id);
    practice.surgery.post_form(&start, &[("version", "0")]).await.expect(303);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_adds_one() {
    let practice = Practice::open().await;
    for _ in 0..2 {
        practice.add(&practice.desk, &[("token", "0123456789abcdef")]).await.expect(303);
        practice.app.clock.advance(TimeDelta::minutes(2));
    }
    assert_eq!(appointment::Entity::find().count(&practice.app.db).await.unwrap(), 1);
}

#[tokio::test]
async fn beside_another_visit_or_outside_of_the_hours_there_is_a_reason() {
    let practice = Practice::open().await;
    let other = patient(&practice.hospital).create(&practice.app).await;
    appointment().of(&practice.doctor).with(&other).at(practice.app.in_minutes(10)).create(&practice.app).await;
    let refused = practice.add(&practice.desk, &[("symptoms", "Bleeds")]).await.expect(409);
    assert!(refused.says("The doctor has another visit now.") && refused.says("Bleeds"), "{}", refused.words());
    practice.desk.submit(&refused, "#walk-in form", &[("overbook_reason", "It bleeds.")]).await.expect(303);
    assert_eq!(practice.visits().await[0].overbook_reason.as_deref(), Some("It bleeds."));

    let somebody = patient(&practice.hospital).create(&practice.app).await.id.to_string();
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    works_daily(&practice.app, &colleague, (13, 18)).await;
    let colleague = colleague.id.to_string();
    let early = [("patient_id", somebody.as_str()), ("doctor_id", colleague.as_str())];
    let refused = practice.add(&practice.desk, &early).await.expect(409);
    assert!(refused.says("The doctor does not work now."), "{}", refused.words());
    let early = [&early[..], &[("overbook_reason", "The last bus goes at noon.")]].concat();
    practice.add(&practice.desk, &early).await.expect(303);
    assert_eq!(practice.visits().await[0].status, Status::Waiting);
}

#[tokio::test]
async fn nobody_is_added_who_cannot_be_seen() {
    let practice = Practice::open().await;
    practice.meet_in(10, Status::Confirmed).await;
    let refused = practice.add(&practice.desk, &[("overbook_reason", "Now.")]).await.expect(422);
    assert!(refused.says("The patient already has another visit at that time."), "{}", refused.words());
    let somebody = patient(&practice.hospital).create(&practice.app).await.id.to_string();
    let away = [("starts_at", "2026-11-24T00:00"), ("ends_at", "2026-11-25T00:00"), ("reason", "")];
    let time_off = format!("/doctors/{}/time-off", practice.doctor.id);
    practice.surgery.post_form(&time_off, &away).await.expect(303);
    let fields = [("patient_id", somebody.as_str()), ("overbook_reason", "Now.")];
    let refused = practice.add(&practice.desk, &fields).await.expect(422);
    assert!(refused.says("The doctor is away then."), "{}", refused.words());
    let elsewhere = hospital().create(&practice.app).await;
    let stranger = patient(&elsewhere).create(&practice.app).await.id.to_string();
    let foreign = doctor(&elsewhere).create(&practice.app).await.id.to_string();
    practice.add(&practice.desk, &[("patient_id", stranger.as_str())]).await.expect(422);
    practice.add(&practice.desk, &[("doctor_id", foreign.as_str()), ("patient_id", &somebody)]).await.expect(422);
    assert_eq!(appointment::Entity::find().count(&practice.app.db).await.unwrap(), 1);
}

/// Also where the visit in which they wait was to be over long ago.
#[tokio::test]
async fn nobody_waits_twice() {
    let practice = Practice::open().await;
    practice.meet_in(-60, Status::Waiting).await;
    let refused = practice.add(&practice.desk, &[("overbook_reason", "Now.")]).await.expect(422);
    assert!(refused.says("The patient waits already, or is in a visit"), "{}", refused.words());
    assert!(refused.has("#patient_id"), "what the summary leads to");
    assert_eq!(appointment::Entity::find().count(&practice.app.db).await.unwrap(), 1);
}

#[tokio::test]
async fn who_is_here_is_no_visit_that_cannot_be_held() {
    let practice = Practice::open().await;
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    works_daily(&practice.app, &colleague, (13, 18)).await;
    let doctor = colleague.id.to_string();
    let early = [("doctor_id", doctor.as_str()), ("overbook_reason", "The last bus goes at noon.")];
    practice.add(&practice.desk, &early).await.expect(303);
    let page = practice.desk.get(&format!("/doctors/{}/availability", colleague.id)).await.ok();
    assert!(!page.has("#broken"), "{}", page.words());
}

#[tokio::test]
async fn whoever_is_free_now_sees_them() {
    let practice = Practice::open().await;
    let refused = {
        practice.meet_in(0, Status::InProgress).await;
        let somebody = patient(&practice.hospital).create(&practice.app).await.id.to_string();
        let any = [("doctor_id", "any"), ("patient_id", somebody.as_str())];
        let refused = practice.add(&practice.desk, &any).await.expect(422);
        (refused, somebody)
    };
    assert!(refused.0.says("No doctor is free now."), "{}", refused.0.words());
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    works_daily(&practice.app, &colleague, (9, 12)).await;
    practice.add(&practice.desk, &[("doctor_id", "any"), ("patient_id", &refused.1)]).await.expect(303);
    assert_eq!(practice.visits().await[0].doctor_id, colleague.id);
}

#[tokio::test]
async fn a_doctor_adds_their_own_patient_and_a_patient_nobody() {
    let practice = Practice::open().await;
    practice.meet_in(-48 * 60, Status::Completed).await;
    let patient = practice.patient.id.to_string();
    let fields = [("walk_in", "on"), ("patient_id", patient.as_str())];
    practice.surgery.post_form("/appointments", &fields).await.expect(303);
    assert_eq!(practice.visits().await[0].status, Status::Waiting);
    assert!(!practice.surgery.get("/notifications").await.ok().says("is waiting"), "they know");
    let doctor = practice.doctor.id.to_string();
    let fields = [("walk_in", "on"), ("doctor_id", doctor.as_str())];
    practice.home.post_form("/appointments", &fields).await.expect(422);
    assert!(practice.home.get("/appointments/new?walk_in=on").await.ok().says("Ask for a visit"));
    assert_eq!(appointment::Entity::find().count(&practice.app.db).await.unwrap(), 2);
}

#[tokio::test]
async fn one_that_was_added_by_mistake_is_taken_back_and_called_off() {
    let practice = Practice::open().await;
    practice.add(&practice.desk, &[]).await.expect(303);
    let visit = practice.visits().await.remove(0);
    let path = format!("/appointments/{}/correction", visit.id);
    practice.desk.post_form(&path, &[("version", "0")]).await.expect(303);
    assert_eq!(practice.visits().await[0].status, Status::Scheduled);
    let path = format!("/appointments/{}/cancellation", visit.id);
    practice.desk.post_form(&path, &[("version", "1"), ("reason", "They left.")]).await.expect(303);
    assert_eq!(practice.visits().await[0].status, Status::Cancelled);
}
