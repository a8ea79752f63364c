//! The room of a visit: who enters it, who is seen in it, what is asked at its beginning, and how late its doctor runs.

mod devices;
mod edges;
mod line;

use chrono::TimeDelta;
use entity::{
    audit_entry,
    enums::{AuditAction, IdentityCheck},
    patient as patient_row, visit,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::support::*;

/// A doctor and a patient in a visit, their desk, and others who have nothing to do with it.
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
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        Self { pair, desk }
    }

    /// A visit that begins in so many minutes, in that state.
    async fn visit(&self, minutes: i64, status: AppointmentStatus) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_minutes(minutes)).status(status);
        visit.create(&self.app).await
    }

    async fn opening(&self, visit: &Appointment) -> Option<visit::Model> {
        let of_visit = visit::Column::AppointmentId.eq(visit.id);
        visit::Entity::find().filter(of_visit).one(&self.app.db).await.unwrap()
    }

    async fn sign(&self, client: &Client, visit: &Appointment, state: &str) -> Page {
        client.post_form(&format!("{}/presence", visit.path()), &[("state", state)]).await
    }

    /// Whether the doctor, then the patient, are there, as `client` sees it on its page of now.
    async fn seen(&self, client: &Client, visit: &Appointment) -> Vec<String> {
        client.get(&format!("{}/now", visit.path())).await.ok().attributes("[data-presence]", "data-presence")
    }
}

fn room(visit: &Appointment) -> String {
    format!("{}/room", visit.path())
}

const CHECKED: [(&str, &str); 4] = [
    ("version", "0"),
    ("location_now", "Patan, Mangal Bazar 7"),
    ("call_back", "+977 1 5550199"),
    ("identity", "known"),
];

#[tokio::test]
async fn the_room_is_for_the_two_who_meet_and_for_nobody_else() {
    let practice = Practice::open().await;
    let visit = practice.visit(-5, AppointmentStatus::Waiting).await;
    let fields = [("location_now", "Patan, Mangal Bazar 7"), ("consent", "on")];
    practice.home.post_form(&format!("{}/answers", visit.path()), &fields).await.expect(303);
    for client in [&practice.surgery, &practice.home] {
        let page = client.get(&room(&visit)).await.ok();
        assert!(page.body.contains("Mangal Bazar"), "{}", client.who);
        assert_eq!(page.attributes(".back a", "href"), [visit.path()], "{}", client.who);
        assert!(page.statements() <= 4, "{} statements", page.statements());
    }
    // Who runs the hospital sees where the visit stands, and nothing of what was said.
    assert!(!practice.desk.get(&room(&visit)).await.expect(404).body.contains("Mangal Bazar"));
    practice.sign(&practice.desk, &visit, "here").await.expect(404);
    for path in [visit.path(), format!("{}/now", visit.path())] {
        assert!(!practice.desk.get(&path).await.ok().body.contains("Mangal Bazar"), "{path}");
    }
    let elsewhere = super::support::hospital().create(&practice.app).await;
    let of_here = (
        doctor(&practice.hospital).create(&practice.app).await,
        patient(&practice.hospital).create(&practice.app).await,
    );
    let of_there = (doctor(&elsewhere).create(&practice.app).await, patient(&elsewhere).create(&practice.app).await);
    let desk_there = hospital_admin(&elsewhere).create(&practice.app).await;
    let others: [&Person; 5] = [&of_here.0, &of_here.1, &of_there.0, &of_there.1, &desk_there];
    let others = futures_util::future::join_all(others.map(|person| practice.app.sign_in(person))).await;
    for other in &others {
        for path in ["room", "now"] {
            let page = other.get(&format!("{}/{path}", visit.path())).await.expect(404);
            assert!(!page.body.contains("Mangal Bazar") && !page.body.contains("Maya"), "{path} by {}", other.who);
        }
        practice.sign(other, &visit, "here").await.expect(404);
    }
    others[0].post_form(&format!("{}/opening", visit.path()), &CHECKED).await.expect(404);
    others[1].post_form(&format!("{}/answers", visit.path()), &fields).await.expect(404);
    assert_eq!(practice.opening(&visit).await.unwrap().checked_at, None);
    practice.app.sign_in(&super_admin().create(&practice.app).await).await.get(&room(&visit)).await.expect(403);
    let opened = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Opened));
    let opened = opened.order_by_asc(audit_entry::Column::Id).all(&practice.app.db).await.unwrap();
    let opened: Vec<_> = opened.iter().map(|line| (line.actor_id, line.detail.to_string())).collect();
    // The page of the visit, which the desk has opened, has its own line.
    let by = |person: &Person, detail: &str| (person.user_id, detail.to_owned());
    let rooms = [&practice.doctor.person, &practice.patient.person].map(|person| by(person, "{\"part\":\"room\"}"));
    assert_eq!(opened.get(..2), Some(&rooms[..]), "{opened:?}");
    assert!(opened[2..].iter().all(|(_, detail)| detail == "{}"), "{opened:?}");
}

