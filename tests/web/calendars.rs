//! The secret address of a calendar: made, read by programs, made anew, taken back; and what it does not tell.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{
    audit_entry, calendar_link,
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::support::*;

const HERE: &str = "/profile/calendar";

/// The properties of an event, without their parameters.
pub(crate) type Event = BTreeMap<String, String>;

/// Reads a calendar as strictly as the standard lets one: what it is to be done with, and its events. Lines end in CR and LF, have at most 75
/// octets and are whole characters; each event has what it must have, once.
pub(crate) fn read(text: &str) -> (String, Vec<Event>) {
    let body = text.strip_suffix("\r\n").expect("the last line ends");
    for line in body.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']) && !line.is_empty(), "{line:?}");
    }
    let unfolded = body.replace("\r\n ", "");
    let mut lines = unfolded.split("\r\n").map(|line| line.split_once(':').expect("a name and a value"));
    assert_eq!(lines.next(), Some(("BEGIN", "VCALENDAR")));
    assert_eq!(lines.next(), Some(("VERSION", "2.0")));
    let (mut method, mut events, mut open) = (String::new(), Vec::new(), None);
    for (name, value) in lines {
        let name = name.split(';').next().unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-'), "{name}");
        match (name, value, &mut open) {
            ("BEGIN", "VEVENT", None) => open = Some(Event::new()),
            ("END", "VEVENT", Some(_)) => events.extend(open.take()),
            (_, _, Some(event)) => assert_eq!(event.insert(name.to_owned(), value.to_owned()), None, "{name} twice"),
            ("METHOD", _, None) => value.clone_into(&mut method),
            ("PRODID" | "CALSCALE", _, None) | ("END", "VCALENDAR", None) => {}
            other => panic!("{other:?} has no place here"),
        }
    }
    for event in &events {
        for name in ["UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "STATUS"] {
            assert!(event.contains_key(name), "{name} is missing in {event:?}");
        }
        assert!(event["DTSTART"] < event["DTEND"] && event["DTSTART"].ends_with('Z'), "{event:?}");
    }
    assert!(unfolded.ends_with("\r\nEND:VCALENDAR") && open.is_none());
    (method, events)
}

/// The path of the address that the page shows.
fn path(page: &Page) -> String {
    let address = page.text("[data-calendar]");
    address.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned())).expect("an address")
}

#[tokio::test]
async fn a_calendar_has_the_visits_that_stand_and_no_patients_name() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let House { doctor, patient, hospital, .. } = &clinic.here;
    let far = appointment().of(doctor).with(patient).at(app.in_hours(-24 * 40)).status(AppointmentStatus::Completed);
    let far = far.create(&app).await;
    let stands = |status| {
        use AppointmentStatus::{Completed, Confirmed, InProgress, Scheduled, Waiting};
        [Completed, Confirmed, InProgress, Scheduled, Waiting].contains(&status)
    };
    let visits = clinic.here.appointments.iter().filter(|visit| stands(visit.status));
    let host = app.state.settings.server.host();
    let mut expected: Vec<String> = visits.map(|visit| format!("appointment-{}@{host}", visit.id)).collect();
    expected.sort();
    for (person, summary) in
        [(&doctor.person, "Visit (".to_owned()), (&patient.person, format!("Visit with Dr {}", doctor.name()))]
    {
        let client = app.sign_in(person).await;
        let shown = client.post_form(HERE, &[]).await.ok();
        assert_eq!(shown.header("cache-control"), "no-store");
        // Whoever reads it is signed in nowhere.
        let file = app.visitor().get(&path(&shown)).await.ok();
        assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
        assert_eq!(file.header("cache-control"), "private, no-store");
        let (method, events) = read(&file.body);
        let mut told: Vec<String> = events.iter().map(|event| event["UID"].clone()).collect();
        told.sort();
        assert_eq!((method.as_str(), told), ("PUBLISH", expected.clone()), "and not visit {}", far.id);
        assert!(events.iter().all(|event| event["SUMMARY"].contains(&summary)), "{events:?}");
        let unfolded = file.body.replace("\r\n ", "");
        for text in clinic.here.clinical_texts() {
            assert!(!unfolded.contains(&text), "{text} of {}", hospital.name);
        }
    }
}

