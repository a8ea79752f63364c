//! Sessions as people meet them: they end when they should, and not before.

use chrono::TimeDelta;

use crate::support::*;

#[tokio::test]
async fn a_session_is_signed_out_from_another_browser() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let (at_home, at_work) = (app.sign_in(&doctor).await, app.sign_in(&doctor).await);

    let sessions = at_work.get("/profile/sessions").await.ok();
    let revocations: Vec<_> = sessions
        .forms()
        .into_iter()
        .filter(|form| form.action.ends_with("/revocation") && form.action != "/profile/sessions/revocation")
        .collect();
    assert_eq!(revocations.len(), 1, "one other session, and not this one");
    at_work.post_form(&revocations[0].action, &[]).await.expect(303);

    assert!(!at_home.is_signed_in().await);
    assert!(at_work.is_signed_in().await);
}

#[tokio::test]
async fn a_new_password_signs_the_others_out_and_the_old_one_is_gone() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let (at_home, at_work) = (app.sign_in(&doctor).await, app.sign_in(&doctor).await);
    let before = at_work.cookies();

    let fields = [("current_password", PASSWORD), ("new_password", "seven slow boats at noon")];
    at_work.post_form("/profile/password", &fields).await.expect(303);

    assert!(at_work.is_signed_in().await && !at_home.is_signed_in().await);
    assert_ne!(at_work.cookies(), before, "the session has a new key");
    app.visitor().post_form("/sign-in", &[("email", &doctor.email), ("password", PASSWORD)]).await.expect(422);
    app.sign_in_with(&doctor, "seven slow boats at noon").await;
}

#[tokio::test]
async fn whoever_is_deactivated_is_out_at_the_next_click() {
    use entity::user;
    use sea_orm::{ActiveModelTrait, ActiveValue::Set};

    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let browser = app.sign_in(&doctor).await;
    assert!(browser.is_signed_in().await);
    let change = user::ActiveModel { id: Set(doctor.user_id), active: Set(false), ..Default::default() };
    change.update(&app.db).await.unwrap();
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn a_session_ends_by_idling_and_at_last_in_any_case() {
    let app = TestApp::start_with(&[("SESSION_IDLE_MINUTES", "30"), ("SESSION_MAX_HOURS", "2")]).await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;

    let idle = app.sign_in(&doctor).await;
    app.clock.advance(TimeDelta::minutes(29));
    assert!(idle.is_signed_in().await, "29 minutes are not 30");
    app.clock.advance(TimeDelta::minutes(31));
    assert!(!idle.is_signed_in().await, "31 minutes are too long");

    let busy = app.sign_in(&doctor).await;
    for _ in 0..5 {
        app.clock.advance(TimeDelta::minutes(20));
        assert!(busy.is_signed_in().await, "busy people stay");
        app.notes_use_by(&busy).await;
    }
    app.clock.advance(TimeDelta::minutes(20));
    assert!(!busy.is_signed_in().await, "two hours are the limit");
}

#[tokio::test]
async fn a_session_that_nothing_is_known_about_is_answered_as_any_page_without_a_database() {
    use telemedicine::coherence::Topic;

    let app = TestApp::start().await;
    let doctor = doctor(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&doctor).await;
    app.state.coherence.renew(&[Topic::Account(doctor.user_id)].into()).await.unwrap();
    app.state.db.close().await;

    let page = browser.get("/dashboard").await.expect(503);
    for name in ["retry-after", "content-security-policy", "x-request-id", "server-timing"] {
        assert!(!page.header(name).is_empty(), "{name}");
    }
    assert_eq!(page.text("h1"), "We cannot answer just now");
}

/// The cookie says nothing, belongs to this site alone, and cannot be given by a stranger.
#[tokio::test]
async fn the_session_cookie_is_a_key_and_nothing_more() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let browser = app.visitor();
    let answer = browser.post_form("/sign-in", &[("email", &patient.email), ("password", PASSWORD)]).await.expect(303);
    let mut set = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
    let cookie = set.find(|cookie| cookie.starts_with("session=")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("Domain="), "{cookie}");

    // A key that was planted before signing in is not the key afterwards.
    let victim = app.visitor();
    let name = cookie.split('=').next().unwrap();
    victim.set_cookie(&format!("{name}={}; Path=/", "a".repeat(64)));
    let planted = victim.cookies();
    victim.post_form("/sign-in", &[("email", &patient.email), ("password", PASSWORD)]).await.expect(303);
    assert_ne!(victim.cookies(), planted);
    let attacker = app.visitor();
    attacker.set_cookie(&format!("{planted}; Path=/"));
    assert!(!attacker.is_signed_in().await);

    // And a key that was signed out is none.
    let kept = browser.cookies();
    browser.post_form("/sign-out", &[]).await.expect(303);
    let thief = app.visitor();
    for cookie in kept.split("; ") {
        thief.set_cookie(&format!("{cookie}; Path=/"));
    }
    assert!(!thief.is_signed_in().await);
}
