//! The visit that stands first on a patient's dashboard: where, with whom, when, what to do now; one alone, and nothing that is nothing.

mod order;

use chrono::TimeDelta;
use entity::{appointment as appointment_row, enums::Modality, hospital as hospital_row, user as user_row};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Set};

use crate::support::*;

use AppointmentStatus as Status;

/// A hospital that is at one place, has one number and one fee, and a patient who is called at a number of their own.
async fn pair() -> Pair {
    let pair = Pair::of(TestApp::start().await, hospital().named("Patan Hospital")).await;
    described(&pair, ("Lagankhel Road", "+977 1 5522295", 150_000)).await;
    let row = user_row::Entity::find_by_id(pair.patient.user_id).one(&pair.app.db).await.unwrap().unwrap();
    let row = user_row::ActiveModel { phone: Set(Some("+977 9800000001".to_owned())), ..row.into_active_model() };
    row.update(&pair.app.db).await.unwrap();
    pair
}

async fn described(pair: &Pair, (address, phone, hundredths): (&str, &str, i64)) {
    let row = hospital_row::Entity::find_by_id(pair.hospital.id).one(&pair.app.db).await.unwrap().unwrap();
    let row = hospital_row::ActiveModel {
        address: Set(address.to_owned()),
        phone: Set(phone.to_owned()),
        currency: Set("NPR".to_owned()),
        appointment_fee: Set(sea_orm::prelude::Decimal::new(hundredths, 2)),
        ..row.into_active_model()
    };
    row.update(&pair.app.db).await.unwrap();
}

async fn visit(pair: &Pair, minutes: i64, (status, modality): (Status, Modality)) -> Appointment {
    let visit = appointment().of(&pair.doctor).with(&pair.patient).at(pair.app.in_minutes(minutes));
    visit.status(status).held(modality).overbooked().create(&pair.app).await
}

async fn dashboard(pair: &Pair) -> Page {
    let look = async || pair.home.get("/dashboard").await.ok();
    let mut page = look().await;
    if page.statements() > 3 {
        // What is told of a write while a page is made is looked at once more. What the page costs is seen when it is made anew.
        pair.app.db.execute_unprepared("UPDATE hospital SET name = name").await.unwrap();
        page = look().await;
    }
    assert!(page.statements() <= 3, "{} statements", page.statements());
    page
}

/// The same to whoever comes back after so long that they sign in again.
async fn look_anew(pair: &Pair) -> Page {
    pair.app.sign_in(&pair.patient).await.get("/dashboard").await.ok()
}

/// The one hero, which is about `visit`.
fn hero(page: &Page, visit: &Appointment) -> String {
    assert_eq!(page.attributes("[data-hero]", "data-appointment"), [visit.id.to_string()], "{}", page.words());
    page.text("[data-hero]")
}

#[tokio::test]
async fn it_says_where_with_whom_when_and_what_to_do_for_each_way_of_meeting() {
    for (modality, place, to_do, arrival) in [
        (
            Modality::InPerson,
            "Patan Hospital, Lagankhel Road",
            "Come to the hospital in time, and tell the desk that you are here.",
            "and tell the desk: the doctor sees that you wait.",
        ),
        (
            Modality::Video,
            "Video",
            "Open the room from 11:30 on, on this page. There is no need to travel.",
            "when you are at your screen: the doctor sees that you are ready.",
        ),
        (
            Modality::Phone,
            "Telephone",
            "Keep your phone at hand: the doctor calls you at +977 9800000001.",
            "when you can be called: the doctor sees that you are ready.",
        ),
    ] {
        let pair = pair().await;
        let visit = visit(&pair, 120, (Status::Confirmed, modality)).await;
        let page = dashboard(&pair).await;
        let said = hero(&page, &visit);
        let field = pair.doctor.texts.iter().find(|text| said.contains(text.as_str()));
        assert!(field.is_some(), "the doctor's field is missing in {said}");
        for part in [
            "Your next visit",
            "Today, 12:00",
            "Tuesday 24 November 2026",
            "(Asia/Kathmandu)",
            "Dr Asha Rai",
            place,
            arrival,
            "I have arrived",
            "NPR 1500.00",
        ] {
            assert!(said.contains(part), "{part} is missing in {said}");
        }
        assert_eq!(page.text("[data-hero] [data-to-do]"), to_do);
        assert_eq!(page.attributes("[data-hero] a[href^=\"tel:\"]", "href"), ["tel:+97715522295"]);
        assert_eq!(page.attributes("[data-hero] time", "data-relative"), ["until"], "how long it is until then");
        let checks = page.attributes("[data-hero] a[href^=\"/device-check\"]", "href");
        assert_eq!(checks.len(), usize::from(modality == Modality::Video), "{checks:?}");
        assert!(!page.has(&format!("[data-hero] a[href=\"{}/room\"]", visit.path())), "it is not open yet");
        assert!(!page.has("#upcoming:not([hidden])"), "it is in no list besides");
    }
}

