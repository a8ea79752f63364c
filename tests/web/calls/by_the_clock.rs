//! What becomes of calls that nobody is in any more, and how long whoever is in one stays signed in.

use std::time::Duration;

use chrono::TimeDelta;
use entity::{
    enums::{CallEnd, CallState},
    user_session,
};
use reqwest::{Method, header::CONTENT_TYPE};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use telemedicine::{
    features::CallKeeper,
    integrations::{OutgoingMail, Outside},
    settings::Settings,
    state::AppState,
};

use super::{Practice, signal};
use crate::support::*;

/// A keeper of the test's own, with connections of its own.
async fn keeper(app: &TestApp) -> CallKeeper {
    let settings = Settings::from_vars(&app.variables()).unwrap();
    let outside = Outside { clock: app.clock.clone(), outgoing_mail: OutgoingMail::off() };
    CallKeeper::new(&AppState::open(settings, outside).await.unwrap())
}

/// A sign of life as the room's page sends it.
async fn beat(practice: &Practice, client: &Client, peer: &str) {
    say(practice, client, ("here", peer)).await;
}

async fn say(practice: &Practice, client: &Client, (state, peer): (&str, &str)) {
    let request = client.request(Method::POST, &practice.path("presence")).header("x-live", "1");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    client.send(request.body(format!("state={state}&call={peer}"))).await.expect(204);
}

#[tokio::test]
async fn a_call_that_nobody_is_in_is_over_a_minute_later() {
    let practice = Practice::open().await;
    let keeper = keeper(&practice.app).await;
    let (doctor, patient) = practice.both().await;
    practice.report(&practice.home, &patient.peer, &[("state", "connected")]).await.expect(204);
    let advance = |seconds| practice.app.clock.advance(TimeDelta::seconds(seconds));
    advance(30);
    beat(&practice, &practice.home, &patient.peer).await;
    advance(44);
    // The doctor's page was not heard of for longer than it may be.
    practice.send(&practice.home, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(409);
    advance(60);
    keeper.round().await.unwrap();
    assert_eq!(practice.calls().await[0].state, CallState::Connected, "one of them was there a minute ago");
    advance(1);
    keeper.round().await.unwrap();
    let call = practice.calls().await.remove(0);
    assert_eq!((call.state, call.end_reason, call.connected_seconds), (CallState::Ended, Some(CallEnd::Lost), 75));
    assert_eq!(
        practice.home.get(&practice.path("now")).await.ok().attributes("[data-call-state]", "data-call-state").len(),
        0
    );
    assert_ne!(practice.join(&practice.home).await.call, call.id);
}

/// Of which browsers let one say something once a minute.
#[tokio::test]
async fn pages_that_are_hidden_stay_in_their_call() {
    let practice = Practice::open().await;
    let keeper = keeper(&practice.app).await;
    let (doctor, patient) = practice.both().await;
    for _ in 0..3 {
        for (client, page) in [(&practice.surgery, &doctor), (&practice.home, &patient)] {
            say(&practice, client, ("hidden", &page.peer)).await;
            practice.report(client, &page.peer, &[("state", "connected")]).await.expect(204);
        }
        practice.app.clock.advance(TimeDelta::seconds(60));
        keeper.round().await.unwrap();
        practice.send(&practice.home, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(204);
    }
    practice.app.clock.advance(TimeDelta::seconds(30));
    practice.send(&practice.home, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(409);
}

/// The clock need not have come by.
#[tokio::test]
async fn whoever_joins_after_everybody_is_gone_begins_another_call() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    practice.send(&practice.home, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(204);
    practice.app.clock.advance(TimeDelta::seconds(106));
    let surgery = practice.app.sign_in(&practice.doctor).await;
    assert_ne!(practice.join(&surgery).await.call, doctor.call);
    let calls = practice.calls().await;
    assert_eq!((calls[0].end_reason, calls[1].state), (Some(CallEnd::Lost), CallState::Calling));
    assert_eq!(practice.signals().await, 0);
}

#[tokio::test]
async fn what_was_said_is_forgotten_after_ten_minutes() {
    let practice = Practice::open().await;
    let keeper = keeper(&practice.app).await;
    let (doctor, patient) = practice.both().await;
    practice.send(&practice.home, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(204);
    for minute in 1..=10 {
        for _ in 0..2 {
            practice.app.clock.advance(TimeDelta::seconds(30));
            beat(&practice, &practice.home, &patient.peer).await;
        }
        keeper.round().await.unwrap();
        assert_eq!(practice.signals().await, u64::from(minute < 10), "after {minute} minutes");
    }
    assert_eq!(practice.calls().await[0].state, CallState::Calling, "nobody is hung up by a timer");
}

#[tokio::test]
async fn whoever_speaks_with_somebody_stays_signed_in() {
    let practice = Practice::open().await;
    let (doctor, _) = practice.both().await;
    practice.report(&practice.surgery, &doctor.peer, &[("state", "connected")]).await.expect(204);
    for minute in 1..=40 {
        for _ in 0..2 {
            practice.app.clock.advance(TimeDelta::seconds(30));
            beat(&practice, &practice.surgery, &doctor.peer).await;
        }
        if minute < 30 {
            // The patient's page says that it is there, and that it is in a call in which it is not.
            beat(&practice, &practice.home, &doctor.peer).await;
        }
        if minute % 10 == 0 {
            is_noted(&practice).await;
        }
    }
    assert!(practice.surgery.is_signed_in().await);
    assert!(!practice.home.is_signed_in().await);
}

/// Waits until it is noted, behind the answers, that the doctor's session is in use.
async fn is_noted(practice: &Practice) {
    let lately = practice.app.now() - TimeDelta::minutes(2);
    let noted = user_session::Entity::find()
        .filter(user_session::Column::UserId.eq(practice.doctor.user_id))
        .filter(user_session::Column::LastSeenAt.gt(lately));
    for _ in 0..100 {
        if noted.clone().one(&practice.app.db).await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("the use of a session is not noted");
}
