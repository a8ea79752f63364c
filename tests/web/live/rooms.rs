//! The room of a visit: it is not kept, so what changes in it comes from the page of where the visit stands.

use chrono::TimeDelta;
use entity::visit_presence;
use reqwest::{Method, header::CONTENT_TYPE};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::support::*;

const FORM: &str = "application/x-www-form-urlencoded";

/// A doctor and a patient, and a visit of theirs that begins now.
struct Meeting {
    app: TestApp,
    visit: Appointment,
    surgery: Client,
    home: Client,
    patient: Patient,
    doctor: Doctor,
    hospital: Hospital,
}

impl Meeting {
    async fn begin() -> Self {
        Self::begin_as(AppointmentStatus::Waiting).await
    }

    async fn begin_as(status: AppointmentStatus) -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).create(&app).await;
        let patient = patient(&hospital).create(&app).await;
        let visit = appointment().of(&doctor).with(&patient).at(app.in_minutes(5));
        let visit = visit.status(status).create(&app).await;
        let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
        Self { app, visit, surgery, home, patient, doctor, hospital }
    }

    /// Where the room's live part comes from, as the room says it.
    async fn source(&self, client: &Client) -> String {
        let room = client.get(&format!("{}/room", self.visit.path())).await.ok();
        assert!(room.has("#now[data-live-region]"));
        room.attributes("main[data-live-from]", "data-live-from").remove(0)
    }

    /// What the room fetches by itself, and the stream that it opens for it.
    async fn watch(&self, client: &Client) -> (Page, Live) {
        let now = by_itself(client, &self.source(client).await).await.ok();
        let mut live = Live::open(self.app.address, &client.cookies(), &[&super::token(&now)]);
        let ready = live.expect("ready").await;
        assert!(ready.contains("\"beat\":5,"), "{ready}");
        (now, live)
    }

    async fn now(&self, client: &Client) -> Page {
        by_itself(client, &format!("{}/now", self.visit.path())).await
    }

    async fn sign(&self, client: &Client, state: &str) -> Page {
        let request = client.request(Method::POST, &format!("{}/presence", self.visit.path()));
        client.send(request.header("x-live", "1").header(CONTENT_TYPE, FORM).body(format!("state={state}"))).await
    }

    async fn presence(&self) -> visit_presence::Model {
        let own = visit_presence::Column::UserId.eq(self.patient.user_id);
        visit_presence::Entity::find().filter(own).one(&self.app.db).await.unwrap().unwrap()
    }
}

async fn by_itself(client: &Client, path: &str) -> Page {
    client.send(client.request(Method::GET, path).header("x-live", "1")).await
}

fn stage(page: &Page) -> String {
    page.attributes("#now", "data-stage").remove(0)
}

#[tokio::test]
async fn a_room_hears_that_the_visit_goes_on_and_that_it_is_over_and_leads_on() {
    let meeting = Meeting::begin().await;
    let (before, mut live) = meeting.watch(&meeting.home).await;
    assert!(!before.has("#acts a"));
    let path = |noun: &str| format!("{}/{noun}", meeting.visit.path());
    meeting.surgery.post_form(&path("start"), &[("version", &meeting.visit.version)]).await.expect(303);
    live.comes_to("changed").await;
    let (going_on, mut live) = meeting.watch(&meeting.home).await;
    assert_ne!(stage(&going_on), stage(&before));
    // What the doctor can do comes by itself as well, and leads back into the room.
    let doctors = meeting.now(&meeting.surgery).await.ok();
    let outcome = format!("#acts form[action=\"{}\"]", path("outcome"));
    assert_eq!(doctors.attributes(&format!("{outcome} [name=back]"), "value")[0], "room");
    meeting.surgery.submit(&doctors, &outcome, &[]).await.expect(303);
    live.comes_to("changed").await;
    let over = meeting.now(&meeting.home).await.ok();
    assert_eq!(over.attributes("#acts a", "href"), [meeting.visit.path()]);
    assert_eq!(over.attributes("[data-presence]", "data-presence"), Vec::<String>::new());
    let doctors = meeting.now(&meeting.surgery).await.ok();
    assert_eq!(doctors.attributes("#acts a", "href"), [path("note")]);
}

#[tokio::test]
async fn a_room_hears_that_the_visit_is_cancelled_and_offers_another() {
    let meeting = Meeting::begin_as(AppointmentStatus::Confirmed).await;
    let (_, mut live) = meeting.watch(&meeting.home).await;
    let fields = [("version", meeting.visit.version.as_str()), ("reason", "I am ill today.")];
    meeting.surgery.post_form(&format!("{}/cancellation", meeting.visit.path()), &fields).await.expect(303);
    live.comes_to("changed").await;
    let over = meeting.now(&meeting.home).await.ok();
    assert!(over.text("#now").contains("cancelled") && !over.body.contains("I am ill"), "{}", over.words());
    let doctor = meeting.visit.doctor_id;
    assert_eq!(over.attributes("#acts a", "href"), [format!("/appointments/new?doctor_id={doctor}")]);
}

