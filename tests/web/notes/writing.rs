//! A draft: saved every few seconds, in two tabs, for the wrong patient, and when nobody is signed in any more.

use entity::{note as row, note_revision};
use reqwest::header;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{Surgery, of};
use crate::support::*;

/// What the page's own script gets.
async fn saved(client: &Client, visit: &Appointment, fields: &[(&str, &str)]) -> (u16, serde_json::Value) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = client.request(reqwest::Method::POST, &of(visit, ""));
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = request.header("sec-fetch-site", "same-origin").header(header::ACCEPT, "application/json");
    let answer = client.send(request.body(body)).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

#[tokio::test]
async fn a_draft_is_saved_as_often_as_it_changes_and_the_same_text_again_is_saved_already() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let patient = surgery.patient.id.to_string();
    let about = ("patient_id", patient.as_str());
    let (status, told) = saved(&doctor, &visit, &[about, ("version", "0"), ("plan", "")]).await;
    assert_eq!((status, told["version"].as_i64()), (200, Some(0)), "nothing is typed, and nothing is stored");
    assert_eq!(row::Entity::find().count(&app.db).await.unwrap(), 0);
    let first = [about, ("version", "0"), ("plan", "Rest"), ("subjective", "Sees haloes\r\nsince a week")];
    let (status, told) = saved(&doctor, &visit, &first).await;
    assert_eq!((status, told["version"].as_i64()), (200, Some(1)), "{told}");
    let local = app.now().with_timezone(&surgery.hospital.zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
    assert_eq!(told["saved_at"].as_str(), Some(local.as_str()));
    // Sent again because the answer was lost: whatever the version.
    app.clock.advance(chrono::TimeDelta::seconds(5));
    let (status, again) = saved(&doctor, &visit, &first).await;
    assert_eq!((status, &again), (200, &told));
    let (status, told) = saved(&doctor, &visit, &[about, ("version", "1"), ("plan", "Rest and drink")]).await;
    assert_eq!((status, told["version"].as_i64()), (200, Some(2)));
    let page = doctor.get(&of(&visit, "")).await.ok();
    assert!(page.body.contains("Rest and drink") && page.body.contains("name=\"version\" value=\"2\""));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(note_revision::Entity::find().count(&app.db).await.unwrap(), 2, "one for each version");
    assert_eq!(doctor.get("/dashboard").await.ok().figure("notes-to-sign"), 1);
}

#[tokio::test]
async fn of_two_tabs_the_second_is_shown_both_texts_and_stores_nothing() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("plan", "Of the first tab")]).await.expect(303);
    let second = [("version", "0"), ("plan", "Of the second tab")];
    let page = doctor.post_form(&of(&visit, ""), &second).await.expect(409);
    assert!(page.body.contains("Of the first tab") && page.body.contains("Of the second tab"), "{}", page.words());
    assert!(page.body.contains("name=\"version\" value=\"1\""), "what is put together can be saved");
    let (status, _) = saved(&doctor, &visit, &second).await;
    assert_eq!(status, 409);
    let stored = row::Entity::find().one(&app.db).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.plan.as_deref()), (1, Some("Of the first tab")));
}

