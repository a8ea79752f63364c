//! Documents of a visit: issued once, numbered without a gap, read by two, revoked for a reason; and who gets no word of them.

mod heads;
mod telling;

use std::collections::BTreeSet;

use entity::{audit_entry, document as row, enums::AuditAction};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::support::*;

/// A hospital with a doctor, a patient, and a visit of theirs that took place.
struct Surgery {
    hospital: Hospital,
    doctor: Doctor,
    patient: Patient,
    visit: Appointment,
}

impl Surgery {
    async fn open(app: &TestApp) -> Self {
        let hospital = hospital().create(app).await;
        let (doctor, patient) = (doctor(&hospital).create(app).await, patient(&hospital).create(app).await);
        let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(-1));
        let visit = visit.status(AppointmentStatus::Completed).create(app).await;
        Self { hospital, doctor, patient, visit }
    }

    /// Where the documents of the visit are.
    fn documents(&self) -> String {
        format!("{}/documents", self.visit.path())
    }
}

async fn all(app: &TestApp) -> Vec<row::Model> {
    row::Entity::find().order_by_asc(row::Column::Id).all(&app.db).await.unwrap()
}

#[tokio::test]
async fn what_a_doctor_issues_the_patient_reads_and_prints() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (doctor, patient) = (app.sign_in(&surgery.doctor).await, app.sign_in(&surgery.patient).await);
    assert!(patient.get("/documents").await.ok().says("No documents yet"));
    let form = doctor.get(&surgery.documents()).await.ok();
    assert!(doctor.get(&surgery.visit.path()).await.ok().links().contains(&surgery.documents()));
    let fields = [("kind", "prescription"), ("body", "Two tablets\r\nin the evening")];
    let led = doctor.submit(&form, "form.stack", &fields).await.expect(303);
    let own = patient.get("/documents").await.ok();
    assert!(own.links().contains(&led.location()), "{}", own.words());
    let paper = patient.get(&led.location()).await.ok();
    for part in [
        "Prescription No. 1",
        "in the evening",
        surgery.hospital.name.as_str(),
        &surgery.patient.name(),
        &surgery.doctor.name(),
        surgery.hospital.zone.name(),
    ] {
        assert!(paper.says(part), "{part} is missing in {}", paper.words());
    }
    assert_eq!(paper.header("cache-control"), "no-store");
    assert!(!paper.body.contains("/revocation"), "it is not the patient's to revoke");
    // What was opened, and by whom, is in the trail; what it says is not.
    let lines = audit_entry::Entity::find().all(&app.db).await.unwrap();
    let of_document = lines.iter().filter(|line| line.detail["part"] == "document");
    assert_eq!(of_document.map(|line| line.actor_id).collect::<Vec<_>>(), [surgery.patient.user_id]);
    assert!(lines.iter().any(|line| line.detail["document"] == "issued" && line.detail["number"] == 1));
    assert!(lines.iter().all(|line| !line.detail.to_string().contains("tablets")));
    // And the patient sees when their doctor opens it.
    doctor.get(&led.location()).await.ok();
    assert!(patient.get("/record-access").await.ok().says("The document No. 1 of a visit"));
}

#[tokio::test]
async fn a_document_is_revoked_once_for_a_reason_that_the_patient_reads() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let sick = [("kind", "sick_note"), ("body", "Ill until Friday")];
    let path = doctor.post_form(&surgery.documents(), &sick).await.expect(303).location();
    let revocation = format!("{path}/revocation");
    let refused = doctor.post_form(&revocation, &[("version", "0")]).await.expect(422);
    assert!(refused.says("Say why it counts no more.") && refused.says("Ill until Friday"));
    let why = [("version", "0"), ("reason", "The wrong week")];
    doctor.post_form(&revocation, &why).await.expect(303);
    doctor.post_form(&revocation, &why).await.expect(409);
    let patient = app.sign_in(&surgery.patient).await;
    let paper = patient.get(&path).await.ok();
    assert!(paper.says("this document counts no more") && paper.says("The wrong week"), "{}", paper.words());
    let across = paper.text(".revoked-across");
    assert!(
        across.contains("Sick note No. 1") && across.contains(&surgery.patient.name()),
        "in print, on each page: {across}"
    );
    assert!(patient.get("/documents").await.ok().says("Revoked"));
    assert!(!doctor.get(&path).await.ok().body.contains("/revocation"), "there is nothing to revoke any more");
    let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Updated));
    let lines = lines.all(&app.db).await.unwrap();
    assert_eq!(lines.iter().filter(|line| line.detail["document"] == "revoked").count(), 1);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_issues_one_and_one_for_another_patient_none() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let letter = [("kind", "letter"), ("body", "Dear colleague"), ("token", "a word of the form")];
    let path = surgery.documents();
    let sent = join_all((0..3).map(|_| doctor.post_form(&path, &letter))).await;
    let led: BTreeSet<String> = sent.into_iter().map(|page| page.expect(303).location()).collect();
    assert_eq!((led.len(), all(&app).await.len()), (1, 1), "{led:?}");
    let other = (surgery.patient.id + 1).to_string();
    let wrong = [("kind", "letter"), ("body", "Of another"), ("patient_id", other.as_str())];
    let refused = doctor.post_form(&surgery.documents(), &wrong).await.expect(409);
    assert!(refused.says("another patient"));
    let early = appointment().of(&surgery.doctor).with(&surgery.patient).at(app.in_hours(5));
    let early = early.status(AppointmentStatus::Scheduled).create(&app).await;
    doctor.post_form(&format!("{}/documents", early.path()), &letter[..2]).await.expect(409);
    let empty = doctor.post_form(&surgery.documents(), &[("kind", "letter"), ("body", " ")]).await.expect(422);
    assert!(empty.says("Write what the document is to say."));
    assert_eq!(all(&app).await.len(), 1);
}

