//! Links by mail that go other ways than they were meant to: late, because the mail server was away, or to somebody else.

use telemedicine::integrations::mailer::{Email, NotSent};

use super::*;

const NEW: &str = "new.address@example.test";

fn link(email: &Email, kind: &str) -> String {
    format!("/{kind}/{}", token_in(&email.text).expect("it holds a link"))
}

async fn ask(browser: &Client) {
    let page = browser.get("/profile").await.ok();
    browser.submit(&page, "form[action='/profile/email']", &[("email", NEW)]).await.expect(303);
}

async fn signs_in(app: &TestApp, email: &str) -> u16 {
    app.visitor().post_form("/sign-in", &[("email", email), ("password", PASSWORD)]).await.status
}

#[tokio::test]
async fn an_address_that_is_asked_for_while_the_mail_server_is_away_counts_once_its_link_has_come() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&maya).await;
    app.mail.fail(Some(NotSent::Away("connection refused".to_owned())));
    ask(&browser).await;
    app.send_mail().await;
    assert_eq!(stored(&app, maya.user_id).await.email, maya.email);
    assert_eq!((signs_in(&app, &maya.email).await, signs_in(&app, NEW).await), (303, 422));

    app.clock.advance(chrono::TimeDelta::hours(2));
    app.mail.fail(None);
    let confirm = link(&app.emails_when(NEW, 1).await[0], "address-links");
    // The old address is told as well, and only now: with the way back.
    let mut told = false;
    for _ in 0..100 {
        told = told || app.emails_to(&maya.email).await.iter().any(|email| token_in(&email.text).is_some());
    }
    assert!(told);
    app.visitor().post_form(&confirm, &[]).await.expect(303);
    assert_eq!(stored(&app, maya.user_id).await.email, NEW);
    assert_eq!((signs_in(&app, &maya.email).await, signs_in(&app, NEW).await), (422, 303));
}

/// Whoever holds a link has the mailbox it went to, or was given it: it does what it says, with the account that it is about, and makes nobody
/// somebody else.
#[tokio::test]
async fn a_link_that_was_forwarded_does_not_make_whoever_opens_it_the_other_person() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (maya, asha) = (patient(&house).create(&app).await, doctor(&house).create(&app).await);
    let browser = app.sign_in(&maya).await;
    let other = app.sign_in(&asha).await;
    let is_nobody_else = async || {
        let profile = other.get("/profile").await;
        assert!(profile.status == 303 || profile.body.contains(&asha.email));
        assert!(!profile.body.contains(&maya.email) && !profile.body.contains(NEW));
    };
    ask(&browser).await;
    let confirm = link(&app.emails_when(NEW, 1).await[0], "address-links");
    other.get(&confirm).await.ok();
    other.post_form(&confirm, &[]).await.expect(303);
    is_nobody_else().await;
    assert_eq!(stored(&app, maya.user_id).await.email, NEW);
    assert_eq!(stored(&app, asha.user_id).await.email, asha.email);

    app.visitor().post_form("/password-reset", &[("email", NEW)]).await.expect(303);
    let emails = app.emails_when(NEW, 2).await;
    let reset = emails.iter().find(|email| email.text.contains("/password-links/")).expect("the link for the password");
    let reset = link(reset, "password-links");
    other.get(&reset).await.ok();
    other.post_form(&reset, &[("password", OTHER)]).await.expect(303);
    is_nobody_else().await;
    assert!(!browser.is_signed_in().await, "the other person is signed out");
    other.post_form(&reset, &[("password", OTHER)]).await.expect(410);
}
