//! More than a password: an authenticator app and recovery codes.

use chrono::TimeDelta;

use super::*;

/// An act with a code costs as much as other acts, and the session that begins.
const MOST_STATEMENTS: u32 = 12;

/// A patient with an app, and the app.
async fn patient_with_an_app(app: &TestApp) -> (Patient, App, Client) {
    let hospital = hospital().create(app).await;
    let patient = patient(&hospital).create(app).await;
    let browser = app.sign_in(&patient).await;
    let telephone = App::set_up(app, &browser).await;
    (patient, telephone, browser)
}

async fn give(browser: &Client, code: &str) -> Page {
    browser.post_form("/sign-in/second-factor", &[("code", code)]).await
}

#[tokio::test]
async fn whoever_has_an_app_is_asked_for_its_code_and_nothing_opens_before() {
    let app = TestApp::start().await;
    let (patient, telephone, _) = patient_with_an_app(&app).await;
    let browser = app.visitor();
    let fields = [("email", patient.email.as_str()), ("password", PASSWORD), ("next", "/appointments?page=1")];
    let answer = browser.post_form("/sign-in", &fields).await.expect(303);
    let page = browser.get(&answer.location()).await.ok();
    assert_eq!(page.header("cache-control"), "no-store");
    for path in ["/dashboard", "/profile", "/appointments", "/profile/second-factor"] {
        assert!(browser.get(path).await.expect(303).location().starts_with("/sign-in?next="), "{path}");
    }
    let wrong = browser.submit(&page, "form.stack", &[("code", "000000")]).await.expect(422);
    assert!(!browser.is_signed_in().await);
    let right = telephone.code(&app, 0);
    let answer = browser.submit(&wrong, "form.stack", &[("code", &right)]).await.expect(303);
    assert_eq!(answer.location(), "/appointments?page=1", "kept through both steps");
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_stranger_does_not_learn_who_has_one() {
    let app = TestApp::start().await;
    let (patient, ..) = patient_with_an_app(&app).await;
    let other = app.visitor();
    let with = [("email", patient.email.as_str()), ("password", "not this one at all")];
    let without = [("email", "nobody@example.test"), ("password", "not this one at all")];
    let (with, without) = (other.post_form("/sign-in", &with).await, other.post_form("/sign-in", &without).await);
    assert_eq!((with.status, with.texts("main li")), (without.status, without.texts("main li")));
    assert!(with.header("set-cookie").is_empty());
}

#[tokio::test]
async fn a_code_is_good_once_and_not_before_a_later_one() {
    let app = TestApp::start().await;
    let (patient, telephone, _) = patient_with_an_app(&app).await;
    let (first, _) = first_step(&app, &patient).await;
    let entered = give(&first, &telephone.code(&app, 1)).await.expect(303);
    assert!(entered.statements() <= MOST_STATEMENTS, "entering: {}", entered.statements());
    let (second, _) = first_step(&app, &patient).await;
    give(&second, &telephone.code(&app, 1)).await.expect(422);
    give(&second, &telephone.code(&app, 0)).await.expect(422);
    app.clock.advance(TimeDelta::seconds(30));
    give(&second, &telephone.code(&app, 1)).await.expect(303);
}

#[tokio::test]
async fn of_many_who_send_one_code_at_once_one_is_let_in() {
    let app = TestApp::start().await;
    let (patient, telephone, _) = patient_with_an_app(&app).await;
    let mut browsers = Vec::new();
    for _ in 0..32 {
        browsers.push(first_step(&app, &patient).await.0);
    }
    let code = telephone.code(&app, 0);
    let answers = futures_util::future::join_all(browsers.iter().map(|browser| give(browser, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
}

#[tokio::test]
async fn codes_cannot_be_guessed_and_a_recovery_code_still_lets_its_owner_in() {
    let app = TestApp::start().await;
    let (patient, telephone, _) = patient_with_an_app(&app).await;
    let (browser, _) = first_step(&app, &patient).await;
    for _ in 0..10 {
        give(&browser, "000000").await.expect(422);
    }
    give(&browser, &telephone.code(&app, 0)).await.expect(429);
    give(&browser, &telephone.recovery[3]).await.expect(303);
    let (again, _) = first_step(&app, &patient).await;
    give(&again, &telephone.recovery[3]).await.expect(422);
    let own = browser.get("/profile/second-factor").await.ok();
    assert_eq!((telephone.recovery.len(), own.text("[data-codes-left]")), (10, "9".to_owned()));
}

#[tokio::test]
async fn a_sign_in_is_over_when_the_password_or_the_account_changes_or_time_passes() {
    let app = TestApp::start().await;
    let (patient, telephone, own) = patient_with_an_app(&app).await;
    let over = async |browser: &Client| {
        let answer = give(browser, &telephone.code(&app, 0)).await.expect(303);
        assert_eq!(answer.location(), "/sign-in");
        assert!(!browser.is_signed_in().await);
    };
    let (late, _) = first_step(&app, &patient).await;
    app.clock.advance(TimeDelta::minutes(10));
    over(&late).await;
    let (one, _) = first_step(&app, &patient).await;
    let fields = [("current_password", PASSWORD), ("new_password", OTHER)];
    own.post_form("/profile/password", &fields).await.expect(303);
    over(&one).await;
    let two = app.visitor();
    two.post_form("/sign-in", &[("email", &patient.email), ("password", OTHER)]).await.expect(303);
    shut(&app, patient.user_id).await;
    over(&two).await;
}

async fn recovery_codes(app: &TestApp, patient: &Patient) -> u64 {
    let own = recovery_code::Entity::find().filter(recovery_code::Column::UserId.eq(patient.user_id));
    own.count(&app.db).await.unwrap()
}

#[tokio::test]
async fn of_many_renewals_at_once_ten_codes_are_left_and_beside_a_removal_none() {
    let app = TestApp::start().await;
    let (patient, _, browser) = patient_with_an_app(&app).await;
    for _ in 0..3 {
        let renew = || browser.post_form("/profile/second-factor/recovery-codes", &[]);
        let answers = futures_util::future::join_all((0..8).map(|_| renew())).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        assert_eq!(recovery_codes(&app, &patient).await, 10);
    }
    for _ in 0..3 {
        let renew = || browser.post_form("/profile/second-factor/recovery-codes", &[]);
        let renewals = futures_util::future::join_all((0..8).map(|_| renew()));
        let removal = browser.post_form("/profile/second-factor/totp/removal", &[]);
        let (_, removal) = futures_util::future::join(renewals, removal).await;
        removal.expect(303);
        assert_eq!(recovery_codes(&app, &patient).await, 0);
        App::set_up(&app, &browser).await;
    }
}

#[tokio::test]
async fn whoever_must_have_one_sets_it_up_before_anything_else() {
    let app = TestApp::start().await;
    let hospital = hospital().asking_for_a_factor(SecondFactorRule::Staff).create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    app.sign_in(&patient).await;
    let (browser, offered) = first_step(&app, &doctor).await;
    let (other, other_offer) = first_step(&app, &doctor).await;
    browser.get("/dashboard").await.expect(303);
    let telephone = App::of(&offered);
    let shown = browser.submit(&offered, "form.stack", &[("code", &telephone.code(&app, 0))]).await.ok();
    assert!(shown.statements() <= MOST_STATEMENTS, "setting up: {}", shown.statements());
    assert_eq!(shown.texts("code[data-recovery-code]").len(), 10);
    assert_eq!(shown.header("cache-control"), "no-store");
    assert!(browser.is_signed_in().await);
    // Whoever was offered another meanwhile is asked for the one that holds.
    other.submit(&other_offer, "form.stack", &[("code", &App::of(&other_offer).code(&app, 0))]).await.expect(422);
    browser.post_form("/profile/second-factor/totp/removal", &[]).await.expect(409);
}

#[tokio::test]
async fn an_administrator_removes_one_for_a_reason_and_signs_the_person_out() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let admin = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let patient = patient(&hospital).create(&app).await;
    let browser = app.sign_in(&patient).await;
    App::set_up(&app, &browser).await;
    let path = format!("/patients/{}/second-factor/removal", patient.id);
    for reason in [&[][..], &[("reason", "")], &[("reason", "The telephone fell into the lake.")]] {
        admin.post_form(&path, reason).await.expect(422);
    }
    let form = admin.get(&format!("/patients/{}/edit", patient.id)).await.ok();
    let offered = form.attributes("form[action$='/second-factor/removal'] option", "value");
    assert_eq!(offered, ["", "lost_device", "new_device", "left_the_clinic", "suspected_misuse", "other"]);
    admin.post_form(&path, &[("reason", "suspected_misuse")]).await.expect(303);
    assert!(!browser.is_signed_in().await);
    let browser = app.sign_in(&patient).await;
    let page = browser.get("/profile/second-factor").await.ok();
    assert!(page.says("Suspected misuse"), "{}", page.words());
    // The trail is looked through by what was done, and tells why.
    let trail = admin.get("/audit?action=second_factor_removed").await.ok();
    assert!(trail.says("removed a second factor") && trail.says("reason suspected misuse"), "{}", trail.words());
    assert!(!admin.get("/audit?action=second_factor_added").await.ok().says("suspected misuse"));
}

#[tokio::test]
async fn under_another_key_of_the_site_a_recovery_code_helps_and_nothing_fails() {
    let app = TestApp::start().await;
    let (patient, telephone, _) = patient_with_an_app(&app).await;
    let moved = app
        .another_instance_with(&[("SECRET_KEY", "another key of the site, as long as it has to be: 0123456789abcdef")]);
    let browser = app.visitor().at(&moved.origin());
    browser.post_form("/sign-in", &[("email", &patient.email), ("password", PASSWORD)]).await.expect(303);
    let refused = give(&browser, &telephone.code(&app, 0)).await.expect(422);
    assert!(refused.body.contains("recovery code"), "{}", refused.body);
    give(&browser, &telephone.recovery[0]).await.expect(303);
}

#[tokio::test]
async fn it_is_turned_off_and_on_again_with_another_secret_and_the_trail_tells() {
    let app = TestApp::start().await;
    let (patient, telephone, browser) = patient_with_an_app(&app).await;
    let renewed = browser.post_form("/profile/second-factor/recovery-codes", &[]).await.ok();
    assert!(renewed.statements() <= MOST_STATEMENTS, "new codes: {}", renewed.statements());
    browser.post_form("/profile/second-factor/totp/removal", &[]).await.expect(303);
    app.sign_in(&patient).await;
    let again = App::set_up(&app, &browser).await;
    assert_ne!(again.code(&app, 0), telephone.code(&app, 0));
    let entries = audit_entry::Entity::find().filter(audit_entry::Column::ActorId.eq(patient.user_id));
    let entries = entries.order_by_asc(audit_entry::Column::Id).all(&app.db).await.unwrap();
    let acts: Vec<_> =
        entries.iter().filter(|entry| entry.detail.get("second_factor").is_some()).map(|entry| entry.action).collect();
    let added = AuditAction::SecondFactorAdded;
    assert_eq!(acts, [added, AuditAction::RecoveryCodesMade, AuditAction::SecondFactorRemoved, added]);
}
