//! The answers to a wish, the patient's second thoughts, and whoever was faster.

use super::*;

#[tokio::test]
async fn the_desk_leaves_the_visit_at_its_time_and_the_patient_reads_why() {
    let practice = Practice::asked().await;
    let page = practice.desk.get(&practice.visit.path()).await.ok();
    let refusal = "form[action$=\"/proposal/refusal\"]";
    assert!(page.text(refusal).contains("Leave the visit of Maya Gurung at its time?"), "{}", page.words());
    let said = [("note", "Dr Rai travels on Friday.")];
    let left = practice.desk.submit(&page, refusal, &said).await.expect(303);
    let page = practice.desk.follow(left).await.ok();
    assert!(page.says("The visit stays at its time, and the patient is notified."), "{}", page.words());
    let after = practice.stored().await;
    assert_eq!((after.status, after.starts_at), (Status::Confirmed, practice.visit.starts_at), "and what was promised");
    assert_eq!((after.version, after.wished_starts_at), (2, None));
    assert_eq!(practice.kinds().await, [EventKind::Wished, EventKind::WishRefused]);
    let news = practice.home.get("/notifications").await.ok();
    let sentence =
        "The visit with Dr Asha Rai stays on Thursday 26 November 2026, 10:00: Friday 27 November 2026, 11:00 cannot";
    assert!(news.says(sentence), "{}", news.words());
    let history = practice.home.get(&practice.visit.path()).await.ok().text("#history");
    assert!(history.contains("left the visit at its time") && history.contains("Dr Rai travels"), "{history}");
    // Where the patient looks, and to nobody else; until the visit has come.
    let left = practice.home.get(&practice.visit.path()).await.ok().text("#left:not([hidden])");
    assert!(left.starts_with("Your visit stays at its time") && left.contains("Dr Rai travels on Friday."), "{left}");
    for browser in [&practice.desk, &practice.surgery] {
        assert_eq!(
            browser.get(&practice.visit.path()).await.ok().text("#left[hidden]"),
            "Your visit stays at its time"
        );
    }
    let mail = &practice.app.emails_when(&practice.patient.email, 1).await[0];
    assert_eq!(mail.subject, "Your visit stays at its time");
    assert!(!mail.text.contains("travels"), "what somebody wrote is on the page alone: {}", mail.text);
    practice.says_nothing_of_it().await;
}

#[tokio::test]
async fn a_word_that_is_too_long_is_asked_for_again_where_it_was_typed() {
    let practice = Practice::asked().await;
    let long = "x".repeat(501);
    let refused = practice.answer(&practice.surgery, ("refusal", "1"), &[("note", &long)]).await.expect(422);
    assert!(refused.has("details[open] textarea[name=note]") && refused.says(&long), "{}", refused.words());
    assert_eq!(practice.stored().await.version, 1);
}

#[tokio::test]
async fn the_patient_keeps_the_time_after_all_and_the_clinic_is_told() {
    let practice = Practice::asked().await;
    let list = practice.home.get("/appointments").await.ok();
    let keep = format!("form[action=\"{}/proposal/refusal\"]", practice.visit.path());
    assert!(list.text(&keep).contains("Keep my time"), "{}", list.words());
    let kept = practice.home.submit(&list, &keep, &[]).await.expect(303);
    assert!(practice.home.follow(kept).await.ok().says("You keep your time, and the clinic is told."));
    assert_eq!(practice.kinds().await, [EventKind::Wished, EventKind::WishWithdrawn]);
    for browser in [&practice.surgery, &practice.desk] {
        let news = browser.get("/notifications").await.ok();
        assert!(news.says("Maya Gurung keeps the visit on Thursday 26 November 2026, 10:00"), "{}", news.words());
    }
    practice.says_nothing_of_it().await;
    // Whoever asked does not grant it.
    practice.wish(&practice.home, ("2", FRIDAY), &[]).await.expect(303);
    practice.answer(&practice.home, ("acceptance", "3"), &[]).await.expect(403);
    assert_eq!(practice.stored().await.version, 3);
}

#[tokio::test]
async fn a_new_wish_takes_the_place_of_the_older_which_nobody_can_accept_any_more() {
    let practice = Practice::asked().await;
    let form = practice.home.get(&practice.path()).await.ok();
    assert!(form.says("You asked for Friday 27 November 2026, 11:00."), "{}", form.words());
    let again = practice.wish(&practice.home, ("1", FRIDAY), &[]).await.expect(422);
    assert!(again.says("You have asked for that time already."), "{}", again.words());
    practice.wish(&practice.home, ("1", LATER), &[]).await.expect(303);
    for noun in ["acceptance", "refusal"] {
        let refused = practice.answer(&practice.surgery, (noun, "1"), &[]).await.expect(409);
        assert!(refused.says("Somebody changed this visit"), "{noun}: {}", refused.words());
        assert!(refused.says("Asks for Friday 27 November 2026, 11:30 instead."), "{}", refused.words());
    }
    practice.answer(&practice.surgery, ("acceptance", "2"), &[]).await.expect(303);
    assert_eq!(practice.stored().await.starts_at, practice.visit.starts_at + TimeDelta::minutes(25 * 60 + 30));
}

