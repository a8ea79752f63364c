//! Records, which are not kept: what has nothing clinical on their pages comes from pages of their own, and so does that the rest is not as it was.

mod marks;

use entity::audit_entry;
use reqwest::Method;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use crate::support::*;

/// A doctor, a patient and the desk, each with a browser, and two visits of theirs.
struct Practice {
    app: TestApp,
    /// Where the changes are made: another instance, if two of them can share what they know.
    elsewhere: Option<Instance>,
    doctor: Doctor,
    /// Whose the first of the visits is.
    patient: Patient,
    visit: Appointment,
    other: Appointment,
    surgery: Client,
    home: Client,
    desk: Client,
}

impl Practice {
    async fn with(status: AppointmentStatus) -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
        let another = self::patient(&hospital).create(&app).await;
        let visit = appointment().of(&doctor).with(&patient).at(app.in_minutes(5)).status(status).create(&app).await;
        let other = appointment().of(&doctor).with(&another).at(app.in_minutes(65)).status(status).create(&app).await;
        gone_without(&app, (&visit, &doctor), "").await;
        let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
        let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
        let elsewhere = app.state.redis.is_some().then(|| app.another_instance());
        Self { app, elsewhere, doctor, patient, visit, other, surgery, home, desk }
    }

    fn path(&self, noun: &str) -> String {
        format!("{}{noun}", self.visit.path())
    }

    /// Somebody sends a form, in another window than the one that is looked at.
    async fn post(&self, browser: &Client, path: &str, fields: &[(&str, &str)]) -> Page {
        let there = self.elsewhere.as_ref().map(|there| browser.at(&there.origin()));
        there.as_ref().unwrap_or(browser).post_form(path, fields).await.expect(303)
    }

    /// The stream of the page at `path` in this browser, which is ready, and what the page fetches by itself.
    async fn watch(&self, browser: &Client, path: &str) -> (Live, Page) {
        let record = browser.get(path).await.ok();
        assert!(!record.has("main[data-live^=v1]"), "{path} is not kept: what it shows cannot be asked for again");
        let source = record.attributes("main[data-live-from]", "data-live-from").concat();
        let page = by_itself(browser, &source).await.ok();
        assert_eq!(state(&page), state(&record), "{path} is up to date");
        (listen(&self.app, browser, &page).await, page)
    }

    /// Each of these is told that it has changed, and shows it then.
    async fn are_told(&self, watched: Vec<(&Client, &str)>, change: impl Future<Output = Page>) {
        let mut streams = Vec::new();
        for (browser, path) in &watched {
            streams.push(self.watch(browser, path).await);
        }
        drop(change.await);
        for ((live, before), (browser, path)) in streams.iter_mut().zip(watched) {
            live.comes_to("changed").await;
            let (_, after) = self.watch(browser, path).await;
            assert_ne!(words(before), words(&after), "{path} shows nothing of it");
        }
    }
}

async fn by_itself(browser: &Client, path: &str) -> Page {
    browser.send(browser.request(Method::GET, path).header("x-live", "1")).await
}

async fn listen(app: &TestApp, browser: &Client, page: &Page) -> Live {
    let mut live = Live::open(app.address, &browser.cookies(), &[&super::token(page)]);
    live.expect("ready").await;
    live
}

/// Whether the record is as it was, as both pages have it; nothing where all of it comes by itself.
fn state(page: &Page) -> Vec<String> {
    page.attributes("#record-now[data-live-region]", "data-record-state")
}

/// What comes by itself: what the page says, and whether the rest is as it was.
fn words(page: &Page) -> (Vec<String>, Vec<String>) {
    (page.texts("[data-live-region]"), state(page))
}

#[tokio::test]
async fn the_page_of_a_visit_is_told_of_each_step() {
    let practice = Practice::with(AppointmentStatus::Scheduled).await;
    let page = practice.visit.path();
    let all =
        || vec![(&practice.surgery, page.as_str()), (&practice.home, page.as_str()), (&practice.desk, page.as_str())];
    let confirmed = [("version", "0")];
    practice.are_told(all(), practice.post(&practice.home, &practice.path("/confirmation"), &confirmed)).await;
    let arrived = [("version", "1")];
    practice.are_told(all(), practice.post(&practice.desk, &practice.path("/arrival"), &arrived)).await;
    let (_, now) = practice.watch(&practice.surgery, &page).await;
    assert!(now.text("#standing [data-status]").contains("Waiting") && now.has("#next form[action$='/start']"));
}

#[tokio::test]
async fn the_page_of_a_visit_hears_nothing_of_another_visit_and_nothing_clinical() {
    let practice = Practice::with(AppointmentStatus::Scheduled).await;
    let page = practice.visit.path();
    let (mut live, before) = practice.watch(&practice.home, &page).await;
    let reason = [("version", "0"), ("reason", "The ward needs everybody.")];
    practice.post(&practice.surgery, &format!("{}/cancellation", practice.other.path()), &reason).await;
    // What comes next on the stream is of one's own visit.
    let again = by_itself(&practice.home, &practice.path("/standing")).await.ok();
    assert_eq!(super::token(&again), super::token(&before), "the stream would begin anew");
    practice.post(&practice.surgery, &practice.path("/cancellation"), &reason).await;
    live.comes_to("changed").await;
    let record = practice.home.get(&page).await.ok();
    assert!(record.says("The ward needs everybody."), "{}", record.words());
    let (_, now) = practice.watch(&practice.home, &page).await;
    assert!(now.text("#standing").contains("Cancelled") && !now.body.contains("The ward needs"), "{}", now.words());
    assert_ne!(state(&now), state(&before), "that there is a reason to read is told");
}

