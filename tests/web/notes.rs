//! The note of a visit: written, signed, added to, read by the patient; and who gets no word of it.

use entity::enums::AddendumKind;

use crate::support::*;

/// A hospital with a doctor, a patient, and visits of them that have taken place.
struct Surgery {
    doctor: Doctor,
    patient: Patient,
}

impl Surgery {
    async fn open(app: &TestApp) -> Self {
        let hospital = hospital().create(app).await;
        Self { doctor: doctor(&hospital).create(app).await, patient: patient(&hospital).create(app).await }
    }

    /// A visit that was completed so many hours ago.
    async fn visit(&self, app: &TestApp, hours: i64) -> Appointment {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(app.in_hours(-hours));
        visit.status(AppointmentStatus::Completed).create(app).await
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
