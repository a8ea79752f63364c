//! A patient's wish for another time: the visit stays where it is and carries it, until somebody of the clinic answers or something else settles it.

mod answers;
mod settled;

use chrono::TimeDelta;
use entity::{
    appointment, appointment_event,
    enums::{EventKind, NotificationKind},
    notification,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::support::*;

use AppointmentStatus as Status;

/// Where the visit is, what its patient asks for, and another free time.
const OWN: &str = "2026-11-26T10:00";
const FRIDAY: &str = "2026-11-27T11:00";
const LATER: &str = "2026-11-27T11:30";

/// A doctor with hours from 9 to 12, a patient who is to come on Thursday at ten, in two days, and the desk. Visits are booked a day ahead.
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

    /// The same, where the patient has asked for Friday.
    async fn asked() -> Self {
        let practice = Self::open().await;
        practice.wish(&practice.home, ("0", FRIDAY), &[]).await.expect(303);
        practice
    }

    fn path(&self) -> String {
        format!("{}/rescheduling", self.visit.path())
    }

    async fn wish(&self, who: &Client, (version, starts_at): (&str, &str), more: &[(&str, &str)]) -> Page {
        let fields = [&[("version", version), ("starts_at", starts_at)], more].concat();
        who.post_form(&self.path(), &fields).await
    }

    /// `acceptance` or `refusal`.
    async fn answer(&self, who: &Client, (noun, version): (&str, &str), more: &[(&str, &str)]) -> Page {
        let fields = [&[("version", version)], more].concat();
        who.post_form(&format!("{}/proposal/{noun}", self.visit.path()), &fields).await
    }

    async fn stored(&self) -> appointment::Model {
        appointment::Entity::find_by_id(self.visit.id).one(&self.app.db).await.unwrap().unwrap()
    }

    async fn kinds(&self) -> Vec<EventKind> {
        let steps = appointment_event::Entity::find();
        let steps = steps.filter(appointment_event::Column::AppointmentId.eq(self.visit.id));
        let steps = steps.order_by_asc(appointment_event::Column::Id).all(&self.app.db).await.unwrap();
        steps.into_iter().map(|step| step.kind).skip(2).collect()
    }

    /// How many were told of this.
    async fn told(&self, kind: NotificationKind) -> usize {
        let told = notification::Entity::find().filter(notification::Column::Kind.eq(kind));
        told.all(&self.app.db).await.unwrap().len()
    }

    /// Another visit of the doctor on that day, so many minutes after ten o'clock.
    async fn taken_on_friday(&self, minutes: i64) {
        let other = patient(&self.hospital).create(&self.app).await;
        let at = self.app.in_minutes(72 * 60 + minutes);
        appointment().of(&self.doctor).with(&other).at(at).create(&self.app).await;
    }

    /// Nobody is told any more that another time is asked for.
    async fn says_nothing_of_it(&self) {
        for browser in [&self.home, &self.surgery, &self.desk] {
            for path in ["/dashboard", "/appointments", "/appointments?status=wished", &self.visit.path()] {
                let page = browser.get(path).await.ok();
                assert!(!page.has("[data-wish]"), "{} {path}: {:?}", browser.who, page.texts("[data-wish]"));
            }
        }
    }
}