#[tokio::test]
async fn somebody_is_there_while_their_page_says_so_and_gone_soon_after_they_leave() {
    let practice = Practice::open().await;
    let visit = practice.visit(5, AppointmentStatus::Confirmed).await;
    assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", "never"]);
    assert_eq!(practice.sign(&practice.home, &visit, "here").await.status, 204);
    for client in [&practice.surgery, &practice.home, &practice.desk] {
        assert_eq!(practice.seen(client, &visit).await, ["never", "here"], "{}", client.who);
    }
    // Two signs may be lost; then they are gone, though nobody said so.
    practice.app.clock.advance(TimeDelta::seconds(44));
    assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", "here"]);
    practice.sign(&practice.home, &visit, "here").await.expect(204);
    practice.app.clock.advance(TimeDelta::seconds(44));
    assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", "here"]);
    practice.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", "away"]);

    // A page that is loaded again is not seen to go.
    practice.sign(&practice.home, &visit, "here").await.expect(204);
    practice.sign(&practice.home, &visit, "leaving").await.expect(204);
    practice.app.clock.advance(TimeDelta::seconds(2));
    assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", "here"]);
    practice.sign(&practice.home, &visit, "here").await.expect(204);
    practice.app.clock.advance(TimeDelta::seconds(20));
    assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", "here"]);
    // One that is closed is, within ten seconds.
    practice.sign(&practice.home, &visit, "leaving").await.expect(204);
    practice.app.clock.advance(TimeDelta::seconds(5));
    let page = practice.surgery.get(&room(&visit)).await.ok();
    assert_eq!(page.attributes("[data-presence]", "data-presence"), ["never", "away"]);
    assert_eq!(page.attributes("[data-presence]", "data-user")[1], practice.patient.user_id.to_string());
    assert_eq!(page.text("[data-figure=here-now]"), "0");
}

#[tokio::test]
async fn nobody_waits_in_the_room_of_a_visit_that_is_over_and_no_other_sign_is_understood() {
    let practice = Practice::open().await;
    for status in [AppointmentStatus::Completed, AppointmentStatus::Cancelled, AppointmentStatus::Requested] {
        let visit = practice.visit(-90, status).await;
        practice.sign(&practice.home, &visit, "here").await.expect(409);
        let page = practice.home.get(&room(&visit)).await.ok();
        assert_eq!(page.attributes("[data-presence-href]", "data-presence-href"), Vec::<String>::new());
    }
    let visit = practice.visit(5, AppointmentStatus::Scheduled).await;
    practice.sign(&practice.home, &visit, "dancing").await.expect(422);
    practice.sign(&practice.desk, &visit, "here").await.expect(404);
}

