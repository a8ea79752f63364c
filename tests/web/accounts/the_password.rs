//! A new password.

use super::*;

#[tokio::test]
async fn changes_and_signs_every_other_browser_out() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let (here, there) = (app.sign_in(&asha).await, app.sign_in(&asha).await);
    let old_key = app.visitor();
    old_key.set_cookie(&format!("{}; Path=/", here.cookies()));

    let page = here.get("/profile").await.ok();
    let fields = [("current_password", PASSWORD), ("new_password", OTHER)];
    let answer = here.submit(&page, "form[action='/profile/password']", &fields).await.expect(303);
    assert!(answer.statements() <= 10, "{} statements", answer.statements());
    assert!(here.follow(answer).await.ok().says("Your password is changed."));

    assert!(!there.is_signed_in().await);
    assert!(!old_key.is_signed_in().await, "this browser has a new key");
    app.sign_in_with(&asha, OTHER).await;
    let fields = [("email", asha.email.as_str()), ("password", PASSWORD)];
    app.visitor().post_form("/sign-in", &fields).await.expect(422);
    let entries = trail(&app, asha.user_id).await;
    assert!(entries.contains(&(AuditAction::PasswordChanged, AuditSubject::User, asha.user_id)));
}

#[tokio::test]
async fn stays_when_something_is_wrong() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).named("Asha", "Rai").create(&app).await;
    let (here, there) = (app.sign_in(&asha).await, app.sign_in(&asha).await);
    for (current, new, wrong) in [
        ("not the password", OTHER, "current_password"),
        ("", OTHER, "current_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "asha knows the way", "new_password"),
    ] {
        let fields = [("current_password", current), ("new_password", new)];
        let page = here.post_form("/profile/password", &fields).await.expect(422);
        assert!(page.has(&format!("#{wrong}-error")), "{wrong}: {}", page.words());
        assert!(page.title().starts_with("Error: "));
        assert_eq!(page.attributes("#last_name", "value"), ["Rai"], "the other form is whole");
    }
    assert!(there.is_signed_in().await);
    app.sign_in(&asha).await;
}

#[tokio::test]
async fn cannot_be_guessed_by_who_found_the_browser() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&asha).await;
    let fields = [("current_password", "a guess of many"), ("new_password", OTHER)];
    let mut last = browser.post_form("/profile/password", &fields).await.expect(422);
    for _ in 0..15 {
        last = browser.post_form("/profile/password", &fields).await;
    }
    let last = last.expect(429);
    assert!(!last.header("retry-after").is_empty());
    // It is theirs everywhere, so that nothing is said of other places.
    assert!(last.says("then try again") && !last.says("as ever"));
    assert!(browser.is_signed_in().await);
}
