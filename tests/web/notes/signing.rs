//! A signature, what is put beneath it, and what the trail tells of both.

use entity::{
    audit_entry,
    enums::{AuditAction, NoteState},
    note as row, note_addendum,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{Surgery, of};
use crate::support::*;

/// What the trail tells of changes, the oldest first.
async fn told(app: &TestApp) -> Vec<String> {
    let changes = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Updated));
    let changes = changes.order_by_asc(audit_entry::Column::Id).all(&app.db).await.unwrap();
    changes.into_iter().map(|entry| entry.detail.to_string()).collect()
}

#[tokio::test]
async fn what_is_signed_is_what_stood_on_the_screen() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("subjective", "Haloes")]).await.expect(303);
    // Neither assessment nor plan; another version than the one that is stored.
    let missing = doctor.post_form(&of(&visit, "/signature"), &[("version", "1")]).await.expect(422);
    assert!(missing.body.contains("href=\"#assessment\""), "{}", missing.words());
    let stale = [("version", "0"), ("plan", "Rest")];
    let stale = doctor.post_form(&of(&visit, "/signature"), &stale).await.expect(409);
    assert!(stale.body.contains("Rest"));
    let screen = [("version", "1"), ("subjective", "Haloes"), ("plan", "Rest")];
    doctor.post_form(&of(&visit, "/signature"), &screen).await.expect(303);
    let stored = row::Entity::find().one(&app.db).await.unwrap().unwrap();
    assert_eq!((stored.state, stored.version, stored.plan.as_deref()), (NoteState::Signed, 2, Some("Rest")));
    assert_eq!((stored.signed_at, stored.signed_by), (Some(app.now()), Some(surgery.doctor.user_id)));
    assert_eq!(stored.sha256.map(|digest| digest.len()), Some(32));
    assert_eq!(told(&app).await, ["{\"note\":\"signed\"}"]);
    assert_eq!(doctor.get("/dashboard").await.ok().figure("notes-to-sign"), 0);
}

#[tokio::test]
async fn a_signature_that_is_sent_twice_is_done_and_the_text_that_is_stored_needs_no_version() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    // The page has saved once more between the last look at its version and the press.
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("plan", "Rest")]).await.expect(303);
    let screen = [("version", "0"), ("plan", "Rest")];
    for _ in 0..2 {
        let signed = doctor.post_form(&of(&visit, "/signature"), &screen).await.expect(303);
        assert_eq!(signed.header("location"), of(&visit, ""));
    }
    assert_eq!(told(&app).await, ["{\"note\":\"signed\"}"], "it is signed once");
    // Another text is none that was signed, nor is one that was to be kept from the patient.
    doctor.post_form(&of(&visit, "/signature"), &[("version", "0"), ("plan", "Rest more")]).await.expect(409);
    doctor.post_form(&of(&visit, "/signature"), &[("version", "2147483647")]).await.expect(409);
    let kept = [&screen[..], &[("withheld_reason", "Not yet certain")]].concat();
    doctor.post_form(&of(&visit, "/signature"), &kept).await.expect(409);
}

#[tokio::test]
async fn a_note_that_was_begun_is_signed_although_the_visit_was_cancelled() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.begun(&app, AppointmentStatus::InProgress).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("plan", "Broken off.")]).await.expect(303);
    let cancelled = [("version", "0"), ("reason", "The ambulance was faster.")];
    doctor.post_form(&format!("{}/cancellation", visit.path()), &cancelled).await.expect(303);
    assert_eq!(doctor.get("/dashboard").await.ok().figure("notes-to-sign"), 1);
    assert!(!doctor.get(&of(&visit, "")).await.ok().body.contains("#opening"));
    doctor.post_form(&of(&visit, "/signature"), &[("version", "1")]).await.expect(303);
    assert_eq!(doctor.get("/dashboard").await.ok().figure("notes-to-sign"), 0);
}

#[tokio::test]
async fn no_note_is_signed_before_the_beginning_of_the_visit_was_made_sure_of() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    for status in [AppointmentStatus::InProgress, AppointmentStatus::Completed] {
        let visit = surgery.begun(&app, status).await;
        // What the patient has said is not yet looked at.
        answered(&app, &visit, "").await;
        let screen = [("version", "0"), ("plan", "Rest")];
        let refused = doctor.post_form(&of(&visit, "/signature"), &screen).await.expect(422);
        let way = format!("href=\"{}/room#opening\"", visit.path());
        assert!(refused.body.contains("href=\"#opening\"") && refused.body.contains(&way), "{}", refused.words());
        assert!(refused.body.contains("Rest"));
        assert_eq!(
            row::Entity::find().filter(row::Column::AppointmentId.eq(visit.id)).count(&app.db).await.unwrap(),
            0
        );
        assert!(doctor.get(&format!("{}/room", visit.path())).await.ok().body.contains("id=\"opening\""));
        let skipped = [("version", "0"), ("skipped_reason", "No time.")];
        doctor.post_form(&format!("{}/opening", visit.path()), &skipped).await.expect(303);
        assert!(!doctor.get(&of(&visit, "")).await.ok().body.contains("#opening"));
        doctor.post_form(&of(&visit, "/signature"), &screen).await.expect(303);
    }
}

#[tokio::test]
async fn of_a_visit_to_which_nobody_came_the_note_is_signed_without_its_beginning() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.begun(&app, AppointmentStatus::NoShow).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    assert!(!doctor.get(&of(&visit, "")).await.ok().body.contains("#opening"));
    doctor.post_form(&of(&visit, "/signature"), &[("version", "0"), ("plan", "Called twice.")]).await.expect(303);
}