#[tokio::test]
async fn why_a_note_is_to_be_kept_from_the_patient_stays_with_the_draft() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let why = ("withheld_reason", "To be told in person");
    let fields = [("version", "0"), ("plan", "Tell the family"), why];
    let (status, told) = saved(&doctor, &visit, &fields).await;
    assert_eq!((status, told["version"].as_i64()), (200, Some(1)), "{told}");
    assert_eq!(doctor.get(&of(&visit, "")).await.ok().text("[name=withheld_reason]"), why.1);
    // A program that does not name it leaves it; an empty field takes it away.
    let (_, told) = saved(&doctor, &visit, &[("version", "1"), ("plan", "Tell the family soon")]).await;
    assert_eq!(told["version"].as_i64(), Some(2));
    assert_eq!(doctor.get(&of(&visit, "")).await.ok().text("[name=withheld_reason]"), why.1);
    // In another tab: both are shown.
    let other = [("version", "1"), ("plan", "Tell the family soon"), ("withheld_reason", "Not yet certain")];
    let stale = doctor.post_form(&of(&visit, ""), &other).await.expect(409);
    assert!(stale.says(why.1) && stale.body.contains("Not yet certain"), "{}", stale.words());
    let (_, told) =
        saved(&doctor, &visit, &[("version", "2"), ("plan", "Tell the family soon"), ("withheld_reason", "")]).await;
    assert_eq!(told["version"].as_i64(), Some(3));
    assert_eq!(doctor.get(&of(&visit, "")).await.ok().text("[name=withheld_reason]"), "");
    let (_, told) = saved(&doctor, &visit, &[("version", "3"), ("plan", "Tell the family soon"), why]).await;
    assert_eq!(told["version"].as_i64(), Some(4));

    // Signed as it is stored, it is kept from the patient.
    doctor.post_form(&of(&visit, "/signature"), &[("version", "4")]).await.expect(303);
    let paper = app.sign_in(&surgery.patient).await.get(&format!("{}/summary", visit.path())).await.ok();
    assert!(paper.says("keeps it back") && !paper.body.contains("Tell the family"), "{}", paper.words());
    assert!(doctor.get(&of(&visit, "")).await.ok().says(why.1));
}

#[tokio::test]
async fn a_form_about_another_patient_stores_nothing() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let other = (surgery.patient.id + 1).to_string();
    let fields = [("version", "0"), ("plan", "Rest"), ("patient_id", other.as_str())];
    doctor.post_form(&of(&visit, ""), &fields).await.expect(409);
    doctor.post_form(&of(&visit, "/signature"), &fields).await.expect(409);
    assert_eq!(row::Entity::find().count(&app.db).await.unwrap(), 0);
}

#[tokio::test]
async fn a_note_is_written_once_the_visit_has_begun() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = appointment().of(&surgery.doctor).with(&surgery.patient).status(AppointmentStatus::Waiting);
    let visit = visit.create(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    doctor.get(&of(&visit, "")).await.expect(409);
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("plan", "Rest")]).await.expect(409);
    assert!(!doctor.get(&visit.path()).await.ok().body.contains(&of(&visit, "")));
}

#[tokio::test]
async fn a_note_can_be_begun_with_one_of_three_templates() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let bare = doctor.get(&of(&visit, "")).await.ok();
    for (code, words) in [
        ("general", "Reason for the visit:"),
        ("follow_up", "Since the last visit:"),
        ("medication_review", "Medicines taken, with dose and time:"),
    ] {
        let path = format!("{}?template={code}", of(&visit, ""));
        assert!(bare.body.contains(&path), "{code} is offered");
        assert!(doctor.get(&path).await.ok().body.contains(words), "{code}");
    }
    assert_eq!(row::Entity::find().count(&app.db).await.unwrap(), 0, "looking stores nothing");
    let fields = [("version", "0"), ("template", "follow_up"), ("plan", "Go on")];
    doctor.post_form(&of(&visit, ""), &fields).await.expect(303);
    let page = doctor.get(&format!("{}?template=general", of(&visit, ""))).await.ok();
    assert!(!page.body.contains("Reason for the visit:"), "what is written stays");
}

#[tokio::test]
async fn long_notes_in_any_script_fit_and_no_other_form_is_that_long() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    // Nine bytes a letter on the way.
    let long = "आ".repeat(19_000);
    doctor.post_form(&of(&visit, ""), &[("version", "0"), ("plan", &long)]).await.expect(303);
    doctor.post_form(&of(&visit, ""), &[("version", "1"), ("plan", &"x".repeat(20_001))]).await.expect(422);
    let beyond = "आ".repeat(29_200);
    doctor.post_form(&of(&visit, ""), &[("version", "1"), ("plan", &beyond)]).await.expect(413);
    doctor.post_form("/profile", &[("first_name", &long)]).await.expect(413);
}

