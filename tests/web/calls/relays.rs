//! Through which relays a call may go, and with which credentials.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

use super::Practice;
use crate::support::*;

const URLS: &str = "turn:turn.clinic.test:3478?transport=udp,turns:turn.clinic.test:443?transport=tcp";

async fn ice(practice: &Practice, client: &Client) -> Value {
    let page = client.get(&practice.path("ice")).await.ok();
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.statements() <= 2, "{} statements", page.statements());
    serde_json::from_str(&page.body).unwrap()
}

#[tokio::test]
async fn credentials_are_for_a_while_and_name_nobody() {
    let settings =
        [("TURN_URLS", URLS), ("TURN_SECRET", "north-of-the-lake"), ("TURN_TTL", "600"), ("CALL_RELAY_ONLY", "true")];
    let practice = Practice::with(AppointmentStatus::Waiting, &settings).await;
    let (one, other) = (ice(&practice, &practice.home).await, ice(&practice, &practice.home).await);
    assert_eq!(one["policy"], "relay");
    let server = &one["iceServers"][0];
    assert_eq!(server["urls"], json!(URLS.split(',').collect::<Vec<_>>()));
    let until = practice.app.now() + TimeDelta::seconds(600);
    let told: DateTime<chrono::Utc> = one["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(told, until);
    let username = server["username"].as_str().unwrap();
    let (expiry, name) = username.split_once(':').unwrap();
    assert_eq!((expiry, name.len()), (until.timestamp().to_string().as_str(), 32));
    // Relays count by the name what one person has opened; for an hour it is the same.
    let name_of = |told: &Value| {
        let username = told["iceServers"][0]["username"].as_str().unwrap();
        username.split_once(':').unwrap().1.to_owned()
    };
    assert_eq!(name_of(&other), name);
    assert_ne!(name_of(&ice(&practice, &practice.surgery).await), name);
    practice.app.clock.advance(TimeDelta::minutes(20));
    let later = ice(&practice, &practice.home).await;
    assert_ne!(later["iceServers"][0]["credential"], server["credential"]);
    practice.app.clock.advance(TimeDelta::hours(1));
    let home = practice.app.sign_in(&practice.patient).await;
    assert_ne!(name_of(&ice(&practice, &home).await), name);
    assert!(!one.to_string().contains(&practice.patient.email) && !one.to_string().contains("north-of"));
}

#[tokio::test]
async fn nobody_asks_more_than_sixty_times_a_minute() {
    let practice = Practice::open().await;
    for _ in 0..60 {
        ice(&practice, &practice.home).await;
    }
    let refused = practice.home.get(&practice.path("ice")).await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
    ice(&practice, &practice.surgery).await;
    practice.app.clock.advance(TimeDelta::seconds(61));
    ice(&practice, &practice.home).await;
}

#[tokio::test]
async fn there_are_none_before_somebody_waits_and_after_the_outcome() {
    let early = Practice::with(AppointmentStatus::Confirmed, &[]).await;
    early.home.get(&early.path("ice")).await.expect(409);
    early.home.post_form(&early.path("call"), &[]).await.expect(409);
    let late = appointment().of(&early.doctor).with(&early.patient).at(early.app.in_hours(-3));
    let late = late.status(AppointmentStatus::Completed).create(&early.app).await;
    early.surgery.get(&format!("{}/ice", late.path())).await.expect(409);
    early.surgery.post_form(&format!("{}/call", late.path()), &[]).await.expect(409);

    let waiting = appointment().of(&early.doctor).with(&early.patient).at(early.app.in_hours(2));
    let waiting = waiting.status(AppointmentStatus::Waiting).create(&early.app).await;
    let page = early.surgery.get(&format!("{}/ice", waiting.path())).await.ok();
    let direct: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!((&direct["iceServers"], &direct["policy"]), (&json!([]), &json!("all")), "no relay is set");
}

#[tokio::test]
async fn readiness_tells_of_relays_that_do_not_answer_and_goes_on() {
    // A port at which nobody is.
    let settings = [("TURN_URLS", "turn:127.0.0.1:9?transport=tcp"), ("TURN_SECRET", "north-of-the-lake")];
    let app = TestApp::start_with(&settings).await;
    let ready: Value = serde_json::from_str(&app.visitor().get("/health/ready").await.ok().body).unwrap();
    assert_eq!((&ready["status"], &ready["relays"]), (&json!("degraded"), &json!("1 of 1 do not answer")));
    let without = TestApp::start().await;
    let ready: Value = serde_json::from_str(&without.visitor().get("/health/ready").await.ok().body).unwrap();
    assert_eq!(ready.get("relays"), None);
}

#[tokio::test]
async fn readiness_says_ok_of_relays_that_answer() {
    let urls = format!("turn:{},turn:{}", relay(), relay());
    let app = TestApp::start_with(&[("TURN_URLS", &urls), ("TURN_SECRET", "north-of-the-lake")]).await;
    let ready: Value = serde_json::from_str(&app.visitor().get("/health/ready").await.ok().body).unwrap();
    assert_eq!(ready["relays"], json!("ok"));
}
