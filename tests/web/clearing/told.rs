//! Who is told of an absence over visits: those who run the hospital, once, on the page.

use super::*;

/// What they were told of absences, each with where it leads.
async fn told_of_absences(desk: &Client) -> Vec<(String, String)> {
    let page = desk.get("/notifications").await.ok();
    let (texts, links) = (page.texts("[data-notification] p a"), page.attributes("[data-notification] p a", "href"));
    texts.into_iter().zip(links).filter(|(text, _)| text.starts_with("An absence was recorded")).collect()
}

async fn away(ward: &Ward, by: &Client, [starts_at, ends_at]: [&str; 2]) {
    let fields = [("starts_at", starts_at), ("ends_at", ends_at), ("reason", "A wedding.")];
    let recorded = by.post_form(&format!("/doctors/{}/time-off", ward.doctor.id), &fields).await.expect(303);
    assert!(recorded.statements() <= 8, "{} statements", recorded.statements());
}

#[tokio::test]
async fn whoever_runs_the_hospital_is_told_once_and_led_to_the_visits_in_it() {
    let ward = Ward::open().await;
    // On Saturday at ten, and a request after it.
    let minutes = 60 * 24 * 4;
    ward.meet_in(minutes + 30, Status::Requested).await;
    let first = ward.meet_in(minutes, Status::Scheduled).await;
    let colleague = hospital_admin(&ward.hospital).create(&ward.app).await;
    let beside = ward.app.sign_in(&colleague).await;
    let elsewhere = hospital().create(&ward.app).await;
    let stranger = ward.app.sign_in(&hospital_admin(&elsewhere).create(&ward.app).await).await;
    for _ in 0..2 {
        away(&ward, &ward.surgery, ["2026-11-28T00:00", "2026-11-29T00:00"]).await;
    }
    for desk in [&ward.desk, &beside] {
        let told = told_of_absences(desk).await;
        let [(text, link)] = &told[..] else { panic!("told once: {told:?}") };
        assert!(text.contains("on Saturday 28 November 2026, 10:00. It may not be the only one"), "{text}");
        assert_eq!(*link, first.path(), "the first of them");
        let marks = desk.get(link).await.ok().attributes("#standing strong a", "href");
        assert_eq!(desk.get(&marks[0]).await.ok().appointments("#visits").len(), 2);
    }
    for browser in [&stranger, &ward.surgery, &ward.home] {
        assert!(told_of_absences(browser).await.is_empty(), "patients are told of what becomes of theirs");
    }
    assert!(ward.app.emails_to(&colleague.email).await.is_empty(), "on the page alone");
}

#[tokio::test]
async fn nobody_is_told_of_what_they_recorded_themselves_or_of_an_absence_without_visits() {
    let ward = Ward::open().await;
    let beside = ward.app.sign_in(&hospital_admin(&ward.hospital).create(&ward.app).await).await;
    ward.meet_in(60 * 24 * 4, Status::Cancelled).await;
    away(&ward, &ward.surgery, ["2026-11-28T00:00", "2026-11-29T00:00"]).await;
    assert!(told_of_absences(&ward.desk).await.is_empty());
    ward.meet_in(60 * 24 * 5, Status::Confirmed).await;
    away(&ward, &ward.desk, ["2026-11-29T00:00", "2026-11-30T00:00"]).await;
    assert!(told_of_absences(&ward.desk).await.is_empty());
    assert_eq!(told_of_absences(&beside).await.len(), 1);
}

/// An absence that has begun: what of it is over has its outcome to be recorded, and is in nobody's way.
#[tokio::test]
async fn visits_that_are_over_are_told_of_by_nothing() {
    let ward = Ward::open().await;
    ward.meet_in(-60, Status::Scheduled).await;
    away(&ward, &ward.surgery, ["2026-11-24T08:00", "2026-11-24T13:00"]).await;
    assert!(told_of_absences(&ward.desk).await.is_empty());
}
