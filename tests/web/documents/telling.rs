//! What patients are told of documents: that there is one to read, and that one counts no more. What it says, is on its page alone.

use super::Surgery;
use crate::support::*;

#[tokio::test]
async fn a_patient_is_told_once_of_a_document_that_is_issued_and_once_that_it_is_revoked() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (doctor, patient) = (app.sign_in(&surgery.doctor).await, app.sign_in(&surgery.patient).await);
    let unread = async || patient.get("/dashboard").await.ok().figure("unread");
    assert_eq!(unread().await, 0);
    let fields = [("kind", "prescription"), ("body", "Drops of atropine"), ("token", "a word of the form")];
    let mut paper = String::new();
    for _ in 0..2 {
        paper = doctor.post_form(&surgery.documents(), &fields).await.expect(303).location();
    }
    assert_eq!(unread().await, 1, "once, however often it is sent");
    let refused = [("version", "0"), ("reason", " ")];
    doctor.post_form(&format!("{paper}/revocation"), &refused).await.expect(422);
    assert_eq!(unread().await, 1);
    let why = [("version", "0"), ("reason", "Not with atropine")];
    doctor.post_form(&format!("{paper}/revocation"), &why).await.expect(303);
    doctor.post_form(&format!("{paper}/revocation"), &why).await.expect(409);
    assert_eq!(unread().await, 2);
    let news = patient.get("/notifications").await.ok();
    for told in ["was issued, and is there for you to read.", "was revoked: it counts no more."] {
        assert!(news.says(told), "{told} is missing in {}", news.words());
    }
    assert!(news.links().contains(&surgery.visit.path()) && !news.body.contains("atropine"), "{}", news.words());
    let told = app.emails_to(&surgery.patient.email).await;
    let told: Vec<_> = told.iter().filter(|email| email.text.contains(&surgery.visit.path())).collect();
    let mut subjects: Vec<&str> = told.iter().map(|email| email.subject.as_str()).collect();
    // Several are sent at a moment.
    subjects.sort_unstable();
    assert_eq!(subjects, ["A document of your visit is there to read", "A document of your visit was revoked"]);
    for hidden in ["atropine", "rescription", surgery.patient.last_name.as_str()] {
        assert!(told.iter().all(|email| !email.text.contains(hidden)), "{hidden} is in {told:?}");
    }
    let of_doctor = app.sign_in(&surgery.doctor).await.get("/dashboard").await.ok();
    assert_eq!(of_doctor.figure("unread"), 0, "who issued it knows");
}

#[tokio::test]
async fn what_was_issued_is_told_also_when_the_visit_has_gone_on_meanwhile() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = appointment().of(&surgery.doctor).with(&surgery.patient).at(app.in_minutes(-5));
    let visit = visit.status(AppointmentStatus::InProgress).create(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let letter = [("kind", "letter"), ("body", "Dear colleague")];
    doctor.post_form(&format!("{}/documents", visit.path()), &letter).await.expect(303);
    let done = [("version", "0"), ("outcome", "completed")];
    doctor.post_form(&format!("{}/outcome", visit.path()), &done).await.expect(303);
    let told = app.emails_to(&surgery.patient.email).await;
    let of_document = told.iter().filter(|email| email.subject == "A document of your visit is there to read");
    assert_eq!(of_document.count(), 1, "{told:?}");
}

#[tokio::test]
async fn thirty_documents_an_hour_are_enough_and_what_was_typed_beyond_is_shown_again() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    // Sent again it issues nothing, and counts all the same.
    let letter = [("kind", "letter"), ("body", "Dear colleague"), ("token", "a word of the form")];
    for _ in 0..30 {
        doctor.post_form(&surgery.documents(), &letter).await.expect(303);
    }
    let more = [("kind", "letter"), ("body", "One too many"), ("token", "another word")];
    let refused = doctor.post_form(&surgery.documents(), &more).await.expect(429);
    assert!(refused.says("was not issued") && refused.body.contains("One too many"), "{}", refused.words());
    assert!(!refused.header("retry-after").is_empty() && refused.body.contains("another word"));
    assert_eq!(super::all(&app).await.len(), 1);
    app.clock.advance(chrono::TimeDelta::minutes(61));
    let doctor = app.sign_in(&surgery.doctor).await;
    doctor.post_form(&surgery.documents(), &more).await.expect(303);
}
