//! What strangers get of a call, which is nothing; and what is no signal.

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::{Practice, signal};
use crate::support::*;

#[tokio::test]
async fn for_anybody_else_there_is_no_call() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    let (app, here) = (&practice.app, &practice.hospital);
    let there = hospital().create(app).await;
    let others = [
        app.sign_in(&crate::support::patient(here).create(app).await.person).await,
        app.sign_in(&crate::support::doctor(here).create(app).await.person).await,
        app.sign_in(&hospital_admin(here).create(app).await).await,
        app.sign_in(&hospital_admin(&there).create(app).await).await,
        app.sign_in(&crate::support::doctor(&there).create(app).await.person).await,
    ];
    let said = signal(&doctor, &patient.peer, "offer", &json!(1));
    for other in &others {
        practice.send(other, &said).await.expect(404);
        practice.post_json(other, "no JSON").await.expect(404);
        practice.ask(other, &patient.peer, 0).await.expect(404);
        practice.report(other, &patient.peer, &[("state", "connected")]).await.expect(404);
        other.get(&practice.path("ice")).await.expect(404);
        for act in ["call", "call/end"] {
            other.post_form(&practice.path(act), &[]).await.expect(404);
        }
    }
    // Each of the two speaks and hears for themselves.
    practice.send(&practice.home, &said).await.expect(404);
    practice.ask(&practice.home, &doctor.peer, 0).await.expect(404);
    practice.report(&practice.home, &doctor.peer, &[("state", "connected")]).await.expect(404);
    assert_eq!(practice.signals().await, 0);
}

#[tokio::test]
async fn what_is_no_signal_is_refused() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    let say = |body: &Value| signal(&doctor, &patient.peer, "candidate", body);
    let largest = "x".repeat(16_382);
    practice.send(&practice.surgery, &say(&json!(largest))).await.expect(204);
    practice.send(&practice.surgery, &say(&json!(format!("{largest}x")))).await.expect(413);
    practice.send(&practice.surgery, &say(&json!("x".repeat(70_000)))).await.expect(413);
    for (body, status) in [("", 400), ("{\"peer\":", 400), ("[]", 422), ("{\"peer\": 1}", 422)] {
        practice.post_json(&practice.surgery, body).await.expect(status);
    }
    let mut more = say(&json!(1));
    more["more"] = json!(1);
    for (said, status) in [
        (signal(&doctor, &patient.peer, "shout", &json!(1)), 422),
        // That its place is taken is said to a page by nobody but the server.
        (signal(&doctor, &patient.peer, "bye", &json!("replaced")), 422),
        (signal(&doctor, &doctor.peer, "offer", &json!(1)), 422),
        (signal(&doctor, "nobody", "offer", &json!(1)), 422),
        (signal(&doctor, &"0".repeat(32), "offer", &json!(1)), 409),
        (more, 422),
    ] {
        let answer = practice.send(&practice.surgery, &said).await;
        assert_eq!(answer.status, status, "{said}");
    }
    let request = practice.surgery.request(Method::POST, &practice.path("call/signals"));
    let text = request.header(CONTENT_TYPE, "text/plain").body(say(&json!(1)).to_string());
    practice.surgery.send(text).await.expect(400);
    for fields in [
        [("state", "asleep"), ("path", "direct")],
        [("state", "connected"), ("path", "pigeon")],
        [("state", "connected"), ("loss", "101")],
        [("state", "connected"), ("rtt", "NaN")],
        [("state", "connected"), ("mood", "good")],
    ] {
        practice.report(&practice.surgery, &doctor.peer, &fields).await.expect(422);
    }
    for field in [("room", "1"), ("replaces", "nobody")] {
        practice.surgery.post_form(&practice.path("call"), &[field]).await.expect(422);
    }
    practice.surgery.get(&practice.path(&format!("call/signals?peer={}&after=x", doctor.peer))).await.expect(404);
    practice.surgery.get(&practice.path("call/signals")).await.expect(404);
    assert_eq!(practice.signals().await, 1);
}

#[tokio::test]
async fn nobody_says_more_than_three_hundred_things_a_minute() {
    let practice = Practice::open().await;
    let (doctor, patient) = practice.both().await;
    let nobody = signal(&doctor, &"0".repeat(32), "answer", &json!(1));
    for _ in 0..300 {
        practice.send(&practice.surgery, &nobody).await.expect(409);
    }
    let refused = practice.send(&practice.surgery, &nobody).await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
    practice.send(&practice.home, &signal(&patient, &doctor.peer, "answer", &json!(1))).await.expect(204);
    practice.app.clock.advance(chrono::TimeDelta::seconds(61));
    practice.send(&practice.surgery, &nobody).await.expect(409);
}

#[tokio::test]
async fn nobody_joins_or_hangs_up_more_than_twenty_times_a_minute() {
    let practice = Practice::open().await;
    for _ in 0..20 {
        practice.join(&practice.home).await;
    }
    let refused = practice.home.post_form(&practice.path("call"), &[]).await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
    practice.join(&practice.surgery).await;
    // Whoever joined too often can still hang up.
    for _ in 0..20 {
        practice.hang_up(&practice.home).await;
    }
    practice.home.post_form(&practice.path("call/end"), &[]).await.expect(429);
    practice.app.clock.advance(chrono::TimeDelta::seconds(61));
    practice.join(&practice.home).await;
    practice.hang_up(&practice.home).await;
}