#[tokio::test]
async fn a_patient_asks_for_another_time_and_the_doctor_accepts_it() {
    let practice = Practice::open().await;
    for path in ["/dashboard", "/appointments", &practice.visit.path()] {
        let page = practice.home.get(path).await.ok();
        assert!(page.says("Ask for another time") && page.links().contains(&practice.path()), "{path}");
    }
    let form = practice.home.get(&practice.path()).await.ok();
    assert_eq!(form.heading(), "Ask for another time");
    assert!(form.says("with Dr Asha Rai") && form.says("Your visit stays at its time until the clinic answers."));
    assert!(!form.has("[name=doctor_id]") && !form.has("[name=overbook_reason]"), "that is for those who work there");
    let times = form.attributes("input[name=starts_at]", "value");
    assert!(times.contains(&FRIDAY.to_owned()) && !times.contains(&OWN.to_owned()), "{times:?}");

    let fields = [("starts_at", FRIDAY), ("note", "I have an exam on Thursday.")];
    let sent = practice.home.submit(&form, "#times form[method=post]", &fields).await.expect(303);
    let page = practice.home.follow(sent).await.ok();
    assert!(page.says("The clinic is asked for the other time."), "{}", page.words());
    let said = "You asked for Friday 27 November 2026, 11:00. Your visit stays at Thursday 26 November 2026, 10:00";
    assert!(page.says(said), "{}", page.words());
    assert!(page.text("#history").contains("asked for another time: Friday 27 November 2026, 11:00 instead of"));
    let carries = practice.stored().await;
    assert_eq!((carries.status, carries.starts_at, carries.version), (Status::Confirmed, practice.visit.starts_at, 1));
    assert_eq!(carries.wished_starts_at, Some(practice.visit.starts_at + TimeDelta::hours(25)));

    for browser in [&practice.surgery, &practice.desk] {
        let news = browser.get("/notifications").await.ok();
        let sentence =
            "Maya Gurung asks for Friday 27 November 2026, 11:00 instead of Thursday 26 November 2026, 10:00";
        assert!(news.says(sentence), "{}: {}", browser.who, news.words());
        let board = browser.get("/dashboard").await.ok();
        assert_eq!(board.appointments("#wishes"), [practice.visit.id], "{}", browser.who);
        assert!(board.text("#wishes").contains("Asks for Friday 27 November 2026, 11:00 instead."));
        let list = browser.get("/appointments?status=wished").await.ok();
        assert_eq!(list.appointments("#list"), [practice.visit.id]);
        let page = browser.get(&practice.visit.path()).await.ok();
        assert!(page.says("I have an exam on Thursday.") && page.says("accept it, or leave the visit at its time"));
    }
    let mails = practice.app.emails_when(&practice.doctor.email, 1).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Another time is asked for");
    assert!(mails[0].text.contains("A patient asks for Friday 27 November 2026, 11:00"), "{}", mails[0].text);
    assert!(!mails[0].text.contains("exam") && !mails[0].text.contains("Gurung"), "{}", mails[0].text);

    let board = practice.surgery.get("/dashboard").await.ok();
    let accept = format!("#wishes form[action=\"{}/proposal/acceptance\"]", practice.visit.path());
    let moved = practice.surgery.submit(&board, &accept, &[]).await.expect(303);
    let page = practice.surgery.follow(moved).await.ok();
    assert!(page.says("The visit is moved, and the others are notified."), "{}", page.words());
    let after = practice.stored().await;
    assert_eq!((after.status, after.version, after.wished_starts_at), (Status::Scheduled, 2, None));
    assert_eq!(after.starts_at, practice.visit.starts_at + TimeDelta::hours(25));
    assert_eq!(practice.kinds().await, [EventKind::Wished, EventKind::Rescheduled]);
    assert_eq!(practice.told(NotificationKind::AppointmentRescheduled).await, 1, "the patient, and nobody else");
    let told = practice.app.emails_when(&practice.patient.email, 1).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("was moved to Friday 27 November 2026, 11:00"), "{}", told[0].text);
    practice.says_nothing_of_it().await;
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_in_words_and_nothing_is_stored() {
    let practice = Practice::open().await;
    for (starts_at, status, sentence) in [
        (OWN, 422, "That is the time at which your visit is."),
        ("2026-11-27T15:00", 422, "outside the doctor's hours"),
        ("2026-11-27T10:10", 422, "do not begin at that minute"),
        ("2026-11-20T10:00", 422, "That time is over."),
        // A day ahead, to the half hour: it is ten o'clock on Tuesday.
        ("2026-11-25T09:30", 422, "Book at least 24 hours ahead."),
        ("2126-11-26T10:00", 422, "Visits can be booked until"),
        ("tomorrow", 422, "Choose a time"),
    ] {
        let refused = practice.wish(&practice.home, ("0", starts_at), &[]).await.expect(status);
        assert!(refused.says(sentence), "{starts_at}: {}", refused.words());
    }
    practice.taken_on_friday(60).await;
    let note = [("note", "I have an exam.")];
    let refused = practice.wish(&practice.home, ("0", FRIDAY), &note).await.expect(409);
    assert!(refused.says("That time is taken.") && refused.says("I have an exam."), "{}", refused.words());
    assert!(!refused.has("[name=overbook_reason]") && !refused.says("say why it must be"), "{}", refused.words());
    let free = refused.attributes("input[name=starts_at]", "value");
    assert!(free.contains(&LATER.to_owned()) && !free.contains(&FRIDAY.to_owned()), "{free:?}");
    practice.home.submit(&refused, "#times form[method=post]", &[("starts_at", LATER)]).await.expect(303);
    assert_eq!(practice.kinds().await, [EventKind::Wished]);
    // What staff alone may say is no field of theirs.
    let sneaked = [("overbook_reason", "It must be."), ("doctor_id", "1")];
    let refused = practice.wish(&practice.home, ("1", FRIDAY), &sneaked).await;
    assert!(refused.status >= 400 && practice.stored().await.version == 1, "{}", refused.status);
}

