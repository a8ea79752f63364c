//! `GET /appointments?status=needs_outcome`: every visit that is over and has no outcome, not only those on the dashboard.

use chrono::TimeDelta;
use sea_orm::Iterable;

use super::*;

use AppointmentStatus as Status;

const LIST: &str = "/appointments?status=needs_outcome";
const ROWS: &str = "main table";

#[tokio::test]
async fn it_lists_what_is_busy_though_its_end_has_passed_the_earliest_first() {
    let practice = Practice::open().await;
    let app = &practice.app;
    let mut expected = Vec::new();
    for (number, status) in (1..).zip(Status::iter()) {
        let past = practice.visit_at(status, -24 * number).await;
        practice.visit_at(status, 24 * number).await;
        if status.is_busy() {
            expected.insert(0, past.id);
        }
    }
    let at = async |minutes| {
        let patient = patient(&practice.hospital).create(app).await;
        let visit = appointment().of(&practice.doctor).with(&patient).at(app.in_minutes(minutes)).overbooked();
        visit.create(app).await.id
    };
    // The one ends now: it is not over.
    at(-30).await;
    expected.push(at(-31).await);
    let colleague = doctor(&practice.hospital).create(app).await;
    let theirs = appointment().of(&colleague).with(&practice.patient).at(app.in_hours(-2)).create(app).await;

    let list = practice.surgery.get(LIST).await.ok();
    assert_eq!(list.appointments(ROWS), expected);
    assert!(list.says("The earliest first. Times are in Asia/Kathmandu."), "{}", list.words());
    assert_eq!(list.text(".pagination p"), "1–5 of 5 visits");
    assert_eq!(list.attributes("select[name=status] option[selected]", "value"), ["needs_outcome"]);
    assert_eq!(list.text("select[name=status] option[selected]"), "Needs an outcome");
    assert_eq!(
        list.attributes("main tbody th a", "href"),
        expected.iter().map(|id| format!("/appointments/{id}")).collect::<Vec<_>>()
    );
    expected.insert(4, theirs.id);
    assert_eq!(practice.desk.get(LIST).await.ok().appointments(ROWS), expected);
    let all = practice.surgery.get("/appointments?status=scheduled").await.ok();
    assert!(all.says("The latest first. Times are in Asia/Kathmandu."));
}

#[tokio::test]
async fn it_is_narrowed_like_any_other() {
    let practice = Practice::open().await;
    let app = &practice.app;
    let other_doctor = doctor(&practice.hospital).named("Hari", "Oli").create(app).await;
    let other_patient = patient(&practice.hospital).named("Sita", "Rana").create(app).await;
    let early = practice.visit_at(Status::Confirmed, -72).await;
    let late = appointment().of(&other_doctor).with(&other_patient).at(app.in_hours(-24)).create(app).await;
    let found = async |query: &str| practice.desk.get(&format!("{LIST}{query}")).await.ok().appointments(ROWS);
    assert_eq!(found("").await, [early.id, late.id]);
    assert_eq!(found("&q=maya").await, [early.id]);
    assert_eq!(found(&format!("&doctor={}", other_doctor.id)).await, [late.id]);
    assert_eq!(found("&from=2026-11-23").await, [late.id]);
    assert_eq!(found("&to=2026-11-22&q=gurung").await, [early.id]);
    let none = practice.desk.get(&format!("{LIST}&q=sita&to=2026-11-22")).await.ok();
    assert!(none.says("No visit matches") && none.says("0 visits"));
}

#[tokio::test]
async fn patients_are_not_offered_it() {
    let practice = Practice::open().await;
    let visit = practice.visit_at(Status::Confirmed, -2).await;
    let list = practice.home.get("/appointments").await.ok();
    assert!(list.shows_appointment(visit.id));
    assert_eq!(
        list.texts("select[name=status] option").len(),
        13,
        "any, two kinds of what is upcoming, and each of the ten"
    );
    assert!(!list.says("Needs an outcome"));
    let refused = practice.home.get(LIST).await.expect(422);
    assert_eq!(refused.texts(".error-summary li"), ["Choose a status from the list."]);
    assert!(!refused.shows_appointment(visit.id));
}

/// The dashboard shows ten; behind the figure and the panel are all of them.
#[tokio::test]
async fn the_dashboard_leads_to_the_whole_list() {
    let practice = Practice::open().await;
    let mut all = Vec::new();
    for number in 1..=23 {
        all.insert(0, practice.visit_at(Status::Scheduled, -number).await.id);
    }
    let board = practice.surgery.get("/dashboard").await.ok();
    assert_eq!(board.figure("needs-outcome"), 23);
    assert_eq!(board.appointments("#needs-outcome"), all[..10]);
    let ways = board.attributes("#needs-outcome header a, .figure a", "href");
    assert_eq!(ways.iter().filter(|way| *way == LIST).count(), 2, "{ways:?}");

    for client in [&practice.surgery, &practice.desk] {
        let first = client.get(LIST).await.ok();
        assert_eq!(first.text(".pagination p"), "1–20 of 23 visits");
        assert!(first.statements() <= 3, "{} statements", first.statements());
        let next = first.attributes(".pagination a[rel=next]", "href");
        assert_eq!(next, [format!("{LIST}&page=2")]);
        let second = client.get(&next[0]).await.ok();
        assert_eq!(second.text(".pagination p"), "21–23 of 23 visits");
        assert!(second.statements() <= 3, "{} statements", second.statements());
        assert_eq!([first.appointments(ROWS), second.appointments(ROWS)].concat(), all);
        client.get(&format!("{LIST}&page=3")).await.expect(404);
    }
}

#[tokio::test]
async fn it_changes_when_a_visits_end_has_passed_and_not_before() {
    let practice = Practice::open().await;
    let visit = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_minutes(-25));
    let visit = visit.create(&practice.app).await;
    let ends_at = practice.app.in_minutes(5);
    for client in [&practice.surgery, &practice.desk] {
        practice.app.clock.set(ends_at - TimeDelta::minutes(5));
        let empty = client.get(LIST).await.ok();
        assert!(empty.says("No visit needs an outcome") && empty.says("Every past visit has its outcome."));
        assert!(empty.says("0 visits"));
        assert!(empty.statements() <= 3);
        practice.app.clock.set(ends_at);
        let still = client.get(LIST).await.ok();
        assert_eq!(still.header("x-cache"), "hit", "it ends now: it is not over");
        assert!(still.body == empty.body);
        practice.app.clock.set(ends_at + TimeDelta::microseconds(1));
        let listed = client.get(LIST).await.ok();
        assert_eq!(listed.header("x-cache"), "miss");
        assert_eq!(
            (listed.appointments(ROWS), listed.text(".pagination p")),
            (vec![visit.id], "1–1 of 1 visits".to_owned())
        );
        assert_eq!(client.get(LIST).await.ok().header("x-cache"), "hit");
    }
}
