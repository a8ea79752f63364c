//! Taking back what was recorded of a visit by mistake: the visit stands as it did before, its history keeps both, and nobody goes on believing what was wrong.

mod told;

use chrono::TimeDelta;
use entity::{
    appointment, appointment_event, call,
    enums::{CallState, EventKind, Modality},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::support::*;

use AppointmentStatus as Status;

/// A doctor and a patient who meet now, and the desk.
struct Today {
    pair: Pair,
    desk: Client,
}

impl std::ops::Deref for Today {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Today {
    async fn open() -> Self {
        Self::on(TestApp::start().await).await
    }

    /// Where no mail goes out, nobody is sent one before it is taken back.
    async fn without_mail() -> Self {
        Self::on(TestApp::start_without_mail().await).await
    }

    async fn on(app: TestApp) -> Self {
        let pair = Pair::of(app, hospital()).await;
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        Self { pair, desk }
    }

    async fn take(&self, who: &Client, visit: &Appointment, (noun, fields): (&str, &[(&str, &str)])) {
        who.post_form(&format!("{}/{noun}", visit.path()), fields).await.expect(303);
    }

    async fn take_back(&self, who: &Client, visit: &Appointment, fields: &[(&str, &str)]) -> Page {
        who.post_form(&format!("{}/correction", visit.path()), fields).await
    }

    async fn stored(&self, visit: &Appointment) -> appointment::Model {
        appointment::Entity::find_by_id(visit.id).one(&self.app.db).await.unwrap().unwrap()
    }

    async fn steps(&self, visit: &Appointment) -> Vec<appointment_event::Model> {
        let steps = appointment_event::Entity::find();
        let steps = steps.filter(appointment_event::Column::AppointmentId.eq(visit.id));
        steps.order_by_asc(appointment_event::Column::Id).all(&self.app.db).await.unwrap()
    }
}

/// What can be taken back: what the button says, or the one that opens the question.
fn offered(page: &Page, visit: &Appointment) -> Vec<String> {
    let form = format!("form[action=\"{}/correction\"]", visit.path());
    let asked = page.texts(&format!("{form} h2"));
    if asked.is_empty() { page.texts(&format!("{form} button")) } else { asked }
}

#[tokio::test]
async fn whoever_recorded_it_takes_it_back_with_one_click() {
    let today = Today::without_mail().await;
    let visit = today.meet_in(5, Status::Confirmed).await;
    today.take(&today.desk, &visit, ("arrival", &[("version", "0")])).await;
    assert!(today.surgery.get("/notifications").await.ok().says("is waiting for the visit"));
    let page = today.desk.get(&visit.path()).await.ok();
    assert_eq!(offered(&page, &visit), ["Take back the arrival"]);
    // Who has not opened the visit has read nothing of it.
    let standing = today.surgery.get(&format!("{}/standing", visit.path())).await.ok();
    assert!(offered(&standing, &visit).is_empty(), "it is not theirs");

    let form = format!("form[action=\"{}/correction\"]", visit.path());
    let answer = today.desk.submit(&page, &form, &[]).await.expect(303);
    let after = today.desk.follow(answer).await.ok();
    assert!(after.says("It is taken back"), "{}", after.words());
    assert!(after.text("#history").contains("You took back the arrival"), "{}", after.text("#history"));
    assert!(offered(&after, &visit).is_empty());
    let stored = today.stored(&visit).await;
    assert_eq!((stored.status, stored.version), (Status::Confirmed, 2));
    let kinds: Vec<_> = today.steps(&visit).await.iter().map(|step| step.kind).collect();
    assert_eq!(kinds[kinds.len() - 2..], [EventKind::Arrived, EventKind::Corrected], "nothing is rewritten");
    // Nobody waits for a patient who is not there.
    let told = today.surgery.get("/notifications").await.ok();
    assert!(!told.says("is waiting for the visit") && !told.says("was taken back"), "{}", told.words());
    let home = today.home.get("/dashboard").await.ok();
    assert!(home.says("I have arrived"), "{}", home.words());
    // And they come after all.
    today.take(&today.home, &visit, ("arrival", &[("version", "2")])).await;
    assert_eq!(today.stored(&visit).await.status, Status::Waiting);
}

#[tokio::test]
async fn patients_take_back_that_they_have_arrived() {
    let today = Today::open().await;
    let visit = today.meet_in(5, Status::Scheduled).await;
    today.take(&today.home, &visit, ("arrival", &[("version", "0")])).await;
    let page = today.home.get(&visit.path()).await.ok();
    assert_eq!(offered(&page, &visit), ["Take back the arrival?"]);
    assert!(page.says("your turn comes after those who wait by then"), "{}", page.words());
    today.take_back(&today.home, &visit, &[("version", "1")]).await.expect(303);
    assert_eq!(today.stored(&visit).await.status, Status::Scheduled);
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_the_desk_does_it_and_says_why() {
    let today = Today::open().await;
    let visit = today.meet_in(5, Status::Waiting).await;
    today.take(&today.surgery, &visit, ("start", &[("version", "0")])).await;
    let refused = today.take_back(&today.desk, &visit, &[("version", "1")]).await.expect(422);
    assert!(refused.says("Say why"), "somebody else's is not taken back with one click: {}", refused.words());
    today.app.clock.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    assert!(!offered(&today.surgery.get(&visit.path()).await.ok(), &visit).is_empty());
    today.app.clock.advance(TimeDelta::seconds(1));
    assert!(offered(&today.surgery.get(&visit.path()).await.ok(), &visit).is_empty());
    let refused = today.take_back(&today.surgery, &visit, &[("version", "1")]).await.expect(409);
    assert!(refused.says("Whoever recorded it can take it back, for fifteen minutes"), "{}", refused.words());

    let silent = today.take_back(&today.desk, &visit, &[("version", "1"), ("reason", " ")]).await.expect(422);
    assert!(silent.says("Say why: the patient and the doctor will read it."), "{}", silent.words());
    assert!(silent.has(".error-summary a[href=\"#reason-correction\"]"));
    assert_eq!(today.stored(&visit).await.version, 1);
    let fields = [("version", "1"), ("reason", "The wrong Maya.")];
    today.take_back(&today.desk, &visit, &fields).await.expect(303);
    assert_eq!(today.stored(&visit).await.status, Status::Waiting);
    let told = today.surgery.get("/notifications").await.ok();
    assert!(told.says("was a mistake, and was taken back"), "{}", told.words());
    let history = today.surgery.get(&visit.path()).await.ok().text("#history");
    assert!(
        history.contains("took back the beginning of the visit") && history.contains("The wrong Maya."),
        "{history}"
    );
    assert_eq!(today.app.emails_when(&today.doctor.person.email, 1).await.len(), 1);
}

#[tokio::test]
async fn an_outcome_that_is_taken_back_opens_the_visit_again() {
    let today = Today::open().await;
    let visit = today.meet_in(-5, Status::Waiting).await;
    today.take(&today.surgery, &visit, ("start", &[("version", "0")])).await;
    today.take(&today.surgery, &visit, ("outcome", &[("version", "1"), ("outcome", "completed")])).await;
    assert!(!today.surgery.get(&visit.path()).await.ok().links().contains(&format!("{}/room", visit.path())));
    today.take_back(&today.surgery, &visit, &[("version", "2")]).await.expect(303);
    let page = today.surgery.get(&visit.path()).await.ok();
    assert!(page.links().contains(&format!("{}/room", visit.path())));
    assert_eq!(
        offered(&page, &visit),
        ["Take back the beginning of the visit?"],
        "one step after the other, and asked"
    );
    assert!(page.says("The patient waits again, as before the visit began."), "{}", page.words());
    today.take_back(&today.surgery, &visit, &[("version", "3")]).await.expect(303);
    assert_eq!(today.stored(&visit).await.status, Status::Waiting);
    // What was given while it went on is still to be had.
    let documents = format!("{}/documents", visit.path());
    assert!(today.surgery.get(&visit.path()).await.ok().links().contains(&documents));
}

#[tokio::test]
async fn a_call_ends_when_the_patient_is_not_there_after_all_and_no_sooner() {
    let today = Today::open().await;
    let visit = appointment().of(&today.doctor).with(&today.patient).at(today.app.in_minutes(-5));
    let visit = visit.held(Modality::Video).status(Status::Scheduled).create(&today.app).await;
    today.take(&today.desk, &visit, ("arrival", &[("version", "0")])).await;
    today.take(&today.surgery, &visit, ("start", &[("version", "1")])).await;
    today.surgery.post_form(&format!("{}/call", visit.path()), &[]).await.expect(200);
    today.take_back(&today.surgery, &visit, &[("version", "2")]).await.expect(303);
    let ended = async || {
        let calls = call::Entity::find().filter(call::Column::AppointmentId.eq(visit.id));
        let calls = calls.all(&today.app.db).await.unwrap();
        assert_eq!(calls.len(), 1);
        calls[0].state == CallState::Ended
    };
    assert!(!ended().await, "they can speak while the patient waits");
    today.take_back(&today.desk, &visit, &[("version", "3")]).await.expect(303);
    assert!(ended().await);
}

#[tokio::test]
async fn a_visit_of_somebody_who_is_shut_out_stands_as_it_is() {
    let today = Today::open().await;
    let visit = today.meet_in(-20, Status::Confirmed).await;
    today.take(&today.surgery, &visit, ("outcome", &[("version", "0"), ("outcome", "no_show")])).await;
    today.desk.post_form(&format!("/patients/{}/deactivation", today.patient.id), &[]).await.expect(303);
    for (who, instead) in
        [(&today.surgery, "Ask the desk to let them in again first."), (&today.desk, "Let them in again first.")]
    {
        assert!(offered(&who.get(&visit.path()).await.ok(), &visit).is_empty());
        let refused = today.take_back(who, &visit, &[("version", "1"), ("reason", "A mistake.")]).await.expect(409);
        assert!(refused.says(instead), "{}", refused.words());
    }
    assert_eq!(today.stored(&visit).await.status, Status::NoShow);
}

#[tokio::test]
async fn what_somebody_acted_on_meanwhile_is_not_taken_back_under_their_hands() {
    let today = Today::open().await;
    let visit = today.meet_in(5, Status::Confirmed).await;
    today.take(&today.desk, &visit, ("arrival", &[("version", "0")])).await;
    today.take(&today.surgery, &visit, ("start", &[("version", "1")])).await;
    let fields = [("version", "1"), ("reason", "The wrong row.")];
    let refused = today.take_back(&today.desk, &visit, &fields).await.expect(409);
    assert!(refused.says("Somebody changed this visit after you opened the page"), "{}", refused.words());
    assert!(refused.says("The wrong row."), "nothing typed is lost");
    // By now it would be another step that is taken back, and nobody has asked for that.
    assert!(!refused.has("details[open]"), "{}", refused.words());
    assert!(!refused.texts("textarea").iter().any(|text| text.contains("The wrong row.")));
    assert_eq!(today.stored(&visit).await.status, Status::InProgress);
}

#[tokio::test]
async fn a_time_that_another_visit_has_by_now_is_had_again_by_the_desk_alone_which_says_why() {
    let today = Today::open().await;
    let visit = today.meet_in(-5, Status::Confirmed).await;
    today.take(&today.surgery, &visit, ("outcome", &[("version", "0"), ("outcome", "no_show")])).await;
    let other = patient(&today.hospital).create(&today.app).await;
    appointment().of(&today.doctor).with(&other).at(visit.starts_at).status(Status::Waiting).create(&today.app).await;
    let refused = today.take_back(&today.surgery, &visit, &[("version", "1")]).await.expect(409);
    assert!(refused.says("Another visit has that time by now. The desk can take it back"), "{}", refused.words());
    assert_eq!(today.stored(&visit).await.status, Status::NoShow);
    // The record is not wrong for ever.
    let fields = [("version", "1"), ("reason", "They sat in the other room.")];
    today.take_back(&today.desk, &visit, &fields).await.expect(303);
    let stored = today.stored(&visit).await;
    assert_eq!(
        (stored.status, stored.overbook_reason.as_deref()),
        (Status::Confirmed, Some("They sat in the other room."))
    );
}

#[tokio::test]
async fn a_form_that_is_sent_twice_takes_one_step_back() {
    let today = Today::open().await;
    let visit = today.meet_in(-5, Status::Waiting).await;
    today.take(&today.surgery, &visit, ("start", &[("version", "0")])).await;
    for _ in 0..2 {
        today.take_back(&today.surgery, &visit, &[("version", "1")]).await.expect(303);
    }
    let stored = today.stored(&visit).await;
    assert_eq!((stored.status, stored.version), (Status::Waiting, 2));
}

#[tokio::test]
async fn what_was_agreed_on_is_nothing_to_take_back() {
    let today = Today::open().await;
    for (minutes, status) in
        [(60, Status::Requested), (120, Status::Scheduled), (180, Status::Confirmed), (240, Status::Cancelled)]
    {
        let visit = today.meet_in(minutes, status).await;
        assert!(offered(&today.desk.get(&visit.path()).await.ok(), &visit).is_empty(), "{status:?}");
        let fields = [("version", "0"), ("reason", "A mistake.")];
        let refused = today.take_back(&today.desk, &visit, &fields).await.expect(409);
        assert!(refused.says("There is nothing to take back"), "{}", refused.words());
        assert_eq!(today.stored(&visit).await.status, status);
    }
    let visit = today.meet_in(5, Status::Waiting).await;
    for version in ["", "one", "2147483647", "-2147483648"] {
        let answer = today.take_back(&today.desk, &visit, &[("version", version), ("reason", "A mistake.")]).await;
        assert!([409, 422].contains(&answer.status), "{version}: {}", answer.status);
    }
}
