//! Signing out.

use super::*;

#[tokio::test]
async fn ends_the_session_for_good() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&asha).await;
    let stolen = app.visitor();
    stolen.set_cookie(&format!("{}; Path=/", browser.cookies()));
    assert!(stolen.is_signed_in().await);

    let answer = browser.post_form("/sign-out", &[]).await.expect(303);
    assert_eq!(answer.location(), "/");
    assert_eq!(
        answer.header("clear-site-data"),
        "\"cache\"",
        "the next person at this browser finds no page of theirs"
    );
    assert!(browser.follow(answer).await.ok().says("You are signed out."));

    assert!(!browser.is_signed_in().await);
    assert!(!stolen.is_signed_in().await, "the key itself opens nothing any more");
    let actions: Vec<_> = trail(&app, asha.user_id).await.into_iter().map(|(action, ..)| action).collect();
    assert_eq!(actions, [AuditAction::SignedIn, AuditAction::SignedOut]);
}

#[tokio::test]
async fn works_when_there_is_nothing_to_end() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&asha).await;
    app.clock.advance(chrono::TimeDelta::hours(13));
    assert_eq!(browser.post_form("/sign-out", &[]).await.expect(303).location(), "/");
    assert_eq!(app.visitor().post_form("/sign-out", &[]).await.expect(303).location(), "/");
}

#[tokio::test]
async fn is_no_link() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&asha).await;
    browser.get("/sign-out").await.expect(405);
    assert!(browser.is_signed_in().await);
}
