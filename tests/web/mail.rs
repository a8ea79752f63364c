//! What leaves the server by e-mail: to whom, when, what it says and what it keeps to itself.

mod at_will;
mod held;
mod invitations;
mod later_words;
mod sending;
mod server;

use chrono::TimeDelta;
use entity::{
    appointment,
    enums::{MailKind, MailStatus},
    mail::{self, Column},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set, sea_query::Expr};
use telemedicine::integrations::mailer::{Email, NotSent};

use crate::support::*;

/// A hospital with its desk, a doctor and a patient who asked for a visit in ten days.
struct Practice {
    pair: Pair,
    visit: Appointment,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    async fn open() -> Self {
        let pair = Pair::of(TestApp::start().await, hospital().named("Lakeside")).await;
        let visit = pair.meet_in(240 * 60, AppointmentStatus::Requested).await;
        Self { pair, visit }
    }

    /// Somebody takes a step with the visit.
    async fn step(&self, by: &Client, noun: &str, more: &[(&str, &str)]) {
        let row = appointment::Entity::find_by_id(self.visit.id).one(&self.app.db).await.unwrap().unwrap();
        let version = row.version.to_string();
        let fields = [&[("version", version.as_str())], more].concat();
        by.post_form(&format!("{}/{noun}", self.visit.path()), &fields).await.expect(303);
    }

    /// The doctor declines so many requests of the patient.
    async fn decline(&self, requests: usize) {
        for _ in 0..requests {
            let visit = appointment().of(&self.doctor).with(&self.patient).at(self.app.in_hours(300));
            let visit = visit.status(AppointmentStatus::Requested).requested_by(&self.patient).create(&self.app).await;
            let fields = [("version", "0"), ("reason", "The ward is shut.")];
            self.surgery.post_form(&format!("{}/rejection", visit.path()), &fields).await.expect(303);
        }
    }

    async fn to_patient(&self) -> Vec<Email> {
        self.app.emails_to(&self.patient.email).await
    }

    async fn to_doctor(&self) -> Vec<Email> {
        self.app.emails_to(&self.doctor.email).await
    }

    async fn rows(&self, kind: MailKind) -> Vec<mail::Model> {
        let rows = mail::Entity::find().filter(Column::Kind.eq(kind)).order_by_asc(Column::Id);
        rows.all(&self.app.db).await.unwrap()
    }
}

#[tokio::test]
async fn each_step_is_told_to_the_others_once() {
    let practice = Practice::open().await;
    practice.step(&practice.surgery, "approval", &[]).await;
    let [approved] = &practice.to_patient().await[..] else { panic!("one email") };
    assert_eq!(approved.subject, "A visit was approved");
    assert!(
        approved.text.contains("with Dr Asha Rai on Friday 4 December 2026, 10:00 was approved"),
        "{}",
        approved.text
    );
    assert!(approved.text.contains("Asia/Kathmandu") && approved.text.contains("Lakeside"));
    assert!(approved.text.contains(&format!("/appointments/{}", practice.visit.id)));

    let wanted = [("first_name", "Asha"), ("last_name", "Rai"), ("mail", "with_arrivals")];
    practice.surgery.post_form("/profile", &wanted).await.expect(303);
    practice.step(&practice.home, "confirmation", &[]).await;
    // Nobody arrives before the day.
    let today = appointment::ActiveModel {
        id: Set(practice.visit.id),
        starts_at: Set(practice.app.in_hours(1)),
        ends_at: Set(practice.app.in_hours(2)),
        ..Default::default()
    };
    today.update(&practice.app.db).await.unwrap();
    practice.step(&practice.home, "arrival", &[]).await;
    let subjects: Vec<String> = practice.to_doctor().await.into_iter().map(|email| email.subject).collect();
    assert_eq!(subjects, ["A patient is waiting"], "that they confirmed is old by then");
    practice.step(&practice.surgery, "start", &[]).await;
    practice.step(&practice.surgery, "outcome", &[("outcome", "completed")]).await;
    assert_eq!(practice.to_patient().await.len(), 1, "nobody is told of a visit they are in");
    assert_eq!(practice.to_doctor().await.len(), 1, "nor twice, however often the post goes");
}

