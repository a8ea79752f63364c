//! Which mail comes is chosen on the profile: all, the changes of one's visits alone, or none. What is about the account always comes.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::{
    enums::{MailKind, MailStatus, NotificationKind, SecurityEvent},
    mail,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, Iterable, QueryFilter};

use crate::support::*;

use NotificationKind as News;

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
    /// A visit in ten days that the patient asked for.
    async fn open() -> Self {
        Self::with(10 * 24 * 60, AppointmentStatus::Requested).await
    }

    async fn with(minutes: i64, status: AppointmentStatus) -> Self {
        let pair = Pair::of(TestApp::start().await, hospital().named("Lakeside")).await;
        let visit = pair.meet_in(minutes, status).await;
        Self { pair, visit }
    }

    /// What they choose on their profile.
    async fn choose(&self, by: &Client, choice: &str) {
        let profile = by.get("/profile").await.ok();
        by.submit(&profile, "form[action='/profile']", &[("mail", choice)]).await.expect(303);
        let chosen = by.get("/profile").await.ok();
        assert_eq!(chosen.attributes("input[name=mail][checked]", "value"), [choice]);
    }

    async fn take(&self, by: &Client, noun: &str, fields: &[(&str, &str)]) {
        by.post_form(&format!("{}/{noun}", self.visit.path()), fields).await.expect(303);
    }

    async fn to(&self, person: &Person) -> Vec<String> {
        self.app.emails_to(&person.email).await.into_iter().map(|email| email.subject).collect()
    }
}

#[tokio::test]
async fn all_mail_comes_to_whoever_has_not_chosen() {
    let practice = Practice::open().await;
    for client in [&practice.home, &practice.surgery] {
        let page = client.get("/profile").await.ok();
        assert_eq!(rules::broken(&page.body), Vec::<String>::new());
        assert_eq!(page.attributes("input[name=mail][checked]", "value"), ["all"]);
        assert!(page.text("#mail-choice").contains("Mail about your account always comes, and cannot be turned off"));
    }
    practice.take(&practice.surgery, "approval", &[("version", "0")]).await;
    assert_eq!(practice.to(&practice.patient).await, ["A visit was approved"]);
    practice.app.clock.set(practice.visit.starts_at - TimeDelta::hours(23));
    assert_eq!(practice.to(&practice.patient).await, ["A visit was approved", "Reminder of your visit"]);
}

#[tokio::test]
async fn with_changes_alone_no_reminder_comes_and_no_word_of_messages() {
    let practice = Practice::open().await;
    practice.choose(&practice.home, "changes").await;
    practice.take(&practice.surgery, "approval", &[("version", "0")]).await;
    practice.take(&practice.surgery, "messages", &[("body", "Bring your glasses")]).await;
    practice.app.clock.advance(TimeDelta::minutes(12));
    assert_eq!(practice.to(&practice.patient).await, ["A visit was approved"]);
    let thread = format!("{}/messages", practice.visit.path());
    assert!(practice.home.get("/messages").await.ok().body.contains(&thread), "it is there to be read");
    practice.app.clock.set(practice.visit.starts_at - TimeDelta::hours(23));
    assert_eq!(practice.to(&practice.patient).await, ["A visit was approved"]);
}

#[tokio::test]
async fn with_none_the_page_tells_and_mail_about_the_account_comes() {
    let practice = Practice::open().await;
    practice.choose(&practice.home, "none").await;
    practice.take(&practice.surgery, "approval", &[("version", "0")]).await;
    assert_eq!(practice.to(&practice.patient).await, Vec::<String>::new());
    let news = practice.home.get("/notifications").await.ok();
    assert!(news.says("was approved"), "{}", news.words());
    let fields = [("current_password", PASSWORD), ("new_password", "seven slow boats at noon")];
    practice.home.post_form("/profile/password", &fields).await.expect(303);
    assert_eq!(practice.to(&practice.patient).await.len(), 1, "that the password was changed");
    practice.app.visitor().post_form("/password-reset", &[("email", &practice.patient.email)]).await.expect(303);
    assert_eq!(practice.app.emails_when(&practice.patient.email, 2).await.len(), 2);
}

/// The choice is asked when a mail goes out, not when it is written.
#[tokio::test]
async fn a_choice_counts_for_what_waits() {
    let practice = Practice::open().await;
    practice.take(&practice.surgery, "approval", &[("version", "0")]).await;
    practice.to(&practice.patient).await;
    practice.choose(&practice.home, "changes").await;
    let reminder = mail::Entity::find().filter(mail::Column::Kind.eq(MailKind::Reminder));
    let waiting = reminder.clone().one(&practice.app.db).await.unwrap().unwrap();
    assert_eq!(waiting.status, MailStatus::Waiting);
    practice.choose(&practice.home, "all").await;
    practice.app.clock.set(practice.visit.starts_at - TimeDelta::hours(24) - TimeDelta::minutes(1));
    let home = practice.app.sign_in(&practice.patient).await;
    practice.choose(&home, "changes").await;
    practice.app.clock.advance(TimeDelta::hours(1));
    assert!(!practice.to(&practice.patient).await.contains(&"Reminder of your visit".to_owned()));
    assert_eq!(reminder.one(&practice.app.db).await.unwrap().unwrap().status, MailStatus::Cancelled);
}

