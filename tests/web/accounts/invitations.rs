//! Who is added without a password chooses it behind a link.

use chrono::TimeDelta;

use super::{by_mail::link, *};

/// Somebody new, without a password.
pub(super) const NEWCOMER: [(&str, &str); 5] = [
    ("first_name", "Bina"),
    ("last_name", "Rai"),
    ("email", "bina@example.test"),
    ("phone", ""),
    ("date_of_birth", "1984-03-02"),
];

#[tokio::test]
async fn a_link_is_over_once_the_address_it_was_sent_to_is_corrected() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let path = desk.post_form("/patients", &NEWCOMER).await.expect(303).location();
    let first = link(&app.emails_when("bina@example.test", 1).await[0]);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let typed = [("email", "bina.rai@example.test")];
    let saved = desk.submit(&form, &format!("form[action='{path}']"), &typed).await.expect(303);
    assert!(desk.follow(saved).await.ok().says("a link to choose a password is on its way to the new address"));
    app.visitor().get(&first).await.expect(410);
    app.visitor().post_form(&first, &[("password", OTHER)]).await.expect(410);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    // One has just been sent there.
    desk.submit(&form, "form[action$='/invitation']", &[]).await.expect(303);
    let [second] = &app.emails_when("bina.rai@example.test", 1).await[..] else { panic!("one mail") };
    let second = link(second);
    app.visitor().post_form(&second, &[("password", OTHER)]).await.expect(303);
}

#[tokio::test]
async fn another_invitation_takes_the_place_of_the_first_and_pressing_twice_sends_one() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let path = desk.post_form("/patients", &NEWCOMER).await.expect(303).location();
    let again = async || drop(desk.post_form(&format!("{path}/invitation"), &[]).await.expect(303));
    again().await;
    assert_eq!(app.emails_when("bina@example.test", 1).await.len(), 1, "one has just been sent");
    app.clock.advance(TimeDelta::minutes(6));
    again().await;
    again().await;
    let links: Vec<String> = app.emails_when("bina@example.test", 2).await.iter().map(link).collect();
    assert_eq!(links.len(), 2);
    app.visitor().get(&links[0]).await.expect(410);
    app.visitor().get(&links[1]).await.ok();
}

#[tokio::test]
async fn who_was_shut_out_and_let_in_again_needs_another_link() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let path = desk.post_form("/patients", &NEWCOMER).await.expect(303).location();
    let link = link(&app.emails_when("bina@example.test", 1).await[0]);
    for act in ["deactivation", "reactivation"] {
        desk.post_form(&format!("{path}/{act}"), &[]).await.expect(303);
        app.visitor().get(&link).await.expect(410);
    }
}

#[tokio::test]
async fn somebody_new_is_invited_and_chooses_their_own_password() {
    let app = TestApp::start().await;
    let hospital = hospital().named("Lakeside").create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let made = desk.post_form("/patients", &NEWCOMER).await.expect(303);
    assert!(desk.follow(made).await.ok().says("a link to choose a password is on its way"));
    let emails = app.emails_to("bina@example.test").await;
    let [email] = &emails[..] else { panic!("one email") };
    assert_eq!(email.subject, "Choose your password");
    assert!(email.text.contains("Lakeside has made an account for you."), "{}", email.text);

    app.clock.advance(TimeDelta::days(6));
    app.visitor().post_form(&link(email), &[("password", OTHER)]).await.expect(303);
    let bina = app.sign_in_as("Bina", "bina@example.test", OTHER).await;
    assert!(bina.get("/dashboard").await.ok().says("Bina Rai"));
    app.visitor().get(&link(email)).await.expect(410);
}

#[tokio::test]
async fn an_invitation_that_was_not_taken_up_can_be_sent_again_until_somebody_came_in() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let made = desk.post_form("/patients", &NEWCOMER).await.expect(303);
    let path = made.location();
    let first = link(&app.emails_to("bina@example.test").await[0]);
    // The session at the desk ends meanwhile, as the link does.
    app.clock.advance(TimeDelta::days(8));
    app.visitor().get(&first).await.expect(410);
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let sent = desk.submit(&form, "form[action$='/invitation']", &[]).await.expect(303);
    assert!(desk.follow(sent).await.ok().says("Another link is on its way."));
    let second = link(&app.emails_to("bina@example.test").await[1]);
    app.visitor().post_form(&second, &[("password", OTHER)]).await.expect(303);
    app.sign_in_as("Bina", "bina@example.test", OTHER).await;
    assert!(!desk.get(&format!("{path}/edit")).await.ok().has("form[action$='/invitation']"));
    let sent = desk.post_form(&format!("{path}/invitation"), &[]).await.expect(303);
    assert!(desk.follow(sent).await.ok().says("has signed in before"), "and is told why not");
    assert_eq!(app.emails_to("bina@example.test").await.len(), 2);
}
