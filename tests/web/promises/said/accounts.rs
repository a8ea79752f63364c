//! One's own account: passwords, addresses, browsers, the calendar, news.

use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use telemedicine::integrations::mailer::Email;

use super::*;

const OTHER: &str = "seven slow boats at noon";

fn link(email: &Email) -> String {
    let kind = if email.text.contains("/password-links/") { "password-links" } else { "address-links" };
    format!("/{kind}/{}", token_in(&email.text).expect("it holds a link"))
}

#[tokio::test]
async fn a_password_is_what_was_said_of_it() {
    let ward = Ward::open().await;
    let (app, home) = (&ward.app, &ward.home);
    let elsewhere = app.sign_in(&ward.patient).await;
    let fields = [("current_password", PASSWORD), ("new_password", OTHER)];
    let changed = home.post_form("/profile/password", &fields).await;
    says(home, changed, "Your password is changed. Every other browser is signed out.").await;
    assert!(home.is_signed_in().await && !elsewhere.is_signed_in().await);
    app.sign_in_with(&ward.patient, OTHER).await;

    let visitor = app.visitor();
    let before = app.emails_to(&ward.patient.email).await.len();
    let asked = visitor.post_form("/password-reset", &[("email", &ward.patient.email)]).await;
    says(&visitor, asked, "If there is an account with that address").await;
    let mails = app.emails_when(&ward.patient.email, before + 1).await;
    let mail = mails.iter().find(|mail| mail.text.contains("/password-links/")).unwrap();
    let third = "nine quick trains at dawn";
    let set = visitor.post_form(&link(mail), &[("password", third)]).await;
    says(&visitor, set, "Your password is set. Sign in with it.").await;
    assert!(!home.is_signed_in().await, "every browser is out");
    let back = app.sign_in_with(&ward.patient, third).await;

    // Asked for by one, opened where another is signed in.
    let before = app.emails_to(&ward.doctor.email).await.len();
    let asked = visitor.post_form("/password-reset", &[("email", &ward.doctor.email)]).await;
    asked.expect(303);
    let mails = app.emails_when(&ward.doctor.email, before + 1).await;
    let mail = mails.iter().find(|mail| mail.text.contains("/password-links/")).unwrap();
    let set = back.post_form(&link(mail), &[("password", OTHER)]).await;
    says(&back, set, "The password is set. Somebody is still signed in").await;
    assert!(back.get("/profile").await.ok().says(&ward.patient.last_name), "who was here is here");
    app.sign_in_with(&ward.doctor, OTHER).await;
}

#[tokio::test]
async fn an_address_is_what_was_said_of_it() {
    let ward = Ward::open().await;
    let (app, home, old) = (&ward.app, &ward.home, ward.patient.email.as_str());
    let new = "new.address@example.test";
    let stored = async || user::Entity::find_by_id(ward.patient.user_id).one(&app.db).await.unwrap().unwrap().email;
    let waits = async || home.get("/profile").await.ok().says("waits to be confirmed");
    let ask = async || home.post_form("/profile/email", &[("email", new)]).await;
    says(home, ask().await, "A link is on its way to the new address.").await;
    assert!(waits().await && stored().await == old, "until it is opened the old address counts");
    let withdrawn = home.post_form("/profile/email/withdrawal", &[]).await;
    says(home, withdrawn, "Your address stays as it is.").await;
    let none = home.post_form("/profile/email/link", &[]).await;
    says(home, none, "Your address is confirmed already.").await;
    assert!(!waits().await && stored().await == old);

    ask().await.expect(303);
    let sent = app.emails_when(new, 1).await.len();
    app.clock.advance(chrono::TimeDelta::minutes(6));
    let again = home.post_form("/profile/email/link", &[]).await;
    says(home, again, "Another link is on its way. The mail says").await;
    let mails = app.emails_when(new, sent + 1).await;
    let visitor = app.visitor();
    let counts = visitor.post_form(&link(mails.last().unwrap()), &[]).await;
    says(&visitor, counts, "The new address counts from now on.").await;
    assert_eq!(stored().await, new);
    let mut ways = app.emails_to(old).await.into_iter().filter(|mail| mail.text.contains("/address-links/"));
    let back = visitor.post_form(&link(&ways.next_back().unwrap()), &[]).await;
    says(&visitor, back, "The address is kept, and every browser is signed out.").await;
    assert!(stored().await == old && !home.is_signed_in().await);
    let sent = app.emails_to(old).await;
    assert!(sent.iter().any(|mail| mail.text.contains("/password-links/")), "a link to choose another password");

    let newcomer = app.visitor();
    newcomer.post_form("/sign-up", &sign_up(&ward.hospital.id.to_string())).await.expect(303);
    let mails = app.emails_when("maya.gurung@example.test", 1).await;
    let proof = newcomer.post_form(&link(&mails[0]), &[]).await;
    says(&newcomer, proof, "Your address is confirmed.").await;
    let unproved = user::Entity::find().filter(user::Column::AddressUnprovedSince.is_not_null());
    assert_eq!(unproved.count(&app.db).await.unwrap(), 0);
}