#[tokio::test]
async fn the_room_opens_at_the_moment_that_was_said() {
    let pair = pair().await;
    let visit = visit(&pair, 40, (Status::Confirmed, Modality::Video)).await;
    let room = format!("[data-hero] a[href=\"{}/room\"]", visit.path());
    assert!(dashboard(&pair).await.says("Open the room from 10:10 on"));
    pair.app.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
    assert!(!dashboard(&pair).await.has(&room));
    pair.app.clock.advance(TimeDelta::seconds(1));
    let page = dashboard(&pair).await;
    assert!(page.has(&room) && page.says("The room is open"), "{}", page.words());
    assert_eq!(page.texts(&room), ["Open the room"]);
}

#[tokio::test]
async fn each_state_says_what_to_do() {
    use Modality::{InPerson, Phone, Video};
    for (status, minutes, modality, says, to_do) in [
        (Status::Waiting, -5, Video, "You are waiting for Dr Asha Rai", "Go into the room and stay there: the"),
        (Status::Waiting, -5, InPerson, "You are waiting for Dr Asha Rai", "Stay within call"),
        (Status::Waiting, -5, Phone, "You are waiting for Dr Asha Rai", "or the number that you gave in the room."),
        (Status::InProgress, -5, Video, "Your visit with Dr Asha Rai is going on", "Go to the room"),
        (Status::InProgress, -5, InPerson, "Your visit with Dr Asha Rai is going on", "The doctor sees you now."),
        (Status::InProgress, -5, Phone, "Your visit with Dr Asha Rai is going on", "the doctor calls you at"),
        (
            Status::Confirmed,
            -31,
            Video,
            "The time of your visit with Dr Asha Rai is over",
            "If you did not meet, call it.",
        ),
    ] {
        let pair = pair().await;
        let visit = visit(&pair, minutes, (status, modality)).await;
        let page = dashboard(&pair).await;
        let said = hero(&page, &visit);
        assert!(said.contains(says) && said.contains(to_do), "{status:?}, {modality:?}: {said}");
        assert!(!said.contains("Today, "), "its time is not to come: {said}");
        assert!(page.has("[data-hero] a[href^=\"tel:\"]"));
    }
}

#[tokio::test]
async fn what_is_nothing_is_left_out_and_what_is_not_known_is_asked_for() {
    let pair = pair().await;
    described(&pair, ("Lagankhel Road", "+977 1 5522295", 0)).await;
    let row = user_row::Entity::find_by_id(pair.patient.user_id).one(&pair.app.db).await.unwrap().unwrap();
    user_row::ActiveModel { phone: Set(None), ..row.into_active_model() }.update(&pair.app.db).await.unwrap();
    let visit = visit(&pair, 60, (Status::Confirmed, Modality::Phone)).await;
    let page = dashboard(&pair).await;
    let said = hero(&page, &visit);
    assert!(said.contains("No number of yours is known") && !said.contains("calls you at"), "{said}");
    assert!(!page.has("[data-hero] [data-fee]") && !said.contains("NPR"), "a visit that costs nothing: {said}");
    pair.home.post_form(&format!("{}/arrival", visit.path()), &[("version", "0")]).await.expect(303);
    assert_eq!(
        dashboard(&pair).await.text("[data-hero] [data-to-do]"),
        "If you have not yet, give a number in the room of the visit: the doctor calls you there.",
        "whether they have given one is not known here"
    );
}

