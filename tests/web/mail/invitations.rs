//! What goes with mails for calendars: a visit that stands, the same visit once it has changed, and its end.

use chrono::{DateTime, TimeDelta};
use entity::enums::NotificationKind;
use sea_orm::ActiveValue::NotSet;
use telemedicine::text::CalendarMethod;

use super::*;
use crate::calendars::{Event, read};

/// The only event of the invitation that goes with `email`.
fn event(email: &Email) -> Event {
    let invitation = email.invitation.as_ref().expect("an invitation");
    let (method, mut events) = read(&invitation.text);
    assert_eq!(method, invitation.method.name());
    assert_eq!(events.len(), 1, "{}", invitation.text);
    events.remove(0)
}

#[tokio::test]
async fn a_visit_is_put_into_the_calendar_changed_there_and_taken_out_again() {
    let practice = Practice::open().await;
    let host = practice.app.state.settings.server.host().to_owned();
    practice.step(&practice.surgery, "approval", &[]).await;
    let emails = practice.to_patient().await;
    let granted = event(&emails[0]);
    assert_eq!(granted["UID"], format!("appointment-{}@{host}", practice.visit.id));
    let starts_at = DateTime::parse_from_str(&format!("{} +0000", granted["DTSTART"]), "%Y%m%dT%H%M%SZ %z").unwrap();
    assert_eq!(starts_at, practice.app.in_hours(240));
    assert_eq!(granted["SUMMARY"], "Visit with Dr Asha Rai (Video)");
    assert_eq!(granted["ATTENDEE"], format!("mailto:{}", practice.patient.email));
    assert_eq!(granted["STATUS"], "CONFIRMED");
    practice.step(&practice.home, "confirmation", &[]).await;
    let emails = practice.to_doctor().await;
    let confirmed = event(&emails[0]);
    assert_eq!(confirmed["SUMMARY"], "Visit (Video)");
    practice.step(&practice.surgery, "cancellation", &[("reason", "The ward is shut.")]).await;
    let emails = practice.to_patient().await;
    let last = emails.last().unwrap();
    assert_eq!(last.invitation.as_ref().unwrap().method, CalendarMethod::Cancel);
    let over = event(last);
    assert_eq!((&over["UID"], over["STATUS"].as_str()), (&granted["UID"], "CANCELLED"));
    let number = |event: &Event| event["SEQUENCE"].parse::<i32>().unwrap();
    assert!(number(&granted) < number(&confirmed) && number(&confirmed) < number(&over));
}

#[tokio::test]
async fn what_never_stood_is_in_no_calendar_and_no_invitation_says_why_or_for_whom() {
    let practice = Practice::open().await;
    practice.step(&practice.home, "cancellation", &[("reason", "I am well again.")]).await;
    let emails = practice.to_doctor().await;
    assert_eq!((emails.len(), &emails[0].invitation), (1, &None), "it was asked for, and never granted");
    practice.decline(1).await;
    assert!(practice.to_patient().await.iter().all(|email| email.invitation.is_none()));
    let booked = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_hours(400));
    let booked = booked.status(AppointmentStatus::Scheduled).create(&practice.app).await;
    practice.home.post_form(&format!("{}/confirmation", booked.path()), &[("version", "0")]).await.expect(303);
    let emails = practice.to_doctor().await;
    let text = &emails.last().unwrap().invitation.as_ref().unwrap().text;
    let unfolded = text.replace("\r\n ", "");
    for secret in booked.texts.iter().chain([&practice.patient.first_name, &practice.patient.last_name]) {
        assert!(!unfolded.contains(secret.as_str()), "{secret} in {unfolded}");
    }
}

/// The mails that take a visit out of somebody's calendar.
fn taking_out(emails: &[Email]) -> Vec<&Email> {
    let method = |email: &&Email| email.invitation.as_ref().map(|invitation| invitation.method);
    emails.iter().filter(|email| method(email) == Some(CalendarMethod::Cancel)).collect()
}

#[tokio::test]
async fn whoever_calls_off_what_stood_finds_it_gone_from_their_own_calendar_as_well() {
    for by_patient in [false, true] {
        let practice = Practice::open().await;
        practice.step(&practice.surgery, "approval", &[]).await;
        practice.step(&practice.home, "confirmation", &[]).await;
        practice.app.send_mail().await;
        let who = if by_patient { &practice.home } else { &practice.surgery };
        practice.step(who, "cancellation", &[("reason", "The ward is shut.")]).await;
        let (home, surgery) = (practice.to_patient().await, practice.to_doctor().await);
        for emails in [&home, &surgery] {
            let out = taking_out(emails);
            assert_eq!(out.len(), 1, "by the patient: {by_patient}");
            assert_eq!(event(out[0])["STATUS"], "CANCELLED");
            assert!(out[0].text.contains("this mail takes it out") && !out[0].text.contains("ward"), "{}", out[0].text);
        }
        let page = who.get("/notifications").await.ok();
        assert!(!page.body.contains("was cancelled"), "what they did themselves is no news");
    }
    let practice = Practice::open().await;
    practice.step(&practice.home, "cancellation", &[("reason", "I am well again.")]).await;
    assert!(practice.to_patient().await.is_empty(), "it never stood, so it is in no calendar");
}

/// A doctor was told of as many cancellations this hour as a doctor is: the next one is told of all the same, if it is in their calendar.
#[tokio::test]
async fn what_takes_a_visit_out_of_a_calendar_is_sent_however_many_were() {
    let practice = Practice::open().await;
    practice.step(&practice.surgery, "approval", &[]).await;
    let now = practice.app.in_hours(0);
    let told = (0..10).map(|_| mail::ActiveModel {
        id: NotSet,
        recipient_id: Set(practice.doctor.user_id),
        kind: Set(MailKind::Notice),
        notice: Set(Some(NotificationKind::AppointmentCancelled)),
        appointment_id: Set(Some(practice.visit.id)),
        appointment_version: Set(Some(0)),
        status: Set(MailStatus::Sent),
        due_at: Set(now),
        attempts: Set(1),
        finished_at: Set(Some(now + TimeDelta::seconds(1))),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    });
    mail::Entity::insert_many(told).exec(&practice.app.db).await.unwrap();
    practice.step(&practice.home, "cancellation", &[("reason", "I am well again.")]).await;
    assert_eq!(taking_out(&practice.to_doctor().await).len(), 1);
}
