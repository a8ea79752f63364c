//! The room in which a call is held: it has a place for it, and may ask for camera and microphone, as no other page may.

use super::Practice;
use crate::support::*;

const DEVICES: [&str; 3] = ["camera=(self)", "microphone=(self)", "display-capture=(self)"];

#[tokio::test]
async fn of_a_visit_by_video_has_a_place_for_both_pictures() {
    let practice = Practice::open().await;
    for (client, side, other) in [(&practice.surgery, "doctor", "Maya Gurung"), (&practice.home, "patient", "Asha Rai")]
    {
        let room = client.get(&practice.path("room")).await.ok();
        for mark in [format!("data-side=\"{side}\"").as_str(), "data-call=\"theirs\"", "data-call=\"ours\"", "js/call"]
        {
            assert!(room.body.contains(mark), "{side}: no {mark}");
        }
        assert!(room.body.contains(&format!("{other}\" hidden")), "{side}: whom they meet is not named");
        for device in DEVICES {
            assert!(room.header("permissions-policy").contains(device), "{side}: {device}");
        }
        for page in ["now", "messages"] {
            let page = client.get(&practice.path(page)).await.ok();
            assert!(page.header("permissions-policy").contains("camera=()"));
            assert!(page.header("permissions-policy").contains("microphone=()"));
        }
    }
}

#[tokio::test]
async fn has_none_when_the_visit_is_held_by_telephone_or_is_over() {
    let practice = Practice::open().await;
    let before = practice.surgery.get(&practice.path("room")).await.ok();
    assert!(before.body.contains("id=\"call\""));
    let form = [("modality", "phone"), ("reason", "The line is too thin."), ("version", "0")];
    practice.surgery.post_form(&practice.path("modality"), &form).await.expect(303);
    let room = practice.surgery.get(&practice.path("room")).await.ok();
    assert!(!room.body.contains("id=\"call\"") && !room.body.contains("js/call"));

    let over = Practice::with(AppointmentStatus::Completed, &[]).await;
    let room = over.home.get(&over.path("room")).await.ok();
    assert!(!room.body.contains("id=\"call\""));
}

#[tokio::test]
async fn is_what_the_landing_page_promises() {
    let practice = Practice::open().await;
    let landing = practice.app.visitor().get("/").await.ok();
    for (promise, mark) in
        [("By video in your browser", "data-call=\"join\""), ("the telephone takes over", "data-call=\"phone\"")]
    {
        assert!(landing.says(promise), "{promise}");
        let room = practice.home.get(&practice.path("room")).await.ok();
        assert!(room.body.contains(mark), "{promise}: {mark}");
    }
}
