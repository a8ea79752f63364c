//! What settles a wish: each act that changes the visit's time, its doctor or where it stands, and the clock.

use super::*;

#[tokio::test]
async fn whatever_becomes_of_the_visit_settles_the_wish() {
    let reason = &[("reason", "The ward is shut.")][..];
    let to_thursday = &[("starts_at", "2026-11-26T11:00")][..];
    for (noun, by_patient, fields) in
        [("rescheduling", false, to_thursday), ("cancellation", false, reason), ("cancellation", true, reason)]
    {
        let practice = Practice::asked().await;
        let who = if by_patient { &practice.home } else { &practice.desk };
        let path = format!("{}/{noun}", practice.visit.path());
        who.post_form(&path, &[&[("version", "1")], fields].concat()).await.expect(303);
        let after = practice.stored().await;
        assert_eq!((after.version, after.wished_starts_at), (2, None), "{noun}");
        let surgery = practice.app.sign_in(&practice.doctor).await;
        let refused = practice.answer(&surgery, ("acceptance", "2"), &[]).await.expect(409);
        assert!(refused.says("No other time is asked for any more."), "{noun}: {}", refused.words());
        let list = surgery.get("/appointments?status=wished").await.ok();
        assert!(!list.shows_appointment(practice.visit.id) && !refused.has("[data-wish]"), "{noun}");
    }
}

/// An arrival that was recorded in the wrong row loses nobody's wish; while somebody waits nothing is said of it.
#[tokio::test]
async fn an_arrival_that_is_taken_back_leaves_it_as_it_was() {
    let practice = Practice::asked().await;
    // An arrival is of the day.
    practice.app.clock.advance(TimeDelta::hours(47));
    let desk = practice.app.sign_in(&hospital_admin(&practice.hospital).create(&practice.app).await).await;
    let surgery = practice.app.sign_in(&practice.doctor).await;
    let is_wished = async || {
        let list = surgery.get("/appointments?status=wished").await.ok().shows_appointment(practice.visit.id);
        (list, surgery.get(&practice.visit.path()).await.ok().has("[data-wish]"))
    };
    assert_eq!(is_wished().await, (true, true));
    desk.post_form(&format!("{}/arrival", practice.visit.path()), &[("version", "1")]).await.expect(303);
    assert_eq!(is_wished().await, (false, false));
    practice.answer(&surgery, ("acceptance", "2"), &[]).await.expect(409);
    desk.post_form(&format!("{}/correction", practice.visit.path()), &[("version", "2")]).await.expect(303);
    assert_eq!(is_wished().await, (true, true));
    desk.post_form(&format!("{}/arrival", practice.visit.path()), &[("version", "3")]).await.expect(303);
    surgery.post_form(&format!("{}/start", practice.visit.path()), &[("version", "4")]).await.expect(303);
    assert_eq!(practice.stored().await.wished_starts_at, None, "who was seen has no other time to have");
    let unread = notification::Entity::find().filter(notification::Column::Kind.eq(NotificationKind::TimeWished));
    let unread = unread.filter(notification::Column::ReadAt.is_null()).count(&practice.app.db).await;
    assert_eq!(unread.unwrap(), 0, "nobody is asked any more");
}

#[tokio::test]
async fn a_visit_that_is_handed_over_carries_no_wish_for_the_other_doctor() {
    let practice = Practice::asked().await;
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    works_daily(&practice.app, &colleague, (9, 12)).await;
    let over = [("doctor_id", colleague.id.to_string())];
    let over = over.each_ref().map(|(name, value)| (*name, value.as_str()));
    practice.wish(&practice.desk, ("1", OWN), &over).await.expect(303);
    assert_eq!(practice.stored().await.wished_starts_at, None);
    let surgery = practice.app.sign_in(&colleague).await;
    for browser in [&surgery, &practice.home, &practice.desk] {
        for path in ["/dashboard", "/appointments", &practice.visit.path()] {
            assert!(!browser.get(path).await.ok().has("[data-wish]"), "{} {path}", browser.who);
        }
    }
}

#[tokio::test]
async fn an_absence_that_is_cleared_settles_it() {
    let practice = Practice::asked().await;
    let thursday = (practice.app.in_hours(47), practice.app.in_hours(50));
    let absence = time_off(&practice.app, &practice.doctor, thursday, "").await;
    let id = practice.visit.id;
    let fields = [(format!("visit_{id}"), "2026-11-27T09:00"), (format!("version_{id}"), "1")];
    let fields = fields.each_ref().map(|(name, value)| (name.as_str(), *value));
    let path = format!("/doctors/{}/time-off/{absence}/visits", practice.doctor.id);
    practice.desk.post_form(&path, &fields).await.ok();
    let after = practice.stored().await;
    assert_eq!((after.version, after.wished_starts_at), (2, None));
    assert_eq!(after.starts_at, practice.visit.starts_at + TimeDelta::hours(23));
}

