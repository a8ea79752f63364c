//! Who may have guests, how many, and what a guest may not say.

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::json;

use super::Meeting;
use crate::{calls::signal, support::*};

const FORM: [(&str, &str); 2] = [("name", "Mira Shrestha"), ("kind", "interpreter")];

#[tokio::test]
async fn the_doctor_of_the_visit_has_guests_and_nobody_else() {
    let meeting = Meeting::open().await;
    let link = meeting.invite("Mira Shrestha", "interpreter").await;
    let (app, here) = (&meeting.app, &meeting.hospital);
    let there = hospital().create(app).await;
    let others = [
        (app.sign_in(&meeting.patient).await, 403),
        (app.sign_in(&hospital_admin(here).create(app).await).await, 403),
        (app.sign_in(&doctor(here).create(app).await.person).await, 404),
        (app.sign_in(&doctor(&there).create(app).await.person).await, 404),
        (app.sign_in(&hospital_admin(&there).create(app).await).await, 403),
    ];
    for (other, status) in &others {
        other.post_form(&meeting.path("guests"), &FORM).await.expect(*status);
        for noun in ["admission", "removal"] {
            let page = meeting.act(other, &link, noun).await.expect(*status);
            assert!(!page.body.contains("Mira"));
        }
    }
    assert_eq!(meeting.told_to(&link).await, (false, false));
    // A guest is one of a visit, of which there may be others.
    let another = meeting.meet_in(60, AppointmentStatus::Confirmed).await;
    let path = format!("{}/guests/{}/admission", another.path(), link.guest);
    meeting.surgery.post_form(&path, &[]).await.expect(404);
}

#[tokio::test]
async fn nobody_is_invited_where_there_is_no_call_to_come_to() {
    let meeting = Meeting::open().await;
    let invite = async |visit: &Appointment, fields: &[(&str, &str)]| {
        meeting.surgery.post_form(&format!("{}/guests", visit.path()), fields).await
    };
    for (status, hours) in [(AppointmentStatus::Requested, 2), (AppointmentStatus::Completed, -3)] {
        let visit = appointment().of(&meeting.doctor).with(&meeting.patient).at(meeting.app.in_hours(hours));
        let visit = visit.status(status).create(&meeting.app).await;
        let page = invite(&visit, &FORM).await.expect(409);
        assert!(page.says("Nobody can be invited to this visit now"), "{status:?}");
    }
    let other = patient(&meeting.hospital).create(&meeting.app).await;
    let (other, patient) = (other.id.to_string(), meeting.patient.id.to_string());
    let others = [FORM[0], FORM[1], ("patient_id", other.as_str())];
    assert!(invite(&meeting.visit, &others).await.expect(409).says("made for another patient"));
    let own = [FORM[0], FORM[1], ("patient_id", patient.as_str())];
    invite(&meeting.visit, &own).await.ok();
    let long = "x".repeat(121);
    for (name, kind) in [("", "family"), ("Hari", "plumber"), (long.as_str(), "family"), ("Ha\u{0007}ri", "family")] {
        let page = invite(&meeting.visit, &[("name", name), ("kind", kind)]).await.expect(422);
        assert!(page.has("#guests form"), "the form is shown again");
    }
    invite(&meeting.visit, &[FORM[0], FORM[1], ("more", "1")]).await.expect(422);
    let phone = [("version", "0"), ("modality", "phone"), ("reason", "No picture.")];
    meeting.surgery.post_form(&meeting.path("modality"), &phone).await.expect(303);
    assert!(invite(&meeting.visit, &FORM).await.expect(409).says("not held by video"));
}

#[tokio::test]
async fn a_visit_takes_four_guests_at_a_time() {
    let meeting = Meeting::open().await;
    let first = meeting.invite("Guest 1", "family").await;
    for number in 2..=4 {
        meeting.invite(&format!("Guest {number}"), "family").await;
    }
    let page = meeting.surgery.post_form(&meeting.path("guests"), &FORM).await.expect(409);
    assert!(page.says("as many guests as a visit takes") && page.body.contains("value=\"Mira Shrestha\""));
    meeting.act(&meeting.surgery, &first, "removal").await.expect(303);
    meeting.invite("Mira Shrestha", "clinician").await;
}

