//! The people and hospitals that others look after.

use entity::{hospital as hospital_row, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::*;

/// Somebody new, without a password.
const NEWCOMER: [(&str, &str); 5] = [
    ("first_name", "Bina"),
    ("last_name", "Rai"),
    ("email", "bina@example.test"),
    ("phone", ""),
    ("date_of_birth", "1984-03-02"),
];
const OTHER: &str = "seven slow boats at noon";

#[tokio::test]
async fn somebody_new_comes_in_as_was_said() {
    let ward = Ward::open().await;
    let (app, desk) = (&ward.app, &ward.desk);
    let made = desk.post_form("/patients", &NEWCOMER).await;
    let path = made.location();
    says(desk, made, "The account is made, and a link to choose a password").await;
    assert_eq!(app.emails_when("bina@example.test", 1).await.len(), 1);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let typed = [("email", "bina.rai@example.test")];
    let saved = desk.submit(&form, &format!("form[action='{path}']"), &typed).await;
    says(desk, saved, "The changes are saved, and a link to choose a password").await;
    let mails = app.emails_when("bina.rai@example.test", 1).await;
    let link = format!("/password-links/{}", token_in(&mails[0].text).unwrap());
    app.visitor().post_form(&link, &[("password", OTHER)]).await.expect(303);
    app.sign_in_as("Bina", "bina.rai@example.test", OTHER).await;

    let mut with_password = [&NEWCOMER[..], &[("password", OTHER)]].concat();
    (with_password[0].1, with_password[2].1) = ("Asha", "asha@example.test");
    let made = desk.post_form("/patients", &with_password).await;
    let path = made.location();
    says(desk, made, "The account is made. Tell the person their first password.").await;
    app.sign_in_as("Asha", "asha@example.test", OTHER).await;
    let again = desk.post_form("/patients", &with_password).await;
    assert_eq!(again.location(), path);
    says(desk, again, "This form was sent before, and made this account.").await;
    let made = user::Entity::find().filter(user::Column::Email.eq("asha@example.test"));
    assert_eq!(made.count(&app.db).await.unwrap(), 1);
}

#[tokio::test]
async fn a_record_is_confirmed_as_was_said() {
    let ward = Ward::open().await;
    let path = format!("/patients/{}", ward.patient.id);
    let profile = ward.home.get("/profile").await.ok();
    ward.home.submit(&profile, "form[action='/profile']", &[("allergies", "Nuts")]).await.expect(303);
    let page = ward.desk.get(&path).await.ok();
    assert!(page.text("#banner").contains("said by the patient"));
    let confirmed = ward.desk.submit(&page, &format!("form[action='{path}/confirmation']"), &[]).await;
    says(&ward.desk, confirmed, "What the patient said is confirmed.").await;
    assert!(!ward.desk.get(&path).await.ok().says("said by the patient"));
}

#[tokio::test]
async fn a_record_is_changed_as_was_said() {
    let ward = Ward::open().await;
    let (app, desk) = (&ward.app, &ward.desk);
    let path = format!("/patients/{}", ward.patient.id);
    let own = format!("form[action='{path}']");
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let saved = desk.submit(&form, &own, &[("first_name", "Renamed")]).await;
    says(desk, saved, "The changes are saved.").await;
    assert!(desk.get(&path).await.ok().says("Renamed"));
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let saved = desk.submit(&form, &own, &[("email", "new.address@example.test")]).await;
    says(desk, saved, "The changes are saved, but for the address").await;
    let stored = user::Entity::find_by_id(ward.patient.user_id).one(&app.db).await.unwrap().unwrap();
    assert_eq!(stored.email, ward.patient.email, "it counts when the person has opened the link");
    assert_eq!(app.emails_when("new.address@example.test", 1).await.len(), 1);

    let page = ward.home.get("/profile").await.ok();
    let saved = ward.home.submit(&page, "form[action='/profile']", &[("last_name", "Changed")]).await;
    let page = says(&ward.home, saved, "Your profile is saved.").await;
    assert_eq!(page.attributes("#last_name", "value"), ["Changed"]);
}

#[tokio::test]
async fn an_account_is_open_or_shut_as_was_said() {
    let ward = Ward::open().await;
    let (app, desk) = (&ward.app, &ward.desk);
    let path = format!("/patients/{}", ward.patient.id);
    let act = async |noun: &str| desk.post_form(&format!("{path}/{noun}"), &[]).await;
    says(desk, act("sessions/revocation").await, "They are signed out everywhere, and told so by mail.").await;
    assert!(!ward.home.is_signed_in().await);
    let mails = app.emails_when(&ward.patient.email, 1).await;
    assert!(mails.iter().any(|mail| mail.subject == "You were signed out everywhere"));

    let back = app.sign_in(&ward.patient).await;
    let page = says(desk, act("deactivation").await, "The account is shut, and signed out everywhere.").await;
    assert!(!page.says("Visits that are planned stay") && !back.is_signed_in().await);
    let fields = [("email", ward.patient.email.as_str()), ("password", PASSWORD)];
    app.visitor().post_form("/sign-in", &fields).await.expect(422);
    says(desk, act("reactivation").await, "The account is open again.").await;
    app.sign_in(&ward.patient).await;
    // Without their doctor visits cannot be held.
    let visit = ward.visit(AppointmentStatus::Scheduled, 60 * 24).await;
    let shut = desk.post_form(&format!("/doctors/{}/deactivation", ward.doctor.id), &[]).await;
    says(desk, shut, "The account is shut, and signed out everywhere. Visits").await;
    assert!(desk.get("/appointments").await.ok().shows_appointment(visit.id), "they are in the list of visits");
}

#[tokio::test]
async fn nobody_is_invited_who_was_said_not_to_be() {
    let ward = Ward::open().await;
    let (app, desk) = (&ward.app, &ward.desk);
    let here = desk.post_form(&format!("/patients/{}/invitation", ward.patient.id), &[]).await;
    // Whom a factory has made has signed in since.
    says(desk, here, "Nothing was sent: the person has signed in before.").await;
    assert!(app.emails_to(&ward.patient.email).await.iter().all(|mail| !mail.text.contains("/password-links/")));
    let path = desk.post_form("/patients", &NEWCOMER).await.expect(303).location();
    let sent = app.emails_when("bina@example.test", 1).await.len();
    app.clock.advance(chrono::TimeDelta::minutes(6));
    let invite = async || desk.post_form(&format!("{path}/invitation"), &[]).await;
    says(desk, invite().await, "Another link is on its way. It works for seven days.").await;
    let mails = app.emails_when("bina@example.test", sent + 1).await;
    desk.post_form(&format!("{path}/deactivation"), &[]).await.expect(303);
    app.clock.advance(chrono::TimeDelta::minutes(6));
    says(desk, invite().await, "Nothing was sent: the account is shut.").await;
    assert_eq!(app.emails_to("bina@example.test").await.len(), mails.len());
}

#[tokio::test]
async fn without_mail_nothing_is_sent_as_was_said() {
    let app = TestApp::start_without_mail().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let with_password = [&NEWCOMER[..], &[("password", OTHER)]].concat();
    let path = desk.post_form("/patients", &with_password).await.expect(303).location();
    let answer = desk.post_form(&format!("{path}/invitation"), &[]).await;
    says(&desk, answer, "Nothing was sent: this server sends no e-mail.").await;
    assert!(app.mail.sent().is_empty());
}

#[tokio::test]
async fn a_second_factor_is_gone_as_was_said() {
    let ward = Ward::open().await;
    let removal = format!("/patients/{}/second-factor/removal", ward.patient.id);
    let remove = async || ward.desk.post_form(&removal, &[("reason", "lost_device")]).await;
    says(&ward.desk, remove().await, "There was none: the person has no second factor.").await;
    assert!(ward.home.is_signed_in().await, "nothing was done");
    App::set_up(&ward.app, &ward.home).await;
    says(&ward.desk, remove().await, "The second factor is removed, and the person is signed out").await;
    assert!(!ward.home.is_signed_in().await);
    // By the password alone.
    ward.app.sign_in(&ward.patient).await;
}

#[tokio::test]
async fn a_hospital_is_listed_as_was_said() {
    let app = TestApp::start().await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let made = platform.post_form("/hospitals", &NEW_HOSPITAL).await;
    let path = made.location();
    says(&platform, made, "The hospital is made. Add somebody who runs it.").await;
    app.visitor().get(&path).await.ok();
    let again = platform.post_form("/hospitals", &NEW_HOSPITAL).await;
    assert_eq!(again.location(), path);
    says(&platform, again, "This form was sent before, and made this hospital.").await;
    assert_eq!(hospital_row::Entity::find().count(&app.db).await.unwrap(), 1);
    let act = async |noun: &str| platform.post_form(&format!("{path}/{noun}"), &[]).await;
    says(&platform, act("deactivation").await, "The hospital is no longer listed.").await;
    app.visitor().get(&path).await.expect(404);
    says(&platform, act("reactivation").await, "The hospital is listed again.").await;
    app.visitor().get(&path).await.ok();
    // What is written into its form is what its page says.
    let form = platform.get(&format!("{path}/edit")).await.ok();
    platform.submit(&form, &format!("form[action='{path}']"), &[("address", "Lake Road")]).await.expect(303);
    assert!(app.visitor().get(&path).await.ok().says("Lake Road"));
}
