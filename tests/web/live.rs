//! Pages that change by themselves: the token that a page carries, and the stream that tells of changes.

mod endings;
mod outages;
mod records;
mod requests;
mod rooms;

use std::net::SocketAddr;

use chrono::TimeDelta;

use crate::support::*;

/// The token of a page.
pub(super) fn token(page: &Page) -> String {
    let mut tokens = page.attributes("main[data-live]", "data-live");
    assert_eq!(tokens.len(), 1, "{} is live", page.asked);
    tokens.remove(0)
}

/// A doctor who looks at the dashboard, with somebody in the waiting room.
pub(super) struct Desk {
    pub(super) app: TestApp,
    pub(super) clinic: Clinic,
    pub(super) doctor: Client,
}

impl Desk {
    pub(super) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(super) async fn with(settings: &[(&str, &str)]) -> Self {
        let app = TestApp::start_with(settings).await;
        let clinic = Clinic::create(&app).await;
        let doctor = app.sign_in(&clinic.here.doctor).await;
        Self { app, clinic, doctor }
    }

    /// The dashboard's token.
    pub(super) async fn token(&self) -> String {
        token(&self.doctor.get("/dashboard").await.ok())
    }

    /// What the doctor's browser opens at `address`.
    pub(super) fn listen(&self, address: SocketAddr, tokens: &[&str]) -> Live {
        Live::open(address, &self.doctor.cookies(), tokens)
    }

    /// The stream of the dashboard as it is, which is ready.
    pub(super) async fn live(&self) -> Live {
        let token = self.token().await;
        let mut live = self.listen(self.app.address, &[&token]);
        live.expect("ready").await;
        live
    }

    /// Begins the visit of who is waiting: the dashboard shows it.
    pub(super) async fn act(&self) {
        self.act_as(&self.doctor).await;
    }

    pub(super) async fn act_as(&self, browser: &Client) {
        let visit = self.clinic.here.appointment(AppointmentStatus::Waiting);
        browser.post_form(&format!("{}/start", visit.path()), &[("version", &visit.version)]).await.expect(303);
    }
}

#[tokio::test]
async fn who_looks_at_a_page_is_told_that_it_has_changed() {
    let desk = Desk::new().await;
    let mut live = desk.live().await;
    let head = live.head().await;
    for line in [
        "http/1.1 200",
        "content-type: text/event-stream",
        "cache-control: no-store",
        "content-encoding: identity",
        "x-accel-buffering: no",
        "x-content-type-options: nosniff",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    assert!(!head.contains("set-cookie"), "{head}");
    desk.act().await;
    assert_eq!(live.expect("changed").await, "0");
    // The page that it has now is told of what comes next, and of nothing that it shows already.
    desk.live().await;
}

#[tokio::test]
async fn what_changes_between_the_page_and_its_stream_is_not_lost() {
    let desk = Desk::new().await;
    let token = desk.token().await;
    desk.act().await;
    let mut live = desk.listen(desk.app.address, &[&token]);
    assert_eq!(live.expect("changed").await, "0");
}

#[tokio::test]
async fn each_instance_tells() {
    let desk = Desk::new().await;
    if desk.app.state.redis.is_none() {
        return;
    }
    let other = desk.app.another_instance();
    let token = desk.token().await;
    let mut there = desk.listen(other.address, &[&token]);
    there.expect("ready").await;
    desk.act().await;
    assert_eq!(there.expect("changed").await, "0");
    // And of what happened there.
    let mut here = desk.live().await;
    let patient = desk.app.sign_in(&desk.clinic.here.patient).await.at(&other.origin());
    let asked = desk.clinic.here.appointment(AppointmentStatus::Requested);
    let fields = [("version", asked.version.as_str()), ("reason", "not needed any more")];
    patient.post_form(&format!("{}/cancellation", asked.path()), &fields).await.expect(303);
    here.expect("changed").await;
}

#[tokio::test]
async fn one_stream_tells_of_each_of_its_pages() {
    let desk = Desk::new().await;
    let list = token(&desk.doctor.get("/doctors").await.ok());
    let board = desk.token().await;
    let mut live = desk.listen(desk.app.address, &[&list, &board]);
    live.expect("ready").await;
    desk.act().await;
    assert_eq!(live.expect("changed").await, "1", "the list of doctors shows no visits");
}

#[tokio::test]
async fn a_page_changes_by_the_clock_alone() {
    let desk = Desk::with(&[("SESSION_IDLE_MINUTES", "720")]).await;
    let mut live = desk.live().await;
    let before = desk.doctor.get("/dashboard").await.ok();
    desk.app.clock.advance(TimeDelta::hours(10));
    live.expect("changed").await;
    assert_ne!(desk.doctor.get("/dashboard").await.ok().words(), before.words());
}

#[tokio::test]
async fn every_page_that_is_kept_for_somebody_is_live_and_no_other() {
    let desk = Desk::new().await;
    for path in ["/dashboard", "/appointments", "/notifications", "/patients", "/doctors"] {
        token(&desk.doctor.get(path).await.ok());
    }
    // What was done is told once, on a page that is not kept, and is live all the same.
    desk.act().await;
    token(&desk.doctor.get("/dashboard").await.ok());
    for path in ["/profile", "/appointments/new"] {
        assert!(!desk.doctor.get(path).await.ok().has("[data-live]"), "{path}");
    }
    for path in ["/", "/hospitals", "/sign-in"] {
        assert!(!desk.app.visitor().get(path).await.ok().has("[data-live]"), "{path}");
    }
}