#[tokio::test]
async fn whoever_waits_says_and_hears_nothing() {
    let meeting = Meeting::open().await;
    let link = meeting.invite("Mira Shrestha", "interpreter").await;
    let (doctor, patient) = meeting.both().await;
    let waits = meeting.outside.get(&format!("{}/ice", link.path)).await.expect(409);
    assert!(waits.says("The doctor has not let you in yet"));
    meeting.outside.post_form(&format!("{}/call", link.path), &[]).await.expect(409);
    meeting.say(&link, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(409);
    meeting.ask_as(&link, &patient.peer).await.expect(409);
    let report = [("peer", patient.peer.as_str()), ("state", "connected")];
    meeting.outside.post_form(&format!("{}/call/report", link.path), &report).await.expect(409);
    assert_eq!(meeting.signals().await, 0);
}

#[tokio::test]
async fn a_guest_speaks_for_itself_in_the_call_of_its_visit_alone() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let (doctor, patient) = meeting.both().await;
    let (guest, _) = meeting.enter(&link).await;
    // Not as one of the two, nor to whoever is in another call.
    meeting.say(&link, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(404);
    meeting.ask_as(&link, &doctor.peer).await.expect(404);
    let elsewhere = meeting.meet_in(60, AppointmentStatus::Waiting).await;
    let page = meeting.home.post_form(&format!("{}/call", elsewhere.path()), &[]).await.ok();
    let there = crate::calls::joined(&page);
    meeting.say(&link, &signal(&guest, &there.peer, "offer", &json!(1))).await.expect(409);
    let said = signal(&there, &guest.peer, "offer", &json!(1));
    let request = meeting.home.request(Method::POST, &format!("{}/call/signals", elsewhere.path()));
    let request = request.header(CONTENT_TYPE, "application/json").body(said.to_string());
    meeting.home.send(request).await.expect(409);
    // Nor does one of the two speak as the guest.
    meeting.send(&meeting.home, &signal(&guest, &doctor.peer, "offer", &json!(1))).await.expect(404);
    let largest = json!("x".repeat(16_382));
    meeting.say(&link, &signal(&guest, &doctor.peer, "candidate", &largest)).await.expect(204);
    let larger = json!("x".repeat(16_383));
    meeting.say(&link, &signal(&guest, &doctor.peer, "candidate", &larger)).await.expect(413);
    meeting.say(&link, &signal(&guest, &doctor.peer, "shout", &json!(1))).await.expect(422);
    meeting.say(&link, &signal(&guest, &doctor.peer, "bye", &json!("removed"))).await.expect(422);
    meeting.say(&link, &json!({"peer": 1})).await.expect(422);
    // What is no guest's to do has no address below the link.
    for path in ["room", "messages", "note", "outcome", "call/end"] {
        meeting.outside.post_form(&format!("{}/{path}", link.path), &[]).await.expect(404);
    }
}

#[tokio::test]
async fn a_guest_is_held_up_who_asks_too_much() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    let (doctor, _) = meeting.both().await;
    let (guest, _) = meeting.enter(&link).await;
    let nobody = signal(&guest, &"0".repeat(32), "candidate", &json!(1));
    for _ in 0..300 {
        meeting.say(&link, &nobody).await.expect(409);
    }
    let refused = meeting.say(&link, &nobody).await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
    // Nobody else is.
    meeting.send(&meeting.surgery, &signal(&doctor, &guest.peer, "offer", &json!(1))).await.expect(204);
    for _ in 0..29 {
        meeting.enter(&link).await;
    }
    meeting.outside.post_form(&format!("{}/call", link.path), &[]).await.expect(429);
    let mut asked = 0;
    while meeting.outside.get(&link.path).await.status == 200 {
        asked += 1;
        assert!(asked < 700, "a link is asked for without end");
    }
    meeting.outside.get(&link.path).await.expect(429);
    meeting.pass(1);
    meeting.outside.get(&link.path).await.ok();
}

#[tokio::test]
async fn nobody_invites_without_end() {
    let meeting = Meeting::open().await;
    for _ in 0..30 {
        meeting.surgery.post_form(&meeting.path("guests"), &[FORM[0], FORM[1], ("token", "one form")]).await.ok();
    }
    let page = meeting.surgery.post_form(&meeting.path("guests"), &FORM).await.expect(429);
    assert!(page.says("You have invited many within an hour") && !page.header("retry-after").is_empty());
}
