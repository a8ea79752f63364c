//! How calls end, and that the visit goes on; and who takes whose place.

use entity::{
    appointment,
    enums::{CallEnd, CallState},
};
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{Practice, signal};
use crate::support::*;

#[tokio::test]
async fn five_times_hung_up_and_joined_again_by_either_or_both_are_six_calls_of_one_visit() {
    let practice = Practice::open().await;
    for round in 0..6 {
        let (doctor, patient) = practice.both().await;
        assert_eq!(doctor.call, patient.call);
        match round {
            0 | 3 => practice.hang_up(&practice.surgery).await,
            1 | 4 => practice.hang_up(&practice.home).await,
            2 => {
                tokio::join!(practice.hang_up(&practice.surgery), practice.hang_up(&practice.home));
            }
            _ => {
                practice.report(&practice.home, &patient.peer, &[("state", "connected")]).await.expect(204);
            }
        }
    }
    let calls = practice.calls().await;
    assert_eq!(calls.len(), 6);
    assert_eq!(calls.iter().filter(|call| call.state != CallState::Ended).count(), 1);
    assert!(calls[..5].iter().all(|call| call.end_reason == Some(CallEnd::NotAnswered)), "nobody was seen in them");
    let visit = appointment::Entity::find_by_id(practice.visit.id).one(&practice.app.db).await.unwrap().unwrap();
    assert_eq!(visit.status, AppointmentStatus::InProgress);
    let outcome = [("version", "0"), ("outcome", "completed")];
    let done = practice.surgery.post_form(&practice.path("outcome"), &outcome).await.expect(303);
    assert!(done.statements() <= 8, "{} statements", done.statements());
    let last = practice.calls().await.pop().unwrap();
    assert_eq!((last.state, last.end_reason), (CallState::Ended, Some(CallEnd::Finished)));
    let told = practice.told().await.pop().unwrap();
    assert_eq!((&told["to"], &told["call"], &told["why"]), (&json!("completed"), &json!("ended"), &json!("finished")));
    practice.home.post_form(&practice.path("call"), &[]).await.expect(409);
}

#[tokio::test]
async fn both_who_join_at_the_same_moment_are_in_one_call() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    practice.hang_up(&practice.home).await;
    for _ in 0..3 {
        let (one, other) = tokio::join!(practice.join(&practice.surgery), practice.join(&practice.home));
        assert_eq!(one.call, other.call);
        assert!(![doctor.call, patient.call].contains(&one.call));
        assert_eq!(one.peers.len() + other.peers.len(), 1, "whoever came second knows of the first");
        practice.hang_up(&practice.surgery).await;
    }
    assert_eq!(practice.calls().await.len(), 4);
}

#[tokio::test]
async fn a_page_that_is_loaded_again_takes_the_place_of_the_one_before() {
    let practice = Practice::open().await;
    let (doctor, old) = practice.both().await;
    let offer = signal(&doctor, &old.peer, "offer", &json!("for the page before"));
    practice.send(&practice.surgery, &offer).await.expect(204);
    let new = practice.join(&practice.home).await;
    assert_eq!((new.call, new.peers.as_slice()), (old.call, std::slice::from_ref(&doctor.peer)));
    // What was said to the page before is not said to this one.
    assert_eq!(practice.heard(&practice.home, &new.peer).await, []);
    let last = practice.heard(&practice.home, &old.peer).await.pop().unwrap();
    assert_eq!(last, ("bye".to_owned(), json!("replaced")));
    practice.send(&practice.surgery, &offer).await.expect(409);
    practice.send(&practice.home, &signal(&old, &doctor.peer, "answer", &json!(1))).await.expect(409);
    practice.report(&practice.home, &old.peer, &[("state", "connected")]).await.expect(409);
    practice.send(&practice.home, &signal(&new, &doctor.peer, "offer", &json!(1))).await.expect(204);
    // The page before goes, and hangs up nobody.
    practice.home.post_form(&practice.path("call/end"), &[("peer", &old.peer)]).await.expect(303);
    assert_eq!(practice.calls().await[0].state, CallState::Calling);
    practice.home.post_form(&practice.path("call/end"), &[("peer", &new.peer)]).await.expect(303);
    assert_eq!(practice.calls().await[0].state, CallState::Ended);
}

