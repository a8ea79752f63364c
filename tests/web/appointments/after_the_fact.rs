//! The outcome of a visit that nobody recorded as begun: said once its time is over, and not before.

use chrono::TimeDelta;
use sea_orm::Iterable;

use super::*;

use AppointmentStatus as Status;

const NOT_BEGUN: [Status; 3] = [Status::Scheduled, Status::Confirmed, Status::Waiting];
const COMPLETED: [(&str, &str); 2] = [("version", "0"), ("outcome", "completed")];
const MISSED: [(&str, &str); 2] = [("version", "0"), ("outcome", "no_show")];

/// What the buttons say with which the outcome of `visit` is recorded, within what `css` selects.
fn outcomes(page: &Page, css: &str, visit: &Appointment) -> Vec<String> {
    page.texts(&format!("{css} form[action=\"{}/outcome\"] button", visit.path()))
        .into_iter()
        .map(|label| label.replace(" Maya Gurung", ""))
        .collect()
}

impl Practice {
    /// A visit in that state that ends in ten minutes, and its end.
    async fn ending(&self, status: Status) -> (Appointment, chrono::DateTime<chrono::Utc>) {
        let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_minutes(-20)).status(status);
        (visit.create(&self.app).await, self.app.in_minutes(10))
    }

    async fn say(&self, visit: &Appointment, fields: &[(&str, &str)]) -> Page {
        self.surgery.post_form(&format!("{}/outcome", visit.path()), fields).await
    }
}

#[tokio::test]
async fn what_nobody_recorded_as_begun_is_completed_once_its_time_is_over() {
    for status in NOT_BEGUN {
        let practice = Practice::open().await;
        let (visit, ends_at) = practice.ending(status).await;
        for before in [TimeDelta::minutes(10), TimeDelta::microseconds(1)] {
            practice.app.clock.set(ends_at - before);
            let page = practice.surgery.get(&visit.path()).await.ok();
            assert_eq!(outcomes(&page, "main", &visit), ["Did not attend"], "{status:?}");
            let refused = practice.say(&visit, &COMPLETED).await.expect(409);
            let word = refused.text(".definitions .status").to_lowercase();
            assert!(refused.text(".error-summary li").contains(&word), "{}", refused.words());
        }
        assert_eq!((practice.stored(visit.id).await.status, practice.trail(visit.id).await.len()), (status, 0));

        practice.app.clock.set(ends_at);
        let page = practice.surgery.get(&visit.path()).await.ok();
        assert_eq!(outcomes(&page, "main", &visit), ["Visit completed", "Did not attend"], "{status:?}");
        assert_eq!(page.says("The time of the visit is over. Record what came of it."), status != Status::Waiting);
        for client in [&practice.home, &practice.desk] {
            let theirs = client.get(&visit.path()).await.ok();
            assert_eq!(outcomes(&theirs, "main", &visit), Vec::<String>::new(), "{}", client.who);
            client.post_form(&format!("{}/outcome", visit.path()), &COMPLETED).await.expect(403);
        }
        let done = practice.say(&visit, &COMPLETED).await.expect(303);
        assert!(done.statements() <= 8, "{} statements", done.statements());
        assert_eq!(practice.surgery.follow(done).await.ok().text(".flash"), "The visit is recorded as completed.");
        assert_recorded(&practice, &visit, status).await;
    }
}

