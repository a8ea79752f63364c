//! The two who meet call each other; the room and the lists say so.

use chrono::TimeDelta;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use telemedicine::features::CallKeeper;

use super::{STANDING, clinic::People, world::World};
use crate::support::*;

const NOW: &str = "/appointments/{id}/now";
const BOARD: &str = "/dashboard";
const REPORT: (&str, &str) = ("admin", "/reports/calls");
const SEEN: [(&str, &str); 6] =
    [("doctor", NOW), ("patient", NOW), ("admin", NOW), ("doctor", BOARD), ("patient", BOARD), ("admin", BOARD)];

/// The same, and what is told of calls that are over.
const SEEN_AND_REPORTED: [(&str, &str); 10] = [
    SEEN[0],
    SEEN[1],
    SEEN[2],
    SEEN[3],
    SEEN[4],
    SEEN[5],
    REPORT,
    ("doctor", STANDING),
    ("patient", STANDING),
    ("admin", STANDING),
];

/// A visit that has begun, and all who see something of it.
pub(super) async fn under_way() -> (World, Appointment) {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    let visit = appointment().of(&people.doctor).with(&people.patient).at(world.app.in_minutes(-5));
    let visit = visit.status(AppointmentStatus::InProgress).create(&world.app).await;
    world.look_into_the_room_of(&visit);
    people.sign_in(&mut world).await;
    (world, visit)
}

#[tokio::test]
async fn no_page_is_stale_after_anything_that_is_done_in_a_call() {
    let (world, visit) = under_way().await;
    for who in ["doctor", "patient"] {
        let here = [("state", "here")];
        world.browser(who).post_form(&format!("{}/presence", visit.path()), &here).await.expect(204);
    }
    let path = |noun: &str| format!("{}/{noun}", visit.path());
    let key = std::cell::RefCell::new(String::new());
    let join = async |who: &'static str| {
        let page = world.browser(who).post_form(&path("call"), &[]).await.ok();
        let told: Value = serde_json::from_str(&page.body).unwrap();
        told["peer"].as_str().unwrap().clone_into(&mut key.borrow_mut());
    };
    let report = async |state: &str| {
        let peer = key.borrow().clone();
        let fields = [("peer", peer.as_str()), ("state", state)];
        world.browser("patient").post_form(&path("call/report"), &fields).await.expect(204);
    };
    let end = async || drop(world.browser("doctor").post_form(&path("call/end"), &[]).await.expect(303));
    world.after("the doctor calls", &SEEN, join("doctor")).await;
    let doctor = key.borrow().clone();
    world.after("the patient joins", &[], join("patient")).await;
    let said = async || {
        let body = json!({"peer": *key.borrow(), "to": doctor, "kind": "offer", "body": 1}).to_string();
        let request = world.browser("patient").request(Method::POST, &path("call/signals"));
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        world.browser("patient").send(request).await.expect(204);
    };
    world.after("something is said", &[], said()).await;
    world.after("they see each other", &SEEN, report("connected")).await;
    world.after("it falters", &[], report("reconnecting")).await;
    world.after("the doctor hangs up", &SEEN_AND_REPORTED, end()).await;
    world.after("hung up twice", &[], end()).await;
    world.after("the patient calls", &SEEN, join("patient")).await;
    let done = [("version", "0"), ("outcome", "completed")];
    world.after("the visit is over", &SEEN_AND_REPORTED, world.post("doctor", &path("outcome"), &done)).await;
    let name = [("first_name", "Asha"), ("last_name", "Otherwise"), ("phone", "+977 1 5550123")];
    world.after("the doctor is called otherwise", &[REPORT], world.post("doctor", "/profile", &name)).await;
}

/// Whose pages are not heard of: it is over when somebody comes anew, or by the clock.
#[tokio::test]
async fn no_page_is_stale_after_a_call_that_nobody_is_in_any_more() {
    let (world, visit) = under_way().await;
    let here = [("state", "here")];
    world.browser("patient").post_form(&format!("{}/presence", visit.path()), &here).await.expect(204);
    let join = async |who: &'static str| {
        world.browser(who).post_form(&format!("{}/call", visit.path()), &[]).await.ok();
    };
    join("doctor").await;
    let later = || world.app.clock.advance(TimeDelta::seconds(106));
    later();
    // A call that was lost meanwhile is over.
    let seen = [("doctor", NOW), ("patient", NOW), ("admin", NOW), ("doctor", BOARD), ("admin", BOARD), REPORT];
    world.after("another call begins", &seen, join("patient")).await;
    later();
    let keeper = CallKeeper::new(&world.app.state);
    let round = async { assert_eq!(keeper.round().await.unwrap(), 1) };
    world.after("a call is over by the clock", &seen, round).await;
    join("doctor").await;
    let telephone = [("version", "0"), ("modality", "phone"), ("reason", "No picture.")];
    let path = format!("{}/modality", visit.path());
    world.after("the visit goes on by telephone", &seen, world.post("doctor", &path, &telephone)).await;
}
