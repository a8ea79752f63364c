//! Guests of a call: the room says who was invited, who waits, who is in the call, and who is not any more.

use std::cell::RefCell;

use chrono::TimeDelta;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::{STANDING, calls::under_way, world::World};
use crate::support::*;

const NOW: &str = "/appointments/{id}/now";
const BOARD: &str = "/dashboard";
const SEEN: [(&str, &str); 3] = [("doctor", NOW), ("patient", NOW), ("admin", NOW)];

/// A visit that goes on, with everybody looking at its room, and somebody outside who may have a link.
struct Story {
    world: World,
    visit: Appointment,
    outside: Client,
    /// The path of the link that was made last.
    link: RefCell<String>,
    /// What the guest's page was told when it joined last.
    joined: RefCell<Value>,
    /// The key of the doctor's page in the call.
    doctor: RefCell<Option<String>>,
}

impl Story {
    async fn open() -> Self {
        let (world, visit) = under_way().await;
        let outside = world.app.visitor();
        Self { world, visit, outside, link: RefCell::default(), joined: RefCell::default(), doctor: RefCell::default() }
    }

    fn path(&self, noun: &str) -> String {
        format!("{}/{noun}", self.visit.path())
    }

    fn below_link(&self, noun: &str) -> String {
        format!("{}/{noun}", self.link.borrow())
    }

    /// The doctor's page, once it is in the call, goes on to be heard of: else the call is ended by the clock.
    async fn pass(&self, seconds: i64) {
        let doctor = self.doctor.borrow().clone();
        let mut left = seconds;
        while left > 0 {
            let step = if doctor.is_some() { left.min(30) } else { left };
            self.world.app.clock.advance(TimeDelta::seconds(step));
            left -= step;
            if let Some(page) = &doctor {
                self.doctor_signs(page).await;
            }
        }
    }

    async fn doctor_signs(&self, page: &str) {
        let fields = [("state", "here"), ("call", page)];
        self.world.browser("doctor").post_form(&self.path("presence"), &fields).await.expect(204);
    }

    async fn invite(&self) {
        let form = [("name", "Mira Shrestha"), ("kind", "interpreter")];
        let page = self.world.browser("doctor").post_form(&self.path("guests"), &form).await.ok();
        let link = page.attributes("[data-guest-link]", "value").concat();
        *self.link.borrow_mut() = link[link.find("/guest/").unwrap()..].to_owned();
    }

    async fn patient_comes(&self) {
        let path = self.path("presence");
        self.world.browser("patient").post_form(&path, &[("state", "here")]).await.expect(204);
    }

    /// The doctor lets the guest in, or removes them.
    async fn act(&self, noun: &str) {
        let guest = self.link.borrow()["/guest/".len()..].split('-').next().unwrap().to_owned();
        self.world.post("doctor", &self.path(&format!("guests/{guest}/{noun}")), &[]).await;
    }

    async fn sign(&self, fields: &[(&str, &str)]) {
        self.outside.post_form(&self.below_link("presence"), fields).await.ok();
    }

    async fn doctor_joins(&self) {
        let told = self.world.browser("doctor").post_form(&self.path("call"), &[]).await.ok();
        let told: Value = serde_json::from_str(&told.body).unwrap();
        let page = told["peer"].as_str().unwrap().to_owned();
        self.doctor_signs(&page).await;
        *self.doctor.borrow_mut() = Some(page);
    }

    async fn join(&self) {
        let told = self.outside.post_form(&self.below_link("call"), &[]).await.ok();
        *self.joined.borrow_mut() = serde_json::from_str(&told.body).unwrap();
    }

    /// The key of the guest's page in the call.
    fn own(&self) -> String {
        self.joined.borrow()["peer"].as_str().unwrap().to_owned()
    }

    /// The key of the page that was there before.
    fn other(&self) -> String {
        self.joined.borrow()["peers"][0].as_str().unwrap().to_owned()
    }

    async fn say(&self, (own, other): (&str, &str)) {
        let body = json!({"peer": own, "to": other, "kind": "offer", "body": 1}).to_string();
        let request = self.outside.request(Method::POST, &self.below_link("call/signals"));
        self.outside.send(request.header(CONTENT_TYPE, "application/json").body(body)).await.expect(204);
    }

    async fn report_connected(&self, own: &str) {
        let fields = [("peer", own), ("state", "connected")];
        self.outside.post_form(&self.below_link("call/report"), &fields).await.expect(204);
    }
}

#[tokio::test]
async fn no_page_is_stale_after_a_guest_comes_and_goes() {
    let story = Story::open().await;
    let world = &story.world;
    let here = [("state", "here")];
    world.after("somebody is invited", &SEEN, story.invite()).await;
    world.after("they wait", &SEEN, story.sign(&here)).await;
    world.after("they still wait", &[], story.sign(&here)).await;
    world.after("nothing is heard of them", &SEEN, story.pass(45)).await;
    world.after("they are back", &SEEN, story.sign(&here)).await;
    let stands = [("doctor", STANDING), ("patient", STANDING), ("admin", STANDING)];
    world.after("they are let in", &[SEEN, stands].concat(), story.act("admission")).await;
    story.doctor_joins().await;
    world.after("they join the call", &SEEN, story.join()).await;
    let (own, other) = (story.own(), story.other());
    world.after("they say something", &[], story.say((&own, &other))).await;
    world.after("they are connected", &[], story.report_connected(&own)).await;
    world.after("their page goes", &SEEN, story.sign(&[("state", "leaving"), ("call", &own)])).await;
    world.after("they are back in the call", &SEEN, story.join()).await;
    world.after("nothing is heard of their page", &SEEN, story.pass(45)).await;
    // Of a page that nobody looks at the room believes for longer that it is open than that it is in the call.
    world.after("nobody looks at their page", &[], story.sign(&[("state", "hidden")])).await;
    world.after("they join once more", &SEEN, story.join()).await;
    let own = story.own();
    let sign = |state| [("state", state), ("call", own.as_str())];
    story.pass(20).await;
    world.after("the patient comes", &SEEN, story.patient_comes()).await;
    // Of the other two the room believes for longer that they are there.
    world.after("nothing is heard of their page", &SEEN, story.pass(26)).await;
    world.after("it is heard of once more", &SEEN, story.sign(&sign("here"))).await;
    world.after("nothing is heard of it for nearly as long as it was let", &[], story.pass(41)).await;
    world.after("it goes", &SEEN, story.sign(&sign("leaving"))).await;
    world.after("it is back", &SEEN, story.join()).await;
    world.after("they are removed", &SEEN, story.act("removal")).await;
}

#[tokio::test]
async fn no_page_is_stale_after_a_link_is_over() {
    let story = Story::open().await;
    let world = &story.world;
    world.after("somebody is invited", &SEEN, story.invite()).await;
    // Four hours after the end of a visit that ends in 25 minutes.
    world.after("their link is nearly too old", &[], story.pass(4 * 3600 + 24 * 60)).await;
    world.after("their link is too old", &SEEN, story.pass(90)).await;
    world.after("somebody else is invited", &SEEN, story.invite()).await;
    let telephone = [("version", "0"), ("modality", "phone"), ("reason", "No picture.")];
    let seen = [SEEN[0], SEEN[1], SEEN[2], ("doctor", BOARD)];
    let path = story.path("modality");
    world.after("the visit goes on by telephone", &seen, world.post("doctor", &path, &telephone)).await;
}