#[tokio::test]
async fn nobody_arrives_or_begins_on_another_day_than_the_visits_or_misses_it_before_its_time() {
    let practice = Practice::open().await;
    let app = &practice.app;
    // It is 10:00 in Kathmandu; the days of the visits begin and end at its midnight.
    for (hours, sentence) in [(-24 * 22, "The day of that visit is over."), (24, "That visit is on another day.")] {
        let expected = practice.visit_at(Status::Scheduled, hours).await;
        let waiting = practice.visit_at(Status::Waiting, if hours < 0 { hours - 24 } else { hours + 24 }).await;
        let taken = [
            (&practice.desk, &expected, "arrival"),
            (&practice.home, &expected, "arrival"),
            (&practice.surgery, &waiting, "start"),
        ];
        for (client, visit, noun) in taken {
            let address = format!("{}/{noun}", visit.path());
            assert!(
                !client.get(&visit.path()).await.ok().has(&format!("form[action=\"{address}\"]")),
                "{hours} {noun}"
            );
            let refused = client.post_form(&address, &[("version", "0")]).await.expect(409);
            assert!(refused.text(".error-summary li").contains(sentence), "{hours} {noun}: {}", refused.words());
        }
        assert_eq!(practice.trail(expected.id).await.len() + practice.trail(waiting.id).await.len(), 0);
    }
    let later = practice.visit_at(Status::Confirmed, 6).await;
    let refused = practice.say(&later, &MISSED).await.expect(409);
    assert!(refused.text(".error-summary li").contains("has not begun yet"), "{}", refused.words());
    // The doctor still says what came of the old one.
    let old = practice.visit_at(Status::Waiting, -24 * 30).await;
    practice.say(&old, &COMPLETED).await.expect(303);
    practice.desk.post_form(&format!("{}/arrival", later.path()), &[("version", "0")]).await.expect(303);
    app.clock.advance(TimeDelta::hours(6));
    practice.surgery.post_form(&format!("{}/start", later.path()), &[("version", "1")]).await.expect(303);
}

/// As any other outcome: in the history and the trail with where it came from, and nobody is told what they know.
async fn assert_recorded(practice: &Practice, visit: &Appointment, from: Status) {
    let stored = practice.stored(visit.id).await;
    assert_eq!((stored.status, stored.version), (Status::Completed, 1));
    let step = practice.history(visit.id).await.pop().unwrap();
    assert_eq!((step.kind, step.from_status, step.to_status), (EventKind::Completed, Some(from), Status::Completed));
    assert_eq!((step.at, step.actor_id), (practice.app.now(), practice.doctor.user_id));
    assert_eq!(practice.told(visit.id).await, Vec::new());
    let trail = practice.trail(visit.id).await;
    assert_eq!(trail.len(), 1);
    assert_eq!((trail[0].action, trail[0].actor_id), (AuditAction::Completed, practice.doctor.user_id));
    let code = if from == Status::Waiting {
        "waiting"
    } else if from == Status::Confirmed {
        "confirmed"
    } else {
        "scheduled"
    };
    assert_eq!((&trail[0].detail["from"], &trail[0].detail["to"]), (&code.into(), &"completed".into()));

    let steps = practice.surgery.get(&visit.path()).await.ok().texts(".history li > p:first-child");
    let last = steps.last().unwrap();
    assert!(last.starts_with("You recorded the visit as completed Tuesday 24 November 2026, 10:10"), "{last}");
    let steps = practice.home.get(&visit.path()).await.ok().texts(".history li > p:first-child");
    assert!(steps.last().unwrap().starts_with("Dr Asha Rai recorded the visit as completed"), "{steps:?}");
    assert!(!steps.iter().any(|step| step.contains("began")), "nothing is said that was not recorded: {steps:?}");
}

#[tokio::test]
async fn the_dashboard_offers_it_when_the_end_comes_and_its_figures_follow() {
    let practice = Practice::open().await;
    let (visit, ends_at) = practice.ending(Status::Confirmed).await;
    let board = async || practice.surgery.get("/dashboard").await.ok();
    board().await;
    practice.app.clock.set(ends_at - TimeDelta::microseconds(1));
    let before = board().await;
    assert_eq!(outcomes(&before, "#day", &visit), ["Did not attend"]);
    practice.app.clock.set(ends_at);
    let at_the_end = board().await;
    assert_eq!(outcomes(&at_the_end, "#day", &visit), ["Visit completed", "Did not attend"]);
    assert_eq!(at_the_end.figure("needs-outcome"), 0, "it ends now: it is not over");
    practice.app.clock.set(ends_at + TimeDelta::microseconds(1));
    let after = board().await;
    assert_eq!(outcomes(&after, "#needs-outcome", &visit), ["Visit completed", "Did not attend"]);
    assert_eq!((after.figure("needs-outcome"), after.figure("patients-seen")), (1, 0));
    assert_eq!(rules::broken(&after.body), Vec::<String>::new());

    let form = format!("#needs-outcome form.action[action=\"{}/outcome\"]", visit.path());
    let done = practice.surgery.submit(&after, &form, &[]).await.expect(303);
    assert_eq!(done.location(), "/dashboard");
    let done = practice.surgery.follow(done).await.ok();
    assert_eq!((done.figure("needs-outcome"), done.figure("patients-seen")), (0, 1));
    assert!(done.has("#needs-outcome[hidden]") && done.says("Over: 1 completed"));
    assert_eq!(practice.home.get("/dashboard").await.ok().figure("completed"), 1);
    assert!(!practice.surgery.get("/appointments?status=needs_outcome").await.ok().shows_appointment(visit.id));
}

