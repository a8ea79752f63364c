//! Moving a visit to another time: it stays the same visit, everybody is told once, and nothing is moved that cannot be.

mod around;
mod handing_over;

use chrono::TimeDelta;
use entity::{
    appointment, appointment_event, audit_entry,
    enums::{AuditAction, AuditSubject, EventKind},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::support::*;

use AppointmentStatus as Status;

/// A doctor with hours from 9 to 12, a patient who is to come in two days at 10:00, and the desk.
struct Practice {
    pair: Pair,
    desk: Client,
    visit: Appointment,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    async fn open() -> Self {
        let pair = Pair::of(TestApp::start().await, hospital()).await;
        works_daily(&pair.app, &pair.doctor, (9, 12)).await;
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        let visit = pair.meet_in(48 * 60, Status::Confirmed).await;
        Self { pair, desk, visit }
    }

    fn path(&self) -> String {
        format!("{}/rescheduling", self.visit.path())
    }

    /// To that time, on the hospital's clock, as the visit was at first.
    async fn move_to(&self, who: &Client, starts_at: &str, more: &[(&str, &str)]) -> Page {
        who.post_form(&self.path(), &[&[("version", "0"), ("starts_at", starts_at)], more].concat()).await
    }

    async fn stored(&self) -> appointment::Model {
        appointment::Entity::find_by_id(self.visit.id).one(&self.app.db).await.unwrap().unwrap()
    }

    async fn history(&self) -> Vec<appointment_event::Model> {
        let steps = appointment_event::Entity::find();
        let steps = steps.filter(appointment_event::Column::AppointmentId.eq(self.visit.id));
        steps.order_by_asc(appointment_event::Column::Id).all(&self.app.db).await.unwrap()
    }

    /// What the only line of the trail about a move tells.
    async fn trail(&self) -> String {
        let lines = audit_entry::Entity::find()
            .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Appointment))
            .filter(audit_entry::Column::Action.eq(AuditAction::Rescheduled));
        let lines = lines.all(&self.app.db).await.unwrap();
        assert_eq!(lines.len(), 1);
        lines[0].detail.to_string()
    }

    /// Another visit of the doctor, on the same day.
    async fn other_at(&self, minutes: i64) -> Appointment {
        let other = patient(&self.hospital).create(&self.app).await;
        let at = self.app.in_minutes(48 * 60 + minutes);
        appointment().of(&self.doctor).with(&other).at(at).create(&self.app).await
    }
}

#[tokio::test]
async fn the_desk_moves_a_visit_which_stays_the_same_and_both_are_told_once() {
    let practice = Practice::open().await;
    let before = practice.stored().await;
    let page = practice.desk.get(&practice.visit.path()).await.ok();
    assert!(page.links().contains(&practice.path()), "no way to move it");
    let form = practice.desk.get(&practice.path()).await.ok();
    assert!(form.says("Maya Gurung") && form.says("Dr Asha Rai") && form.says("10:00"), "{}", form.words());
    let times = form.attributes("input[name=starts_at]", "value");
    assert!(times[0].starts_with("2026-11-26"), "from its own day on: {times:?}");
    let earlier = practice.desk.get(&format!("{}?date=2026-11-24", practice.path())).await.ok();
    assert!(earlier.attributes("input[name=starts_at]", "value")[0].starts_with("2026-11-24"));
    assert!(!times.contains(&"2026-11-26T10:00".to_owned()), "its own time is none to move it to");
    assert!(times.contains(&"2026-11-26T10:30".to_owned()), "{times:?}");

    let fields = [("starts_at", "2026-11-27T11:00"), ("note", "Dr Rai has a conference.")];
    let moved = practice.desk.submit(&form, "#times form[method=post]", &fields).await.expect(303);
    let page = practice.desk.follow(moved).await.ok();
    assert!(page.says("The visit is moved") && page.says("27 November 2026"), "{}", page.words());
    let history = page.text("#history");
    assert!(history.contains("moved the visit to another time"), "{history}");
    assert!(history.contains("instead of") && history.contains("Dr Rai has a conference."), "{history}");

    let after = practice.stored().await;
    assert_eq!((after.id, after.symptoms, after.requested_by), (before.id, before.symptoms, before.requested_by));
    assert_eq!(
        (after.status, after.version),
        (Status::Scheduled, before.version + 1),
        "whoever had confirmed had not this"
    );
    assert_eq!(after.starts_at, before.starts_at + TimeDelta::hours(25));
    assert_eq!(after.ends_at - after.starts_at, before.ends_at - before.starts_at);
    assert_eq!(practice.history().await.last().unwrap().kind, EventKind::Rescheduled);
    for (browser, person) in [(&practice.home, &practice.patient.person), (&practice.surgery, &practice.doctor.person)]
    {
        let told = browser.get("/notifications").await.ok();
        assert!(told.says("was moved to") && told.says("27 November 2026"), "{}", told.words());
        let mails = practice.app.emails_when(&person.email, 1).await;
        assert_eq!(mails.len(), 1, "{} mails", mails.len());
        assert!(mails[0].text.contains("was moved to"), "{}", mails[0].text);
    }
    let asked = &practice.app.emails_to(&practice.patient.email).await[0];
    assert!(asked.text.contains("Please confirm that you will come then."), "{}", asked.text);
    let line = practice.trail().await;
    assert!(line.contains("2026-11-26T04:15") && line.contains("2026-11-27T05:15"), "{line}");
    for browser in [&practice.desk, &practice.surgery, &practice.home] {
        let list = browser.get("/appointments").await.ok();
        let row = list.text(&format!("[data-appointment=\"{}\"]", practice.visit.id));
        assert!(row.contains("27 November") && row.contains("11:00"), "{}: {row}", browser.who);
    }
}

