//! With which credentials relays are tried before a visit.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Practice;
use crate::support::*;

const URLS: &str = "turn:turn.clinic.test:3478?transport=udp,turns:turn.clinic.test:443?transport=tcp";

#[tokio::test]
async fn relays_can_be_tried_before_anybody_waits_with_credentials_for_minutes() {
    for (ttl, lasts) in [("3600", 300), ("60", 60)] {
        let settings = [("TURN_URLS", URLS), ("TURN_SECRET", "north-of-the-lake"), ("TURN_TTL", ttl)];
        let practice = Practice::with(48 * 60, AppointmentStatus::Scheduled, &settings).await;
        // For a call it is too early.
        practice.home.get(&practice.path("ice")).await.expect(409);
        for client in [&practice.home, &practice.surgery] {
            let page = client.get(&practice.path("device-check/ice")).await.ok();
            assert_eq!(page.header("cache-control"), "no-store");
            assert!(page.statements() <= 2, "{} statements", page.statements());
            let ice: Value = serde_json::from_str(&page.body).unwrap();
            assert_eq!(ice["iceServers"][0]["urls"], json!(URLS.split(',').collect::<Vec<_>>()));
            let until: DateTime<Utc> = ice["expires_at"].as_str().unwrap().parse().unwrap();
            assert_eq!(until, practice.app.now() + TimeDelta::seconds(lasts));
            let username = ice["iceServers"][0]["username"].as_str().unwrap();
            assert!(username.starts_with(&format!("{}:", until.timestamp())), "{username}");
        }
    }
    let without = Practice::open(60, AppointmentStatus::Scheduled).await;
    let page = without.home.get(&without.path("device-check/ice")).await.ok();
    let ice: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(ice["iceServers"], json!([]), "no relay is set");
}

#[tokio::test]
async fn nobody_asks_for_credentials_more_than_sixty_times_a_minute() {
    let practice = Practice::open(60, AppointmentStatus::Confirmed).await;
    for _ in 0..60 {
        practice.home.get(&practice.path("device-check/ice")).await.ok();
    }
    practice.home.get(&practice.path("device-check/ice")).await.expect(429);
    practice.surgery.get(&practice.path("device-check/ice")).await.ok();
}
