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
    background::Job as _,
    features::CallKeeper,
    integrations::{Clock, OutgoingMail, Outside},
    settings::Settings,
    state::AppState,
};

use super::{Practice, signal};
use crate::support::*;

/// A keeper of the test's own, with connections of its own.
pub(super) async fn keeper(app: &TestApp) -> CallKeeper {
    let settings = Settings::from_vars(&app.variables()).unwrap();
    let outside = Outside { clock: app.clock.clone(), outgoing_mail: OutgoingMail::off() };
    CallKeeper::new(&AppState::open(settings, outside).await.unwrap())
}

/// A sign of life as the room's page sends it; whether it was use of the session.
async fn beat(practice: &Practice, client: &Client, peer: &str) -> bool {
    say(practice, client, ("here", peer)).await
}

async fn say(practice: &Practice, client: &Client, (state, peer): (&str, &str)) -> bool {
    let request = client.request(Method::POST, &practice.path("presence")).header("x-live", "1");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = client.send(request.body(format!("state={state}&call={peer}"))).await.expect(204);
    answer.header("x-session-used") == "1"
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

/// By a clock that is ahead everybody would be gone for long: whoever has one leaves calls, and what is said in them, as they are.
#[tokio::test]
async fn a_keeper_whose_clock_is_wrong_ends_no_call() {
    if !uses_postgres() {
        return;
    }
    let practice = Practice::open().await;
    practice.app.clock.set(Clock::system().now());
    let surgery = practice.app.sign_in(&practice.doctor).await;
    let home = practice.app.sign_in(&practice.patient).await;
    let (doctor, patient) = (practice.join(&surgery).await, practice.join(&home).await);
    practice.send(&home, &signal(&patient, &doctor.peer, "offer", &json!(1))).await.expect(204);
    let clock = Clock::shifted(TimeDelta::days(60));
    let settings = Settings::from_vars(&practice.app.variables()).unwrap();
    let outside = Outside { clock: clock.clone(), outgoing_mail: OutgoingMail::off() };
    let wrong = AppState::open(settings, outside).await.unwrap();
    wrong.clock_skew.measure(&wrong.db).await.unwrap();
    let keeper = CallKeeper::new(&wrong);
    assert!(!keeper.may_lead(), "it leaves them to the others");
    assert_eq!(keeper.round().await.unwrap(), 0);
    assert_eq!((practice.calls().await[0].state, practice.signals().await), (CallState::Calling, 1));
    // Somebody sets it right; and some minutes later both pages are silent for long.
    clock.advance(TimeDelta::days(-60));
    wrong.clock_skew.measure(&wrong.db).await.unwrap();
    clock.advance(TimeDelta::minutes(5));
    assert_eq!((keeper.may_lead(), keeper.round().await.unwrap()), (true, 1));
    let call = practice.calls().await.remove(0);
    assert_eq!((call.state, call.end_reason), (CallState::Ended, Some(CallEnd::Lost)));
    assert_eq!(practice.signals().await, 0);
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
    let told = practice.told().await.pop().unwrap();
    assert_eq!((&told["call"], &told["before"]), (&json!("began"), &json!("lost")), "its end is told as well");
    assert_eq!(told["before_id"], calls[0].id);
    practice.app.clock.advance(TimeDelta::minutes(9));
    keeper(&practice.app).await.round().await.unwrap();
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
    let (doctor, patient) = practice.both().await;
    practice.report(&practice.surgery, &doctor.peer, &[("state", "connected")]).await.expect(204);
    let half_a_minute = || practice.app.clock.advance(TimeDelta::seconds(30));
    for minute in 1..=40 {
        for _ in 0..2 {
            half_a_minute();
            assert!(beat(&practice, &practice.home, &patient.peer).await, "in minute {minute}");
            assert!(beat(&practice, &practice.surgery, &doctor.peer).await, "in minute {minute}");
        }
        if minute % 10 == 0 {
            is_noted(&practice, practice.doctor.user_id).await;
            is_noted(&practice, practice.patient.user_id).await;
        }
    }
    assert!(practice.surgery.is_signed_in().await && practice.home.is_signed_in().await);
    // The patient is gone, and the doctor has forgotten the page.
    half_a_minute();
    assert!(beat(&practice, &practice.surgery, &doctor.peer).await);
    is_noted(&practice, practice.doctor.user_id).await;
    for minute in 1..=29 {
        for _ in 0..2 {
            half_a_minute();
            assert!(!beat(&practice, &practice.surgery, &doctor.peer).await, "in minute {minute}");
        }
    }
    practice.app.clock.advance(TimeDelta::minutes(2));
    assert!(!practice.surgery.is_signed_in().await, "nobody was there");
    assert!(!practice.home.is_signed_in().await);
}

#[tokio::test]
async fn a_call_is_connected_while_another_is_there_and_a_page_alone_says_nothing_of_it() {
    let practice = Practice::open().await;
    let connected = [("state", "connected")];
    let alone = practice.join(&practice.surgery).await;
    practice.report(&practice.surgery, &alone.peer, &connected).await.expect(204);
    assert_eq!(practice.calls().await[0].state, CallState::Calling);
    assert!(!beat(&practice, &practice.surgery, &alone.peer).await);
    let patient = practice.join(&practice.home).await;
    practice.home.post_form(&practice.path("presence"), &[("state", "here")]).await.expect(204);
    practice.report(&practice.surgery, &alone.peer, &connected).await.expect(204);
    assert_eq!(practice.calls().await[0].state, CallState::Connected);
    // A key of the other's makes no use of one's own session.
    assert!(!beat(&practice, &practice.home, &alone.peer).await);
    assert!(beat(&practice, &practice.home, &patient.peer).await);
    say(&practice, &practice.home, ("leaving", &patient.peer)).await;
    practice.app.clock.advance(TimeDelta::seconds(6));
    let now = practice.surgery.get(&practice.path("now")).await.ok();
    assert_eq!(now.attributes("[data-call-state]", "data-call-state"), ["waiting"]);
    let name = format!("The call waits for {}", practice.patient.name());
    assert!(now.says(&name), "{}", now.words());
    let board = practice.surgery.get("/dashboard").await.ok();
    assert!(board.says("awaited in the call since"), "{}", board.words());
}

/// Waits until it is noted, behind the answers, that the session of `user_id` is in use.
async fn is_noted(practice: &Practice, user_id: i64) {
    let lately = practice.app.now() - TimeDelta::minutes(2);
    let noted = user_session::Entity::find()
        .filter(user_session::Column::UserId.eq(user_id))
        .filter(user_session::Column::LastSeenAt.gt(lately));
    for _ in 0..100 {
        if noted.clone().one(&practice.app.db).await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("the use of a session is not noted");
}