/// Whoever says that they will come at the visit's time comes then, unless the other time can be had after all.
#[tokio::test]
async fn a_promise_to_come_leaves_the_wish_open() {
    let practice = Practice::open().await;
    let visit = practice.meet_in(48 * 60 + 60, Status::Scheduled).await;
    let fields = [("version", "0"), ("starts_at", FRIDAY)];
    practice.home.post_form(&format!("{}/rescheduling", visit.path()), &fields).await.expect(303);
    practice.home.post_form(&format!("{}/confirmation", visit.path()), &[("version", "1")]).await.expect(303);
    assert!(practice.desk.get("/dashboard").await.ok().appointments("#wishes").contains(&visit.id));
    practice.desk.post_form(&format!("{}/proposal/acceptance", visit.path()), &[("version", "2")]).await.expect(303);
}

#[tokio::test]
async fn a_wish_whose_time_has_come_is_said_to_be_over_and_cannot_be_accepted() {
    let practice = Practice::open().await;
    let visit = practice.meet_in(72 * 60, Status::Confirmed).await;
    let path = format!("{}/rescheduling", visit.path());
    // Sooner than the visit: Thursday, half past ten.
    practice.home.post_form(&path, &[("version", "0"), ("starts_at", "2026-11-26T11:00")]).await.expect(303);
    practice.app.clock.advance(TimeDelta::hours(49) + TimeDelta::microseconds(1));
    let desk = practice.app.sign_in(&hospital_admin(&practice.hospital).create(&practice.app).await).await;
    let (surgery, home) = (practice.app.sign_in(&practice.doctor).await, practice.app.sign_in(&practice.patient).await);
    for (browser, said) in [
        (&desk, "Asked for Thursday 26 November 2026, 11:00: nobody answered in time"),
        (&surgery, "Asked for Thursday 26 November 2026, 11:00: nobody answered in time"),
        (&home, "You asked for Thursday 26 November 2026, 11:00, and nobody answered in time."),
    ] {
        let page = browser.get(&visit.path()).await.ok();
        assert!(page.says(said), "{}: {}", browser.who, page.words());
        assert!(!page.has("form[action*=\"/proposal/\"]"), "{}", browser.who);
        assert!(!browser.get("/appointments?status=wished").await.ok().shows_appointment(visit.id));
    }
    for browser in [&desk, &surgery] {
        assert!(browser.get("/dashboard").await.ok().appointments("#wishes").is_empty(), "{}", browser.who);
        let path = format!("{}/proposal/acceptance", visit.path());
        let refused = browser.post_form(&path, &[("version", "1")]).await.expect(409);
        assert!(refused.says("It is too late for the time that was asked for."), "{}", refused.words());
    }
}

#[tokio::test]
async fn a_doctor_or_a_patient_whose_account_is_shut_leaves_no_wish_open() {
    for is_doctor in [true, false] {
        let practice = Practice::asked().await;
        let path = if is_doctor {
            format!("/doctors/{}/deactivation", practice.doctor.id)
        } else {
            format!("/patients/{}/deactivation", practice.patient.id)
        };
        practice.desk.post_form(&path, &[]).await.expect(303);
        assert!(practice.desk.get("/dashboard").await.ok().appointments("#wishes").is_empty());
        assert!(!practice.desk.get("/appointments?status=wished").await.ok().shows_appointment(practice.visit.id));
        let page = practice.desk.get(&practice.visit.path()).await.ok();
        assert!(page.says("cannot be had: an account is shut."), "{}", page.words());
        assert!(!page.has("form[action*=\"/proposal/\"]"));
        practice.answer(&practice.desk, ("acceptance", "1"), &[]).await.expect(409);
        assert_eq!(practice.stored().await.version, 1);
    }
}

/// More than a dashboard shows are counted, and the rest is in the list.
#[tokio::test]
async fn nobody_who_asks_is_left_out_without_a_word() {
    let practice = Practice::open().await;
    for number in 0..11 {
        let other = patient(&practice.hospital).create(&practice.app).await;
        let at = practice.app.in_minutes(96 * 60 + 30 * number);
        let visit = appointment().of(&practice.doctor).with(&other).at(at).create(&practice.app).await;
        let home = practice.app.sign_in(&other).await;
        let fields = [("version", "0"), ("starts_at", FRIDAY)];
        home.post_form(&format!("{}/rescheduling", visit.path()), &fields).await.expect(303);
    }
    for browser in [&practice.surgery, &practice.desk] {
        let board = browser.get("/dashboard").await.ok();
        assert_eq!(board.appointments("#wishes").len(), 10);
        assert!(board.text("#wishes").contains("10 of 11 are shown."), "{}", board.text("#wishes"));
        assert_eq!(browser.get("/appointments?status=wished").await.ok().appointments("#list").len(), 11);
    }
}
