//! How a visit is held: chosen when it is booked, told wherever the visit is, and changed on its day with a reason.

use entity::{
    appointment, audit_entry,
    enums::{AuditAction, AuditSubject},
    hospital,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::support::*;

/// A doctor who can be booked at any hour, and everybody who has to do with their visits.
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
    async fn open(usually: Modality) -> Self {
        let pair = Pair::of(TestApp::start().await, hospital().usually_held(usually)).await;
        works_daily(&pair.app, &pair.doctor, (9, 17)).await;
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        Self { pair, desk }
    }

    /// The desk books for the patient at that time of the next Monday.
    async fn book(&self, time: &str, more: &[(&str, &str)]) -> Page {
        let (doctor, patient) = (self.doctor.id.to_string(), self.patient.id.to_string());
        let at = format!("2026-11-30T{time}");
        let fields = [("doctor_id", doctor.as_str()), ("patient_id", &patient), ("starts_at", &at)];
        self.desk.post_form("/appointments", &[&fields, more].concat()).await
    }

    async fn stored(&self) -> Vec<appointment::Model> {
        appointment::Entity::find().all(&self.app.db).await.unwrap()
    }

    /// The visit that goes on now.
    async fn in_progress(&self, modality: Modality) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_minutes(-5)).held(modality);
        visit.status(AppointmentStatus::InProgress).create(&self.app).await
    }

    async fn change(&self, visit: &Appointment, fields: &[(&str, &str)]) -> Page {
        self.surgery.post_form(&format!("{}/modality", visit.path()), fields).await
    }
}

const WORDS: [(Modality, &str, &str); 3] = [
    (Modality::Video, "video", "Video"),
    (Modality::Phone, "phone", "Telephone"),
    (Modality::InPerson, "in_person", "At the hospital"),
];

#[tokio::test]
async fn it_is_chosen_when_a_visit_is_booked_and_told_wherever_the_visit_is() {
    let practice = Practice::open(Modality::Video).await;
    for ((modality, code, word), time) in WORDS.into_iter().zip(["09:00", "10:00", "11:00"]) {
        let booked = practice.book(time, &[("modality", code)]).await.expect(303);
        let visit = practice.stored().await.pop().unwrap();
        assert_eq!(visit.modality, modality);
        let row = format!("[data-appointment=\"{}\"]", visit.id);
        for client in [&practice.surgery, &practice.home, &practice.desk] {
            let page = client.get(booked.header("location")).await.ok();
            assert!(page.text(&row).contains(word), "{} does not see {word} on its page", client.who);
            let list = client.get("/appointments").await.ok();
            assert!(list.text(&row).contains(word), "{} does not see {word} on the list", client.who);
        }
    }
    practice.app.clock.set("2026-11-30T02:00:00Z".parse().unwrap());
    for who in [&practice.doctor.person, &practice.patient.person] {
        let board = practice.app.sign_in(who).await.get("/dashboard").await.ok();
        for (visit, (_, _, word)) in practice.stored().await.iter().zip(WORDS) {
            let row = board.text(&format!("[data-appointment=\"{}\"]", visit.id));
            assert!(row.contains(word), "{word} is not on the dashboard: {row}");
        }
    }
}

#[tokio::test]
async fn whoever_does_not_say_books_as_the_hospital_usually_does() {
    let practice = Practice::open(Modality::Phone).await;
    let form = practice.home.get(&format!("/appointments/new?doctor_id={}", practice.doctor.id)).await.ok();
    assert_eq!(form.attributes("input[name=modality][checked]", "value"), ["phone"]);
    practice.book("09:00", &[]).await.expect(303);
    let path = format!("/hospitals/{}/edit", practice.hospital.id);
    let edit = practice.desk.get(&path).await.ok();
    let action = format!("form[action=\"/hospitals/{}\"]", practice.hospital.id);
    practice.desk.submit(&edit, &action, &[("default_modality", "in_person")]).await.expect(303);
    practice.book("10:00", &[]).await.expect(303);
    let held: Vec<Modality> = practice.stored().await.iter().map(|visit| visit.modality).collect();
    assert_eq!(held, [Modality::Phone, Modality::InPerson]);

    // A form that does not know the setting leaves it.
    let row = hospital::Entity::find_by_id(practice.hospital.id).one(&practice.app.db).await.unwrap().unwrap();
    assert_eq!(row.default_modality, Modality::InPerson);
    practice.book("11:00", &[("modality", "pigeon")]).await.expect(422);
    assert_eq!(practice.stored().await.len(), 2);
}

