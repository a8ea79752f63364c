//! What a request for a stream must bring, and what a page that asks for itself may not do.

use chrono::TimeDelta;
use entity::audit_entry;
use reqwest::{Method, header::COOKIE};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::Desk;
use crate::support::*;

#[tokio::test]
async fn a_stream_is_for_whom_the_page_was_made() {
    let desk = Desk::new().await;
    let token = desk.token().await;
    let status = async |browser: &Client, query: &str| browser.get(&format!("/live?{query}")).await;
    let another = desk.app.sign_in(&desk.clinic.here.admin).await;
    status(&another, &format!("on={token}")).await.expect(400);
    let forged = token.replace(".", ".A");
    let broken = [
        String::new(),
        "on=".to_owned(),
        format!("on={forged}"),
        format!("on={token}&on=x"),
        format!("on={token}&more=1"),
        [token.as_str(); 4].map(|token| format!("on={token}")).join("&"),
    ];
    for query in broken {
        status(&desk.doctor, &query).await.expect(400);
    }
    let nobody = status(&desk.app.visitor(), &format!("on={token}")).await.expect(401);
    assert_eq!(nobody.header("location"), "", "a stream would be lost on the way");
    let head = desk.doctor.request(Method::HEAD, &format!("/live?on={token}"));
    desk.doctor.send(head).await.expect(405);
    desk.doctor.post_form(&format!("/live?on={token}"), &[]).await.expect(405);
}

#[tokio::test]
async fn a_session_has_six_streams_and_the_oldest_makes_room() {
    let desk = Desk::new().await;
    let token = desk.token().await;
    let mut streams = Vec::new();
    for _ in 0..6 {
        let mut live = desk.listen(desk.app.address, &[&token]);
        live.expect("ready").await;
        streams.push(live);
    }
    let mut seventh = desk.listen(desk.app.address, &[&token]);
    seventh.expect("ready").await;
    assert_eq!(streams[0].expect("bye").await, "superseded");
    streams[0].ends().await;
    desk.act().await;
    for live in streams[1..].iter_mut().chain([&mut seventh]) {
        live.expect("changed").await;
    }
}

#[tokio::test]
async fn an_instance_has_so_many_streams_and_one_that_ends_makes_room() {
    let desk = Desk::with(&[("LIVE_MAX_STREAMS", "1")]).await;
    let first = desk.live().await;
    let token = desk.token().await;
    let refused = desk.listen(desk.app.address, &[&token]);
    assert_eq!(refused.status().await, 503);
    assert!(refused.head().await.contains("retry-after: "));
    assert!(desk.app.visitor().get("/metrics").await.ok().body.contains("telemedicine_live_streams "));
    drop(first);
    for _ in 0..300 {
        if desk.listen(desk.app.address, &[&token]).status().await == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nobody notices that the first has gone");
}

/// GETs `path` as the page itself does.
async fn by_itself(browser: &Client, path: &str) -> Page {
    browser.send(browser.request(Method::GET, path).header("x-live", "1")).await
}

#[tokio::test]
async fn what_a_page_asks_for_by_itself_is_no_use_of_the_session() {
    let desk = Desk::new().await;
    let mut live = desk.live().await;
    for _ in 0..5 {
        desk.app.clock.advance(TimeDelta::minutes(5));
        by_itself(&desk.doctor, "/dashboard").await.ok();
    }
    desk.app.clock.advance(TimeDelta::minutes(6));
    assert_eq!(live.comes_to("bye").await, "signed-out");
    live.ends().await;
    assert!(by_itself(&desk.doctor, "/dashboard").await.expect(303).location().starts_with("/sign-in"));
    // By hand it would have gone on.
    let by_hand = app_used_by_hand(&desk).await;
    assert!(by_hand.is_signed_in().await);
}

async fn app_used_by_hand(desk: &Desk) -> Client {
    let browser = desk.app.sign_in(&desk.clinic.here.doctor).await;
    for _ in 0..5 {
        desk.app.clock.advance(TimeDelta::minutes(10));
        desk.app.notes_use_by(&browser).await;
    }
    browser
}

#[tokio::test]
async fn a_page_that_asks_by_itself_takes_no_message_away_and_opens_no_record() {
    let desk = Desk::new().await;
    desk.act().await;
    let page = by_itself(&desk.doctor, "/dashboard").await.ok();
    assert!(!page.has(".flash") && page.header("set-cookie").is_empty());
    assert!(desk.doctor.get("/dashboard").await.ok().has(".flash"), "it is still to be told");

    let record = format!("/patients/{}", desk.clinic.here.patient.id);
    let lines = async || audit_entry::Entity::find().count(&desk.app.db).await.unwrap();
    let before = lines().await;
    let refused = by_itself(&desk.doctor, &record).await.expect(409);
    assert!(!refused.body.contains(&desk.clinic.here.patient.name()));
    assert_eq!(lines().await, before);
    desk.doctor.get(&record).await.ok();
    assert_eq!(lines().await, before + 1, "by hand it is opened, and in the trail");
}

#[tokio::test]
async fn a_stream_and_a_kept_page_cost_no_statement() {
    let desk = Desk::new().await;
    let token = desk.token().await;
    let mut live = desk.listen(desk.app.address, &[&token]);
    live.expect("ready").await;
    let head = live.head().await;
    assert!(head.contains("desc=\"0 queries\""), "{head}");
    let cookies = desk.doctor.cookies();
    let stranger = desk.app.visitor();
    let request = stranger.request(Method::GET, "/live?on=x").header(COOKIE, format!("{cookies}x"));
    stranger.send(request).await.expect(401);
}

/// Somebody looks, hears nothing, and looks again, as pages do that have missed a beat: nothing is asked of the database.
#[tokio::test]
async fn while_nothing_changes_live_pages_cost_no_statement() {
    // Else each page from the cache is made once more, to compare the two.
    let desk = Desk::with(&[("CACHE_VERIFY", "false")]).await;
    let visit = desk.clinic.here.appointment(AppointmentStatus::Waiting).path();
    let patient = desk.app.sign_in(&desk.clinic.here.patient).await;
    let paths = ["/dashboard", "/appointments", "/notifications", "/messages"].map(str::to_owned);
    let of_the_visit = ["now", "standing", "messages/now"].map(|noun| format!("{visit}/{noun}"));
    for browser in [&desk.doctor, &patient] {
        for path in paths.iter().chain(&of_the_visit) {
            let token = super::token(&by_itself(browser, path).await.ok());
            let mut live = Live::open(desk.app.address, &browser.cookies(), &[&token]);
            let ready = live.expect("ready").await;
            let again = by_itself(browser, path).await.ok();
            assert_eq!((again.statements(), again.header("x-cache")), (0, "hit"), "{}, {ready}", again.asked);
            assert_eq!(super::token(&again), token, "{}: the stream would begin anew", again.asked);
            let head = live.head().await;
            assert!(head.contains("desc=\"0 queries\""), "{}: {head}", again.asked);
        }
    }
}
