//! A form that was opened by one person and is sent while another is signed in.

use std::collections::BTreeSet;

use actix_web::http::Method as Verb;
use telemedicine::{access::Access, features};

use super::*;

/// Acts without a record's id that are anybody's: their subject is whoever fills them in, not whoever is signed in.
const ANYBODYS: [&str; 6] = [
    "/sign-in",
    "/sign-in/second-factor",
    "/sign-in/second-factor/challenge",
    "/sign-up",
    "/sign-out",
    "/password-reset",
];

#[tokio::test]
async fn is_refused_by_each_act_whose_subject_is_whoever_is_signed_in() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let table = features::routes();
    let acts = table.entries().iter().filter(|entry| entry.method == Verb::POST && !entry.path.contains('{'));
    let mut seen = 0;
    for entry in acts {
        let Access::Roles(roles) = entry.access else {
            assert!(ANYBODYS.contains(&entry.path), "{}", entry.path);
            continue;
        };
        for person in [&clinic.super_admin, &clinic.here.admin, &clinic.here.doctor, &clinic.here.patient] {
            if roles.contains(&person.role) {
                let browser = app.sign_in(person).await;
                let answer = browser.post_form(entry.path, &[("person", "somebody else's")]).await.expect(409);
                assert!(answer.says("You are signed in as"), "{}", entry.path);
                seen += 1;
            }
        }
    }
    assert!(seen > 15);
}

#[tokio::test]
async fn changes_nothing_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (maya, ravi) = (patient(&house).create(&app).await, patient(&house).create(&app).await);
    let browser = app.sign_in(&maya).await;
    let page = browser.get("/profile").await.ok();
    let fields = [("email", ravi.email.as_str()), ("password", PASSWORD)];
    browser.post_form("/sign-in", &fields).await.expect(303);
    let before = stored(&app, ravi.user_id).await;
    let form = "form[action='/profile']";
    let answer = browser.submit(&page, form, &[("first_name", "Typed by Maya")]).await.expect(409);
    assert!(answer.says("Typed by Maya") && answer.says(&ravi.first_name));
    assert_eq!(stored(&app, ravi.user_id).await, before);
    let own = browser.get("/profile").await.ok();
    browser.submit(&own, form, &[("first_name", "Ravi")]).await.expect(303);
    assert_eq!(stored(&app, ravi.user_id).await.first_name, "Ravi");
}

#[tokio::test]
async fn shows_nobody_the_password_that_was_asked_for_once_more() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let (maya, ravi) = (patient(&house).create(&app).await, patient(&house).create(&app).await);
    let browser = app.sign_in(&maya).await;
    app.clock.advance(chrono::TimeDelta::minutes(11));
    let page = browser.get("/profile").await.ok();
    let typed = [("email", "new.address@example.test")];
    let question = browser.submit(&page, "form[action='/profile/email']", &typed).await.expect(422);
    let fields = [("email", ravi.email.as_str()), ("password", PASSWORD)];
    browser.post_form("/sign-in", &fields).await.expect(303);
    let answer = browser.submit(&question, "main form", &[("proof", "the password of Maya")]).await.expect(409);
    assert!(answer.says("new.address@example.test") && !answer.body.contains("the password of Maya"));
    // What a passkey has signed, which the script puts into the form.
    for name in ["passkey_proof", "passkey", "credential"] {
        let fields = [("person", "somebody else's"), (name, "signed-by-maya")];
        let answer = browser.post_form("/profile/email", &fields).await.expect(409);
        assert!(!answer.body.contains("signed-by-maya"), "{name}");
    }
}

/// What somebody has beside the password, in the other's account, would let them in there.
#[tokio::test]
async fn of_ones_own_second_factor_does_nothing_to_anothers() {
    let app = TestApp::start_with(&[NAMED]).await;
    let house = hospital().create(&app).await;
    let (maya, ravi) = (patient(&house).create(&app).await, patient(&house).create(&app).await);
    let browser = app.sign_in(&maya).await;
    let without = browser.get("/profile/second-factor").await.ok();
    App::set_up(&app, &browser).await;
    let with = browser.get("/profile/second-factor").await.ok();
    let fields = [("email", ravi.email.as_str()), ("password", PASSWORD)];
    browser.post_form("/sign-in", &fields).await.expect(303);
    let mut sent = BTreeSet::new();
    for form in [without, with].iter().flat_map(Page::forms).filter(|form| form.action != "/sign-out") {
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.post_form(&form.action, &fields).await.expect(409);
        assert!(answer.says("You are signed in as"), "{}", form.action);
        sent.insert(form.action);
    }
    let acts = ["passkeys", "recovery-codes", "totp", "totp/removal"];
    assert_eq!(sent, acts.map(|act| format!("/profile/second-factor/{act}")).into());
}

/// The desk corrects a phone while the patient has the form open.
#[tokio::test]
async fn an_old_profile_form_undoes_nothing() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&maya).await;
    let old = browser.get("/profile").await.ok();
    browser
        .post_form("/profile", &[("first_name", "Maya"), ("last_name", "Rai"), ("phone", "+977 1 5550199")])
        .await
        .expect(303);
    let form = "form[action='/profile']";
    // A day that is written in another way is the same.
    let born = stored(&app, maya.user_id).await.date_of_birth.unwrap().format("%d.%m.%Y").to_string();
    let typed = [("first_name", "Typed"), ("date_of_birth", born.as_str())];
    let answer = browser.submit(&old, form, &typed).await.expect(409);
    assert!(answer.says("Stored now: +977 1 5550199"));
    assert!(!answer.has("#date_of_birth-error"), "{}", answer.words());
    assert_eq!(stored(&app, maya.user_id).await.phone.as_deref(), Some("+977 1 5550199"));
    browser.submit(&answer, form, &[]).await.expect(303);
    assert_eq!(stored(&app, maya.user_id).await.first_name, "Typed");
}

#[tokio::test]
async fn who_was_signed_out_is_told_that_nothing_was_saved() {
    let app = TestApp::start().await;
    for (act, page) in [("/appointments", "/appointments/new"), ("/appointments/7/approval", "/appointments/7")] {
        let visitor = app.visitor();
        let answer = visitor.post_form(act, &[("symptoms", "A cough.")]).await.expect(303);
        let next: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
        assert_eq!(answer.location(), format!("/sign-in?next={next}"));
        assert!(visitor.follow(answer).await.ok().says("what you sent was not saved"));
    }
}
