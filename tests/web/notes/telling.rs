//! What is told of notes: to the patient that there is one to read, to the doctor which are still to be written and signed.

use chrono::TimeDelta;
use sea_orm::EntityTrait;

use super::{Surgery, of};
use crate::support::*;

#[tokio::test]
async fn a_patient_is_told_of_a_note_that_is_there_to_read_and_of_none_that_is_kept() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (read, kept) = (surgery.visit_now(&app).await, surgery.visit(&app, 3).await);
    let doctor = app.sign_in(&surgery.doctor).await;
    let patient = app.sign_in(&surgery.patient).await;
    let screen = [("version", "0"), ("plan", "Drops of atropine")];
    let withheld = [&screen[..], &[("withheld_reason", "Not yet certain")]].concat();
    doctor.post_form(&of(&kept, "/signature"), &withheld).await.expect(303);
    assert_eq!(patient.get("/dashboard").await.ok().figure("unread"), 0);
    for _ in 0..2 {
        doctor.post_form(&of(&read, "/signature"), &screen).await.expect(303);
    }
    // What comes after the signature takes nothing back.
    let done = [("version", "0"), ("outcome", "completed")];
    doctor.post_form(&format!("{}/outcome", read.path()), &done).await.expect(303);
    let told = app.emails_to(&surgery.patient.email).await;
    let told: Vec<_> =
        told.iter().filter(|email| email.subject == "Something about your visit is there to read").collect();
    assert_eq!(told.len(), 1, "once, however often it is sent");
    for hidden in ["atropine", surgery.patient.last_name.as_str(), "certain"] {
        assert!(!told[0].text.contains(hidden), "{}", told[0].text);
    }
    assert!(told[0].text.contains(&read.path()), "{}", told[0].text);
    let news = patient.get("/notifications").await.ok();
    assert!(news.says("is there for you to read.") && !news.body.contains("atropine"), "{}", news.words());
    assert_eq!(patient.get("/dashboard").await.ok().figure("unread"), 1);
    // From there to the text in two steps.
    let visit = patient.get(&read.path()).await.ok();
    let paper = format!("{}/summary", read.path());
    assert!(visit.attributes("#note a", "href").contains(&paper), "{}", visit.words());
    assert!(patient.get(&paper).await.ok().says("Drops of atropine"));
}

#[tokio::test]
async fn past_visits_tell_which_of_them_have_a_note_to_read() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let doctor = &surgery.doctor;
    let read = surgery.visit(&app, 24).await;
    note(&read, doctor).signed().create(&app).await;
    note(&surgery.visit(&app, 25).await, doctor).create(&app).await;
    note(&surgery.visit(&app, 26).await, doctor).withheld().create(&app).await;
    let wrong = note(&surgery.visit(&app, 27).await, doctor);
    wrong.with_addendum(entity::enums::AddendumKind::EnteredInError).create(&app).await;
    surgery.visit(&app, 28).await;
    let patient = app.sign_in(&surgery.patient).await;
    let papers = async || {
        let list = patient.get("/appointments?when=past").await.ok();
        list.attributes("[data-appointment] a[href$=\"/summary\"]", "href")
    };
    assert_eq!(papers().await, [format!("{}/summary", read.path())]);
    for person in [&doctor.person, &hospital_admin(&surgery.hospital).create(&app).await] {
        assert!(!app.sign_in(person).await.get("/appointments?when=past").await.ok().body.contains("/summary"));
    }
    // It was another patient's: nothing leads there any more.
    let error = [("kind", "entered_in_error"), ("text", "Of somebody else"), ("reason", "Wrong tab")];
    app.sign_in(doctor).await.post_form(&of(&read, "/addenda"), &error).await.expect(303);
    assert_eq!(papers().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_to_be_written_and_signed_is_listed_as_it_is_counted() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let (forgotten, begun) = (surgery.visit(&app, 30).await, surgery.visit(&app, 20).await);
    note(&begun, &surgery.doctor).create(&app).await;
    note(&surgery.visit(&app, 10).await, &surgery.doctor).signed().create(&app).await;
    surgery.visit(&app, 24 * 32).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let dashboard = doctor.get("/dashboard").await.ok();
    assert_eq!(dashboard.figure("notes-to-sign"), 2, "what was a month ago is not asked for");
    let rows = dashboard.attributes("#notes-to-sign [data-appointment]", "data-appointment");
    assert_eq!(rows, [forgotten.id.to_string(), begun.id.to_string()]);
    let listed = dashboard.texts("#notes-to-sign [data-appointment]");
    assert!(listed[0].contains("No note yet") && listed[1].contains("Draft"), "{listed:?}");
    assert!(dashboard.attributes("#notes-to-sign a", "href").contains(&of(&forgotten, "")));
    let list = doctor.get("/appointments?status=notes_to_sign").await.ok();
    assert_eq!(list.appointments("main table"), [forgotten.id, begun.id], "the earliest first, as there");
    assert_eq!(list.attributes("main table a[href$=\"/note\"]", "href"), [of(&forgotten, ""), of(&begun, "")]);
    assert!(!doctor.get("/appointments?when=past").await.ok().says("Write the note"));
    // At midnight after its thirtieth day.
    app.clock.advance(TimeDelta::days(29));
    let doctor = app.sign_in(&surgery.doctor).await;
    assert_eq!(doctor.get("/dashboard").await.ok().figure("notes-to-sign"), 2);
    app.clock.advance(TimeDelta::hours(14));
    let doctor = app.sign_in(&surgery.doctor).await;
    assert_eq!(doctor.get("/dashboard").await.ok().figure("notes-to-sign"), 1, "the draft stays");
}

#[tokio::test]
async fn of_more_notes_than_are_counted_it_is_said_that_there_are_more() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit(&app, 1).await;
    let row = entity::appointment::Entity::find_by_id(visit.id).one(&app.db).await.unwrap().unwrap();
    let many = (1..=200).map(|number| {
        let mut visit: entity::appointment::ActiveModel = row.clone().into();
        visit.id = sea_orm::ActiveValue::NotSet;
        visit.booking_token = sea_orm::Set(Some(format!("of the many {number}")));
        visit
    });
    entity::appointment::Entity::insert_many(many).exec_without_returning(&app.db).await.unwrap();
    let dashboard = app.sign_in(&surgery.doctor).await.get("/dashboard").await.ok();
    assert_eq!(dashboard.figure("notes-to-sign"), 201);
    let left_out = dashboard.text("#notes-to-sign [data-left-out]");
    assert!(left_out.contains("more than 200") && left_out.contains("The 10 earliest are here"), "{left_out}");
    assert_eq!(dashboard.texts("#notes-to-sign [data-appointment]").len(), 10);
}
