//! More than a password: passkeys. The devices are software, see `support/passkey.rs`; a real browser is asked in `tests/browser/passkey.mjs`.

use chrono::TimeDelta;
use entity::passkey;

use super::*;

mod at_the_door;
mod refused;

const PAGE: &str = "/profile/second-factor";
const ADD: &str = "/profile/second-factor/passkeys";
const ASK_FOR_NEW: &str = "/profile/second-factor/passkeys/challenge";
const ASK_ONCE_MORE: &str = "/profile/proof/challenge";
const ASK_AT_SIGN_IN: &str = "/sign-in/second-factor/challenge";
/// As much as other acts, the session that begins, what was asked, which is a row of its own, and the mail that tells of a new browser.
const MOST_STATEMENTS: u32 = 14;

async fn start() -> (TestApp, Patient) {
    let app = TestApp::start_with(&[NAMED]).await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    (app, patient)
}

async fn rows(app: &TestApp) -> Vec<passkey::Model> {
    passkey::Entity::find().order_by_asc(passkey::Column::Id).all(&app.db).await.unwrap()
}

/// What the trail says that this person did with second factors.
async fn words(app: &TestApp, user_id: i64) -> Vec<String> {
    let entries = audit_entry::Entity::find().filter(audit_entry::Column::ActorId.eq(user_id));
    let entries = entries.order_by_asc(audit_entry::Column::Id).all(&app.db).await.unwrap();
    entries.iter().filter_map(|entry| entry.detail["second_factor"].as_str()).map(str::to_owned).collect()
}

fn within(page: &Page, what: &str) {
    assert!(page.statements() <= MOST_STATEMENTS, "{what}: {}", page.statements());
}

#[tokio::test]
async fn a_passkey_is_added_with_recovery_codes_and_lets_in_whoever_has_it() {
    let (app, patient) = start().await;
    let own = app.sign_in(&patient).await;
    let mut device = Device::new();
    let shown = device.add(&own, "My telephone").await.ok();
    within(&shown, "adding");
    assert_eq!((shown.texts("code[data-recovery-code]").len(), shown.header("cache-control")), (10, "no-store"));

    let (browser, asked) = first_step(&app, &patient).await;
    assert!(asked.has("[data-passkey=get]") && !asked.body.contains("authenticator app"));
    browser.get("/dashboard").await.expect(303);
    app.clock.advance(TimeDelta::minutes(1));
    let entered = device.enter(&browser).await.expect(303);
    within(&entered, "entering");
    assert!(browser.is_signed_in().await);

    let page = browser.get(PAGE).await.ok();
    within(&page, "the page");
    let row = page.text("tr[data-passkey-id]");
    assert!(row.contains("My telephone") && !row.contains("never"), "{row}");
    assert_eq!((page.text("[data-codes-left]"), page.texts("code[data-secret]").len()), ("10".to_owned(), 1));
    assert_eq!(words(&app, patient.user_id).await, ["passkey added", "passkey"]);
    assert_eq!(rows(&app).await[0].sign_count, 1);
}

#[tokio::test]
async fn a_recovery_code_lets_in_whoever_has_lost_their_passkey() {
    let (app, patient) = start().await;
    let own = app.sign_in(&patient).await;
    let codes = Device::new().add(&own, "Telephone").await.ok().texts("code[data-recovery-code]");
    let (browser, asked) = first_step(&app, &patient).await;
    browser.submit(&asked, "form.stack", &[("code", &codes[2])]).await.expect(303);
    assert!(browser.is_signed_in().await);
    // Another passkey leaves the codes as they are.
    Device::new().add(&browser, "Stick").await.expect(303);
    let renewed = browser.post_form("/profile/second-factor/recovery-codes", &[]).await.ok();
    assert_eq!(renewed.texts("code[data-recovery-code]").len(), 10);
    assert_eq!(browser.get(PAGE).await.ok().text("[data-codes-left]"), "10");
}

#[tokio::test]
async fn the_destination_is_kept_and_no_other_field_counts() {
    let (app, patient) = start().await;
    let (mut device, _) = with_a_passkey(&app, &patient).await;
    let (browser, _) = first_step(&app, &patient).await;
    let signed = device.sign(&asked(&browser, ASK_AT_SIGN_IN).await);
    let fields = [("passkey", signed.as_str()), ("code", ""), ("next", "/appointments?page=1")];
    let answer = browser.post_form("/sign-in/second-factor", &fields).await.expect(303);
    assert_eq!(answer.location(), "/appointments?page=1");
}

#[tokio::test]
async fn a_passkey_shows_who_one_is_before_what_a_stranger_must_not_do() {
    let (app, patient) = start().await;
    let (mut device, own) = with_a_passkey(&app, &patient).await;
    app.clock.advance(TimeDelta::minutes(10));
    let other = app.visitor();
    other.post_form("/sign-in", &[("email", &patient.email), ("password", PASSWORD)]).await.expect(303);
    device.enter(&other).await.expect(303);

    let question = own.post_form("/profile/sessions/revocation", &[]).await.expect(422);
    assert!(question.has("main form [data-passkey=get]") && other.is_signed_in().await);
    let signed = device.sign(&asked(&own, ASK_ONCE_MORE).await);
    let proof = [("passkey_proof", signed.as_str()), ("proof", "")];
    let done = own.post_form("/profile/sessions/revocation", &proof).await.expect(303);
    within(&done, "an act with a passkey");
    assert!(!other.is_signed_in().await);
    assert_eq!(words(&app, patient.user_id).await, ["passkey added", "passkey", "passkey used"]);

    app.clock.advance(TimeDelta::minutes(10));
    let signed = device.sign(&asked(&own, ASK_ONCE_MORE).await);
    let fields = [("passkey_proof", signed.as_str()), ("next", "/profile")];
    assert_eq!(own.post_form("/profile/proof", &fields).await.expect(303).location(), "/profile");
}