#[tokio::test]
async fn that_somebody_waits_is_mailed_to_doctors_who_choose_it_alone() {
    for (choice, mails) in
        [(None, 0), (Some("all"), 0), (Some("changes"), 0), (Some("none"), 0), (Some("with_arrivals"), 1)]
    {
        let practice = Practice::with(20, AppointmentStatus::Scheduled).await;
        if let Some(choice) = choice {
            practice.choose(&practice.surgery, choice).await;
        }
        practice.take(&practice.home, "arrival", &[("version", "0")]).await;
        assert_eq!(practice.to(&practice.doctor).await, vec!["A patient is waiting"; mails], "{choice:?}");
        let news = practice.surgery.get("/notifications").await.ok();
        assert!(news.says("is waiting for the visit"), "the page tells in any case: {choice:?}");
    }
}

/// One mail of each kind to somebody: those that were kept from them because of what they chose.
async fn kept_from(choice: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let practice = Practice::open().await;
    practice.choose(&practice.surgery, choice).await;
    let row = |kind: MailKind| mail::ActiveModel {
        recipient_id: Set(practice.doctor.user_id),
        kind: Set(kind),
        appointment_id: Set(Some(practice.visit.id)),
        status: Set(MailStatus::Waiting),
        due_at: Set(practice.app.now()),
        attempts: Set(0),
        created_at: Set(practice.app.now()),
        updated_at: Set(practice.app.now()),
        ..Default::default()
    };
    for news in News::iter() {
        let told =
            mail::ActiveModel { notice: Set(Some(news)), appointment_version: Set(Some(0)), ..row(MailKind::Notice) };
        told.insert(&practice.app.db).await.unwrap();
    }
    let at = practice.visit.starts_at;
    let reminder = mail::ActiveModel { visit_starts_at: Set(Some(at)), ..row(MailKind::Reminder) };
    let security = mail::ActiveModel {
        appointment_id: Set(None),
        security_event: Set(Some(SecurityEvent::PasswordChanged)),
        ..row(MailKind::Security)
    };
    for other in [reminder, security, row(MailKind::Messages)] {
        other.insert(&practice.app.db).await.unwrap();
    }
    practice.to(&practice.doctor).await;
    let rows = mail::Entity::find().filter(mail::Column::RecipientId.eq(practice.doctor.user_id));
    let (mut kept, mut others) = (BTreeSet::new(), BTreeSet::new());
    for row in rows.all(&practice.app.db).await.unwrap() {
        let is_kept = row.last_error.as_deref() == Some("its recipient has chosen not to get it");
        assert_eq!(is_kept, is_kept && row.status == MailStatus::Cancelled);
        let name = row.notice.map_or_else(|| format!("{:?}", row.kind), |news| format!("{news:?}"));
        if is_kept {
            kept.insert(name)
        } else {
            others.insert(name)
        };
    }
    (kept, others)
}

const MORE: [&str; 9] = [
    "AbsenceRecorded",
    "AppointmentConfirmed",
    "AppointmentCorrected",
    "AppointmentNoShow",
    "DocumentIssued",
    "DocumentRevoked",
    "Messages",
    "NoteSigned",
    "Reminder",
];

#[tokio::test]
async fn each_kind_comes_with_the_choices_that_it_is_said_to_come_with() {
    let (kept, _) = kept_from("with_arrivals").await;
    assert_eq!(kept, BTreeSet::new());
    let (kept, _) = kept_from("all").await;
    assert_eq!(kept, BTreeSet::from(["PatientArrived".to_owned()]));
    let (kept, _) = kept_from("changes").await;
    assert_eq!(kept, MORE.iter().chain(&["PatientArrived"]).map(|name| (*name).to_owned()).collect());
    let (_, others) = kept_from("none").await;
    assert_eq!(others, BTreeSet::from(["Security".to_owned()]));
}

#[tokio::test]
async fn what_nobody_can_choose_is_refused() {
    let practice = Practice::open().await;
    let choose = async |by: &Client, choice: &str| {
        by.post_form("/profile", &[("first_name", "Maya"), ("last_name", "Rai"), ("mail", choice)]).await
    };
    for choice in ["with_arrivals", "All", "", "security"] {
        assert!(choose(&practice.home, choice).await.expect(422).has("#mail-error"), "{choice:?}");
    }
    choose(&practice.surgery, "with_arrivals").await.expect(303);
    let desk = practice.app.sign_in(&hospital_admin(&practice.hospital).create(&practice.app).await).await;
    choose(&desk, "with_arrivals").await.expect(422);
    choose(&desk, "changes").await.expect(303);
    // Who runs the platform gets no mail about visits.
    let platform = practice.app.sign_in(&super_admin().create(&practice.app).await).await;
    choose(&platform, "none").await.expect(422);
    assert!(!platform.get("/profile").await.ok().has("#mail-choice"));
    // What is not sent stays as it was chosen.
    practice.surgery.post_form("/profile", &[("first_name", "Asha"), ("last_name", "Rai")]).await.expect(303);
    let kept = practice.surgery.get("/profile").await.ok();
    assert_eq!(kept.attributes("input[name=mail][checked]", "value"), ["with_arrivals"]);
}

/// Whoever chose something else meanwhile reads it by its name.
#[tokio::test]
async fn a_choice_that_was_changed_meanwhile_is_called_by_its_name() {
    let practice = Practice::open().await;
    let profile = practice.home.get("/profile").await.ok();
    practice.choose(&practice.home, "none").await;
    let refused = practice.home.submit(&profile, "form[action='/profile']", &[("mail", "changes")]).await.expect(409);
    assert!(
        refused.text("#mail-error").contains("Stored now: No mail about visits"),
        "{}",
        refused.text("#mail-error")
    );
}
