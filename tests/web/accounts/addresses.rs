//! Another address for an account: by a link at the new one, with a way back from the old one; proof, sessions, and what may be asked for.

use entity::{address_link, enums::AddressLinkPurpose};
use telemedicine::integrations::mailer::Email;

use super::*;

const NEW: &str = "new.address@example.test";

fn link(email: &Email) -> String {
    format!("/address-links/{}", token_in(&email.text).expect("it holds a link"))
}

async fn ask(browser: &Client, fields: &[(&str, &str)]) -> Page {
    let page = browser.get("/profile").await.ok();
    browser.submit(&page, "form[action='/profile/email']", fields).await
}

/// The addresses to which a way back was sent.
async fn ways_back(app: &TestApp, user_id: i64) -> Vec<String> {
    let links = address_link::Entity::find()
        .filter(address_link::Column::UserId.eq(user_id))
        .filter(address_link::Column::Purpose.eq(AddressLinkPurpose::WayBack));
    links.all(&app.db).await.unwrap().into_iter().map(|link| link.address).collect()
}

#[tokio::test]
async fn counts_when_its_link_is_opened_and_goes_back_by_the_old_ones() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&maya).await;
    // Who may be somebody else by now is asked first.
    app.clock.advance(chrono::TimeDelta::minutes(11));
    let question = ask(&browser, &[("email", NEW)]).await.expect(422);
    assert_eq!(question.text("h1"), "Is it you?");
    browser.submit(&question, "main form", &[("proof", "not the password")]).await.expect(422);
    assert!(!browser.get("/profile").await.ok().says("waits to be confirmed"));
    browser.submit(&question, "main form", &[("proof", PASSWORD)]).await.expect(303);
    assert!(browser.get("/profile").await.ok().says("waits to be confirmed"));
    assert_eq!(stored(&app, maya.user_id).await.email, maya.email);
    let confirm = link(&app.emails_when(NEW, 1).await[0]);
    let back = link(&app.emails_when(&maya.email, 1).await[0]);
    app.visitor().get(&confirm).await.ok();
    app.visitor().post_form(&confirm, &[]).await.expect(303);
    assert_eq!(stored(&app, maya.user_id).await.email, NEW);
    app.visitor().post_form(&confirm, &[]).await.expect(410);

    app.clock.advance(chrono::TimeDelta::days(6));
    app.visitor().post_form(&back, &[]).await.expect(303);
    let after = stored(&app, maya.user_id).await;
    assert_eq!(after.email, maya.email);
    assert!(!browser.is_signed_in().await);
    assert_eq!(after.browsers_forgotten_at, Some(app.now()), "whoever had changed it came in by one that is known");
    let fields = [("email", maya.email.as_str()), ("password", PASSWORD)];
    app.visitor().post_form("/sign-in", &fields).await.expect(422);
    let reset = app.emails_when(&maya.email, 2).await;
    assert!(reset.iter().any(|email| email.text.contains("/password-links/")));
    app.visitor().post_form(&back, &[]).await.expect(410);
    let entries = audit_entry::Entity::find().all(&app.db).await.unwrap();
    let both = |entry: &audit_entry::Model| entry.detail["from"] == NEW && entry.detail["to"] == maya.email.as_str();
    assert!(entries.iter().any(both));
}

#[tokio::test]
async fn does_not_go_back_after_the_days_for_which_that_was_promised() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    ask(&app.sign_in(&maya).await, &[("email", NEW)]).await.expect(303);
    let confirm = link(&app.emails_when(NEW, 1).await[0]);
    let back = link(&app.emails_when(&maya.email, 1).await[0]);
    app.visitor().post_form(&confirm, &[]).await.expect(303);
    app.clock.advance(chrono::TimeDelta::days(8) - chrono::TimeDelta::seconds(1));
    app.visitor().get(&back).await.ok();
    app.clock.advance(chrono::TimeDelta::seconds(1));
    app.visitor().get(&back).await.expect(410);
    app.visitor().post_form(&back, &[]).await.expect(410);
    assert_eq!(stored(&app, maya.user_id).await.email, NEW);
}

#[tokio::test]
async fn that_is_asked_for_anew_or_withdrawn_ends_the_link_before() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&maya).await;
    ask(&browser, &[("email", NEW)]).await.expect(303);
    let first = link(&app.emails_when(NEW, 1).await[0]);
    ask(&browser, &[("email", "third@example.test")]).await.expect(303);
    app.visitor().post_form(&first, &[]).await.expect(410);
    let second = link(&app.emails_when("third@example.test", 1).await[0]);
    let page = browser.get("/profile").await.ok();
    browser.submit(&page, "form[action='/profile/email/withdrawal']", &[]).await.expect(303);
    app.visitor().post_form(&second, &[]).await.expect(410);
    assert_eq!(stored(&app, maya.user_id).await.email, maya.email);
}

#[tokio::test]
async fn that_an_administrator_types_waits_for_the_person_and_ends_their_sessions() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let asha = doctor(&house).create(&app).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let browser = app.sign_in(&asha).await;
    let path = format!("/doctors/{}", asha.id);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    desk.submit(&form, &format!("form[action='{path}']"), &[("email", NEW)]).await.expect(303);
    assert_eq!(stored(&app, asha.user_id).await.email, asha.email);
    assert!(browser.is_signed_in().await);
    assert_eq!(app.emails_when(&asha.email, 1).await.len(), 1);
    let confirm = link(&app.emails_when(NEW, 1).await[0]);
    app.visitor().post_form(&confirm, &[]).await.expect(303);
    assert_eq!(stored(&app, asha.user_id).await.email, NEW);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn is_not_kept_waiting_beyond_the_way_back() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let browser = app.sign_in(&maya).await;
    ask(&browser, &[("email", NEW)]).await.expect(303);
    // Before the clock jumps: what the postman carries by then counts as lost, and is sent once more.
    assert_eq!(app.emails_when(NEW, 1).await.len(), 1);
    app.clock.advance(chrono::TimeDelta::hours(23));
    let browser = app.sign_in(&maya).await;
    let page = browser.get("/profile").await.ok();
    browser.submit(&page, "form[action='/profile/email/link']", &[]).await.expect(303);
    let again = link(&app.emails_when(NEW, 2).await[1]);
    app.visitor().get(&again).await.ok();
    app.clock.advance(chrono::TimeDelta::hours(1));
    app.visitor().post_form(&again, &[]).await.expect(410);
    let browser = app.sign_in(&maya).await;
    assert!(!browser.get("/profile").await.ok().says("waits to be confirmed"));
}

