//! Power over others is given by whoever has just shown who they are: a stranger at an unlocked screen makes nobody an administrator or
//! a doctor, lets none of them in again, and takes no hospital's second factor away.

use chrono::TimeDelta;
use entity::hospital as hospital_row;

use super::*;

const SECRET: &str = "seven slow boats at noon";
const NEW: [(&str, &str); 6] = [
    ("first_name", "Asha"),
    ("last_name", "Shrestha"),
    ("email", "new@example.test"),
    ("phone", ""),
    ("date_of_birth", "1980-02-03"),
    ("password", SECRET),
];

async fn account_of(app: &TestApp, email: &str) -> Option<user::Model> {
    user::Entity::find().filter(user::Column::Email.eq(email)).one(&app.db).await.unwrap()
}

/// Sends the form, sees it asked about and nothing done, and sends what the page carries on with the proof.
async fn asked(app: &TestApp, browser: &Client, act: (&str, &[(&str, &str)])) -> Page {
    app.clock.advance(TimeDelta::minutes(11));
    let before = user::Entity::find().filter(user::Column::Active.eq(true)).count(&app.db).await.unwrap();
    let question = browser.post_form(act.0, act.1).await.expect(422);
    assert_eq!(question.text("h1"), "Is it you?", "{}", act.0);
    assert_eq!(question.header("cache-control"), "no-store");
    let refused = browser.submit(&question, "main form", &[("proof", "not this one at all")]).await.expect(422);
    let after = user::Entity::find().filter(user::Column::Active.eq(true)).count(&app.db).await.unwrap();
    assert_eq!(after, before, "asked, not done");
    browser.submit(&refused, "main form", &[("proof", PASSWORD)]).await
}

/// Makes somebody with that form and is asked who does so, and for the first password once more; the place of whom it made.
async fn appointed(app: &TestApp, browser: &Client, act: (&str, &[(&str, &str)])) -> String {
    let form = asked(app, browser, act).await.expect(422);
    assert!(!form.body.contains(SECRET), "a password is on no page");
    assert!(form.says("Type the first password once more"), "{}", form.words());
    let own = format!("form[action=\"{}\"]", act.0);
    let made = browser.submit(&form, &own, &[("password", SECRET)]).await.expect(303).location();
    app.sign_in_as("the new one", "new@example.test", SECRET).await;
    made.trim_end_matches("/edit").to_owned()
}

async fn let_in_again(app: &TestApp, browser: &Client, path: &str) {
    browser.post_form(&format!("{path}/deactivation"), &[]).await.expect(303);
    asked(app, browser, (&format!("{path}/reactivation"), &[])).await.expect(303);
    assert!(account_of(app, "new@example.test").await.unwrap().active);
}

#[tokio::test]
async fn a_doctor_is_appointed_and_let_in_again_after_a_proof() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let practice = [("license_number", "NEW-1"), ("specialization", "Dermatology"), ("experience_years", "3")];
    let path = appointed(&app, &desk, ("/doctors", &[&NEW[..], &practice].concat())).await;
    let_in_again(&app, &desk, &path).await;
    // Without a password there is nothing to type again: a link is sent.
    let invited = [&NEW[..2], &[("email", "other@example.test"), ("license_number", "NEW-2")], &practice[1..]].concat();
    asked(&app, &desk, ("/doctors", &invited)).await.expect(303);
}

#[tokio::test]
async fn an_administrator_is_appointed_and_let_in_again_after_a_proof() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await.id.to_string();
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let form = [&NEW[..], &[("hospital_id", hospital.as_str())]].concat();
    let path = appointed(&app, &platform, ("/admins", &form)).await;
    let_in_again(&app, &platform, &path).await;
}

/// A patient has power over nobody.
#[tokio::test]
async fn a_patient_is_added_and_let_in_again_without_a_question() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    app.clock.advance(TimeDelta::minutes(11));
    let made = desk.post_form("/patients", &NEW).await.expect(303).location();
    desk.post_form(&format!("{made}/deactivation"), &[]).await.expect(303);
    desk.post_form(&format!("{made}/reactivation"), &[]).await.expect(303);
}

#[tokio::test]
async fn a_hospital_asks_fewer_for_a_second_factor_only_after_a_proof() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let path = format!("/hospitals/{}", hospital.id);
    let own = format!("form[action=\"{path}\"]");
    let stored = async || {
        let row = hospital_row::Entity::find_by_id(hospital.id).one(&app.db).await.unwrap().unwrap();
        row.second_factor
    };
    app.clock.advance(TimeDelta::minutes(11));
    // More is asked of people without a question.
    for rule in ["staff", "everybody"] {
        let form = desk.get(&format!("{path}/edit")).await.ok();
        desk.submit(&form, &own, &[("second_factor", rule)]).await.expect(303);
    }
    for (browser, rule, becomes) in
        [(&desk, "staff", SecondFactorRule::Staff), (&platform, "optional", SecondFactorRule::Optional)]
    {
        let before = stored().await;
        let form = browser.get(&format!("{path}/edit")).await.ok();
        // Other changes ask nothing.
        browser.submit(&form, &own, &[("address", &format!("Ring Road {rule}"))]).await.expect(303);
        let form = browser.get(&format!("{path}/edit")).await.ok();
        let question = browser.submit(&form, &own, &[("second_factor", rule)]).await.expect(422);
        assert_eq!(question.text("h1"), "Is it you?");
        assert_eq!(stored().await, before, "asked, not done");
        browser.submit(&question, "main form", &[("proof", PASSWORD)]).await.expect(303);
        assert_eq!(stored().await, becomes);
    }
}