/// What somebody is shown who sends a note and is not signed in any more.
pub(crate) async fn page_of_somebody_signed_out(app: &TestApp, clinic: &Clinic) -> Page {
    let visit = clinic.here.appointment(AppointmentStatus::InProgress);
    app.visitor()
        .post_form(&of(visit, ""), &[("person", "of a page"), ("version", "1"), ("plan", "Typed before")])
        .await
        .expect(401)
}

#[tokio::test]
async fn nothing_typed_is_lost_when_the_session_has_ended() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    let form = doctor.get(&of(&visit, "")).await.ok();
    let person = form.body.split("name=\"person\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    doctor.post_form("/sign-out", &[]).await.expect(303);
    let fields = [("person", person.as_str()), ("version", "0"), ("plan", "Typed <before>")];
    // By script: it is told so, and keeps the text.
    let (status, told) = saved(&doctor, &visit, &fields).await;
    assert!(status == 401 && told["error"].is_string(), "{status} {told}");
    // Without one: the page has it all, to be sent once more.
    let page = doctor.post_form(&of(&visit, ""), &fields).await.expect(401);
    assert_eq!(page.header("cache-control"), "no-store");
    let handed_back = format!("back.{person}");
    for (name, value) in [("person", handed_back.as_str()), ("version", "0"), ("plan", "Typed &lt;before&gt;")] {
        assert!(page.body.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}: {}", page.body);
    }
    assert!(page.body.contains(&format!("action=\"{}\"", of(&visit, ""))) && page.body.contains("href=\"/sign-in\""));
    // Nothing was typed: the usual way in.
    let empty = doctor.post_form(&of(&visit, ""), &[("version", "0")]).await.expect(303);
    assert!(empty.header("location").starts_with("/sign-in?next="));
    // Somebody else signs in and sends it; then whoever wrote it.
    let colleague = doctor_beside(&app, &surgery).await;
    app.sign_in(&colleague).await.post_form(&of(&visit, ""), &fields).await.expect(409);
    app.sign_in(&surgery.doctor).await.post_form(&of(&visit, ""), &fields).await.expect(303);
    let stored = row::Entity::find().one(&app.db).await.unwrap().unwrap();
    assert_eq!(stored.plan.as_deref(), Some("Typed <before>"));
}

async fn doctor_beside(app: &TestApp, surgery: &Surgery) -> Doctor {
    doctor(&surgery.hospital).create(app).await
}

#[tokio::test]
async fn sixty_saves_a_minute_are_enough_and_what_was_typed_beyond_is_shown_again() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    let doctor = app.sign_in(&surgery.doctor).await;
    for _ in 0..60 {
        let (status, _) = saved(&doctor, &visit, &[("version", "0"), ("plan", "")]).await;
        assert_eq!(status, 200);
    }
    let fields = [("version", "0"), ("plan", "Rest and drink")];
    let (status, told) = saved(&doctor, &visit, &fields).await;
    assert!(status == 429 && told["error"].as_str().unwrap().contains("nothing was stored"), "{told}");
    let page = doctor.post_form(&of(&visit, ""), &fields).await.expect(429);
    assert!(page.body.contains("Rest and drink") && !page.header("retry-after").is_empty(), "{}", page.words());
    assert_eq!(row::Entity::find().count(&app.db).await.unwrap(), 0);
    app.clock.advance(chrono::TimeDelta::seconds(61));
    let (status, _) = saved(&doctor, &visit, &fields).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn of_a_draft_of_another_day_the_day_is_told() {
    let app = TestApp::start().await;
    let surgery = Surgery::open(&app).await;
    let visit = surgery.visit_now(&app).await;
    note(&visit, &surgery.doctor).create(&app).await;
    let told = async || app.sign_in(&surgery.doctor).await.get(&of(&visit, "")).await.ok().text("[data-saved]");
    let local = app.now().with_timezone(&surgery.hospital.zone);
    assert_eq!(told().await, format!("Saved {}", local.format("%H:%M:%S")));
    app.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(told().await, format!("Saved on {}", local.format("%-d %B %Y, %H:%M:%S")));
}
