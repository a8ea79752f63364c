//! Patients make their accounts.

use super::*;

fn form<'a>(hospital_id: &'a str, email: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("hospital_id", hospital_id),
        ("first_name", "Maya"),
        ("last_name", "Gurung"),
        ("email", email),
        ("phone", "+977 1 5550123"),
        ("date_of_birth", "1990-04-23"),
        ("password", OTHER),
    ]
}

fn with<'a>(
    mut form: Vec<(&'static str, &'a str)>,
    name: &'static str,
    value: &'a str,
) -> Vec<(&'static str, &'a str)> {
    form.retain(|(known, _)| *known != name);
    form.push((name, value));
    form
}

/// Nobody leafs through a calendar for it, and browsers do not agree whether 3/4 is in March or in April.
#[tokio::test]
async fn takes_a_birthday_as_it_is_typed() {
    let app = TestApp::start().await;
    let id = hospital().create(&app).await.id.to_string();
    let browser = app.visitor();
    assert_eq!(browser.get("/sign-up").await.ok().attributes("#date_of_birth", "type"), ["text"]);
    let typed = with(form(&id, "maya@example.test"), "date_of_birth", "3/4/1990");
    browser.post_form("/sign-up", &typed).await.expect(303);
    let born = user::Entity::find().one(&app.db).await.unwrap().unwrap().date_of_birth;
    assert_eq!(born.map(|born| born.to_string()).as_deref(), Some("1990-04-03"));
    assert_eq!(browser.get("/profile").await.ok().attributes("#date_of_birth", "value"), ["3 4 1990"]);
    let refused = app
        .visitor()
        .post_form("/sign-up", &with(form(&id, "bina@example.test"), "date_of_birth", "30 2 1990"))
        .await
        .expect(422);
    assert_eq!(refused.attributes("#date_of_birth", "value"), ["30 2 1990"], "what was typed stays");
}

#[tokio::test]
async fn makes_a_patient_who_is_signed_in() {
    let app = TestApp::start().await;
    let house = hospital().named("Patan Valley Hospital").create(&app).await;
    let closed = hospital().inactive().named("Closed Hospital").create(&app).await;
    let browser = app.visitor();
    let page = browser.get("/sign-up").await.ok();
    assert!(page.body.contains("Patan Valley Hospital") && !page.body.contains("Closed Hospital"));

    let id = house.id.to_string();
    let fields = form(&id, "Maya@Example.test");
    let answer = browser.submit(&page, "main form", &fields).await.expect(303);
    assert_eq!(answer.location(), "/dashboard");
    assert!(answer.statements() <= 9, "{} statements", answer.statements());
    let profile = browser.get("/profile").await.ok();
    assert!(profile.says("Maya@example.test") && profile.says("Patient"));

    let account = user::Entity::find().filter(user::Column::LastName.eq("Gurung")).one(&app.db).await.unwrap().unwrap();
    assert_eq!((account.role, account.hospital_id), (Role::Patient, Some(house.id)));
    let side = patient_row::Entity::find()
        .filter(patient_row::Column::UserId.eq(account.id))
        .one(&app.db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(side.blood_type, None, "never guessed");
    let own_record = (AuditAction::Opened, AuditSubject::Patient, side.id);
    let signed_up = (AuditAction::SignedUp, AuditSubject::User, account.id);
    assert_eq!(trail(&app, account.id).await, [signed_up, own_record], "which stands on the profile");

    let closed = closed.id.to_string();
    for hospital_id in [closed.as_str(), "0", "-1", "x", "", "999999999999999999999"] {
        let fields = form(hospital_id, "other@example.test");
        let page = app.visitor().post_form("/sign-up", &fields).await.expect(422);
        assert!(page.has("#hospital_id-error"), "{hospital_id:?}");
    }
}

#[tokio::test]
async fn says_what_is_wrong_beside_the_field_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let id = hospital().named("Patan Valley Hospital").create(&app).await.id.to_string();
    let long = "x".repeat(81);
    for (name, value) in [
        ("first_name", ""),
        ("first_name", long.as_str()),
        ("last_name", "Gur\u{7}ung"),
        ("email", "maya"),
        ("email", "maya@example"),
        ("phone", "call me"),
        ("date_of_birth", ""),
        ("date_of_birth", "2026-11-25"),
        ("date_of_birth", "1899-12-31"),
        ("date_of_birth", "2001-02-30"),
        ("date_of_birth", "yesterday"),
        ("password", ""),
        ("password", "short"),
        ("password", "password1234"),
        ("password", "maya likes mangoes"),
        ("password", "gurung gurung gurung x"),
        ("password", "maya@example.test"),
        ("password", "in patan it rains"),
    ] {
        let fields = with(form(&id, "maya@example.test"), name, value);
        let page = app.visitor().post_form("/sign-up", &fields).await.expect(422);
        assert!(page.has(&format!("#{name}-error")), "{name} = {value:?}: {}", page.words());
        assert!(page.has(&format!(".error-summary a[href='#{name}']")));
        assert_eq!(page.attributes("#hospital_id option[selected]", "value"), [id.as_str()]);
        if name != "first_name" {
            assert_eq!(page.attributes("#first_name", "value"), ["Maya"]);
        }
        assert!(!page.body.contains(OTHER), "a password is never shown again");
    }
    assert_eq!(user::Entity::find().count(&app.db).await.unwrap(), 0);
}

