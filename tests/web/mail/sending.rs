//! Sending what is due: once, whatever becomes of the mail server, of one mail, or of an instance.

use super::*;
use crate::sweeping::removed;

#[tokio::test]
async fn while_the_mail_server_is_away_acts_succeed_and_mail_waits() {
    let practice = Practice::open().await;
    let app = &practice.app;
    assert_eq!(app.visitor().get("/health/ready").await.ok().body.matches("\"mail\":\"ok\"").count(), 1);
    app.mail.fail(Some(NotSent::Away("connection refused".to_owned())));
    practice.step(&practice.surgery, "approval", &[]).await;
    assert!(practice.to_patient().await.is_empty());
    let waiting = practice.rows(MailKind::Notice).await.remove(0);
    assert_eq!(
        (waiting.status, waiting.last_error.as_deref()),
        (MailStatus::Waiting, Some("away: connection refused"))
    );
    let ready = app.visitor().get("/health/ready").await.ok();
    assert!(
        ready.body.contains("\"mail\":\"retrying\"") && ready.body.contains("\"status\":\"degraded\""),
        "{}",
        ready.body
    );
    assert!(app.visitor().get("/metrics").await.ok().body.contains("telemedicine_mail_total{outcome=\"postponed\"}"));

    // Each pause is longer than the one before.
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let waiting = practice.rows(MailKind::Notice).await.remove(0);
        pauses.push((waiting.due_at - app.now()).num_minutes());
        app.clock.set(waiting.due_at);
        app.send_mail().await;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 15, 15]);
    app.mail.fail(None);
    app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(practice.to_patient().await.len(), 1, "nothing is lost");
    assert!(app.visitor().get("/health/ready").await.ok().body.contains("\"mail\":\"ok\""));
}

#[tokio::test]
async fn an_email_that_is_refused_holds_up_no_other() {
    let practice = Practice::open().await;
    practice.app.mail.fail(Some(NotSent::Refused("no such mailbox".to_owned())));
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.app.emails_to("").await;
    practice.app.mail.fail(None);
    practice.step(&practice.home, "confirmation", &[]).await;
    assert_eq!(practice.to_doctor().await.len(), 1);
    practice.app.clock.advance(TimeDelta::days(1));
    assert!(practice.to_patient().await.is_empty());
    let refused = practice.rows(MailKind::Notice).await.remove(0);
    assert_eq!((refused.status, refused.last_error.as_deref()), (MailStatus::Refused, Some("no such mailbox")));
}

#[tokio::test]
async fn an_email_that_is_not_taken_now_is_no_sign_of_a_server_that_is_away() {
    let practice = Practice::open().await;
    practice.app.mail.fail(Some(NotSent::Later("450 come back later".to_owned())));
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.to_patient().await;
    assert!(practice.app.visitor().get("/health/ready").await.ok().body.contains("\"mail\":\"ok\""));
    let waiting = practice.rows(MailKind::Notice).await.remove(0);
    assert_eq!((waiting.status, waiting.last_error.as_deref()), (MailStatus::Waiting, Some("450 come back later")));
    practice.app.mail.fail(None);
    practice.app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(practice.to_patient().await.len(), 1);
}

#[tokio::test]
async fn when_nothing_is_taken_the_rest_is_not_tried() {
    let practice = Practice::open().await;
    practice.app.mail.fail(Some(NotSent::Later("550 5.7.1 your quota is used up".to_owned())));
    practice.decline(20).await;
    let round = practice.app.send_mail().await;
    assert!(round.is_away || round.postponed == 0, "{round:?}");
    let tried = practice.rows(MailKind::Notice).await.iter().filter(|mail| mail.attempts > 0).count();
    assert!((1..=12).contains(&tried), "{tried} of 20");
    practice.app.mail.fail(None);
    practice.app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(practice.to_patient().await.len(), 20, "nothing is lost");
}

#[tokio::test]
async fn what_an_instance_that_died_had_in_hand_is_sent_by_another_under_the_same_id() {
    let practice = Practice::open().await;
    practice.app.mail.fail(Some(NotSent::Away("refused".to_owned())));
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.app.send_mail().await;
    practice.app.mail.fail(None);
    // As it stands once it was claimed, and nobody is left to say what became of it.
    let claimed = mail::Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(practice.app.now() + TimeDelta::minutes(3)))
        .col_expr(Column::LastError, Expr::value(Option::<String>::None))
        .filter(Column::Kind.eq(MailKind::Notice));
    claimed.exec(&practice.app.db).await.unwrap();
    practice.app.clock.advance(TimeDelta::seconds(179));
    practice.app.send_mail().await;
    assert!(practice.app.mail.sent().is_empty(), "somebody may still be sending it");
    practice.app.clock.advance(TimeDelta::seconds(1));
    practice.app.send_mail().await;
    let row = practice.rows(MailKind::Notice).await.remove(0);
    let emails = practice.to_patient().await;
    assert_eq!(emails[0].message_id, format!("mail-{}-{}", row.id, row.created_at.timestamp_micros()));
}

#[tokio::test]
async fn a_mail_sender_that_is_stopped_begins_nothing() {
    let practice = Practice::open().await;
    let mail_sender = practice.app.mail_sender().await;
    mail_sender.stop_signal().stop();
    practice.app.mail.fail(Some(NotSent::Away("refused".to_owned())));
    practice.step(&practice.surgery, "approval", &[]).await;
    assert_eq!(mail_sender.round().await.unwrap().postponed, 0);
}

#[tokio::test]
async fn several_instances_send_each_email_once() {
    let practice = Practice::open().await;
    for _ in 0..20 {
        let visit = appointment().of(&practice.doctor).with(&practice.patient).at(practice.app.in_hours(300));
        let visit =
            visit.status(AppointmentStatus::Requested).requested_by(&practice.patient).create(&practice.app).await;
        let fields = [("version", "0"), ("reason", "The ward is shut.")];
        practice.surgery.post_form(&format!("{}/rejection", visit.path()), &fields).await.expect(303);
    }
    let mut mail_senders = Vec::new();
    for _ in 0..4 {
        mail_senders.push(practice.app.mail_sender().await);
    }
    let rounds = futures_util::future::join_all(mail_senders.iter().map(|mail_sender| mail_sender.round())).await;
    assert!(rounds.iter().all(Result::is_ok));
    let emails = practice.to_patient().await;
    assert_eq!(emails.len(), 20);
    let ids: std::collections::BTreeSet<&str> = emails.iter().map(|email| email.message_id.as_str()).collect();
    assert_eq!(ids.len(), 20, "and each has an id of its own");
}

#[tokio::test]
async fn what_was_over_long_ago_is_removed_and_what_waits_is_not() {
    let practice = Practice::open().await;
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.to_patient().await;
    practice.app.clock.advance(TimeDelta::days(29));
    assert!(removed(&practice.app).await.iter().all(|(_, removed)| *removed == 0));
    practice.app.clock.advance(TimeDelta::days(2));
    assert_eq!(removed(&practice.app).await[1], ("mails", 1));
    assert_eq!(practice.rows(MailKind::Reminder).await.len(), 1);
}
