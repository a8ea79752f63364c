//! What a doctor still has open about somebody who was erased: nothing of it is stored any more, and it is said.

use entity::document;
use sea_orm::EntityTrait;

use super::erased;
use crate::support::*;

/// Tables in which something is written about patients, and by which they are told.
const WRITTEN: [&str; 7] =
    ["document", "message", "message_read", "note", "note_addendum", "note_revision", "notification"];

async fn written(app: &TestApp) -> Vec<(String, String)> {
    let all = everything(&app.db).await.into_iter();
    all.filter(|(table, _)| WRITTEN.contains(&table.as_str())).collect()
}

#[tokio::test]
async fn nothing_more_is_kept_about_whoever_was_erased_and_nobody_is_asked_for_it() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { patient, doctor, documents, .. } = &clinic.here;
    let [draft, held] = [AppointmentStatus::InProgress, AppointmentStatus::Completed]
        .map(|status| clinic.here.appointment(status).path());
    let surgery = app.sign_in(doctor).await;
    let to_sign = async || surgery.get("/dashboard").await.ok().figure("notes-to-sign");
    assert!(to_sign().await > 0);
    erased(&app, (&clinic.super_admin, patient), true).await.unwrap();
    assert_eq!(to_sign().await, 0);
    let before = written(&app).await;
    let text = "Nobody is to keep this";
    let acts: [(String, &[(&str, &str)]); 6] = [
        (format!("{held}/documents"), &[("kind", "letter"), ("body", text)]),
        (format!("{}/revocation", documents[0].path()), &[("version", "0"), ("reason", text)]),
        (format!("{draft}/note"), &[("version", "1"), ("plan", text)]),
        (format!("{draft}/note/signature"), &[("version", "1"), ("plan", text)]),
        (format!("{held}/note/addenda"), &[("kind", "addition"), ("text", text), ("reason", text)]),
        (format!("{held}/messages"), &[("body", text)]),
    ];
    for (path, fields) in acts {
        let refused = surgery.post_form(&path, fields).await.expect(409);
        assert!(refused.says("erased") || refused.says("account is shut"), "{path}: {}", refused.words());
    }
    assert_eq!(written(&app).await, before);
}

#[tokio::test]
async fn a_document_that_kept_what_the_patient_was_called_forgets_it() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { patient, doctor, .. } = &clinic.here;
    let held = clinic.here.appointment(AppointmentStatus::Completed).path();
    let surgery = app.sign_in(doctor).await;
    let letter = [("kind", "letter"), ("body", "Dear colleague")];
    let paper = surgery.post_form(&format!("{held}/documents"), &letter).await.expect(303).location();
    let stored = async || {
        let all = document::Entity::find().all(&app.db).await.unwrap();
        all.into_iter().find(|row| paper.ends_with(&format!("/{}", row.id))).unwrap()
    };
    assert_eq!(stored().await.patient_name, Some(patient.name()));
    erased(&app, (&clinic.super_admin, patient), true).await.unwrap();
    let after = stored().await;
    assert_eq!((after.patient_name, after.patient_born), (None, None));
    assert_eq!(after.doctor_name, Some(format!("Dr {}", doctor.name())), "whose act it was stays");
    let shown = surgery.get(&paper).await.ok();
    assert!(shown.says("Erased person") && !shown.body.contains(&patient.last_name), "{}", shown.words());
}
