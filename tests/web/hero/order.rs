//! Which of several visits stands first, and the days on which they are.

use super::*;

#[tokio::test]
async fn of_several_the_one_that_goes_on_stands_first_and_the_others_below() {
    let pair = pair().await;
    let person = (Status::Scheduled, Modality::InPerson);
    let next = visit(&pair, 60, person).await;
    let later = visit(&pair, 24 * 60 * 3, person).await;
    let page = dashboard(&pair).await;
    hero(&page, &next);
    assert_eq!(page.appointments("#upcoming"), [later.id], "each stands once");
    assert_eq!((page.figure("upcoming"), page.text("#upcoming h2 .count")), (2, "1".to_owned()));
    // The list has the first one as well, and the link to it says as many as are there.
    assert_eq!(page.text("#upcoming header a"), "All 2 planned: Later visits");
    let list = pair.home.get(&page.attributes("#upcoming header a", "href")[0]).await.ok();
    assert_eq!(list.appointments("main table").len(), 2);

    let old = visit(&pair, -24 * 60 * 9, person).await;
    let over = visit(&pair, -24 * 60, person).await;
    let page = dashboard(&pair).await;
    hero(&page, &next);
    assert_eq!(page.appointments("#present"), [old.id, over.id], "what was left open takes no place of today's");
    assert_eq!(page.appointments("#upcoming"), [later.id]);

    let waits = visit(&pair, -20, (Status::Waiting, Modality::Video)).await;
    hero(&dashboard(&pair).await, &waits);
    let goes_on = visit(&pair, -10, (Status::InProgress, Modality::Video)).await;
    let page = dashboard(&pair).await;
    hero(&page, &goes_on);
    assert_eq!(page.appointments("#present"), [old.id, over.id, waits.id]);
}

#[tokio::test]
async fn what_is_left_of_an_earlier_day_stands_first_on_days_without_a_visit() {
    for status in [Status::Scheduled, Status::Waiting, Status::InProgress] {
        let pair = pair().await;
        let left = visit(&pair, -24 * 60, (status, Modality::InPerson)).await;
        // It is ten in the morning there: this is the first one of tomorrow.
        let tomorrow = visit(&pair, 14 * 60, (Status::Confirmed, Modality::InPerson)).await;
        let page = dashboard(&pair).await;
        hero(&page, &left);
        assert_eq!(page.appointments("#upcoming"), [tomorrow.id]);
        pair.app.clock.advance(TimeDelta::hours(14) - TimeDelta::microseconds(1));
        hero(&look_anew(&pair).await, &left);
        // At midnight, and until that is over in its turn: then it is the one of the day.
        for (more, comes_first) in [
            (TimeDelta::microseconds(1), &tomorrow),
            (TimeDelta::minutes(30), &tomorrow),
            (TimeDelta::microseconds(1), if status == Status::Scheduled { &tomorrow } else { &left }),
        ] {
            pair.app.clock.advance(more);
            hero(&look_anew(&pair).await, comes_first);
        }
    }
}

#[tokio::test]
async fn what_is_of_today_stands_before_what_is_to_come_today() {
    let pair = pair().await;
    let person = (Status::Scheduled, Modality::InPerson);
    visit(&pair, 60, person).await;
    visit(&pair, -24 * 60, (Status::InProgress, Modality::InPerson)).await;
    let over = visit(&pair, -60, person).await;
    hero(&dashboard(&pair).await, &over);
    // Over midnight it was begun, and ended today.
    let waits = visit(&pair, -10 * 60 - 15, (Status::Waiting, Modality::InPerson)).await;
    hero(&dashboard(&pair).await, &waits);
}

#[tokio::test]
async fn days_are_told_as_they_are_where_the_hospital_is() {
    let pair = pair().await;
    // It is ten in the morning there: midnight is in fourteen hours.
    for (minutes, day) in
        [(14 * 60 - 30, "Today, 23:30"), (14 * 60, "Tomorrow, 00:00"), (38 * 60 - 30, "Tomorrow, 23:30")]
    {
        let visit = self::visit(&pair, minutes, (Status::Confirmed, Modality::InPerson)).await;
        let said = hero(&dashboard(&pair).await, &visit);
        assert!(said.contains(day), "{day} is missing in {said}");
        let reason = [("version", "0"), ("reason", "I am better")];
        pair.home.post_form(&format!("{}/cancellation", visit.path()), &reason).await.expect(303);
    }
    let visit = visit(&pair, 38 * 60, (Status::Confirmed, Modality::InPerson)).await;
    let said = hero(&dashboard(&pair).await, &visit);
    assert!(!said.contains("Tomorrow") && said.contains("Thursday 26 November 2026"), "{said}");
    // At midnight the day after tomorrow is tomorrow.
    pair.app.clock.advance(TimeDelta::hours(14));
    let home = pair.app.sign_in(&pair.patient).await;
    assert!(home.get("/dashboard").await.ok().text("[data-hero]").contains("Tomorrow, 00:00"));
}
