//! Writing rows of the outbox.

use chrono::{DateTime, Utc};
use entity::{
    enums::{MailKind, MailStatus, NotificationKind, SecurityEvent},
    mail::{ActiveModel, Column, Entity},
};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, Set,
    sea_query::{Expr, ExprTrait},
};

use super::super::queries::NO_PAGE;
use crate::db::UnitOfWork;

/// What is to be told to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum QueuedMail {
    /// What happened to a visit.
    Notice {
        /// What.
        kind: NotificationKind,
        /// `appointment.id`
        appointment_id: i64,
        /// `appointment.version` after it happened. A visit with another one has changed since.
        version: i32,
    },
    /// That a visit is near.
    Reminder {
        /// `appointment.id`
        appointment_id: i64,
        /// When the visit is, UTC.
        starts_at: DateTime<Utc>,
        /// When to tell, UTC.
        due_at: DateTime<Utc>,
    },
    /// That there are messages about a visit, if they are not read by then.
    Messages {
        /// `appointment.id`
        appointment_id: i64,
        /// When to tell, UTC.
        due_at: DateTime<Utc>,
    },
    /// A link to choose a password.
    PasswordLink {
        /// `password_link.id`
        link_id: i64,
    },
    /// A link to an address.
    AddressLink {
        /// `address_link.id`
        link_id: i64,
        /// Where it goes, whatever the account's address is.
        address: String,
    },
    /// What was done to their account.
    Security(SecurityEvent),
}

/// Puts one mail for each `user.id` and content into the outbox, in the unit of work of what is told: at the instant `at`. One
/// statement, or none without any.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn queue(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    mails: impl IntoIterator<Item = (i64, QueuedMail)>,
) -> Result<(), DbErr> {
    let rows = mails.into_iter().map(|(recipient_id, queued)| row(at, recipient_id, queued));
    uow.insert_many(rows, NO_PAGE).await.map(|_stored| ())
}

/// A visit that was moved so that the clock goes on showing what was promised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MovedVisit {
    /// `appointment.id`
    pub(crate) appointment_id: i64,
    /// When it was, UTC.
    pub(crate) from: DateTime<Utc>,
    /// When it is, UTC.
    pub(crate) to: DateTime<Utc>,
}

/// Visits of one statement.
const FOLLOWED: usize = 1_000;

/// Lets the mails that wait follow such visits, whose version is one more: what they tell is as true as it was, and a reminder is due as long
/// before the visit. Two statements for a thousand visits, and one for each reminder.
///
/// # Errors
/// The database's.
pub(crate) async fn follow(uow: &UnitOfWork, now: DateTime<Utc>, moved: &[MovedVisit]) -> Result<(), DbErr> {
    for some in moved.chunks(FOLLOWED) {
        let of_these = Condition::all()
            .add(Column::AppointmentId.is_in(some.iter().map(|visit| visit.appointment_id)))
            .add(Column::Status.eq(MailStatus::Waiting));
        let notices = Entity::update_many()
            .col_expr(Column::AppointmentVersion, Expr::col(Column::AppointmentVersion).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(of_these.clone())
            .filter(Column::Kind.eq(MailKind::Notice));
        uow.update_where(notices, NO_PAGE).await?;
        let reminders = Entity::find().filter(of_these).filter(Column::Kind.eq(MailKind::Reminder));
        for reminder in uow.read(async |conn| reminders.all(conn).await).await? {
            let visit = some.iter().find(|visit| Some(visit.appointment_id) == reminder.appointment_id);
            let Some(visit) = visit.filter(|visit| Some(visit.from) == reminder.visit_starts_at) else { continue };
            let follows = ActiveModel {
                visit_starts_at: Set(Some(visit.to)),
                due_at: Set(reminder.due_at + (visit.to - visit.from)),
                updated_at: Set(now),
                ..Default::default()
            };
            uow.update_where(Entity::update_many().set(follows).filter(Column::Id.eq(reminder.id)), NO_PAGE).await?;
        }
    }
    Ok(())
}

fn row(at: DateTime<Utc>, recipient_id: i64, queued: QueuedMail) -> ActiveModel {
    let blank = blank(at, recipient_id);
    match queued {
        QueuedMail::Notice { kind, appointment_id, version } => ActiveModel {
            notice: Set(Some(kind)),
            appointment_id: Set(Some(appointment_id)),
            appointment_version: Set(Some(version)),
            ..blank
        },
        QueuedMail::Reminder { appointment_id, starts_at, due_at } => ActiveModel {
            kind: Set(MailKind::Reminder),
            appointment_id: Set(Some(appointment_id)),
            visit_starts_at: Set(Some(starts_at)),
            due_at: Set(due_at),
            ..blank
        },
        QueuedMail::Messages { appointment_id, due_at } => ActiveModel {
            kind: Set(MailKind::Messages),
            appointment_id: Set(Some(appointment_id)),
            due_at: Set(due_at),
            ..blank
        },
        QueuedMail::PasswordLink { link_id } => {
            ActiveModel { kind: Set(MailKind::PasswordLink), password_link_id: Set(Some(link_id)), ..blank }
        }
        QueuedMail::AddressLink { link_id, address } => ActiveModel {
            kind: Set(MailKind::AddressLink),
            address_link_id: Set(Some(link_id)),
            address: Set(Some(address)),
            ..blank
        },
        QueuedMail::Security(event) => {
            ActiveModel { kind: Set(MailKind::Security), security_event: Set(Some(event)), ..blank }
        }
    }
}

/// A row of the outbox in which what is of one kind is left out.
fn blank(at: DateTime<Utc>, recipient_id: i64) -> ActiveModel {
    ActiveModel {
        id: NotSet,
        recipient_id: Set(recipient_id),
        kind: Set(MailKind::Notice),
        notice: Set(None),
        appointment_id: Set(None),
        appointment_version: Set(None),
        visit_starts_at: Set(None),
        password_link_id: Set(None),
        address_link_id: Set(None),
        address: Set(None),
        security_event: Set(None),
        status: Set(MailStatus::Waiting),
        due_at: Set(at),
        attempts: Set(0),
        last_error: Set(None),
        finished_at: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
    }
}