#[tokio::test]
async fn an_address_that_was_made_anew_or_taken_back_leads_nowhere() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let asha = doctor(&house).create(&app).await;
    let client = app.sign_in(&asha).await;
    assert!(client.get(HERE).await.ok().says("There is none yet"));
    let first = path(&client.post_form(HERE, &[]).await.ok());
    let program = app.visitor();
    program.get(&first).await.ok();
    let page = client.get(HERE).await.ok();
    let secret = first.trim_start_matches("/calendar/").trim_end_matches(".ics");
    assert!(page.says("There is an address since") && !page.body.contains(secret), "it is shown once");
    let second = path(&client.post_form(HERE, &[]).await.ok());
    program.get(&first).await.expect(404);
    program.get(&second).await.ok();
    assert_eq!(calendar_link::Entity::find().count(&app.db).await.unwrap(), 1);
    client.post_form(&format!("{HERE}/removal"), &[]).await.expect(303);
    let gone = program.get(&second).await.expect(404);
    // One that never was is answered alike.
    let never = program.get(&format!("/calendar/987654321-{}.ics", "A".repeat(43))).await.expect(404);
    let plain = |page: &Page| page.body.replace(page.header("x-request-id"), "…");
    assert_eq!(plain(&gone), plain(&never));
    client.post_form(&format!("{HERE}/removal"), &[]).await.expect(303);
    let lines = audit_entry::Entity::find().filter(audit_entry::Column::SubjectKind.eq(AuditSubject::User));
    let lines = lines.filter(audit_entry::Column::SubjectId.eq(asha.user_id)).all(&app.db).await.unwrap();
    let of_calendar = lines.iter().filter(|line| line.detail["part"] == "calendar");
    let acts: Vec<AuditAction> = of_calendar.map(|line| line.action).collect();
    assert_eq!(acts, [AuditAction::Created, AuditAction::Updated, AuditAction::Removed]);
}

#[tokio::test]
async fn the_owner_is_told_of_each_address_and_not_what_it_is() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let client = app.sign_in(&maya).await;
    for made in 1..=2 {
        let address = path_of_new(&client).await;
        let told = app.emails_to(&maya.email).await;
        let told: Vec<_> =
            told.iter().filter(|email| email.subject == "An address of your calendar was made").collect();
        assert_eq!(told.len(), made, "a renewal as well");
        assert!(told.iter().all(|email| !email.text.contains(&address)));
    }
    client.post_form(&format!("{HERE}/removal"), &[]).await.expect(303);
    assert_eq!(app.emails_to(&maya.email).await.len(), 2);
}

#[tokio::test]
async fn whoever_is_shut_out_has_no_calendar_and_a_stranger_at_the_screen_makes_none() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    let client = app.sign_in(&maya).await;
    let address = path(&client.post_form(HERE, &[]).await.ok());
    app.clock.advance(TimeDelta::minutes(11));
    client.post_form(HERE, &[]).await.expect(422);
    app.visitor().get(&address).await.ok();
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    desk.post_form(&format!("/patients/{}/deactivation", maya.id), &[]).await.expect(303);
    app.visitor().get(&address).await.expect(404);
    app.clock.advance(TimeDelta::minutes(1));
    desk.post_form(&format!("/patients/{}/reactivation", maya.id), &[]).await.expect(303);
    app.visitor().get(&address).await.expect(404);
}

#[tokio::test]
async fn whatever_ends_all_sessions_ends_the_address_too() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let asha = doctor(&house).create(&app).await;
    let (owner, thief) = (app.sign_in(&asha).await, app.sign_in(&asha).await);
    let password = [("current_password", PASSWORD), ("new_password", "seven slow boats at noon")];
    for (path, fields) in [("/profile/sessions/revocation", &[][..]), ("/profile/password", &password[..])] {
        // The thief of a session, or of the password.
        let maker = if fields.is_empty() { &thief } else { &owner };
        let address = path_of_new(maker).await;
        app.visitor().get(&address).await.ok();
        assert!(owner.get(HERE).await.ok().says("There is an address since"));
        app.clock.advance(TimeDelta::minutes(1));
        owner.post_form(path, fields).await.expect(303);
        app.visitor().get(&address).await.expect(404);
        assert!(owner.get(HERE).await.ok().says("There is none yet"), "{path}");
    }
    let address = path_of_new(&owner).await;
    app.visitor().get(&address).await.ok();
}

async fn path_of_new(client: &Client) -> String {
    path(&client.post_form(HERE, &[]).await.ok())
}