/// What is typed into the pages that a browser has open, when the session ends.
async fn sent_when_signed_out(doctor: &Client, forms: &[(&str, [(&str, &str); 2])]) {
    doctor.post_form("/sign-out", &[]).await.expect(303);
    for (path, fields) in forms {
        let of_a_page = [&[("person", "of a page")][..], fields].concat();
        let page = doctor.post_form(path, &of_a_page).await.expect(401);
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.body.contains(&format!("action=\"{path}\"")) && page.body.contains("href=\"/sign-in\""));
        for (name, value) in fields {
            assert!(page.body.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}: {}", page.body);
        }
        // Nothing was typed: the usual way in.
        let empty = doctor.post_form(path, &fields[..1]).await.expect(303);
        assert!(empty.header("location").starts_with("/sign-in?next="));
    }
}

#[tokio::test]
async fn nothing_that_was_typed_is_lost_when_it_is_not_issued_or_not_revoked() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (doctor, list) = (app.sign_in(&surgery.doctor).await, surgery.documents());
    let path = doctor.post_form(&list, &[("kind", "letter"), ("body", "Dear you")]).await.expect(303).location();
    let revocation = format!("{path}/revocation");
    doctor.post_form(&revocation, &[("version", "0"), ("reason", "The wrong one")]).await.expect(303);
    let late = doctor.post_form(&revocation, &[("version", "0"), ("reason", "Typed as late")]).await.expect(409);
    assert!(late.says("revoked already") && late.text("textarea[readonly]").contains("Typed as late"));
    let early = appointment().of(&surgery.doctor).with(&surgery.patient).at(app.in_hours(5));
    let early = format!("{}/documents", early.status(AppointmentStatus::Scheduled).create(&app).await.path());
    let refused = doctor.post_form(&early, &[("kind", "letter"), ("body", "Typed too early")]).await.expect(409);
    assert!(refused.text("textarea[readonly]").contains("Typed too early"), "{}", refused.words());
    let letter = [("kind", "letter"), ("body", "Typed before")];
    sent_when_signed_out(&doctor, &[(&list, letter), (&revocation, [("version", "0"), ("reason", "Typed before")])])
        .await;
    assert_eq!(all(&app).await.len(), 1);
}

#[tokio::test]
async fn what_was_issued_in_a_visit_that_is_cancelled_is_still_found_by_both() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (doctor, patient) = (app.sign_in(&surgery.doctor).await, app.sign_in(&surgery.patient).await);
    let visit = appointment().of(&surgery.doctor).with(&surgery.patient).at(app.in_hours(0));
    let visit = visit.status(AppointmentStatus::Waiting).create(&app).await;
    let (path, documents) = (visit.path(), format!("{}/documents", visit.path()));
    doctor.post_form(&format!("{path}/start"), &[("version", "0")]).await.expect(303);
    let letter = [("kind", "letter"), ("body", "Dear colleague"), ("token", "a word of the form")];
    let led = doctor.post_form(&documents, &letter).await.expect(303).location();
    let why = [("version", "1"), ("reason", "The line broke")];
    patient.post_form(&format!("{path}/cancellation"), &why).await.expect(303);
    let again = doctor.post_form(&documents, &letter).await.expect(303);
    assert_eq!((again.location(), all(&app).await.len()), (led.clone(), 1), "the form was sent again");
    assert!(doctor.get(&path).await.ok().links().contains(&documents));
    assert!(patient.get(&path).await.ok().links().contains(&"/documents".to_owned()));
    let list = doctor.get(&documents).await.ok();
    assert!(list.links().contains(&led) && !list.has("form.stack textarea"), "{}", list.words());
    // Of one that never began there are none.
    let other = appointment().of(&surgery.doctor).with(&surgery.patient).at(app.in_hours(9));
    let other = other.status(AppointmentStatus::Cancelled).create(&app).await.path();
    assert!(!doctor.get(&other).await.ok().links().contains(&format!("{other}/documents")));
}