#[tokio::test]
async fn browsers_are_signed_out_as_was_said() {
    let ward = Ward::open().await;
    let (app, home) = (&ward.app, &ward.home);
    let alone = home.post_form("/profile/sessions/revocation", &[]).await;
    says(home, alone, "You were signed in nowhere else.").await;
    let (one, other) = (app.sign_in(&ward.patient).await, app.sign_in(&ward.patient).await);
    let page = home.get("/profile/sessions").await.ok();
    let each = page.attributes("form[action^=\"/profile/sessions/\"]", "action");
    let each: Vec<&String> = each.iter().filter(|action| *action != "/profile/sessions/revocation").collect();
    let ended = home.post_form(each[0], &[]).await;
    says(home, ended, "That browser is signed out.").await;
    let left = [one.is_signed_in().await, other.is_signed_in().await];
    assert_eq!(left.into_iter().filter(|is_in| *is_in).count(), 1, "that one, and no other");
    let others = home.post_form("/profile/sessions/revocation", &[]).await;
    says(home, others, "Every other browser is signed out.").await;
    assert!(home.is_signed_in().await && !one.is_signed_in().await && !other.is_signed_in().await);
    says(home, home.post_form("/sign-out", &[]).await, "You are signed out.").await;
    assert!(!home.is_signed_in().await);
}

#[tokio::test]
async fn who_was_too_slow_is_to_sign_in_once_more_as_was_said() {
    let ward = Ward::open().await;
    App::set_up(&ward.app, &ward.home).await;
    let (elsewhere, asked) = first_step(&ward.app, &ward.patient).await;
    ward.app.clock.advance(chrono::TimeDelta::hours(1));
    let late = elsewhere.submit(&asked, "form.stack", &[("code", "123456")]).await;
    says(&elsewhere, late, "Sign in once more: it took too long").await;
    assert!(!elsewhere.is_signed_in().await);
}

#[tokio::test]
async fn a_calendar_is_closed_as_was_said() {
    let ward = Ward::open().await;
    let made = ward.home.post_form("/profile/calendar", &[]).await.ok().text("[data-calendar]");
    let path = made.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned())).unwrap();
    ward.app.visitor().get(&path).await.ok();
    let removal = async || ward.home.post_form("/profile/calendar/removal", &[]).await;
    says(&ward.home, removal().await, "The address of your calendar leads nowhere any more.").await;
    ward.app.visitor().get(&path).await.expect(404);
    assert!(says(&ward.home, removal().await, "Your calendar has no address.").await.says("There is none yet"));
}

#[tokio::test]
async fn news_is_read_as_far_as_was_said() {
    let ward = Ward::open().await;
    let visit = ward.visit(AppointmentStatus::Scheduled, 60 * 24).await;
    let seen = notification(&ward.patient).about(&visit).from(ward.app.in_hours(-2)).create(&ward.app).await;
    let page = ward.home.get("/notifications").await.ok();
    notification(&ward.patient).about(&visit).create(&ward.app).await;
    let newest = seen.id.to_string();
    let fields: Vec<(String, String)> = page.form("form[action=\"/notifications/read\"]").fields;
    assert!(fields.iter().any(|(_, value)| *value == newest), "the button names what was on the page: {fields:?}");
    let read = ward.home.submit(&page, "form[action=\"/notifications/read\"]", &[]).await;
    let page = says(&ward.home, read, "What was on the page, and what is older").await;
    assert!(page.says("1 unread"), "what came meanwhile is new");
    let all = ward.home.post_form("/notifications/read", &[]).await;
    assert!(says(&ward.home, all, "All notifications are marked as read.").await.says("0 unread"));
}