#[tokio::test]
async fn a_patient_says_where_they_are_with_the_arrival_and_until_the_doctor_has_looked() {
    let practice = Practice::open().await;
    let visit = practice.visit(5, AppointmentStatus::Confirmed).await;
    let page = practice.home.get(&room(&visit)).await.ok();
    let fields = [
        ("location_now", "Patan, Mangal Bazar 7"),
        ("call_back", "+977 1 5550199"),
        ("others_present", "My sister"),
        ("consent", "on"),
    ];
    let arrived = practice.home.submit(&page, "#arrival form", &fields).await.expect(303);
    assert_eq!(arrived.header("location"), room(&visit));
    assert!(arrived.statements() <= 8, "{} statements", arrived.statements());
    let said = practice.opening(&visit).await.unwrap();
    assert_eq!(said.location_now.as_deref(), Some("Patan, Mangal Bazar 7"));
    assert_eq!((said.consented_at, said.consent_version), (Some(practice.app.now()), Some(1)));

    let page = practice.home.get(&room(&visit)).await.ok();
    assert_eq!(page.attributes("input[name=location_now]", "value"), ["Patan, Mangal Bazar 7"]);
    practice.home.submit(&page, "#answers form", &[("location_now", "On the bus")]).await.expect(303);
    let moved = practice.opening(&visit).await.unwrap();
    assert_eq!((moved.location_now.as_deref(), moved.consent_version), (Some("On the bus"), Some(1)));

    let doctors = practice.surgery.get(&room(&visit)).await.ok();
    assert_eq!(doctors.attributes("input[name=location_now]", "value"), ["On the bus"]);
    practice.surgery.submit(&doctors, "#opening form", &[("identity", "name_and_dob")]).await.expect(303);
    let refused = practice.home.submit(&page, "#answers form", &[("location_now", "Nowhere")]).await.expect(409);
    assert!(refused.text(".error-summary").contains("has looked at your answers already"), "{}", refused.words());
    assert_eq!(practice.opening(&visit).await.unwrap().location_now.as_deref(), Some("On the bus"));
}

#[tokio::test]
async fn the_doctor_checks_the_opening_or_says_why_it_was_gone_without() {
    let practice = Practice::open().await;
    let visit = practice.visit(-5, AppointmentStatus::InProgress).await;
    let page = practice.surgery.get(&room(&visit)).await.ok();
    assert_eq!(page.texts("[data-to-do=opening]").len(), 1);
    let refused = practice.surgery.submit(&page, "#opening form", &[("call_back", "")]).await.expect(422);
    let summary = refused.text(".error-summary");
    for what in ["where the patient is now", "a number to call back", "how you know whom you see"] {
        assert!(summary.contains(what), "{what} is missing: {summary}");
    }
    let unknown = [&CHECKED[..3], &[("identity", "not_possible")]].concat();
    let path = format!("{}/opening", visit.path());
    practice.surgery.post_form(&path, &unknown).await.expect(422);
    assert_eq!(practice.opening(&visit).await, None);

    let skipped = [("version", "0"), ("skipped_reason", "The patient bleeds.")];
    practice.surgery.post_form(&path, &skipped).await.expect(303);
    practice.surgery.post_form(&path, &skipped).await.expect(303);
    let entries = entity::audit_entry::Entity::find().all(&practice.app.db).await.unwrap();
    let told = entries.iter().filter(|entry| entry.detail == serde_json::json!({"opening": "skipped"})).count();
    assert_eq!(told, 1, "that it was gone without is in the trail, once");
    let page = practice.surgery.get(&room(&visit)).await.ok();
    assert_eq!(page.attributes("[data-opening]", "data-opening"), ["skipped"]);
    assert_eq!(page.texts("[data-to-do=opening]").len(), 0);
    assert!(!practice.home.get(&room(&visit)).await.ok().body.contains("The patient bleeds."));

    practice.surgery.post_form(&path, &CHECKED).await.expect(409);
    let seen = [&[("version", "1")], &CHECKED[1..]].concat();
    practice.surgery.post_form(&path, &seen).await.expect(303);
    let checked = practice.opening(&visit).await.unwrap();
    assert_eq!((checked.identity, checked.skipped_reason), (Some(IdentityCheck::Known), None));
    assert_eq!((checked.checked_by, checked.version), (Some(practice.doctor.user_id), 2));
}

