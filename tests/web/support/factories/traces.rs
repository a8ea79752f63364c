//! What surrounds people and appointments: notifications, working hours, absences, sessions, links.

use chrono::{DateTime, NaiveTime, Utc};
use entity::{
    address_link as address_link_row, availability,
    enums::{AddressLinkPurpose, LinkPurpose, MailKind, MailStatus, NotificationKind},
    mail, notification, password_link as link, time_off, user_session,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{
    super::TestApp,
    appointments::Appointment,
    people::{Doctor, Person},
    texts::Texts,
};

/// A notification in the database.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    pub(crate) id: i64,
    pub(crate) recipient_id: i64,
}

/// An unread notification to that person.
pub(crate) fn notification(recipient: &Person) -> NotificationDraft {
    NotificationDraft {
        recipient_id: recipient.user_id,
        kind: NotificationKind::AppointmentBooked,
        appointment_id: None,
        read: false,
        created_at: None,
    }
}

#[must_use]
pub(crate) struct NotificationDraft {
    recipient_id: i64,
    kind: NotificationKind,
    appointment_id: Option<i64>,
    read: bool,
    created_at: Option<DateTime<Utc>>,
}

impl NotificationDraft {
    pub(crate) fn about(mut self, appointment: &Appointment) -> Self {
        self.appointment_id = Some(appointment.id);
        self
    }

    pub(crate) fn of_kind(mut self, kind: NotificationKind) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn read(mut self) -> Self {
        self.read = true;
        self
    }

    pub(crate) fn from(mut self, at: DateTime<Utc>) -> Self {
        self.created_at = Some(at);
        self
    }

    pub(crate) async fn create(self, app: &TestApp) -> Notification {
        let created_at = self.created_at.unwrap_or_else(|| app.now());
        let model = notification::ActiveModel {
            recipient_id: Set(self.recipient_id),
            kind: Set(self.kind),
            appointment_id: Set(self.appointment_id),
            read_at: Set(self.read.then_some(created_at)),
            created_at: Set(created_at),
            updated_at: Set(created_at),
            ..Default::default()
        };
        let id = model.insert(&app.db).await.unwrap().id;
        Notification { id, recipient_id: self.recipient_id }
    }
}

/// That hour of a day.
pub(crate) fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

/// A window of the doctor's week, 0 = Monday, in the hospital's zone; its id.
pub(crate) async fn availability(
    app: &TestApp,
    doctor: &Doctor,
    weekday: i16,
    (from, to): (NaiveTime, NaiveTime),
) -> i64 {
    let model = availability::ActiveModel {
        doctor_id: Set(doctor.id),
        weekday: Set(weekday),
        start_time: Set(from),
        end_time: Set(to),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    model.insert(&app.db).await.unwrap().id
}

/// The doctor works on each day of the week between these hours of the hospital's clock.
pub(crate) async fn works_daily(app: &TestApp, doctor: &Doctor, (from, until): (u32, u32)) {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    for weekday in 0..7 {
        availability(app, doctor, weekday, (hour(from), hour(until))).await;
    }
}

/// An absence of the doctor, with a reason; its id.
pub(crate) async fn time_off(
    app: &TestApp,
    doctor: &Doctor,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    payload: &str,
) -> i64 {
    let mut texts = Texts::new();
    texts.say(payload);
    let model = time_off::ActiveModel {
        doctor_id: Set(doctor.id),
        starts_at: Set(from),
        ends_at: Set(to),
        reason: Set(Some(texts.make("Absence", 255))),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    model.insert(&app.db).await.unwrap().id
}

/// A session of that person on a browser that calls itself `user_agent`: nobody has its key. Its id.
pub(crate) async fn session(app: &TestApp, person: &Person, user_agent: &str) -> i64 {
    let digits = format!("{:016x}", rand::random::<u64>());
    let model = user_session::ActiveModel {
        key_hash: Set(digits.repeat(4)),
        user_id: Set(person.user_id),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        last_seen_at: Set(app.now()),
        expires_at: Set(app.in_hours(12)),
        ip: Set("203.0.113.7".to_owned()),
        user_agent: Set(user_agent.to_owned()),
        proved_at: Set(None),
        revoked_at: Set(None),
        ..Default::default()
    };
    model.insert(&app.db).await.unwrap().id
}

/// The last part of the address of a link by which that person chooses a password: read from the mail that carries it.
pub(crate) async fn password_link(app: &TestApp, person: &Person) -> String {
    let now = app.now();
    let row = link::ActiveModel {
        user_id: Set(person.user_id),
        purpose: Set(LinkPurpose::Invitation),
        expires_at: Set(app.in_hours(24 * 7)),
        ended_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let link_id = row.insert(&app.db).await.unwrap().id;
    let row = mail::ActiveModel {
        recipient_id: Set(person.user_id),
        kind: Set(MailKind::PasswordLink),
        password_link_id: Set(Some(link_id)),
        status: Set(MailStatus::Waiting),
        due_at: Set(now),
        attempts: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    row.insert(&app.db).await.unwrap();
    token_in(&app.emails_to(&person.email).await.last().expect("the mail was sent").text).expect("it holds a link")
}

/// The last part of the address of a link by which that person keeps their address: read from the mail that carries it.
pub(crate) async fn address_link(app: &TestApp, person: &Person) -> String {
    let now = app.now();
    let row = address_link_row::ActiveModel {
        user_id: Set(person.user_id),
        purpose: Set(AddressLinkPurpose::WayBack),
        address: Set(person.email.clone()),
        asked_by: Set(person.user_id),
        expires_at: Set(app.in_hours(24 * 8)),
        ended_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let link_id = row.insert(&app.db).await.unwrap().id;
    let row = mail::ActiveModel {
        recipient_id: Set(person.user_id),
        kind: Set(MailKind::AddressLink),
        address_link_id: Set(Some(link_id)),
        address: Set(Some(person.email.clone())),
        status: Set(MailStatus::Waiting),
        due_at: Set(now),
        attempts: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    row.insert(&app.db).await.unwrap();
    token_in(&app.emails_to(&person.email).await.last().expect("the mail was sent").text).expect("it holds a link")
}

/// The last part of the address of the link in a mail.
pub(crate) fn token_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("/password-links/").or_else(|| text.split_once("/address-links/"))?;
    rest.split_whitespace().next().map(str::to_owned)
}