#[tokio::test]
async fn each_form_that_is_sent_twice_counts_once() {
    let practice = Practice::open().await;
    for _ in 0..2 {
        practice.wish(&practice.home, ("0", FRIDAY), &[("note", "An exam.")]).await.expect(303);
    }
    for _ in 0..2 {
        practice.answer(&practice.surgery, ("refusal", "1"), &[("note", "No.")]).await.expect(303);
    }
    practice.wish(&practice.home, ("2", FRIDAY), &[]).await.expect(303);
    for _ in 0..2 {
        practice.answer(&practice.home, ("refusal", "3"), &[]).await.expect(303);
    }
    practice.wish(&practice.home, ("4", FRIDAY), &[]).await.expect(303);
    for _ in 0..2 {
        practice.answer(&practice.desk, ("acceptance", "5"), &[]).await.expect(303);
    }
    use EventKind::{Rescheduled, WishRefused, WishWithdrawn, Wished};
    assert_eq!(practice.kinds().await, [Wished, WishRefused, Wished, WishWithdrawn, Wished, Rescheduled]);
    // Another answer than the one that counted is none.
    let refused = practice.answer(&practice.surgery, ("acceptance", "5"), &[]).await.expect(409);
    assert!(refused.says("No other time is asked for any more."), "{}", refused.words());
    practice.answer(&practice.home, ("refusal", "5"), &[]).await.expect(409);
    assert_eq!(practice.stored().await.version, 6);
}

#[tokio::test]
async fn a_time_that_was_taken_meanwhile_is_not_given_and_the_wish_waits() {
    let practice = Practice::asked().await;
    practice.taken_on_friday(60).await;
    for browser in [&practice.desk, &practice.surgery] {
        let refused = practice.answer(browser, ("acceptance", "1"), &[]).await.expect(409);
        let sentence = "Another visit has that time by now. Leave the visit at its time and say why, or move it";
        assert!(refused.says(sentence), "{}", refused.words());
        assert!(refused.links().contains(&practice.path()) && refused.has("form[action$=\"/proposal/refusal\"]"));
    }
    let waits = practice.stored().await;
    assert_eq!((waits.version, waits.wished_starts_at.is_some()), (1, true));
    practice.answer(&practice.desk, ("refusal", "1"), &[]).await.expect(303);
}

#[tokio::test]
async fn a_doctor_who_is_away_by_then_cannot_give_the_time() {
    let practice = Practice::asked().await;
    let friday = (practice.app.in_hours(70), practice.app.in_hours(75));
    time_off(&practice.app, &practice.doctor, friday, "").await;
    let refused = practice.answer(&practice.surgery, ("acceptance", "1"), &[]).await.expect(409);
    assert!(refused.says("The doctor is away then. Leave the visit at its time"), "{}", refused.words());
    assert_eq!(practice.stored().await.version, 1);
}

#[tokio::test]
async fn whoever_is_overtaken_is_told_so_whichever_side_it_is() {
    let practice = Practice::open().await;
    // The desk moves it while the patient looks at the times.
    practice.wish(&practice.desk, ("0", "2026-11-26T11:00"), &[]).await.expect(303);
    let refused = practice.wish(&practice.home, ("0", FRIDAY), &[("note", "An exam.")]).await.expect(409);
    assert!(refused.says("Somebody changed this visit") && refused.says("An exam."), "{}", refused.words());
    assert_eq!(practice.stored().await.wished_starts_at, None);
    practice.home.submit(&refused, "#times form[method=post]", &[]).await.expect(303);
    // The patient takes it back while the desk looks at it.
    practice.answer(&practice.home, ("refusal", "2"), &[]).await.expect(303);
    for noun in ["acceptance", "refusal"] {
        practice.answer(&practice.desk, (noun, "2"), &[]).await.expect(409);
    }
    let asked = practice.stored().await;
    assert_eq!((asked.version, asked.starts_at), (3, practice.visit.starts_at + TimeDelta::hours(1)));
}

#[tokio::test]
async fn of_two_answers_at_one_moment_one_counts() {
    let practice = Practice::asked().await;
    let (one, other) = tokio::join!(
        practice.answer(&practice.desk, ("acceptance", "1"), &[]),
        practice.answer(&practice.surgery, ("refusal", "1"), &[]),
    );
    let mut answers = [one.status, other.status];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
    assert_eq!((practice.stored().await.version, practice.kinds().await.len()), (2, 2));
}