#[tokio::test]
async fn a_message_is_told_on_the_page_of_the_visit() {
    let practice = Practice::with(AppointmentStatus::Scheduled).await;
    let page = practice.visit.path();
    let written = [("body", "May I eat before?"), ("token", "a")];
    let thread = practice.path("/messages");
    let send = practice.post(&practice.home, &thread, &written);
    practice.are_told(vec![(&practice.surgery, page.as_str())], send).await;
    let (_, now) = practice.watch(&practice.surgery, &page).await;
    assert!(now.texts("nav [data-live-region]").iter().any(|link| link == "Messages 1 new"), "{}", now.words());
}

#[tokio::test]
async fn what_a_page_of_a_record_asks_by_itself_opens_no_record() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let lines = async || audit_entry::Entity::find().count(&practice.app.db).await.unwrap();
    let before = lines().await;
    for noun in ["/standing", "/note/now", "/documents/now"] {
        by_itself(&practice.surgery, &practice.path(noun)).await.ok();
    }
    assert_eq!(lines().await, before);
    for noun in ["", "/note"] {
        by_itself(&practice.surgery, &practice.path(noun)).await.expect(409);
    }
    assert_eq!(lines().await, before);
}

#[tokio::test]
async fn what_a_page_of_a_record_is_told_by_is_for_its_viewer_alone() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    for noun in ["/standing", "/note/now", "/documents/now"] {
        let token = super::token(&by_itself(&practice.surgery, &practice.path(noun)).await.ok());
        for stranger in [&practice.home, &practice.desk] {
            stranger.get(&format!("/live?on={token}")).await.expect(400);
        }
        practice.app.visitor().get(&format!("/live?on={token}")).await.expect(401);
    }
}

#[tokio::test]
async fn the_pages_of_a_note_are_told_that_it_was_written_signed_and_added_to() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let (note, paper) = (practice.path("/note"), practice.path("/summary"));
    let writing = || vec![(&practice.surgery, note.as_str())];
    let begun = [("version", "0"), ("plan", "Rest and warm drinks")];
    practice.are_told(writing(), practice.post(&practice.surgery, &note, &begun)).await;
    let (_, now) = practice.watch(&practice.surgery, &note).await;
    assert!(state(&now).concat().starts_with("draft-1-") && !now.body.contains("warm drinks"), "{}", now.words());
    // To the patient there is none before it is signed.
    practice.home.get(&practice.path("/note/now")).await.expect(404);
    let signature = practice.path("/note/signature");
    practice.are_told(writing(), practice.post(&practice.surgery, &signature, &[("version", "1")])).await;
    let reading =
        vec![(&practice.surgery, note.as_str()), (&practice.surgery, paper.as_str()), (&practice.home, paper.as_str())];
    let added = [("text", "The left eye"), ("reason", "Forgotten")];
    practice.are_told(reading, practice.post(&practice.surgery, &practice.path("/note/addenda"), &added)).await;
    let (_, now) = practice.watch(&practice.home, &paper).await;
    assert!(now.says("1 addendum") && !now.body.contains("left eye"), "{}", now.words());
}

#[tokio::test]
async fn pages_of_documents_are_told_what_is_issued_and_what_is_revoked() {
    let practice = Practice::with(AppointmentStatus::InProgress).await;
    let issue = practice.path("/documents");
    let form = [("kind", "prescription"), ("body", "Paracetamol 500 mg")];
    let list = practice.home.get("/documents").await.ok();
    let mut live = listen(&practice.app, &practice.home, &list).await;
    practice.are_told(vec![(&practice.surgery, issue.as_str())], practice.post(&practice.surgery, &issue, &form)).await;
    live.comes_to("changed").await;
    let list = by_itself(&practice.home, "/documents").await.ok();
    let paper = list.attributes("#list a", "href").concat();
    let mut live = listen(&practice.app, &practice.home, &list).await;
    let both = vec![(&practice.surgery, paper.as_str()), (&practice.home, paper.as_str())];
    let revoked = [("version", "0"), ("reason", "The wrong dose")];
    practice.are_told(both, practice.post(&practice.surgery, &format!("{paper}/revocation"), &revoked)).await;
    live.comes_to("changed").await;
    assert!(by_itself(&practice.home, "/documents").await.ok().text("#list").contains("Revoked"));
    let (_, now) = practice.watch(&practice.home, &paper).await;
    assert!(now.text("#counts").contains("counts no more"), "{}", now.words());
    assert!(!now.body.contains("Paracetamol") && !now.body.contains("wrong dose"), "{}", now.words());
}

/// Else what was typed and refused would give way to the page as it is without it.
#[tokio::test]
async fn a_page_with_a_form_that_was_refused_stays_as_it_is() {
    let practice = Practice::with(AppointmentStatus::Scheduled).await;
    let fields = [("version", "9"), ("reason", "The ward needs everybody.")];
    let refused = practice.surgery.post_form(&practice.path("/cancellation"), &fields).await.expect(409);
    assert!(refused.says("The ward needs everybody.") && !refused.has("main[data-live-from]"), "{}", refused.words());
}
