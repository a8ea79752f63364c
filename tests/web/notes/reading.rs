//! What the patient reads, and takes away; and that nobody else reads a word.

use entity::enums::AddendumKind;

use super::{Surgery, of};
use crate::support::*;

fn paper(visit: &Appointment) -> String {
    format!("{}/summary", visit.path())
}

#[tokio::test]
async fn a_patient_reads_all_of_a_signed_note_and_nothing_of_a_draft() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (visit, other) = (surgery.visit(&app, 1).await, surgery.visit(&app, 2).await);
    let signed = note(&visit, &surgery.doctor).with_addendum(AddendumKind::Addition).create(&app).await;
    let draft = note(&other, &surgery.doctor).create(&app).await;
    let patient = app.sign_in(&surgery.patient).await;
    let page = patient.get(&paper(&visit)).await.ok();
    for text in signed.texts.iter().filter(|text| !text.starts_with("Earlier")) {
        assert!(page.body.contains(text.as_str()), "{text} is missing");
    }
    assert!(page.says(&surgery.patient.name()) && page.says(surgery.hospital.zone.name()), "{}", page.words());
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(patient.get(&visit.path()).await.ok().body.contains(&paper(&visit)));
    let seen = [patient.get(&other.path()).await.ok(), patient.get(&paper(&other)).await.expect(404)];
    for page in seen {
        assert!(draft.texts.iter().all(|text| !page.body.contains(text.as_str())));
        assert!(!page.body.contains(&paper(&other)) && !page.body.contains(&of(&other, "")));
    }
}

#[tokio::test]
async fn of_a_note_that_is_withheld_the_patient_reads_only_that_it_is() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit(&app, 1).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let fields = [("version", "0"), ("plan", "Tell the family"), ("withheld_reason", "To be told in person")];
    doctor.post_form(&of(&visit, "/signature"), &fields).await.expect(303);
    let patient = app.sign_in(&surgery.patient).await;
    for page in [patient.get(&paper(&visit)).await.ok(), patient.get(&visit.path()).await.ok()] {
        assert!(!page.body.contains("Tell the family") && !page.body.contains("To be told in person"));
    }
    assert!(patient.get(&paper(&visit)).await.ok().says("keeps it back"));
    let own = doctor.get(&of(&visit, "")).await.ok();
    assert!(own.body.contains("Tell the family") && own.body.contains("To be told in person"));
}

#[tokio::test]
async fn nobody_but_the_doctor_and_the_patient_finds_a_note() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { admin, stranger, patient, .. } = &clinic.here;
    let colleague = doctor(&clinic.here.hospital).create(&app).await;
    let texts: Vec<&String> = clinic.here.notes.iter().flat_map(|note| &note.texts).collect();
    let visits = [AppointmentStatus::InProgress, AppointmentStatus::Completed];
    for person in [admin, &stranger.person, &patient.person, &colleague.person, &clinic.there.doctor.person] {
        let client = app.sign_in(person).await;
        for visit in visits.map(|status| clinic.here.appointment(status)) {
            let write = [("version", "1"), ("plan", "Mine")];
            for page in [client.get(&of(visit, "")).await, client.post_form(&of(visit, ""), &write).await] {
                let page = page.expect(404);
                assert!(texts.iter().all(|text| !page.body.contains(text.as_str())));
            }
            let sees = person.user_id == patient.user_id && visit.status == AppointmentStatus::Completed;
            client.get(&paper(visit)).await.expect(if sees { 200 } else { 404 });
        }
    }
}

#[tokio::test]
async fn what_a_patient_takes_away_holds_what_they_may_read_and_no_more() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let doctor = &surgery.doctor;
    let read = note(&surgery.visit(&app, 1).await, doctor).with_addendum(AddendumKind::Addition).create(&app).await;
    let draft = note(&surgery.visit(&app, 2).await, doctor).create(&app).await;
    let withheld = note(&surgery.visit(&app, 3).await, doctor).withheld().create(&app).await;
    let withdrawn = note(&surgery.visit(&app, 4).await, doctor).with_addendum(AddendumKind::EnteredInError);
    let withdrawn = withdrawn.create(&app).await;
    let document = app.sign_in(&surgery.patient).await.get("/profile/export.json").await.ok();
    for text in read.texts.iter().filter(|text| !text.starts_with("Earlier")) {
        assert!(document.body.contains(text.as_str()), "{text} is missing");
    }
    for text in draft.texts.iter().chain(&withheld.texts).chain(&withdrawn.texts) {
        assert!(!document.body.contains(text.as_str()), "{text} is told");
    }
    let document: serde_json::Value = serde_json::from_str(&document.body).unwrap();
    let told: Vec<i64> = document["note"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(told, [read.id, withheld.id, withdrawn.id]);
    assert!(document["note"][1]["signed_at"].is_string(), "that there is one is told");
}