/// It is kept for both times: what is near is spoken of by telephone.
#[tokio::test]
async fn the_lead_time_counts_for_where_the_visit_is_and_for_where_it_would_be() {
    let practice = Practice::open().await;
    // To the microsecond a day ahead of the visit, and of the other time.
    practice.app.clock.advance(TimeDelta::hours(24));
    let home = practice.app.sign_in(&practice.patient).await;
    practice.wish(&home, ("0", "2026-11-26T10:30"), &[]).await.expect(303);
    assert_eq!(practice.stored().await.version, 1);
    practice.app.clock.advance(TimeDelta::microseconds(1));
    let refused = practice.wish(&home, ("1", FRIDAY), &[]).await.expect(409);
    let sentence = "Another time can be asked for until 24 hours before the visit. For sooner, call the hospital.";
    assert!(refused.says(sentence) && !refused.has("#times"), "{}", refused.words());
    assert!(home.get(&practice.path()).await.ok().says(sentence));
    assert_eq!(practice.stored().await.version, 1);
}

#[tokio::test]
async fn of_what_waits_runs_or_is_over_or_was_never_agreed_no_other_time_is_asked_for() {
    let practice = Practice::open().await;
    for (minutes, status) in [
        (60 * 30, Status::Requested),
        (60 * 32, Status::Proposed),
        (5, Status::Waiting),
        (40, Status::InProgress),
        (-120, Status::Scheduled),
        (-600, Status::Completed),
        (60 * 34, Status::Cancelled),
    ] {
        let visit = practice.meet_in(minutes, status).await;
        let path = format!("{}/rescheduling", visit.path());
        assert!(!practice.home.get(&visit.path()).await.ok().links().contains(&path), "{status:?} offers the way");
        assert!(!practice.home.get(&path).await.ok().has("#times"), "{status:?} offers times");
        let fields = [("version", "0"), ("starts_at", FRIDAY)];
        let refused = practice.home.post_form(&path, &fields).await.expect(409);
        assert!(refused.says("Another time can be asked for of") || refused.says("has come"), "{}", refused.words());
        let row = appointment::Entity::find_by_id(visit.id).one(&practice.app.db).await.unwrap().unwrap();
        assert_eq!((row.version, row.wished_starts_at), (0, None), "{status:?}");
    }
}

#[tokio::test]
async fn nobody_asks_for_another_time_of_a_visit_that_is_not_theirs() {
    let practice = Practice::asked().await;
    let other = patient(&practice.hospital).create(&practice.app).await;
    let other = practice.app.sign_in(&other).await;
    let elsewhere = hospital().create(&practice.app).await;
    let away = practice.app.sign_in(&hospital_admin(&elsewhere).create(&practice.app).await).await;
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    let colleague = practice.app.sign_in(&colleague).await;
    practice.wish(&other, ("1", LATER), &[]).await.expect(404);
    for stranger in [&other, &away, &colleague] {
        practice.answer(stranger, ("refusal", "1"), &[]).await.expect(404);
        practice.answer(stranger, ("acceptance", "1"), &[]).await.expect(404);
        let list = stranger.get("/appointments?status=wished").await.ok();
        assert!(!list.shows_appointment(practice.visit.id), "{}", stranger.who);
    }
    assert_eq!(practice.stored().await.version, 1);
}

/// In Kathmandu it is Friday from 18:15 on by the world's clock.
#[tokio::test]
async fn a_wish_over_midnight_is_told_by_the_clock_of_the_hospital() {
    let practice = Practice::open().await;
    works_daily(&practice.app, &practice.doctor, (0, 2)).await;
    practice.wish(&practice.home, ("0", "2026-11-27T00:30"), &[]).await.expect(303);
    let wished = practice.stored().await.wished_starts_at.unwrap();
    assert_eq!(wished.to_rfc3339(), "2026-11-26T18:45:00+00:00");
    let board = practice.surgery.get("/dashboard").await.ok();
    assert!(board.text("#wishes").contains("Asks for Friday 27 November 2026, 00:30 instead."), "{}", board.words());
    practice.answer(&practice.desk, ("acceptance", "1"), &[]).await.expect(303);
    assert_eq!(practice.stored().await.starts_at, wished);
}
