//! The page of the check, with a script and without, and the ways to it.

use chrono::TimeDelta;
use entity::{
    device_check,
    enums::{DeviceState, Modality},
};
use reqwest::{Method, header};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{Practice, WORKS};
use crate::support::*;

#[tokio::test]
async fn what_is_no_check_is_not_kept() {
    let practice = Practice::open(5, AppointmentStatus::Confirmed).await;
    for wrong in [
        &[][..],
        &[("camera", "ok")],
        &[("camera", "ok"), ("microphone", "perhaps")],
        &[("camera", "ok"), ("microphone", "ok"), ("network", "pigeon")],
        &[("camera", "ok"), ("microphone", "ok"), ("speaker", "ok")],
    ] {
        let page = practice.tell(&practice.home, wrong).await.expect(422);
        assert!(page.has(".error-summary"), "{wrong:?}");
        assert!(page.header("permissions-policy").contains("camera=(self)"), "the page can still be used");
    }
    assert_eq!(device_check::Entity::find().count(&practice.app.db).await.unwrap(), 0);
}

#[tokio::test]
async fn the_page_says_without_a_script_what_is_tried_and_how_to_go_on_without() {
    let practice = Practice::open(5, AppointmentStatus::Confirmed).await;
    for (client, other) in [(&practice.home, "Dr Asha Rai"), (&practice.surgery, "Maya Gurung")] {
        let page = client.get(&practice.page()).await.ok();
        assert!(page.statements() <= 3, "{} statements", page.statements());
        for words in ["Camera:", "Microphone:", "Network:", "You need", "by telephone", other] {
            assert!(page.says(words), "{}: {words}", client.who);
        }
        assert!(page.has("a[href^=\"tel:\"]"), "{}", client.who);
        assert_eq!(page.attributes(".back a", "href"), [practice.visit.path()]);
        // Who has no script says it in a form.
        let sent = client.submit(&page, "#said form", &[("camera", "none"), ("microphone", "blocked")]).await;
        assert!(client.follow(sent.expect(303)).await.ok().text("#said").contains("No camera, microphone blocked"));
    }
    let platform = practice.app.sign_in(&super_admin().create(&practice.app).await).await;
    for client in [&practice.home, &practice.surgery, &practice.desk, &platform] {
        let page = client.get("/device-check").await.ok();
        assert!(page.says("Nothing is kept") && !page.has("#said") && !page.has("#check[data-href]"), "{}", client.who);
        assert!(page.has("#check"), "{}", client.who);
    }
}

#[tokio::test]
async fn only_the_check_and_the_room_may_ask_for_camera_and_microphone_and_links_lead_to_the_check() {
    let practice = Practice::open(5, AppointmentStatus::Confirmed).await;
    for path in [practice.page(), "/device-check".to_owned(), practice.path("room")] {
        let page = practice.home.get(&path).await.ok();
        for device in ["camera=(self)", "microphone=(self)", "display-capture=(self)"] {
            assert!(page.header("permissions-policy").contains(device), "{path}: {device}");
        }
    }
    for path in ["/dashboard".to_owned(), practice.visit.path(), practice.path("now"), "/device-check/x".to_owned()] {
        let page = practice.home.get(&path).await;
        for device in ["camera=()", "microphone=()", "display-capture=()"] {
            assert!(page.header("permissions-policy").contains(device), "{path}: {device}");
        }
    }
    for (client, path) in [
        (&practice.home, "/dashboard".to_owned()),
        (&practice.home, practice.visit.path()),
        (&practice.home, practice.path("room")),
        (&practice.surgery, practice.visit.path()),
        (&practice.surgery, practice.path("room")),
    ] {
        assert!(client.get(&path).await.ok().links().contains(&practice.page()), "{path} by {}", client.who);
    }
    assert!(!practice.desk.get(&practice.visit.path()).await.ok().links().contains(&practice.page()));
}

#[tokio::test]
async fn a_pages_own_script_is_answered_without_a_page() {
    let practice = Practice::open(5, AppointmentStatus::Confirmed).await;
    let tell = |client: &Client, body: &'static str| {
        let request = client.request(Method::POST, &practice.path("device-check")).header("accept", "application/json");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.header(header::ORIGIN, practice.app.origin()).header("sec-fetch-site", "same-origin").body(body)
    };
    let told = practice.home.send(tell(&practice.home, "camera=ok&microphone=blocked&network=")).await.ok();
    assert_eq!((told.body.as_str(), told.header("cache-control")), ("{}", "no-store"));
    let stored = practice.stored().await.remove(0);
    assert_eq!((stored.microphone, stored.network), (DeviceState::Blocked, None));
    let out = practice.app.visitor();
    out.send(tell(&out, "camera=ok&microphone=ok")).await.expect(401);
}

#[tokio::test]
async fn the_reminder_of_a_visit_by_video_leads_to_the_check() {
    let practice = Practice::open(24 * 60 * 3, AppointmentStatus::Completed).await;
    for (hours, modality, has_link) in [(72, Modality::Video, true), (96, Modality::Phone, false)] {
        let asked = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_hours(hours));
        let asked = asked.held(modality).status(AppointmentStatus::Requested).requested_by(&practice.patient);
        let asked = asked.create(&practice.app).await;
        let approved = practice.surgery.post_form(&format!("{}/approval", asked.path()), &[("version", "0")]).await;
        approved.expect(303);
        practice.app.clock.set(asked.starts_at - TimeDelta::hours(23));
        practice.app.send_mail().await;
        let emails = practice.app.emails_to(&practice.patient.email).await;
        let reminders: Vec<_> = emails.iter().filter(|email| email.subject == "Reminder of your visit").collect();
        let link = format!("/device-check?appointment={}", asked.id);
        let said = reminders.iter().any(|email| email.text.contains(&link));
        assert_eq!(said, has_link, "{modality:?}: {reminders:?}");
        practice.app.clock.set(asked.starts_at - TimeDelta::hours(hours));
    }
}

#[tokio::test]
async fn nobody_tells_of_more_than_twenty_checks_a_minute() {
    let practice = Practice::open(60, AppointmentStatus::Confirmed).await;
    for _ in 0..20 {
        practice.tell(&practice.home, &WORKS).await.expect(303);
    }
    let refused = practice.tell(&practice.home, &WORKS).await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
    practice.tell(&practice.surgery, &WORKS).await.expect(303);
    practice.app.clock.advance(TimeDelta::seconds(61));
    practice.tell(&practice.home, &WORKS).await.expect(303);
}