#[tokio::test]
async fn nothing_else_is_completed_because_its_time_is_over() {
    let practice = Practice::open().await;
    for (number, status) in (1..).zip(Status::iter()) {
        if NOT_BEGUN.contains(&status) || status == Status::InProgress {
            continue;
        }
        let visit = practice.visit_at(status, -24 * number).await;
        let page = practice.surgery.get(&visit.path()).await.ok();
        assert_eq!(outcomes(&page, "main", &visit), Vec::<String>::new(), "{status:?}");
        practice.say(&visit, &COMPLETED).await.expect(409);
        assert_eq!(practice.stored(visit.id).await.status, status);
    }
    let waits = practice.visit_at(Status::Waiting, -6).await;
    let page = practice.surgery.get(&waits.path()).await.ok();
    let buttons = page.texts("#next button, #next summary");
    assert!(buttons[0] == "Start the visit", "whoever still waits is seen first: {buttons:?}");
    assert_eq!(page.texts("#next > .buttons > form .button.primary"), ["Start the visit"]);
}

#[tokio::test]
async fn of_two_outcomes_at_once_one_is_recorded() {
    let practice = Practice::open().await;
    for number in 1..=4 {
        let visit = practice.visit_at(Status::Confirmed, -24 * number).await;
        let (came, missed) = tokio::join!(practice.say(&visit, &COMPLETED), practice.say(&visit, &MISSED));
        let mut statuses = [came.status, missed.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let expected = if came.status == 303 { Status::Completed } else { Status::NoShow };
        let stored = practice.stored(visit.id).await;
        assert_eq!((stored.status, stored.version), (expected, 1));
        assert_eq!((practice.history(visit.id).await.len(), practice.trail(visit.id).await.len()), (3, 1));
    }
    // A form that was made before somebody changed the visit.
    let visit = practice.visit_at(Status::Scheduled, -3).await;
    practice.home.post_form(&format!("{}/arrival", visit.path()), &[("version", "0")]).await.expect(303);
    let late = practice.say(&visit, &COMPLETED).await.expect(409);
    assert!(late.says("Somebody changed this visit after you opened the page. Its status is now: waiting."));
    assert_eq!(outcomes(&late, "main", &visit), ["Visit completed", "Did not attend"]);
    practice.say(&visit, &[("version", "1"), ("outcome", "completed")]).await.expect(303);
}

/// Nobody promises what has been: a request is not approved, a proposal not accepted, a visit not confirmed after its time.
#[tokio::test]
async fn nothing_is_promised_once_its_time_is_over() {
    let practice = Practice::open().await;
    let promises = [
        (Status::Requested, "approval", &practice.surgery),
        (Status::Proposed, "proposal/acceptance", &practice.home),
        (Status::Scheduled, "confirmation", &practice.home),
    ];
    for (status, noun, by) in promises {
        let visit = practice.visit_at(status, -240).await;
        let offered = by.get(&visit.path()).await.ok();
        assert!(!offered.has(&format!("form[action$=\"/{noun}\"]")), "{noun}");
        let late = by.post_form(&format!("{}/{noun}", visit.path()), &[("version", "0")]).await.expect(409);
        assert!(late.says("The time of that visit is over"), "{}", late.words());
        assert_eq!(practice.stored(visit.id).await.status, status);
    }
}

/// What somebody has typed is not lost because somebody else was faster.
#[tokio::test]
async fn a_reason_that_came_too_late_is_shown_again() {
    let practice = Practice::open().await;
    let visit = practice.visit_at(Status::Requested, 30).await;
    let cancel = [("version", "0"), ("reason", "I am well again.")];
    practice.home.post_form(&format!("{}/cancellation", visit.path()), &cancel).await.expect(303);
    let decline = [("version", "0"), ("reason", "A long and careful explanation.")];
    let late = practice.surgery.post_form(&format!("{}/rejection", visit.path()), &decline).await.expect(409);
    assert!(late.text("#typed").contains("A long and careful explanation."), "{}", late.words());
}
