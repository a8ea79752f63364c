//! What made a visit impossible since it was asked for is asked again by whoever promises it; and a click that was sent twice is one.

use chrono::TimeDelta;

use super::*;

use AppointmentStatus as Status;

/// With hours from 9 to 12 on each day: a visit in 24 hours begins at 10:00 of the Wednesday.
async fn with_hours(practice: &Practice) {
    works_daily(&practice.app, &practice.doctor, (9, 12)).await;
}

async fn approve(practice: &Practice, visit: &Appointment, more: &[(&str, &str)]) -> Page {
    let fields = [&[("version", "0")], more].concat();
    practice.surgery.post_form(&format!("{}/approval", visit.path()), &fields).await
}

#[tokio::test]
async fn a_request_whose_time_was_taken_is_marked_and_refused_with_times_to_propose() {
    let practice = Practice::open().await;
    with_hours(&practice).await;
    let visit = practice.visit(Status::Requested).await;
    let other = patient(&practice.hospital).create(&practice.app).await;
    appointment().of(&practice.doctor).with(&other).create(&practice.app).await;

    let board = practice.surgery.get("/dashboard").await.ok();
    assert!(board.text("#requests .visit").contains("The time is taken"), "before the click");
    let refused = approve(&practice, &visit, &[]).await.expect(409);
    assert!(refused.says("You already have another visit at that time."), "{}", refused.words());
    assert_eq!(practice.stored(visit.id).await.status, Status::Requested);
    let proposals = "form[action$=\"/proposal\"] input[name=starts_at][value]";
    let times: Vec<String> =
        refused.attributes(proposals, "value").into_iter().filter(|time| !time.is_empty()).collect();
    assert!(times.contains(&"2026-11-25T09:30".to_owned()), "the nearest free times: {times:?}");
    assert!(!times.contains(&"2026-11-25T10:00".to_owned()));

    // One click.
    let fields = [("version", "0"), ("starts_at", times[0].as_str())];
    practice.surgery.post_form(&format!("{}/proposal", visit.path()), &fields).await.expect(303);
    assert_eq!(practice.stored(visit.id).await.status, Status::Proposed);
}

#[tokio::test]
async fn nobody_approves_into_an_absence_or_into_hours_that_are_gone_unless_they_say_why() {
    for gone in ["absence", "hours"] {
        let practice = Practice::open().await;
        with_hours(&practice).await;
        let visit = practice.visit(Status::Requested).await;
        let sentence = if gone == "absence" {
            time_off(&practice.app, &practice.doctor, (practice.app.in_hours(23), practice.app.in_hours(26)), "").await;
            "You are away then."
        } else {
            let page = practice.surgery.get(&format!("/doctors/{}/availability", practice.doctor.id)).await.ok();
            let wednesday = page.attributes("input[name=remove]", "value")[2].clone();
            let path = format!("/doctors/{}/availability", practice.doctor.id);
            practice.surgery.post_form(&path, &[("remove", &wednesday)]).await.expect(303);
            "You do not work on that day any more."
        };
        let refused = approve(&practice, &visit, &[]).await.expect(409);
        assert!(refused.says(sentence), "{}", refused.words());
        assert!(refused.has("[data-free]"), "with times that can be proposed");
        let form = "form[action$=\"/approval\"]";
        let knowingly = [("overbook_reason", "I come in for her.")];
        practice.surgery.submit(&refused, form, &knowingly).await.expect(303);
        let stored = practice.stored(visit.id).await;
        assert_eq!((stored.status, stored.overbook_reason.as_deref()), (Status::Scheduled, Some("I come in for her.")));
    }
}

/// Whoever gives a reason just in case has overruled nothing, and the visit is held to the rules as any other.
#[tokio::test]
async fn a_reason_for_what_is_in_nobodys_way_is_not_kept() {
    let practice = Practice::open().await;
    with_hours(&practice).await;
    let visit = practice.visit(Status::Requested).await;
    approve(&practice, &visit, &[("overbook_reason", "Just in case.")]).await.expect(303);
    let stored = practice.stored(visit.id).await;
    assert_eq!((stored.status, stored.overbook_reason), (Status::Scheduled, None));
}

#[tokio::test]
async fn a_patient_promises_no_visit_for_which_the_doctor_is_away() {
    let practice = Practice::open().await;
    with_hours(&practice).await;
    for (status, noun) in [(Status::Scheduled, "confirmation"), (Status::Proposed, "proposal/acceptance")] {
        // The proposed time is a day later than the other.
        let visit = practice.visit_at(status, 24 * 7).await;
        let away = (practice.app.in_hours(24 * 7 - 1), practice.app.in_hours(24 * 9));
        let id = time_off(&practice.app, &practice.doctor, away, "").await;
        let path = format!("{}/{noun}", visit.path());
        let refused = practice.home.post_form(&path, &[("version", "0")]).await.expect(409);
        assert!(refused.says("The doctor is away then."), "{}", refused.words());
        assert_eq!(practice.stored(visit.id).await.version, 0);
        let removal = format!("/doctors/{}/time-off/{id}/removal", practice.doctor.id);
        practice.surgery.post_form(&removal, &[]).await.expect(303);
        practice.home.post_form(&path, &[("version", "0")]).await.expect(303);
        practice
            .desk
            .post_form(&format!("{}/cancellation", visit.path()), &[("version", "1"), ("reason", "x")])
            .await
            .expect(303);
    }
}

/// The second click finds what the first has done.
#[tokio::test]
async fn the_same_step_of_the_same_person_from_the_same_page_is_done_and_no_other() {
    let practice = Practice::open().await;
    let visit = practice.visit(Status::Requested).await;
    for _ in 0..2 {
        approve(&practice, &visit, &[]).await.expect(303);
    }
    assert_eq!((practice.stored(visit.id).await.version, practice.trail(visit.id).await.len()), (1, 1));
    // Another step from the old page is not done, and neither is the same step of somebody else.
    let path = format!("{}/cancellation", visit.path());
    practice.surgery.post_form(&path, &[("version", "0"), ("reason", "No.")]).await.expect(409);
    let cancel = [("version", "1"), ("reason", "I am well again.")];
    for _ in 0..2 {
        practice.home.post_form(&path, &cancel).await.expect(303);
    }
    practice.desk.post_form(&path, &cancel).await.expect(409);
    let other = [("version", "1"), ("reason", "Another reason.")];
    practice.home.post_form(&path, &other).await.expect(409).says("Another reason.");
    assert_eq!(practice.history(visit.id).await.len(), 3, "asked, approved, cancelled");
    // Once somebody has gone on from there, the old click is no answer any more.
    approve(&practice, &visit, &[]).await.expect(409);
}

#[tokio::test]
async fn a_proposal_that_is_sent_twice_is_one_and_another_time_is_another() {
    let practice = Practice::open().await;
    with_hours(&practice).await;
    let visit = practice.visit(Status::Requested).await;
    let path = format!("{}/proposal", visit.path());
    let propose = async |time: &str| practice.surgery.post_form(&path, &[("version", "0"), ("starts_at", time)]).await;
    propose("2026-11-26T09:00").await.expect(303);
    propose("2026-11-26T09:00").await.expect(303);
    propose("2026-11-26T09:30").await.expect(409);
    assert_eq!(practice.history(visit.id).await.len(), 2);
    practice.app.clock.advance(TimeDelta::minutes(1));
    propose("2026-11-26T09:00").await.expect(303);
}