#[tokio::test]
async fn a_doctor_moves_their_own_visit() {
    let practice = Practice::open().await;
    let form = practice.surgery.get(&practice.path()).await.ok();
    let fields = [("starts_at", "2026-11-26T10:30")];
    practice.surgery.submit(&form, "#times form[method=post]", &fields).await.expect(303);
    assert_eq!(practice.stored().await.version, 1);
    assert!(practice.home.get("/notifications").await.ok().says("was moved to"));
    assert!(!practice.surgery.get("/notifications").await.ok().says("was moved to"), "they know");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_moves_it_once() {
    let practice = Practice::open().await;
    for _ in 0..2 {
        practice.move_to(&practice.desk, "2026-11-26T11:00", &[("note", "As you asked.")]).await.expect(303);
    }
    assert_eq!(practice.stored().await.version, 1);
    assert_eq!(practice.history().await.iter().filter(|step| step.kind == EventKind::Rescheduled).count(), 1);
}

#[tokio::test]
async fn of_two_who_move_one_visit_the_second_is_told_and_loses_nothing_that_was_typed() {
    let practice = Practice::open().await;
    practice.move_to(&practice.surgery, "2026-11-26T11:00", &[]).await.expect(303);
    let refused = practice.move_to(&practice.desk, "2026-11-26T09:00", &[("note", "As she asked.")]).await.expect(409);
    assert!(refused.says("Somebody changed this visit") && refused.says("11:00"), "{}", refused.words());
    assert!(refused.says("As she asked."));
    assert_eq!(refused.attributes("input[name=starts_at][checked]", "value"), ["2026-11-26T09:00"]);
    // Having looked, they decide.
    practice.desk.submit(&refused, "#times form[method=post]", &[]).await.expect(303);
    let after = practice.stored().await;
    assert_eq!((after.version, after.starts_at), (2, practice.visit.starts_at - TimeDelta::hours(1)));
}

#[tokio::test]
async fn a_time_that_is_taken_is_refused_unless_there_is_a_reason() {
    let practice = Practice::open().await;
    practice.other_at(60).await;
    let refused = practice.move_to(&practice.desk, "2026-11-26T11:00", &[]).await.expect(409);
    assert!(
        refused.says("That time is taken.") && refused.has("textarea[name=overbook_reason]"),
        "{}",
        refused.words()
    );
    let free = refused.attributes("input[name=starts_at]", "value");
    assert!(free.contains(&"2026-11-26T11:30".to_owned()), "no time that can be chosen: {free:?}");
    assert_eq!(practice.stored().await.version, 0);
    practice.move_to(&practice.desk, "2026-11-26T11:00", &[("overbook_reason", "It cannot wait.")]).await.expect(303);
    assert!(practice.trail().await.contains("overbooked"));
    assert_eq!(practice.stored().await.overbook_reason.as_deref(), Some("It cannot wait."));
    // Where nobody is in the way there is nothing to say why.
    let again = [("version", "1"), ("starts_at", "2026-11-26T09:00"), ("overbook_reason", "It cannot wait.")];
    practice.desk.post_form(&practice.path(), &again).await.expect(303);
    assert_eq!(practice.stored().await.overbook_reason, None);
}

#[tokio::test]
async fn a_time_that_cannot_be_had_is_refused_in_words() {
    let practice = Practice::open().await;
    for (starts_at, sentence) in [
        ("2026-11-26T10:00", "That is the time at which the visit is."),
        ("2026-11-26T15:00", "outside the doctor's hours"),
        ("2026-11-26T10:10", "do not begin at that minute"),
        ("2026-11-20T10:00", "That time is over."),
        ("2126-11-26T10:00", "Visits can be booked until"),
        ("tomorrow", "Choose a time"),
    ] {
        let refused = practice.move_to(&practice.desk, starts_at, &[]).await.expect(422);
        assert!(refused.says(sentence), "{starts_at}: {}", refused.words());
    }
    let away = [("starts_at", "2026-11-27T00:00"), ("ends_at", "2026-11-28T00:00"), ("reason", "")];
    let time_off = format!("/doctors/{}/time-off", practice.doctor.id);
    practice.surgery.post_form(&time_off, &away).await.expect(303);
    let refused = practice.move_to(&practice.desk, "2026-11-27T10:00", &[]).await.expect(422);
    assert!(refused.says("The doctor is away then."), "{}", refused.words());
    // The patient cannot be in two places.
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    let at = practice.app.in_minutes(49 * 60);
    appointment().of(&colleague).with(&practice.patient).at(at).create(&practice.app).await;
    let refused = practice.move_to(&practice.desk, "2026-11-26T11:00", &[]).await.expect(422);
    assert!(refused.says("The patient already has another visit at that time."), "{}", refused.words());
    assert_eq!(practice.stored().await.version, 0);
}

#[tokio::test]
async fn what_has_begun_or_is_over_or_was_never_agreed_is_not_moved() {
    let practice = Practice::open().await;
    for (minutes, status) in [
        (60, Status::Requested),
        (120, Status::Proposed),
        (5, Status::Waiting),
        (-120, Status::Scheduled),
        (-600, Status::Completed),
        (180, Status::Cancelled),
    ] {
        let other = patient(&practice.hospital).create(&practice.app).await;
        let visit = appointment().of(&practice.doctor).with(&other).at(practice.app.in_minutes(minutes)).status(status);
        let visit = visit.create(&practice.app).await;
        let path = format!("{}/rescheduling", visit.path());
        let page = practice.desk.get(&path).await.ok();
        assert!(!page.has("#times"), "{status:?} offers times");
        assert!(!practice.desk.get(&visit.path()).await.ok().links().contains(&path), "{status:?} offers the way");
        let fields = [("version", "0"), ("starts_at", "2026-11-26T11:00")];
        practice.desk.post_form(&path, &fields).await.expect(409);
        let row = appointment::Entity::find_by_id(visit.id).one(&practice.app.db).await.unwrap().unwrap();
        assert_eq!((row.version, row.status), (0, status));
    }
}

#[tokio::test]
async fn nobody_is_moved_who_would_not_be_told() {
    let practice = Practice::open().await;
    let path = format!("/patients/{}/deactivation", practice.patient.id);
    practice.desk.post_form(&path, &[]).await.expect(303);
    let refused = practice.move_to(&practice.desk, "2026-11-26T11:00", &[]).await.expect(409);
    assert!(refused.says("The patient's account is shut"), "{}", refused.words());
    assert_eq!(practice.stored().await.version, 0);
}

#[tokio::test]
async fn of_two_at_one_moment_one_moves_it_and_the_other_is_told_so() {
    let practice = Practice::open().await;
    let to = |who| practice.move_to(who, "2026-11-26T11:00", &[]);
    let (one, other) = tokio::join!(to(&practice.desk), to(&practice.surgery));
    let mut answers = [one.status, other.status];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
    let told = if one.status == 409 { one } else { other };
    assert!(told.says("Somebody changed this visit"), "{}", told.words());
    assert_eq!(practice.stored().await.version, 1);
}
