//! Signing in.

use super::*;

#[tokio::test]
async fn leads_to_the_dashboard_and_is_noted() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;

    let browser = app.visitor();
    let page = browser.get("/sign-in").await.ok();
    let fields = [("email", asha.email.as_str()), ("password", PASSWORD)];
    let answer = browser.submit(&page, "main form", &fields).await.expect(303);

    assert_eq!(answer.location(), "/dashboard");
    assert_eq!(browser.get("/sign-in").await.expect(303).location(), "/dashboard");
    assert_eq!(browser.get("/sign-up").await.expect(303).location(), "/dashboard");
    let row = stored(&app, asha.user_id).await;
    assert_eq!(row.last_sign_in_at, Some(NOW));
    let entry = (AuditAction::SignedIn, AuditSubject::User, asha.user_id);
    assert_eq!(trail(&app, asha.user_id).await, [entry]);
}

#[tokio::test]
async fn knows_an_address_in_any_case() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).with_email("Asha.Rai@Clinic.test").create(&app).await;
    let fields = [("email", " asha.rai@CLINIC.TEST "), ("password", PASSWORD)];
    app.visitor().post_form("/sign-in", &fields).await.expect(303);
    assert_eq!(trail(&app, asha.user_id).await.len(), 1);
}

#[tokio::test]
async fn answers_alike_whatever_was_wrong() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let asha = doctor(&house).create(&app).await;
    let gone = doctor(&house).deactivated().create(&app).await;

    let mut answers = Vec::new();
    for (email, password) in
        [("nobody@clinic.test", PASSWORD), (&asha.email, "not the password"), (&gone.email, PASSWORD)]
    {
        let fields = [("email", email), ("password", password)];
        let answer = app.visitor().post_form("/sign-in", &fields).await.expect(422);
        assert_eq!(answer.attributes("#email", "value"), [email], "what was typed is kept");
        assert!(!answer.body.contains(password), "a password is never shown again");
        assert!(!answer.headers.contains_key("set-cookie"));
        let reference = answer.header("x-request-id").to_owned();
        let body = answer.body.replace(email, "").replace(&reference, "");
        answers.push(body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn never_adopts_a_key_that_was_brought() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let mallory = patient(&house).create(&app).await;
    let mallory = app.sign_in(&mallory).await;
    let asha = doctor(&house).create(&app).await;

    // The victim's browser carries the attacker's cookie; the victim signs in with it.
    let victim = app.visitor();
    victim.set_cookie(&format!("{}; Path=/", mallory.cookies()));
    let before = victim.cookies();
    let fields = [("email", asha.email.as_str()), ("password", PASSWORD)];
    let answer = victim.post_form("/sign-in", &fields).await.expect(303);
    assert!(answer.statements() <= 8, "{} statements", answer.statements());

    assert_ne!(victim.cookies(), before);
    assert!(victim.get("/profile").await.ok().body.contains(&asha.email));
    assert!(!mallory.is_signed_in().await, "the key that was brought opens nothing any more");
}

#[tokio::test]
async fn leads_on_only_within_the_site() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    for (next, leads_to) in [
        ("/appointments?status=waiting&page=2", "/appointments?status=waiting&page=2"),
        ("https://evil.example/", "/dashboard"),
        ("//evil.example", "/dashboard"),
        ("/\\evil.example", "/dashboard"),
        ("/\t/evil.example", "/dashboard"),
        ("/x\r\nSet-Cookie: a=b", "/dashboard"),
        ("javascript:alert(1)", "/dashboard"),
        ("/sign-out", "/dashboard"),
    ] {
        let visitor = app.visitor();
        let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let page = visitor.get(&format!("/sign-in?next={query}")).await.ok();
        assert_eq!(page.attributes("input[name=next]", "value"), [leads_to]);
        let fields = [("email", asha.email.as_str()), ("password", PASSWORD), ("next", next)];
        let answer = visitor.post_form("/sign-in", &fields).await.expect(303);
        assert_eq!(answer.location(), leads_to, "{next:?}");
    }
}

#[tokio::test]
async fn comes_back_to_the_page_that_was_asked_for() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let visitor = app.visitor();
    let sign_in_page = visitor.visit("/profile/sessions?page=1").await.ok();
    let fields = [("email", asha.email.as_str()), ("password", "a wrong one")];
    let again = visitor.submit(&sign_in_page, "main form", &fields).await.expect(422);
    let fields = [("password", PASSWORD)];
    let answer = visitor.submit(&again, "main form", &fields).await.expect(303);
    assert_eq!(answer.location(), "/profile/sessions?page=1");
}

#[tokio::test]
async fn refuses_what_is_no_sign_in() {
    let app = TestApp::start().await;
    let long = "a".repeat(300);
    let longest = "x".repeat(600);
    for (fields, wrong) in [
        (vec![("email", ""), ("password", "")], "email"),
        (vec![("email", "a@b.test")], "password"),
        (vec![("email", "a\u{0}@b.test"), ("password", "x")], "email"),
        (vec![("email", long.as_str()), ("password", "x")], "email"),
        (vec![("email", "a@b.test"), ("password", longest.as_str())], "password"),
    ] {
        let page = app.visitor().post_form("/sign-in", &fields).await.expect(422);
        assert!(page.has(&format!("#{wrong}-error")), "{fields:?}");
        assert!(page.has(&format!(".error-summary a[href='#{wrong}']")));
        assert!(page.title().starts_with("Error: "));
    }
    let fields = [("email", "a@b.test"), ("password", "x"), ("role", "super_admin")];
    let page = app.visitor().post_form("/sign-in", &fields).await.expect(422);
    assert!(page.has(".error-summary"));
    app.visitor().get("/sign-in?role=super_admin").await.expect(422);
}

#[tokio::test]
async fn hashes_anew_what_was_hashed_cheaply() {
    let app = TestApp::start_at_full_cost(&[]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let before = stored(&app, asha.user_id).await.password_hash;
    app.sign_in(&asha).await;
    let after = stored(&app, asha.user_id).await.password_hash;
    assert_ne!(after, before);
    assert!(after.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{after}");
    app.sign_in(&asha).await;
    assert_eq!(stored(&app, asha.user_id).await.password_hash, after);
}

#[tokio::test]
async fn works_where_a_shut_account_was_signed_in() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (gone, asha) = (doctor(&house).create(&app).await, doctor(&house).create(&app).await);
    let browser = app.sign_in(&gone).await;
    shut(&app, gone.user_id).await;
    let fields = [("email", asha.email.as_str()), ("password", PASSWORD)];
    browser.post_form("/sign-in", &fields).await.expect(303);
    assert!(browser.get("/profile").await.ok().body.contains(&asha.email));
}

#[tokio::test]
async fn does_not_take_a_database_that_is_away_for_a_wrong_password() {
    let app = TestApp::start().await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    app.state.db.close().await;
    let fields = [("email", asha.email.as_str()), ("password", PASSWORD)];
    let answer = app.visitor().post_form("/sign-in", &fields).await.expect(503);
    assert!(!answer.says("password"), "{}", answer.words());
}