/// A slip in the address of a new account makes it somebody else's mailbox, whoever corrects it.
#[tokio::test]
async fn that_was_never_proved_has_no_way_back() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let browser = app.visitor();
    browser.post_form("/sign-up", &sign_up(&house.id.to_string())).await.expect(303);
    let slip = "maya.gurung@example.test";
    let maya = user::Entity::find().filter(user::Column::Email.eq(slip)).one(&app.db).await.unwrap().unwrap();
    let record = patient_row::Entity::find().filter(patient_row::Column::UserId.eq(maya.id)).one(&app.db);
    let path = format!("/patients/{}", record.await.unwrap().unwrap().id);
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;

    ask(&browser, &[("email", "third@example.test")]).await.expect(303);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    desk.submit(&form, &format!("form[action='{path}']"), &[("email", NEW)]).await.expect(303);
    let confirm = link(&app.emails_when(NEW, 1).await[0]);
    assert_eq!(ways_back(&app, maya.id).await, Vec::<String>::new());
    assert_eq!(app.emails_to(slip).await.len(), 1, "the link that proves it");

    app.visitor().post_form(&confirm, &[]).await.expect(303);
    let browser = app.sign_in_as("Maya", NEW, "seven slow boats at noon").await;
    ask(&browser, &[("email", "third@example.test")]).await.expect(303);
    assert_eq!(ways_back(&app, maya.id).await, [NEW]);
}

#[tokio::test]
async fn is_proved_before_the_first_request() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let doctor = doctor(&house).create(&app).await;
    works_daily(&app, &doctor, (9, 17)).await;
    let browser = app.visitor();
    browser.post_form("/sign-up", &sign_up(&house.id.to_string())).await.expect(303);
    let id = doctor.id.to_string();
    let book = async |at: &str| browser.post_form("/appointments", &[("doctor_id", &id), ("starts_at", at)]).await;
    let page = book("2026-12-01T10:00").await.expect(409);
    assert!(page.says("Confirm your address first") && page.has("form[action='/profile/email/link']"));
    let proof = link(&app.emails_when("maya.gurung@example.test", 1).await[0]);
    app.visitor().post_form(&proof, &[]).await.expect(303);
    for at in ["10:00", "10:30", "11:00", "11:30", "12:00"] {
        book(&format!("2026-12-01T{at}")).await.expect(303);
    }
    assert!(book("2026-12-01T12:30").await.expect(422).says("5 requests"));
    assert!(book("2060-12-01T12:30").await.expect(422).says("Visits can be booked until"));
}

/// Mail was switched off after they signed up.
#[tokio::test]
async fn is_not_asked_about_where_no_mail_is_sent_and_the_desk_can_vouch_for_it() {
    let app = TestApp::start_without_mail().await;
    let house = hospital().create(&app).await;
    let (maya, doctor) = (patient(&house).create(&app).await, doctor(&house).create(&app).await);
    works_daily(&app, &doctor, (9, 17)).await;
    let unproved = user::ActiveModel {
        id: sea_orm::Set(maya.user_id),
        address_unproved_since: sea_orm::Set(Some(app.now())),
        ..Default::default()
    };
    sea_orm::ActiveModelTrait::update(unproved, &app.db).await.unwrap();
    let browser = app.sign_in(&maya).await;
    let page = browser.get("/profile").await.ok();
    assert!(!page.has("form[action='/profile/email/link']") && !page.says("you cannot ask for visits"));
    let sent = browser.post_form("/profile/email/link", &[]).await.expect(303);
    assert!(browser.follow(sent).await.ok().says("This server sends no e-mail"));
    let id = doctor.id.to_string();
    let visit = [("doctor_id", id.as_str()), ("starts_at", "2026-12-01T10:00")];
    browser.post_form("/appointments", &visit).await.expect(303);

    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let path = format!("/patients/{}", maya.id);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    desk.submit(&form, &format!("form[action='{path}']"), &[("email", NEW)]).await.expect(303);
    let after = stored(&app, maya.user_id).await;
    assert_eq!((after.email.as_str(), after.address_unproved_since), (NEW, None));
}

#[tokio::test]
async fn sessions_beyond_twenty_end_the_oldest_and_an_administrator_ends_all() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    let first = app.sign_in(&maya).await;
    for _ in 0..19 {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        session(&app, &maya, "Firefox").await;
    }
    assert!(first.is_signed_in().await);
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let last = app.sign_in(&maya).await;
    assert!(!first.is_signed_in().await);
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let form = desk.get(&format!("/patients/{}/edit", maya.id)).await.ok();
    desk.submit(&form, "form[action$='/sessions/revocation']", &[]).await.expect(303);
    assert!(!last.is_signed_in().await);
    let mails = app.emails_when(&maya.email, 1).await;
    assert!(mails.iter().any(|mail| mail.subject == "You were signed out everywhere"));
}