#[tokio::test]
async fn a_page_that_leaves_is_gone_for_the_other_and_beside_three_others_there_is_no_place() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    let leaving = [("state", "leaving"), ("call", patient.peer.as_str())];
    practice.home.post_form(&practice.path("presence"), &leaving).await.expect(204);
    practice.send(&practice.surgery, &signal(&doctor, &patient.peer, "offer", &json!(1))).await.expect(409);
    assert_eq!(practice.join(&practice.home).await.peers, std::slice::from_ref(&doctor.peer));
    let request = practice.surgery.request(Method::POST, &practice.path("call/end")).header("x-live", "1");
    practice.surgery.send(request).await.expect(204);
    let call = practice.join(&practice.surgery).await.call;
    let guest = guest(&practice.app, (&practice.visit, &practice.doctor), "").await;
    let enters = async |key: &str| {
        let page = entity::call_peer::ActiveModel {
            call_id: sea_orm::Set(call),
            key: sea_orm::Set(key.repeat(32)),
            guest_id: sea_orm::Set(Some(guest.id)),
            here_until: sea_orm::Set(practice.app.in_minutes(1)),
            created_at: sea_orm::Set(practice.app.now()),
            updated_at: sea_orm::Set(practice.app.now()),
            ..Default::default()
        };
        entity::call_peer::Entity::insert(page).exec(&practice.app.db).await.unwrap();
    };
    enters("0").await;
    // Beside the doctor and a guest there is a place for the patient, and for the doctor's next page; beside three others there is none.
    assert_eq!(practice.join(&practice.home).await.peers.len(), 2);
    assert_eq!(practice.join(&practice.surgery).await.peers.len(), 2);
    enters("1").await;
    practice.home.post_form(&practice.path("call"), &[]).await.expect(409);
}

#[tokio::test]
async fn the_telephone_and_a_cancellation_end_the_call_as_well() {
    let practice = Practice::with(AppointmentStatus::Waiting, &[]).await;
    let (doctor, patient) = practice.both().await;
    practice.report(&practice.surgery, &doctor.peer, &[("state", "connected"), ("path", "direct")]).await.expect(204);
    practice.send(&practice.surgery, &signal(&doctor, &patient.peer, "offer", &json!(1))).await.expect(204);
    let stage = async || practice.home.get(&practice.path("now")).await.ok().attributes("#now", "data-stage");
    let before = stage().await;
    let phone = [("version", "0"), ("modality", "phone"), ("reason", "No picture.")];
    let moved = practice.surgery.post_form(&practice.path("modality"), &phone).await.expect(303);
    assert!(moved.statements() <= 10, "{} statements", moved.statements());
    assert_eq!(practice.calls().await[0].end_reason, Some(CallEnd::MovedToPhone));
    let after = stage().await;
    assert!(before[0].ends_with("-video") && after[0].ends_with("-phone"), "{before:?} {after:?}");
    assert_eq!(practice.signals().await, 0);
    let told = practice.told().await.pop().unwrap();
    assert_eq!([&told["why"], &told["path"]], [&Value::from("moved_to_phone"), &Value::from("direct")]);
    practice.home.post_form(&practice.path("call"), &[]).await.expect(409);

    let back = [("version", "1"), ("modality", "video"), ("reason", "It works again.")];
    practice.surgery.post_form(&practice.path("modality"), &back).await.expect(303);
    practice.join(&practice.home).await;
    let off = [("version", "2"), ("reason", "The ward needs everybody.")];
    let cancelled = practice.surgery.post_form(&practice.path("cancellation"), &off).await.expect(303);
    // With that somebody waited, which is read by now.
    assert!(cancelled.statements() <= 11, "{} statements", cancelled.statements());
    assert_eq!(practice.calls().await[1].end_reason, Some(CallEnd::Finished));
}