#[tokio::test]
async fn whoever_is_late_is_not_told_to_come_in_time() {
    let pair = pair().await;
    visit(&pair, 10, (Status::Scheduled, Modality::InPerson)).await;
    let to_do = async || look_anew(&pair).await.text("[data-hero] [data-to-do]");
    pair.app.clock.advance(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
    assert!(to_do().await.contains("in time"), "{}", to_do().await);
    pair.app.clock.advance(TimeDelta::microseconds(1));
    assert!(to_do().await.starts_with("It is time for your visit: tell the desk"), "{}", to_do().await);
    pair.app.clock.advance(TimeDelta::minutes(30));
    assert!(to_do().await.starts_with("It is time"), "{}", to_do().await);
    pair.app.clock.advance(TimeDelta::microseconds(1));
    assert!(to_do().await.contains("If you did not meet"), "{}", to_do().await);
}

#[tokio::test]
async fn a_wish_stands_beside_what_to_do_and_leaves_it_as_it_is() {
    let pair = pair().await;
    let visit = visit(&pair, 24 * 60, (Status::Confirmed, Modality::InPerson)).await;
    let row = appointment_row::Entity::find_by_id(visit.id).one(&pair.app.db).await.unwrap().unwrap();
    let wished = Set(Some(pair.app.in_minutes(26 * 60)));
    let row = appointment_row::ActiveModel { wished_starts_at: wished, ..row.into_active_model() };
    row.update(&pair.app.db).await.unwrap();
    let page = dashboard(&pair).await;
    hero(&page, &visit);
    let says = page.text("[data-hero] [data-to-do] + [data-wish]");
    assert!(says.starts_with("You asked for ") && says.contains("12:00. Your visit stays at "), "{says}");
    assert!(page.text("[data-hero] [data-to-do]").starts_with("Come to the hospital"), "until it is granted it stands");
}

#[tokio::test]
async fn nobody_is_sent_to_a_doctor_who_is_not_there() {
    let pair = pair().await;
    let visit = visit(&pair, 60, (Status::Confirmed, Modality::InPerson)).await;
    time_off(&pair.app, &pair.doctor, (pair.app.in_minutes(30), pair.app.in_hours(5)), "").await;
    let said = hero(&dashboard(&pair).await, &visit);
    assert!(said.contains("The doctor is away at that time") && !said.contains("Come to the hospital"), "{said}");
}

#[tokio::test]
async fn what_is_nothing_is_not_shown_and_there_is_a_way_to_ask() {
    let pair = pair().await;
    let empty = dashboard(&pair).await;
    assert!(empty.text("#hero").contains("No visits yet") && !empty.has("[data-hero]"), "{}", empty.words());
    assert!(empty.attributes("#hero a", "href").contains(&"/appointments/new".to_owned()));
    assert_eq!(empty.attributes(".panel:not([hidden])", "id"), ["hero"], "no panel that is empty");
    assert!(!empty.has("[data-figure]") && empty.has("#figures[hidden]"), "no figure that is nothing");

    // Who has asked for one has not had one, and is not new.
    visit(&pair, 24 * 60, (Status::Requested, Modality::Video)).await;
    let asked = dashboard(&pair).await;
    assert!(asked.text("#hero").contains("No visit is planned"), "{}", asked.words());
    assert_eq!(asked.attributes(".panel:not([hidden])", "id"), ["hero", "requests"]);
    assert_eq!(asked.attributes("[data-figure]", "data-figure"), ["requests"]);
}

#[tokio::test]
async fn whoever_has_only_past_visits_finds_the_last_with_its_paper() {
    let pair = pair().await;
    let earlier = visit(&pair, -24 * 60 * 20, (Status::Completed, Modality::Video)).await;
    note(&earlier, &pair.doctor).signed().create(&pair.app).await;
    visit(&pair, -24 * 60 * 2, (Status::NoShow, Modality::Video)).await;
    let last = visit(&pair, -24 * 60 * 3, (Status::Completed, Modality::Video)).await;
    let page = dashboard(&pair).await;
    assert!(page.text("#hero").contains("No visit is planned"));
    assert_eq!(page.appointments("#last"), [last.id]);
    assert!(!page.body.contains("/summary"), "nothing was signed of it");
    let signed = [("version", "0"), ("plan", "Drops"), ("withheld_reason", "")];
    gone_without(&pair.app, (&last, &pair.doctor), "").await;
    pair.surgery.post_form(&format!("{}/note/signature", last.path()), &signed).await.expect(303);
    let page = dashboard(&pair).await;
    assert_eq!(page.attributes("#last a[href$=\"/summary\"]", "href"), [format!("{}/summary", last.path())]);
    // Whoever has one before them looks ahead.
    let next = visit(&pair, 600, (Status::Scheduled, Modality::Video)).await;
    let page = dashboard(&pair).await;
    hero(&page, &next);
    assert!(page.has("#last[hidden]") && page.appointments("#last").is_empty());
}

/// What the desk corrects shows at once.
#[tokio::test]
async fn a_new_number_is_told_at_once() {
    let pair = pair().await;
    visit(&pair, 60, (Status::Confirmed, Modality::Phone)).await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    assert!(dashboard(&pair).await.says("calls you at +977 9800000001."));
    let path = format!("/patients/{}", pair.patient.id);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    desk.submit(&form, &format!("form[action=\"{path}\"]"), &[("phone", "+977 9800000002")]).await.expect(303);
    // The session is looked up anew as well.
    let board = async || pair.home.get("/dashboard").await.ok();
    assert!(board().await.says("calls you at +977 9800000002."));
    let platform = pair.app.sign_in(&super_admin().create(&pair.app).await).await;
    let path = format!("/hospitals/{}", pair.hospital.id);
    let form = platform.get(&format!("{path}/edit")).await.ok();
    let change = [("phone", "+977 1 5522299"), ("appointment_fee", "7.50")];
    platform.submit(&form, &format!("form[action=\"{path}\"]"), &change).await.expect(303);
    let page = board().await;
    assert!(page.says("+977 1 5522299") && page.says("NPR 7.50"), "{}", page.words());
}

/// On a phone the header has no room for it.
#[tokio::test]
async fn the_menu_says_who_is_signed_in_before_where_to_go() {
    let pair = pair().await;
    let page = dashboard(&pair).await;
    let said = page.text("#side > .viewer:first-child + ul").len();
    assert!(said > 0, "{}", page.words());
    assert_eq!(page.text("#side .viewer"), page.text(".mast .viewer"));
    assert!(page.text("#side .viewer").ends_with("Patient"), "{}", page.words());
}