#[tokio::test]
async fn takes_no_field_that_is_not_its_own() {
    let app = TestApp::start().await;
    let id = hospital().create(&app).await.id.to_string();
    for (name, value) in [("role", "super_admin"), ("active", "true"), ("user_id", "1")] {
        let fields = with(form(&id, "maya@example.test"), name, value);
        app.visitor().post_form("/sign-up", &fields).await.expect(422);
    }
    assert_eq!(user::Entity::find().count(&app.db).await.unwrap(), 0);
}

#[tokio::test]
async fn takes_an_address_once_in_whatever_case() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let id = house.id.to_string();
    patient(&house).with_email("maya@example.test").create(&app).await;
    let fields = form(&id, "MAYA@example.test");
    let page = app.visitor().post_form("/sign-up", &fields).await.expect(422);
    assert!(page.text("#email-error").contains("cannot be used"));
    assert_eq!(page.attributes("#last_name", "value"), ["Gurung"]);
    assert_eq!(user::Entity::find().count(&app.db).await.unwrap(), 1);
}

#[tokio::test]
async fn twice_at_once_makes_one_account() {
    let app = TestApp::start().await;
    let id = hospital().create(&app).await.id.to_string();
    let fields = form(&id, "maya@example.test");
    let browsers: Vec<_> = (0..6).map(|_| app.visitor()).collect();
    let tries = browsers.iter().map(|browser| browser.post_form("/sign-up", &fields));
    for answer in futures_util::future::join_all(tries).await {
        // The same person pressed twice: the address and the password are one account's.
        assert_eq!(answer.expect(303).location(), "/dashboard");
    }
    assert_eq!(user::Entity::find().count(&app.db).await.unwrap(), 1);
    assert_eq!(patient_row::Entity::find().count(&app.db).await.unwrap(), 1);
}

#[tokio::test]
async fn cannot_be_used_to_ask_for_many_addresses() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let id = house.id.to_string();
    patient(&house).with_email("maya@example.test").create(&app).await;
    let mut last = app.visitor().post_form("/sign-up", &form(&id, "maya@example.test")).await.expect(422);
    for _ in 0..30 {
        last = app.visitor().post_form("/sign-up", &form(&id, "maya@example.test")).await;
    }
    assert!(last.expect(429).header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn says_so_when_no_hospital_takes_patients() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/sign-up").await.ok();
    assert!(page.says("No hospital takes patients yet"));
    assert!(!page.has("main form"));
}
