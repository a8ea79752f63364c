//! What goes with a visit that is moved: its reminder, its guests; and what nobody should meet there.

use entity::visit_guest;

use super::*;

#[tokio::test]
async fn moved_away_and_back_the_patient_is_reminded_once() {
    let practice = Practice::open().await;
    for (version, time) in ["2026-11-26T11:00", "2026-11-26T10:00", "2026-11-26T11:00"].iter().enumerate() {
        let fields = [("version", version.to_string()), ("starts_at", (*time).to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        practice.desk.post_form(&practice.path(), &fields).await.expect(303);
    }
    practice.app.clock.advance(TimeDelta::hours(26));
    let reminders = practice.app.emails_to(&practice.patient.email).await;
    let reminders: Vec<_> = reminders.iter().filter(|email| email.subject == "Reminder of your visit").collect();
    assert_eq!(reminders.len(), 1);
    assert!(reminders[0].text.contains("11:00"), "{}", reminders[0].text);
}

#[tokio::test]
async fn who_was_invited_to_it_is_invited_to_it_where_it_is_now() {
    let practice = Practice::open().await;
    guest(&practice.app, (&practice.visit, &practice.doctor), "of a link").await;
    practice.move_to(&practice.desk, "2026-11-30T11:00", &[]).await.expect(303);
    let guests = visit_guest::Entity::find().all(&practice.app.db).await.unwrap();
    assert_eq!(guests.len(), 1);
    assert_eq!(guests[0].expires_at, practice.stored().await.ends_at + TimeDelta::hours(4));
}

#[tokio::test]
async fn a_version_that_no_visit_has_is_one_that_was_not_seen() {
    let practice = Practice::open().await;
    for version in ["2147483647", "-2147483648"] {
        let fields = [("version", version), ("starts_at", "2026-11-26T11:00"), ("reason", "None.")];
        for noun in ["rescheduling", "cancellation"] {
            let fields: &[_] = if noun == "rescheduling" { &fields[..2] } else { &[fields[0], fields[2]] };
            practice.desk.post_form(&format!("{}/{noun}", practice.visit.path()), fields).await.expect(409);
        }
    }
    assert_eq!(practice.stored().await.version, 0);
}

#[tokio::test]
async fn where_no_hours_are_entered_the_page_leads_to_them() {
    let practice = Practice::open().await;
    let colleague = doctor(&practice.hospital).create(&practice.app).await;
    let visit = appointment().of(&colleague).with(&practice.patient).at(practice.app.in_hours(24));
    let visit = visit.create(&practice.app).await;
    let page = practice.desk.get(&format!("{}/rescheduling", visit.path())).await.ok();
    assert!(page.links().contains(&format!("/doctors/{}/availability", colleague.id)), "{}", page.words());
}