#[tokio::test]
async fn what_the_doctor_proposed_is_still_not_theirs_to_accept() {
    let practice = Practice::open().await;
    let proposed = practice.meet_in(60 * 30, Status::Proposed).await;
    for noun in ["acceptance", "refusal"] {
        let path = format!("{}/proposal/{noun}", proposed.path());
        practice.surgery.post_form(&path, &[("version", "0")]).await.expect(403);
    }
    practice.answer(&practice.surgery, ("refusal", "0"), &[]).await.expect(409);
    let row = appointment::Entity::find_by_id(proposed.id).one(&practice.app.db).await.unwrap().unwrap();
    assert_eq!((row.version, row.status), (0, Status::Proposed));
}

#[tokio::test]
async fn what_was_said_of_a_wish_is_told_as_long_as_the_visit_is_ahead_and_nothing_came_of_it_since() {
    let practice = Practice::asked().await;
    practice.answer(&practice.desk, ("refusal", "1"), &[("note", "Dr Rai travels on Friday.")]).await.expect(303);
    let is_told = async || practice.home.get(&practice.visit.path()).await.ok().has("#left:not([hidden])");
    assert!(is_told().await);
    // Asked anew it waits for another answer, and a visit that is moved has another time.
    practice.wish(&practice.home, ("2", LATER), &[]).await.expect(303);
    assert!(!is_told().await);
    practice.answer(&practice.surgery, ("refusal", "3"), &[]).await.expect(303);
    assert!(is_told().await, "also without a word");
    practice.wish(&practice.desk, ("4", "2026-11-26T11:00"), &[]).await.expect(303);
    assert!(!is_told().await);
}

#[tokio::test]
async fn a_wish_that_is_accepted_after_another_move_has_moved_nothing() {
    let practice = Practice::asked().await;
    // The desk moves it to a third time, and then accepts the wish in a tab that is still open.
    practice.wish(&practice.desk, ("1", "2026-11-26T11:00"), &[]).await.expect(303);
    let refused = practice.answer(&practice.desk, ("acceptance", "1"), &[]).await.expect(409);
    assert!(refused.says("This visit has moved on"), "{}", refused.words());
    assert_eq!(practice.stored().await.starts_at, practice.visit.starts_at + TimeDelta::hours(1));
    // Moved to the time that was wished by the other form it is where it was wished.
    practice.wish(&practice.home, ("2", FRIDAY), &[]).await.expect(303);
    practice.wish(&practice.desk, ("3", FRIDAY), &[]).await.expect(303);
    practice.answer(&practice.desk, ("acceptance", "3"), &[]).await.expect(303);
    assert_eq!(practice.stored().await.version, 4);
}

#[tokio::test]
async fn once_somebody_has_answered_nobody_else_is_asked() {
    for noun in ["acceptance", "refusal"] {
        let practice = Practice::open().await;
        let other = practice.app.sign_in(&hospital_admin(&practice.hospital).create(&practice.app).await).await;
        let elsewhere = hospital_admin(&hospital().create(&practice.app).await).create(&practice.app).await;
        let elsewhere = practice.app.sign_in(&elsewhere).await;
        practice.wish(&practice.home, ("0", FRIDAY), &[]).await.expect(303);
        let clinic = [&practice.surgery, &practice.desk, &other];
        for browser in clinic {
            assert_eq!(browser.get("/dashboard").await.ok().figure("unread"), 1, "{}", browser.who);
        }
        practice.answer(&practice.desk, (noun, "1"), &[]).await.expect(303);
        // The doctor is told anew where the visit is moved.
        let left = [i64::from(noun == "acceptance"), 0, 0];
        for (browser, left) in clinic.into_iter().zip(left) {
            assert_eq!(browser.get("/dashboard").await.ok().figure("unread"), left, "{noun}: {}", browser.who);
        }
        assert_eq!(elsewhere.get("/dashboard").await.ok().figure("unread"), 0);
    }
}

#[tokio::test]
async fn a_wish_that_is_taken_back_or_is_over_with_its_visit_asks_nobody_any_more() {
    let practice = Practice::asked().await;
    practice.answer(&practice.home, ("refusal", "1"), &[]).await.expect(303);
    let unread = async |browser: &Client| browser.get("/dashboard").await.ok().figure("unread");
    assert_eq!((unread(&practice.desk).await, unread(&practice.surgery).await), (1, 1), "that it was taken back");
    practice.wish(&practice.home, ("2", FRIDAY), &[]).await.expect(303);
    let off = [("version", "3"), ("reason", "She is abroad.")];
    practice.desk.post_form(&format!("{}/cancellation", practice.visit.path()), &off).await.expect(303);
    assert_eq!((unread(&practice.desk).await, unread(&practice.surgery).await), (1, 2), "the doctor, that it is off");
}
