//! Notifications: what they say, whose they are, and that they are read.

use entity::notification as row;
use sea_orm::{ConnectionTrait as _, EntityTrait};

use crate::support::*;

async fn read_at(app: &TestApp, notification: &Notification) -> Option<chrono::DateTime<chrono::Utc>> {
    row::Entity::find_by_id(notification.id).one(&app.db).await.unwrap().unwrap().read_at
}

fn ids(page: &Page) -> Vec<String> {
    page.attributes("main [data-notification]", "data-notification")
}

#[tokio::test]
async fn they_are_told_newest_first_in_words_for_the_reader() {
    let app = TestApp::start().await;
    let hospital = hospital().in_zone("Europe/London".parse().unwrap()).create(&app).await;
    let admin = hospital_admin(&hospital).create(&app).await;
    let doctor = doctor(&hospital).named("Asha", "Rai").create(&app).await;
    let patient = patient(&hospital).named("Maya", "Gurung").create(&app).await;
    let visit = appointment().of(&doctor).with(&patient).create(&app).await;
    for (person, sentence) in [
        (&admin, "The visit of Maya Gurung with Dr Asha Rai on Wednesday 25 November 2026, 04:15 was approved."),
        (&doctor.person, "The visit with Maya Gurung on Wednesday 25 November 2026, 04:15 was approved."),
        (&patient.person, "The visit with Dr Asha Rai on Wednesday 25 November 2026, 04:15 was approved."),
    ] {
        let kind = NotificationKind::AppointmentApproved;
        let old = notification(person).about(&visit).from(app.in_hours(-5)).read().create(&app).await;
        let new = notification(person).about(&visit).of_kind(kind).create(&app).await;
        let client = app.sign_in(person).await;
        let page = client.get("/notifications").await.ok();
        assert_eq!(ids(&page), [new.id.to_string(), old.id.to_string()]);
        assert_eq!(
            page.texts("main [data-notification] a"),
            [
                sentence,
                &sentence
                    .replace("The visit", "A visit")
                    .replace(" on ", " was booked for ")
                    .replace(" was approved", "")
            ]
        );
        assert_eq!(page.attributes("main [data-notification] a", "href"), [visit.path(), visit.path()]);
        assert_eq!(page.attributes("main .new", "data-notification"), [new.id.to_string()], "only what is unread");
        assert!(page.says("1 unread") && page.says("1–2 of 2 notifications"));
        assert_eq!(page.statements(), 3);
    }
}

/// Nothing of the text is stored: names and reasons are those of the visit. Of a row of an earlier release, which keeps no times of its own, the times are too;
/// what a row keeps is held to in `appointments/told_then.rs`.
#[tokio::test]
async fn the_text_follows_the_appointment() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let visit = appointment().of(&doctor).with(&patient).status(AppointmentStatus::Rejected).create(&app).await;
    notification(&patient).about(&visit).of_kind(NotificationKind::AppointmentRejected).create(&app).await;
    let client = app.sign_in(&patient).await;
    let reason = visit.texts.iter().find(|text| text.starts_with("Rejection")).unwrap();
    assert!(client.get("/notifications").await.ok().says(&format!("was declined. Reason: {reason}")));
}

#[tokio::test]
async fn one_is_read_once_and_stays_read() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let first = notification(&patient).create(&app).await;
    let second = notification(&patient).create(&app).await;
    let client = app.sign_in(&patient).await;
    let page = client.get("/notifications").await.ok();
    let form = format!("form[action=\"/notifications/{}/read\"]", first.id);
    let answer = client.submit(&page, &form, &[]).await.expect(303);
    assert_eq!(answer.location(), "/notifications");
    assert_eq!(read_at(&app, &first).await, Some(NOW));
    assert_eq!(read_at(&app, &second).await, None);

    app.clock.advance(chrono::TimeDelta::minutes(5));
    client.post_form(&format!("/notifications/{}/read", first.id), &[]).await.expect(303);
    assert_eq!(read_at(&app, &first).await, Some(NOW), "it was read then, not now");
    let page = client.get("/notifications").await.ok();
    assert!(!page.has(&form), "what is read cannot be read again");
    assert!(page.says("1 unread"));
}

#[tokio::test]
async fn anothers_are_not_there() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let (patient, other) = (patient(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let theirs = notification(&other).create(&app).await;
    let own = notification(&patient).create(&app).await;
    let client = app.sign_in(&patient).await;
    assert_eq!(ids(&client.get("/notifications").await.ok()), [own.id.to_string()]);
    client.post_form(&format!("/notifications/{}/read", theirs.id), &[]).await.expect(404);
    client.post_form("/notifications/999999/read", &[]).await.expect(404);
    client.post_form("/notifications/read", &[]).await.expect(303);
    assert_eq!(read_at(&app, &theirs).await, None);
    assert_eq!(read_at(&app, &own).await, Some(NOW));
    client.post_form("/notifications/read", &[("all", "1")]).await.expect(422);
}

/// Of a list that grows with the years no more is counted, or leafed through, than anybody would.
#[tokio::test]
async fn more_than_ten_thousand_are_told_and_cut() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    notification(&patient).create(&app).await;
    let more = |many: u32| {
        format!(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {many})
             INSERT INTO notification (recipient_id, kind, appointment_id, created_at, updated_at)
             SELECT recipient_id, kind, appointment_id, created_at, updated_at
               FROM number CROSS JOIN (SELECT * FROM notification LIMIT 1) AS first"
        )
    };
    app.db.execute_unprepared(&more(9_999)).await.unwrap();
    let client = app.sign_in(&patient).await;
    assert_eq!(client.get("/notifications").await.ok().text(".pagination p"), "1–20 of 10000 notifications");
    app.db.execute_unprepared(&more(1)).await.unwrap();
    let first = client.get("/notifications").await.ok();
    assert_eq!(first.text(".pagination p"), "1–20 of more than 10,000 notifications");
    let last = client.get("/notifications?page=500").await.ok();
    assert_eq!(ids(&last).len(), 20);
    let said = "9981–10000 of more than 10,000 notifications. The others are not listed here.";
    assert_eq!(last.text(".pagination p"), said);
    assert!(!last.links().iter().any(|link| link.ends_with("page=501")));
    client.get("/notifications?page=501").await.expect(404);
}

#[tokio::test]
async fn they_come_in_pages() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    for _ in 0..23 {
        notification(&patient).create(&app).await;
    }
    let client = app.sign_in(&patient).await;
    let first = client.get("/notifications").await.ok();
    assert_eq!(first.text(".pagination p"), "1–20 of 23 notifications");
    let second = client.get("/notifications?page=2").await.ok();
    assert_eq!((ids(&first).len(), ids(&second).len()), (20, 3));
    assert!(ids(&second).iter().all(|id| !ids(&first).contains(id)));
    assert!(second.says("23 unread"), "a true count, not the length of the page");
    client.get("/notifications?page=3").await.expect(404);
    client.get("/notifications?page=x").await.expect(404);
    client.get("/notifications?unknown=1").await.expect(422);
}

#[tokio::test]
async fn whoever_has_none_is_told_so() {
    let app = TestApp::start().await;
    let person = super_admin().create(&app).await;
    let page = app.sign_in(&person).await.get("/notifications").await.ok();
    assert!(page.says("Nothing has happened yet") && page.says("0 notifications"));
    assert!(!page.has("form[action=\"/notifications/read\"]"));
}