#[tokio::test]
async fn nothing_of_a_signed_note_changes_and_what_was_typed_meanwhile_is_shown() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let signed = note(&visit, &surgery.doctor).signed().create(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let late = doctor.post_form(&of(&visit, ""), &[("version", "1"), ("plan", "Typed too late")]).await.expect(409);
    assert!(late.body.contains("Typed too late") && late.body.contains(&signed.texts[0]));
    doctor.post_form(&of(&visit, "/signature"), &[("version", "1")]).await.expect(409);
    assert_eq!(row::Entity::find().one(&app.db).await.unwrap().unwrap().version, 1);
    assert!(!doctor.get(&of(&visit, "")).await.ok().body.contains("<textarea id=\"plan\""));
}

#[tokio::test]
async fn an_addendum_that_was_written_about_another_patient_is_refused_and_not_lost() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    note(&visit, &surgery.doctor).signed().create(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let other = patient(&surgery.hospital).create(&app).await;
    let added = |patient: i64| {
        [("text", "The left eye".to_owned()), ("reason", "Forgotten".to_owned()), ("patient_id", patient.to_string())]
    };
    let send = async |patient: i64| {
        let fields = added(patient);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        doctor.post_form(&of(&visit, "/addenda"), &fields).await
    };
    let refused = send(other.id).await.expect(409);
    assert!(refused.body.contains("The left eye"), "{}", refused.words());
    assert_eq!(note_addendum::Entity::find().count(&app.db).await.unwrap(), 0);
    assert_eq!(told(&app).await, Vec::<String>::new());
    send(surgery.patient.id).await.expect(303);
    assert_eq!(note_addendum::Entity::find().count(&app.db).await.unwrap(), 1);
}

#[tokio::test]
async fn an_addendum_stands_beneath_the_note_for_doctor_and_patient_alike() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let addendum = [("text", "The left eye"), ("reason", "Forgotten")];
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("plan", "Rest of a week")]).await.expect(303);
    doctor.post_form(&of(&visit, "/addenda"), &addendum).await.expect(409);
    doctor.post_form(&of(&visit, "/signature"), &[("version", "1")]).await.expect(303);
    let empty = doctor.post_form(&of(&visit, "/addenda"), &[("text", "Kept")]).await.expect(422);
    assert!(empty.body.contains("href=\"#reason\"") && empty.body.contains("Kept"));
    for _ in 0..2 {
        doctor.post_form(&of(&visit, "/addenda"), &addendum).await.expect(303);
    }
    assert_eq!(note_addendum::Entity::find().count(&app.db).await.unwrap(), 1, "sent twice, it is there once");
    let patient = app.sign_in(&surgery.patient).await;
    let pages = [doctor.get(&of(&visit, "")).await.ok(), patient.get(&format!("{}/summary", visit.path())).await.ok()];
    for page in pages {
        let (note, added) = (page.body.find("Rest of a week"), page.body.find("The left eye"));
        assert!(note.is_some() && note < added, "{}", page.words());
    }
    assert_eq!(told(&app).await, ["{\"note\":\"signed\"}", "{\"note\":\"addendum\"}"]);
}

#[tokio::test]
async fn a_note_entered_in_error_is_hidden_from_the_patient_and_stays_in_the_record() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit(&app, 2).await;
    let written = note(&visit, &surgery.doctor).signed().create(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let fields = [("kind", "entered_in_error"), ("text", "Of somebody else"), ("reason", "Wrong tab")];
    doctor.post_form(&of(&visit, "/addenda"), &fields).await.expect(303);
    let seen = app.sign_in(&surgery.patient).await.get(&format!("{}/summary", visit.path())).await.ok();
    for text in written.texts.iter().map(String::as_str).chain(["Of somebody else", "Wrong tab"]) {
        assert!(!seen.body.contains(text), "{text}");
    }
    assert!(seen.says("entered in error"));
    let own = doctor.get(&of(&visit, "")).await.ok();
    assert!(own.body.contains(&written.texts[0]) && own.body.contains("Of somebody else"));
    assert_eq!(told(&app).await, ["{\"from_patient\":\"withheld\",\"note\":\"addendum\"}"]);
}

#[tokio::test]
async fn words_that_were_added_hide_the_note_when_they_are_sent_as_an_error() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit(&app, 2).await;
    let written = note(&visit, &surgery.doctor).signed().create(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let words = [("text", "Of somebody else"), ("reason", "Wrong tab")];
    for kind in ["addition", "entered_in_error", "entered_in_error"] {
        doctor.post_form(&of(&visit, "/addenda"), &[&words[..], &[("kind", kind)]].concat()).await.expect(303);
    }
    assert_eq!(note_addendum::Entity::find().count(&app.db).await.unwrap(), 2);
    let seen = app.sign_in(&surgery.patient).await.get(&format!("{}/summary", visit.path())).await.ok();
    assert!(!seen.body.contains(&written.texts[0]) && seen.says("entered in error"), "{}", seen.words());
}

#[tokio::test]
async fn that_a_note_was_opened_is_in_the_trail_and_that_it_was_saved_is_not() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let lines = async || {
        let of_visits = audit_entry::Entity::find().filter(audit_entry::Column::SubjectId.eq(visit.id));
        of_visits.filter(audit_entry::Column::Action.ne(AuditAction::SignedIn)).all(&app.db).await.unwrap()
    };
    doctor.get(&of(&visit, "")).await.ok();
    let opened = lines().await;
    let last = opened.last().unwrap();
    assert_eq!((last.action, last.detail.to_string()), (AuditAction::Opened, "{\"part\":\"note\"}".to_owned()));
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("plan", "Rest")]).await.expect(303);
    assert_eq!(lines().await.len(), opened.len());
}
