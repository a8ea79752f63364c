//! Mail that is not right now and may be right again is held; it is cancelled when the visit moved or ended, or its time is over.

use super::*;

const REMINDER: &str = "Reminder of your visit";

/// An approved visit, and the hour before its reminder is due: who runs the hospital. They are signed out between two looks at the clock.
async fn before_the_reminder(practice: &Practice) -> Person {
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.to_patient().await;
    practice.app.clock.set(practice.visit.starts_at - TimeDelta::hours(25));
    hospital_admin(&practice.hospital).create(&practice.app).await
}

/// What the desk does at that moment.
async fn desk(practice: &Practice, admin: &Person, path: &str) {
    let answer = practice.app.sign_in(admin).await.post_form(path, &[]).await.expect(303);
    assert!(!answer.location().starts_with("/sign-in"), "{path}");
}

async fn reminders(practice: &Practice) -> usize {
    practice.to_patient().await.iter().filter(|email| email.subject == REMINDER).count()
}

async fn status(practice: &Practice) -> MailStatus {
    practice.rows(MailKind::Reminder).await[0].status
}

#[tokio::test]
async fn a_reminder_that_falls_due_in_an_absence_goes_once_the_absence_is_taken_back() {
    let practice = Practice::open().await;
    let admin = before_the_reminder(&practice).await;
    let away = (practice.visit.starts_at - TimeDelta::hours(3), practice.visit.starts_at + TimeDelta::hours(3));
    let id = time_off(&practice.app, &practice.doctor, away, "").await;
    practice.app.clock.advance(TimeDelta::hours(2));
    assert_eq!((reminders(&practice).await, status(&practice).await), (0, MailStatus::Waiting));
    desk(&practice, &admin, &format!("/doctors/{}/time-off/{id}/removal", practice.doctor.id)).await;
    practice.app.clock.advance(TimeDelta::minutes(11));
    assert_eq!((reminders(&practice).await, status(&practice).await), (1, MailStatus::Sent));
}

#[tokio::test]
async fn a_reminder_waits_while_an_account_is_shut_for_an_hour() {
    for who in ["doctors", "patients"] {
        let practice = Practice::open().await;
        let admin = before_the_reminder(&practice).await;
        let id = if who == "doctors" { practice.doctor.id } else { practice.patient.id };
        desk(&practice, &admin, &format!("/{who}/{id}/deactivation")).await;
        practice.app.clock.advance(TimeDelta::minutes(90));
        assert_eq!((reminders(&practice).await, status(&practice).await), (0, MailStatus::Waiting), "{who}");
        desk(&practice, &admin, &format!("/{who}/{id}/reactivation")).await;
        practice.app.clock.advance(TimeDelta::minutes(11));
        assert_eq!((reminders(&practice).await, status(&practice).await), (1, MailStatus::Sent), "{who}");
    }
}

#[tokio::test]
async fn news_to_somebody_who_is_shut_out_is_told_when_they_are_let_in_again() {
    let practice = Practice::open().await;
    let shut = |active| {
        entity::user::Entity::update_many()
            .col_expr(entity::user::Column::Active, Expr::value(active))
            .filter(entity::user::Column::Id.eq(practice.patient.user_id))
            .exec(&practice.app.db)
    };
    practice.step(&practice.surgery, "approval", &[]).await;
    shut(false).await.unwrap();
    let before = practice.to_patient().await.len();
    shut(true).await.unwrap();
    practice.app.clock.advance(TimeDelta::minutes(11));
    let sent = practice.to_patient().await;
    assert!(sent.len() >= before && sent.iter().filter(|email| email.subject == "A visit was approved").count() == 1);
}

/// Held until then, and no longer: the visit moved on, or its time is over.
#[tokio::test]
async fn what_is_held_is_cancelled_when_the_visit_ended_or_its_time_is_over() {
    for ended in [true, false] {
        let practice = Practice::open().await;
        let admin = before_the_reminder(&practice).await;
        desk(&practice, &admin, &format!("/doctors/{}/deactivation", practice.doctor.id)).await;
        practice.app.clock.advance(TimeDelta::minutes(90));
        assert_eq!((reminders(&practice).await, status(&practice).await), (0, MailStatus::Waiting));
        if ended {
            let client = practice.app.sign_in(&admin).await;
            practice.step(&client, "cancellation", &[("reason", "Nobody is left.")]).await;
            practice.app.clock.advance(TimeDelta::minutes(11));
        } else {
            practice.app.clock.set(practice.visit.starts_at + TimeDelta::minutes(1));
        }
        assert_eq!((reminders(&practice).await, status(&practice).await), (0, MailStatus::Cancelled), "{ended}");
    }
}