#[tokio::test]
async fn mail_tells_how_a_visit_is_held_until_nobody_is_to_come_any_more() {
    let practice = Practice::open(Modality::Video).await;
    let how = [
        ("video", "It is a visit by video: be on its page at that time"),
        ("phone", "It is a visit by telephone: the doctor calls you"),
        ("in_person", "It takes place at the hospital."),
    ];
    for ((code, sentence), time) in how.into_iter().zip(["09:00", "10:00", "11:00"]) {
        practice.book(time, &[("modality", code)]).await.expect(303);
        let told = practice.app.emails_to(&practice.patient.email).await.pop().unwrap();
        assert!(told.text.contains(sentence), "{}", told.text);
    }
    let last = practice.stored().await.pop().unwrap();
    let fields = [("version", "0"), ("reason", "The ward is shut.")];
    practice.surgery.post_form(&format!("/appointments/{}/cancellation", last.id), &fields).await.expect(303);
    let told = practice.app.emails_to(&practice.patient.email).await.pop().unwrap();
    assert!(told.text.contains("was cancelled") && !told.text.contains("at the hospital."), "{}", told.text);
}

#[tokio::test]
async fn the_doctor_goes_on_by_telephone_and_the_reason_stands_in_the_history() {
    let practice = Practice::open(Modality::Video).await;
    let visit = practice.in_progress(Modality::Video).await;
    let page = practice.surgery.get(&visit.path()).await.ok();
    let form = format!("form[action=\"{}/modality\"]", visit.path());
    let fields = [("modality", "phone"), ("reason", "The picture stands still.")];
    let changed = practice.surgery.submit(&page, &form, &fields).await.expect(303);
    assert!(changed.statements() <= 8, "{} statements", changed.statements());
    for client in [&practice.surgery, &practice.home, &practice.desk] {
        let page = client.get(&visit.path()).await.ok();
        assert!(page.text("#standing .definitions").contains("Telephone"), "{}", client.who);
        assert!(page.text("#history").contains("changed how the visit is held"), "{}", client.who);
        assert!(page.text("#history").contains("The picture stands still."), "{}", client.who);
    }
    // The patient is told, on the page and by mail, how, and not why.
    let told = practice.app.emails_to(&practice.patient.email).await;
    let told = told.iter().find(|email| email.subject == "A visit is held in another way").unwrap();
    assert!(told.text.contains("the doctor calls you") && !told.text.contains("stands still"), "{}", told.text);
    let news = practice.home.get("/notifications").await.ok();
    assert!(news.says("is held in another way than was agreed."), "{}", news.words());
    assert_eq!(practice.surgery.get("/dashboard").await.ok().figure("unread"), 0);
    let stored = practice.stored().await.pop().unwrap();
    assert_eq!((stored.status, stored.modality, stored.version), (AppointmentStatus::InProgress, Modality::Phone, 1));
    // The same form once more is no second change.
    practice.surgery.submit(&page, &form, &fields).await.expect(303);
    assert_eq!(practice.stored().await.pop().unwrap().version, 1);
    // The trail says by whom and from what to what. Why was typed, so that it stands in the history alone: the trail holds no such text.
    let changes = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Updated));
    let changes = changes.filter(audit_entry::Column::SubjectId.eq(visit.id)).all(&practice.app.db).await.unwrap();
    let changes: Vec<_> = changes.into_iter().map(|line| (line.actor_id, line.subject_kind, line.detail)).collect();
    let change = json!({"changed": ["modality"], "from": "video", "to": "phone"});
    assert_eq!(changes, [(practice.doctor.user_id, AuditSubject::Appointment, change)]);
}

#[tokio::test]
async fn nothing_is_changed_without_a_reason_by_a_form_that_is_old_or_on_another_day() {
    let practice = Practice::open(Modality::Video).await;
    let visit = practice.in_progress(Modality::Video).await;
    let refused = practice.change(&visit, &[("version", "0"), ("modality", "phone")]).await.expect(422);
    assert!(refused.text(".error-summary").contains("Say why"), "{}", refused.words());
    let why = ("reason", "No picture.");
    practice.change(&visit, &[("version", "7"), ("modality", "phone"), why]).await.expect(409);
    practice.change(&visit, &[("version", "0"), ("modality", "video"), why]).await.expect(409);
    practice.change(&visit, &[("version", "0"), ("modality", "in_person"), why]).await.expect(409);
    let tomorrow = appointment().of(&practice.doctor).with(&practice.patient).create(&practice.app).await;
    practice.change(&tomorrow, &[("version", "0"), ("modality", "phone"), why]).await.expect(409);
    let path = format!("{}/modality", visit.path());
    for client in [&practice.home, &practice.desk] {
        client.post_form(&path, &[("version", "0"), ("modality", "phone"), why]).await.expect(403);
        let page = client.get(&visit.path()).await.ok();
        assert_eq!(page.texts(&format!("form[action=\"{path}\"]")), Vec::<String>::new(), "{}", client.who);
    }
    assert!(practice.stored().await.iter().all(|visit| visit.modality == Modality::Video && visit.version == 0));
}
