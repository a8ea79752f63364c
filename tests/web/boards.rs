//! The boards tell the truth: who is in a visit stands first, and nobody is left out in silence.

use chrono::TimeDelta;
use entity::appointment as row;
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, EntityTrait, IntoActiveModel, Set};

use crate::support::*;

use AppointmentStatus as Status;

#[tokio::test]
async fn a_patient_who_waits_or_is_in_a_visit_sees_it_first() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).named("Puja", "Rai").create(&app).await;
    for (status, hours, says) in [
        (Status::Waiting, 0, "You are waiting for Dr Puja Rai Since 09:45."),
        (Status::InProgress, 0, "Your visit with Dr Puja Rai is going on"),
        (Status::Scheduled, -3, "The time of your visit with Dr Puja Rai is over"),
    ] {
        let patient = patient(&hospital).create(&app).await;
        let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(hours)).status(status).overbooked();
        let visit = visit.since(app.in_minutes(-15)).create(&app).await;
        let later = appointment().of(&doctor).with(&patient).at(app.in_hours(144)).overbooked().create(&app).await;
        let board = app.sign_in(&patient).await.get("/dashboard").await.ok();
        assert!(board.says(says), "{status:?}: {}", board.words());
        assert_eq!(board.attributes("[data-hero]", "data-appointment"), [visit.id.to_string()]);
        assert_eq!(board.appointments("main")[0], visit.id, "before the next one");
        assert_eq!(board.figure("upcoming"), 1, "the figure is what it was");
        assert!(board.appointments("#upcoming").contains(&later.id));
    }
}

#[tokio::test]
async fn the_board_of_a_large_day_leaves_nobody_out_in_silence() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let admin = hospital_admin(&hospital).create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let first = appointment().of(&doctor).with(&patient).at(app.in_hours(1)).overbooked().create(&app).await;
    let request = appointment().of(&doctor).with(&patient).at(app.in_hours(2)).status(Status::Requested);
    let request = request.create(&app).await;
    let model = row::Entity::find_by_id(first.id).one(&app.db).await.unwrap().unwrap();
    let more = async |count: i64| {
        let rows = (0..count).map(|number| row::ActiveModel {
            id: NotSet,
            starts_at: Set(model.starts_at + TimeDelta::minutes(number)),
            ends_at: Set(model.ends_at + TimeDelta::minutes(number)),
            ..model.clone().into_active_model().reset_all()
        });
        row::Entity::insert_many(rows).exec(&app.db).await.unwrap();
    };
    let desk = app.sign_in(&admin).await;
    more(119).await;
    let board = desk.get("/dashboard").await.ok();
    assert_eq!(board.appointments("#board").len(), 120);
    assert!(board.text("#board h2").contains("120"), "the true count");
    assert!(!board.appointments("#board").contains(&request.id), "a request is no visit");
    assert!(!board.has("[data-left-out]"));
    more(300).await;
    let board = desk.get("/dashboard").await.ok();
    assert_eq!(board.appointments("#board").len(), 400);
    assert!(board.text("#board h2").contains("420"));
    assert_eq!(board.text("#expected h3"), "Expected 420");
    assert!(board.text("[data-left-out]").contains("400 of 420 are shown."));
    let rest = board.attributes("[data-left-out] a", "href").remove(0);
    assert!(desk.get(&rest).await.ok().says("of 421 visits"));
}

#[tokio::test]
async fn what_came_after_the_page_was_opened_stays_unread_and_one_stays_on_ones_page() {
    let app = TestApp::start().await;
    let patient = patient(&hospital().create(&app).await).create(&app).await;
    for _ in 0..22 {
        notification(&patient).create(&app).await;
    }
    let client = app.sign_in(&patient).await;
    let page = client.get("/notifications").await.ok();
    let late = notification(&patient).create(&app).await;
    client.submit(&page, "form[action=\"/notifications/read\"]", &[]).await.expect(303);
    let page = client.get("/notifications").await.ok();
    assert!(page.says("1 unread"), "nobody has seen it yet");
    assert_eq!(page.attributes("main .new", "data-notification"), [late.id.to_string()]);

    for _ in 0..20 {
        notification(&patient).create(&app).await;
    }
    let second = client.get("/notifications?page=2").await.ok();
    let read = client.submit(&second, &format!("form[action=\"/notifications/{}/read\"]", late.id), &[]).await;
    assert_eq!(read.expect(303).location(), "/notifications?page=2");
    let all = client.submit(&second, "form[action=\"/notifications/read\"]", &[]).await.expect(303);
    assert_eq!(all.location(), "/notifications?page=2");
    assert!(client.get("/notifications").await.ok().says("20 unread"), "those of the first page were not shown");
    client.post_form("/notifications/read", &[]).await.expect(303);
    assert!(client.get("/notifications").await.ok().says("0 unread"));
    client.post_form("/notifications/read", &[("newest", "x")]).await.expect(422);
}