#[tokio::test]
async fn a_form_that_has_issued_one_document_says_so_of_another_and_issues_it_when_it_is_sent_again() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (doctor, list) = (app.sign_in(&surgery.doctor).await, surgery.documents());
    let dose = |body| [("kind", "prescription"), ("body", body), ("token", "of the form")];
    doctor.post_form(&list, &dose("Two tablets")).await.expect(303);
    let refused = doctor.post_form(&list, &dose("One tablet")).await.expect(409);
    assert!(refused.says("issued a document already") && refused.text("form.stack textarea").contains("One tablet"));
    let other = appointment().of(&surgery.doctor).with(&surgery.patient).at(app.in_hours(-3));
    let other = format!("{}/documents", other.status(AppointmentStatus::Completed).create(&app).await.path());
    doctor.post_form(&other, &dose("Two tablets")).await.expect(409);
    doctor.post_form(&list, &[("kind", "letter"), ("body", "Two tablets"), ("token", "of the form")]).await.expect(409);
    assert_eq!(all(&app).await.len(), 1);
    // The form that is shown again is a new one.
    doctor.submit(&refused, "form.stack", &[]).await.expect(303);
    let said: Vec<String> = all(&app).await.into_iter().map(|row| row.body).collect();
    assert_eq!(said, ["Two tablets", "One tablet"]);
}

#[tokio::test]
async fn numbers_have_no_gap_and_are_given_once_however_many_issue_at_a_moment() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (one, other) = (app.sign_in(&surgery.doctor).await, app.sign_in(&surgery.doctor).await);
    let there = Surgery::open(&app).await;
    let elsewhere = app.sign_in(&there.doctor).await;
    let letter = [("kind", "letter"), ("body", "Dear colleague")];
    let (here, away) = (surgery.documents(), there.documents());
    let sent = (0..4).flat_map(|_| [(&one, &here), (&other, &here), (&elsewhere, &away)]);
    let sent = join_all(sent.map(|(client, path)| client.post_form(path, &letter))).await;
    sent.into_iter().for_each(|page| drop(page.expect(303)));
    for (hospital, count) in [(surgery.hospital.id, 8), (there.hospital.id, 4)] {
        let mut numbers: Vec<i32> =
            all(&app).await.iter().filter(|row| row.hospital_id == hospital).map(|row| row.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn nobody_but_the_doctor_and_the_patient_finds_a_document() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { admin, stranger, patient, documents, hospital, .. } = &clinic.here;
    let colleague = doctor(hospital).create(&app).await;
    let texts: Vec<&String> = documents.iter().flat_map(|document| &document.texts).collect();
    let visit = clinic.here.appointment(AppointmentStatus::Completed);
    let others = [admin, &stranger.person, &colleague.person, &clinic.there.doctor.person, &clinic.there.admin];
    for person in others {
        let client = app.sign_in(person).await;
        let list = format!("{}/documents", visit.path());
        let issued = client.post_form(&list, &[("kind", "letter"), ("body", "Mine")]).await;
        let revocation = format!("{}/revocation", documents[0].path());
        let revoked = client.post_form(&revocation, &[("version", "0"), ("reason", "x")]).await;
        for page in [client.get(&documents[0].path()).await, client.get(&list).await, issued, revoked] {
            let page = page.expect(404);
            assert!(texts.iter().all(|text| !page.body.contains(text.as_str())));
        }
    }
    let own = app.sign_in(patient).await;
    own.post_form(&format!("{}/documents", visit.path()), &[("kind", "letter"), ("body", "Mine")]).await.expect(404);
    let revocation = format!("{}/revocation", documents[0].path());
    own.post_form(&revocation, &[("version", "0"), ("reason", "I am well")]).await.expect(404);
    assert!(own.get(&documents[0].path()).await.ok().body.contains(documents[0].texts[0].as_str()));
}