#[tokio::test]
async fn a_form_that_was_made_for_another_patient_is_refused() {
    let practice = Practice::open().await;
    let visit = practice.visit(-5, AppointmentStatus::InProgress).await;
    let other = patient(&practice.hospital).create(&practice.app).await.id.to_string();
    let fields = [&CHECKED[..], &[("patient_id", other.as_str())]].concat();
    practice.surgery.post_form(&format!("{}/opening", visit.path()), &fields).await.expect(409);
    assert_eq!(practice.opening(&visit).await, None);
}

#[tokio::test]
async fn before_the_patient_is_there_nothing_is_checked() {
    let practice = Practice::open().await;
    let visit = practice.visit(5, AppointmentStatus::Confirmed).await;
    practice.surgery.post_form(&format!("{}/opening", visit.path()), &CHECKED).await.expect(409);
    practice.home.post_form(&format!("{}/answers", visit.path()), &[("location_now", "Here")]).await.expect(409);
    practice.desk.post_form(&format!("{}/opening", visit.path()), &CHECKED).await.expect(403);
    assert_eq!(practice.opening(&visit).await, None);
}

#[tokio::test]
async fn by_telephone_the_doctor_has_the_number_and_the_patient_knows_who_calls() {
    let practice = Practice::open().await;
    let visit = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_minutes(-5));
    let visit = visit.held(Modality::Phone).status(AppointmentStatus::Waiting).create(&practice.app).await;
    let fields = [("call_back", "+977 1 5550199")];
    practice.home.post_form(&format!("{}/answers", visit.path()), &fields).await.expect(303);
    let doctors = practice.surgery.get(&room(&visit)).await.ok();
    assert!(doctors.attributes(".call a", "href").contains(&"tel:+97715550199".to_owned()));
    let patients = practice.home.get(&room(&visit)).await.ok();
    assert!(patients.text(".call").contains("Dr Asha Rai calls you."), "{}", patients.words());
    assert!(patients.text("[data-call-back]").contains("+977 1 5550199"), "{}", patients.words());
}

#[tokio::test]
async fn what_the_hospital_says_for_an_emergency_stands_in_its_doctors_rooms() {
    let practice = Practice::open().await;
    let visit = practice.visit(-5, AppointmentStatus::InProgress).await;
    let edit = practice.desk.get(&format!("/hospitals/{}/edit", practice.hospital.id)).await.ok();
    let action = format!("form[action=\"/hospitals/{}\"]", practice.hospital.id);
    let fields = [("emergency_text", "Call 102, then the ward.")];
    practice.desk.submit(&edit, &action, &fields).await.expect(303);
    assert!(practice.surgery.get(&room(&visit)).await.ok().text("#emergency").contains("Call 102, then the ward."));
    assert!(!practice.home.get(&room(&visit)).await.ok().body.contains("Call 102"));
}

#[tokio::test]
async fn whom_to_call_and_where_stands_in_the_doctors_room_for_an_emergency() {
    let practice = Practice::open().await;
    let visit = practice.visit(-5, AppointmentStatus::Waiting).await;
    let row = patient_row::Entity::find_by_id(practice.patient.id).one(&practice.app.db).await.unwrap().unwrap();
    let (contact, phone) = (row.emergency_contact_name.unwrap(), row.emergency_contact_phone.unwrap());
    let fields = [("location_now", "Patan, Mangal Bazar 7"), ("call_back", "+977 1 5550199"), ("consent", "on")];
    practice.home.post_form(&format!("{}/answers", visit.path()), &fields).await.expect(303);
    let page = practice.surgery.get(&room(&visit)).await.ok();
    let panel = page.text("#emergency");
    for said in [contact.as_str(), &phone, "Patan, Mangal Bazar 7", "+977 1 5550199"] {
        assert!(panel.contains(said), "{said} is not in {panel}");
    }
    let calls = page.attributes("#emergency a", "href");
    assert_eq!(calls, ["tel:+97715550199".to_owned(), format!("tel:{}", phone.replace(' ', ""))]);
    let own = practice.home.get(&room(&visit)).await.ok();
    assert!(!own.has("#emergency") && !own.body.contains(&contact), "{}", own.words());
}
