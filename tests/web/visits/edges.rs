//! Yesterday's visits, forms that are sent at once, and answers that are not the sender's to give.

use futures_util::future::join_all;

use super::*;

#[tokio::test]
async fn who_was_left_waiting_yesterday_is_before_nobody_today() {
    let practice = Practice::open().await;
    let first = patient(&practice.hospital).create(&practice.app).await;
    let yesterday = appointment().of(&practice.doctor).with(&first).at(practice.app.in_hours(-25));
    let since = practice.app.in_hours(-25);
    yesterday.status(AppointmentStatus::Waiting).since(since).create(&practice.app).await;
    let visit = practice.visit(-5, AppointmentStatus::Waiting).await;
    let page = practice.home.get(&format!("{}/now", visit.path())).await.ok();
    assert_eq!(page.attributes("[data-place]", "data-place"), ["1"]);
}

#[tokio::test]
async fn first_forms_that_are_sent_at_once_are_kept_whichever_comes_first() {
    let practice = Practice::open().await;
    for minutes in [-5, -65, -125] {
        let visit = practice.visit(minutes, AppointmentStatus::Waiting).await;
        let check = format!("{}/opening", visit.path());
        let presses = (0..4).map(|_| practice.surgery.post_form(&check, &CHECKED));
        for answer in join_all(presses).await {
            answer.expect(303);
        }
        assert_eq!(practice.opening(&visit).await.unwrap().version, 1);
        let visit = practice.visit(minutes - 30, AppointmentStatus::InProgress).await;
        let (answers, said) = (format!("{}/answers", visit.path()), [("location_now", "Patan, Mangal Bazar 7")]);
        let said = (0..4).map(|_| practice.home.post_form(&answers, &said));
        for answer in join_all(said).await {
            answer.expect(303);
        }
    }
    let path = format!("/doctors/{}/delay", practice.doctor.id);
    let late = (0..4).map(|_| practice.desk.post_form(&path, &[("minutes", "20")]));
    for answer in join_all(late).await {
        answer.expect(303);
    }
}

#[tokio::test]
async fn nobody_agrees_for_the_patient() {
    let practice = Practice::open().await;
    let visit = practice.visit(5, AppointmentStatus::Confirmed).await;
    let fields = [("version", "0"), ("consent", "on"), ("location_now", "At the desk")];
    practice.desk.post_form(&format!("{}/arrival", visit.path()), &fields).await.expect(303);
    assert_eq!(practice.opening(&visit).await, None);
    assert!(practice.surgery.get(&room(&visit)).await.ok().says("has not agreed here"));
}

#[tokio::test]
async fn whose_page_is_hidden_is_there_between_slow_signs_and_not_for_longer_once_it_is_seen_again() {
    let practice = Practice::open().await;
    let visit = practice.visit(5, AppointmentStatus::Confirmed).await;
    let states = async || practice.seen(&practice.surgery, &visit).await.remove(1);
    let after = |seconds| practice.app.clock.advance(TimeDelta::seconds(seconds));
    practice.sign(&practice.home, &visit, "here").await.expect(204);
    after(1);
    assert_eq!(practice.sign(&practice.home, &visit, "hidden").await.expect(204).statements(), 1);
    // A browser lets it once a minute.
    for _ in 0..3 {
        after(75);
        assert_eq!(states().await, "here");
        practice.sign(&practice.home, &visit, "hidden").await.expect(204);
    }
    after(89);
    assert_eq!(states().await, "here");
    after(1);
    assert_eq!(states().await, "away", "the browser was ended");
    practice.sign(&practice.home, &visit, "hidden").await.expect(204);
    assert_eq!(states().await, "here");
    after(2);
    practice.sign(&practice.home, &visit, "here").await.expect(204);
    after(44);
    assert_eq!(states().await, "here");
    after(1);
    assert_eq!(states().await, "away", "whoever is ended while they are looked at is gone as soon as ever");
}

#[tokio::test]
async fn of_two_pages_of_one_room_one_is_closed_and_nobody_sees_its_person_leave() {
    let practice = Practice::open().await;
    let visit = practice.visit(5, AppointmentStatus::Confirmed).await;
    for state in ["here", "hidden"] {
        practice.sign(&practice.home, &visit, state).await.expect(204);
        practice.sign(&practice.home, &visit, "leaving").await.expect(204);
        // The other page hears of it, and says so.
        practice.app.clock.advance(TimeDelta::seconds(1));
        practice.sign(&practice.home, &visit, state).await.expect(204);
        for _ in 0..10 {
            assert_eq!(practice.seen(&practice.surgery, &visit).await, ["never", "here"]);
            practice.app.clock.advance(TimeDelta::seconds(4));
        }
    }
}

#[tokio::test]
async fn whoever_corrects_the_opening_need_not_choose_again() {
    let practice = Practice::open().await;
    let visit = practice.visit(-5, AppointmentStatus::InProgress).await;
    practice.surgery.post_form(&format!("{}/opening", visit.path()), &CHECKED).await.expect(303);
    let page = practice.surgery.get(&room(&visit)).await.ok();
    practice.surgery.submit(&page, "#opening form", &[("call_back", "+977 1 5550198")]).await.expect(303);
    let corrected = practice.opening(&visit).await.unwrap();
    assert_eq!((corrected.identity, corrected.version), (Some(IdentityCheck::Known), 2));
}