#[tokio::test]
async fn nothing_clinical_and_no_patients_name_is_in_an_email_to_somebody_else() {
    let practice = Practice::open().await;
    let reason = "The lump has gone.";
    practice.step(&practice.home, "cancellation", &[("reason", reason)]).await;
    let emails = practice.to_doctor().await;
    let [email] = &emails[..] else { panic!("one email") };
    assert!(email.text.contains("The visit with a patient on"), "{}", email.text);
    let row = appointment::Entity::find_by_id(practice.visit.id).one(&practice.app.db).await.unwrap().unwrap();
    for told in ["Maya", "Gurung", reason, &row.symptoms.unwrap(), &practice.patient.email] {
        assert!(!email.text.contains(told) && !email.subject.contains(told), "{told}: {}", email.text);
    }
}

#[tokio::test]
async fn what_has_changed_before_it_could_be_sent_is_not_told() {
    let practice = Practice::open().await;
    practice.app.mail.fail(Some(NotSent::Away("refused".to_owned())));
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.app.send_mail().await;
    practice.step(&practice.surgery, "cancellation", &[("reason", "The ward is shut.")]).await;
    practice.app.mail.fail(None);
    practice.app.clock.advance(TimeDelta::hours(1));
    let subjects: Vec<String> = practice.to_patient().await.into_iter().map(|email| email.subject).collect();
    assert_eq!(subjects, ["A visit was cancelled"]);
    let approved = practice.rows(MailKind::Notice).await.remove(0);
    assert_eq!(approved.status, MailStatus::Cancelled);
    assert!(approved.finished_at.is_some());
}

#[tokio::test]
async fn the_patient_is_reminded_the_day_before_and_only_of_a_visit_that_stands() {
    let practice = Practice::open().await;
    practice.step(&practice.surgery, "approval", &[]).await;
    assert_eq!(practice.to_patient().await.len(), 1);
    let day_before = practice.visit.starts_at - TimeDelta::hours(24);
    practice.app.clock.set(day_before - TimeDelta::minutes(1));
    assert_eq!(practice.to_patient().await.len(), 1, "too early");
    practice.app.clock.set(day_before);
    let emails = practice.to_patient().await;
    let reminder = &emails.get(1).expect("a reminder").text;
    assert!(reminder.contains("your visit with Dr Asha Rai on Friday 4 December 2026, 10:00"), "{reminder}");
    assert!(reminder.contains("confirm that you will come"));
    practice.app.clock.set(day_before + TimeDelta::hours(20));
    assert_eq!(practice.to_patient().await.len(), 2, "once");
}

#[tokio::test]
async fn who_confirmed_is_reminded_and_not_asked_again() {
    let practice = Practice::open().await;
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.step(&practice.home, "confirmation", &[]).await;
    practice.app.clock.set(practice.visit.starts_at - TimeDelta::hours(23));
    let emails = practice.to_patient().await;
    let reminder = emails.iter().find(|email| email.subject == "Reminder of your visit").expect("a reminder");
    assert!(!reminder.text.contains("confirm"), "{}", reminder.text);
}

#[tokio::test]
async fn nobody_is_reminded_of_a_visit_that_was_cancelled_or_is_over() {
    for late in [false, true] {
        let practice = Practice::open().await;
        practice.step(&practice.surgery, "approval", &[]).await;
        if late {
            practice.app.clock.set(practice.visit.starts_at + TimeDelta::minutes(1));
        } else {
            practice.step(&practice.home, "cancellation", &[("reason", "I am well again.")]).await;
            practice.app.clock.set(practice.visit.starts_at - TimeDelta::hours(20));
        }
        let emails = practice.to_patient().await;
        assert!(emails.iter().all(|email| email.subject != "Reminder of your visit"), "late: {late}");
        assert_eq!(practice.rows(MailKind::Reminder).await[0].status, MailStatus::Cancelled);
    }
}

#[tokio::test]
async fn nobody_who_was_shut_out_is_written_to() {
    let practice = Practice::open().await;
    practice.step(&practice.surgery, "approval", &[]).await;
    let shut = entity::user::Entity::update_many()
        .col_expr(entity::user::Column::Active, Expr::value(false))
        .filter(entity::user::Column::Id.eq(practice.patient.user_id));
    let was_sent = practice.app.mail.sent().len();
    shut.exec(&practice.app.db).await.unwrap();
    assert_eq!(practice.to_patient().await.len(), was_sent);
}