#[tokio::test]
async fn a_room_hears_that_the_visit_is_with_another_doctor_and_is_that_doctors_then() {
    let meeting = Meeting::begin_as(AppointmentStatus::Confirmed).await;
    let other = doctor(&meeting.hospital).named("Bina", "Thapa").create(&meeting.app).await;
    availability(&meeting.app, &other, 1, (hour(9), hour(18))).await;
    let (before, mut live) = meeting.watch(&meeting.home).await;
    let (_, mut doctors) = meeting.watch(&meeting.surgery).await;
    let desk = meeting.app.sign_in(&hospital_admin(&meeting.hospital).create(&meeting.app).await).await;
    let over = [("version", "0"), ("starts_at", "2026-11-24T10:30"), ("doctor_id", &other.id.to_string())];
    desk.post_form(&format!("{}/rescheduling", meeting.visit.path()), &over).await.expect(303);
    live.comes_to("changed").await;
    let after = meeting.now(&meeting.home).await.ok();
    assert_ne!(stage(&after), stage(&before), "the page is made anew");
    assert!(after.says("Dr Bina Thapa"), "{}", after.words());
    // Whoever had it is told as well, and sees nothing of it any more.
    doctors.comes_to("changed").await;
    meeting.now(&meeting.surgery).await.expect(404);
}

#[tokio::test]
async fn who_comes_and_goes_is_told_in_the_room_of_the_other() {
    let meeting = Meeting::begin().await;
    let seen = |page: &Page| page.attributes("[data-presence]", "data-presence").join(" ");
    let (before, mut live) = meeting.watch(&meeting.surgery).await;
    assert_eq!(seen(&before), "never never");
    meeting.sign(&meeting.home, "here").await.expect(204);
    live.comes_to("changed").await;
    let (here, mut live) = meeting.watch(&meeting.surgery).await;
    assert_eq!(seen(&here), "never here");
    // A page that goes may be one that is loaded again: that it has gone shows a moment later.
    meeting.sign(&meeting.home, "leaving").await.expect(204);
    live.comes_to("changed").await;
    let (going, mut live) = meeting.watch(&meeting.surgery).await;
    assert_eq!(seen(&going), "never here");
    meeting.app.clock.advance(TimeDelta::seconds(6));
    live.comes_to("changed").await;
    let (gone, mut live) = meeting.watch(&meeting.surgery).await;
    assert_eq!(seen(&gone), "never away");
    // Who is heard of no more has gone as well, when the lease is over.
    meeting.sign(&meeting.home, "here").await.expect(204);
    live.comes_to("changed").await;
    let (_, mut live) = meeting.watch(&meeting.surgery).await;
    meeting.app.clock.advance(TimeDelta::seconds(46));
    live.comes_to("changed").await;
    assert_eq!(seen(&meeting.now(&meeting.surgery).await.ok()), "never away");
}

#[tokio::test]
async fn a_sign_of_who_is_still_there_costs_one_statement_and_signs_too_many_write_nothing() {
    let meeting = Meeting::begin().await;
    meeting.sign(&meeting.home, "here").await.expect(204);
    let first = meeting.presence().await;
    meeting.app.clock.advance(TimeDelta::seconds(4));
    meeting.sign(&meeting.home, "here").await.expect(204);
    assert_eq!(meeting.presence().await, first, "too soon");
    meeting.app.clock.advance(TimeDelta::seconds(11));
    let renewed = meeting.sign(&meeting.home, "here").await.expect(204);
    assert_eq!(renewed.statements(), 1);
    let second = meeting.presence().await;
    assert_eq!(second.here_until, meeting.app.now() + TimeDelta::seconds(45));
    assert_eq!(second.here_since, first.here_since);
    meeting.sign(&meeting.home, "leaving").await.expect(204);
    let left = meeting.presence().await;
    meeting.app.clock.advance(TimeDelta::seconds(1));
    meeting.sign(&meeting.home, "leaving").await.expect(204);
    assert_eq!(meeting.presence().await, left, "it has said so already");
    // A page that was loaded again is there at once.
    meeting.sign(&meeting.home, "here").await.expect(204);
    assert_eq!(meeting.presence().await.left_at, None);
}

#[tokio::test]
async fn an_open_room_is_no_use_of_the_session() {
    let meeting = Meeting::begin().await;
    for _ in 0..5 {
        meeting.app.clock.advance(TimeDelta::minutes(5));
        meeting.sign(&meeting.home, "here").await.expect(204);
        meeting.now(&meeting.home).await.ok();
    }
    meeting.app.clock.advance(TimeDelta::minutes(6));
    assert!(meeting.now(&meeting.home).await.expect(303).location().starts_with("/sign-in"));
    meeting.sign(&meeting.home, "here").await.expect(401);
    assert!(!meeting.home.is_signed_in().await);
}

/// The dashboard of somebody who waits is about the others who wait as well.
#[tokio::test]
async fn a_dashboard_hears_that_the_line_has_moved() {
    let meeting = Meeting::begin().await;
    let other = patient(&meeting.hospital).create(&meeting.app).await;
    let before = appointment().of(&meeting.doctor).with(&other).at(meeting.app.in_minutes(-40));
    let before =
        before.status(AppointmentStatus::Waiting).since(meeting.app.in_minutes(-30)).create(&meeting.app).await;
    let place = |page: &Page| page.attributes("[data-hero] [data-place]", "data-place");
    let page = meeting.home.get("/dashboard").await.ok();
    assert_eq!(place(&page), ["2"]);
    let mut live = Live::open(meeting.app.address, &meeting.home.cookies(), &[&super::token(&page)]);
    live.expect("ready").await;
    meeting.surgery.post_form(&format!("{}/start", before.path()), &[("version", &before.version)]).await.expect(303);
    live.comes_to("changed").await;
    assert_eq!(place(&by_itself(&meeting.home, "/dashboard").await.ok()), ["1"]);
}