#[tokio::test]
async fn it_satisfies_the_rule_that_there_must_be_one_and_the_last_stays() {
    let app = TestApp::start_with(&[NAMED]).await;
    let hospital = hospital().asking_for_a_factor(SecondFactorRule::Everybody).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let (own, offered) = first_step(&app, &patient).await;
    let telephone = App::of(&offered);
    own.submit(&offered, "form.stack", &[("code", &telephone.code(&app, 0))]).await.ok();
    let mut device = Device::new();
    device.add(&own, "Telephone").await.expect(303);
    own.post_form("/profile/second-factor/totp/removal", &[]).await.expect(303);

    let (browser, asked) = first_step(&app, &patient).await;
    assert!(asked.has("[data-passkey=get]") && !asked.has("code[data-secret]"), "nothing is to be set up");
    device.enter(&browser).await.expect(303);
    let removal = format!("{ADD}/{}/removal", rows(&app).await[0].id);
    let kept = own.post_form(&removal, &[]).await.expect(409);
    within(&kept, "removing the last");
    let page = own.get(PAGE).await.ok();
    assert!(!page.has(&format!("form[action='{removal}']")) && page.text("[data-codes-left]") == "10");
}

#[tokio::test]
async fn of_two_that_are_removed_at_once_whoever_must_have_one_keeps_one() {
    let app = TestApp::start_with(&[NAMED]).await;
    let hospital = hospital().asking_for_a_factor(SecondFactorRule::Everybody).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let (own, offered) = first_step(&app, &patient).await;
    own.submit(&offered, "form.stack", &[("code", &App::of(&offered).code(&app, 0))]).await.ok();
    Device::new().add(&own, "Telephone").await.expect(303);
    let removal = format!("{ADD}/{}/removal", rows(&app).await[0].id);
    let both = futures_util::future::join(
        own.post_form(&removal, &[]),
        own.post_form("/profile/second-factor/totp/removal", &[]),
    );
    let (passkey, telephone) = both.await;
    let mut statuses = [passkey.status, telephone.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
}

#[tokio::test]
async fn the_last_one_goes_with_its_recovery_codes() {
    let (app, patient) = start().await;
    let (_, own) = with_a_passkey(&app, &patient).await;
    Device::new().add(&own, "Stick").await.expect(303);
    let found = rows(&app).await;
    let other = patient_of_another(&app).await;
    let removal = |id: i64| format!("{ADD}/{id}/removal");
    other.post_form(&removal(found[0].id), &[]).await.expect(404);
    let removed = own.post_form(&removal(found[0].id), &[]).await.expect(303);
    within(&removed, "removing");
    own.post_form(&removal(found[0].id), &[]).await.expect(404);
    assert_eq!(own.get(PAGE).await.ok().text("[data-codes-left]"), "10");
    let page = own.get(PAGE).await.ok();
    own.submit(&page, &format!("form[action='{}']", removal(found[1].id)), &[]).await.expect(303);
    assert!(!own.get(PAGE).await.ok().has("[data-codes-left]"));
    app.sign_in(&patient).await;
}

async fn patient_of_another(app: &TestApp) -> Client {
    let elsewhere = hospital().create(app).await;
    let somebody = patient(&elsewhere).create(app).await;
    app.sign_in(&somebody).await
}

#[tokio::test]
async fn an_administrator_removes_them_for_a_reason_that_is_shown() {
    let app = TestApp::start_with(&[NAMED]).await;
    let hospital = hospital().create(&app).await;
    let admin = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let patient = patient(&hospital).create(&app).await;
    let (_, own) = with_a_passkey(&app, &patient).await;
    let path = format!("/patients/{}/second-factor/removal", patient.id);
    let removed = admin.post_form(&path, &[("reason", "new_device")]).await.expect(303);
    within(&removed, "an administrator's removal");
    assert!(!own.is_signed_in().await && rows(&app).await.is_empty());
    let own = app.sign_in(&patient).await;
    assert!(own.get(PAGE).await.ok().says("New device"));
    Device::new().add(&own, "Telephone").await.ok();
    assert!(!own.get(PAGE).await.ok().says("New device"));
}

#[tokio::test]
async fn nobody_has_more_than_ten_and_each_is_called_as_its_owner_says() {
    let (app, patient) = start().await;
    let own = app.sign_in(&patient).await;
    for count in 0..9 {
        Device::new().add(&own, &format!("Stick {count}")).await;
    }
    let asked_before = asked(&own, ASK_FOR_NEW).await;
    let tenth = Device::new().make(&asked_before);
    let nameless = own.post_form(ADD, &[("credential", &tenth)]).await.expect(422);
    assert!(nameless.has(".error-summary"));
    let markup = "<img src=x onerror=alert(1)>";
    own.post_form(ADD, &[("name", markup), ("credential", &tenth)]).await.expect(303);
    let page = own.get(PAGE).await.ok();
    assert!(page.says(markup) && !rules::broken(&page.body).iter().any(|rule| rule.starts_with("inline")));
    assert!(!page.has("[data-passkey=create]"));
    own.post_form(ASK_FOR_NEW, &[]).await.expect(409);
    assert_eq!(rows(&app).await.len(), 10);
}

#[tokio::test]
async fn a_site_without_a_name_has_none_and_says_so() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let somebody = patient(&hospital).create(&app).await;
    let own = app.sign_in(&somebody).await;
    let page = own.get(PAGE).await.ok();
    assert!(page.says("passkeys need a name") && !page.has("[data-passkey=create]"));
    own.post_form(ASK_FOR_NEW, &[]).await.expect(409);
}
