//! Writing rows of the outbox.

use chrono::{DateTime, Utc};
use entity::{
    enums::{MailKind, MailStatus, NotificationKind},
    mail::ActiveModel,
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::super::queries::NO_PAGE;
use crate::db::UnitOfWork;

/// What is to be told to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A link to choose a password.
    PasswordLink {
        /// `password_link.id`
        link_id: i64,
    },
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

fn row(at: DateTime<Utc>, recipient_id: i64, queued: QueuedMail) -> ActiveModel {
    let blank = ActiveModel {
        id: NotSet,
        recipient_id: Set(recipient_id),
        kind: Set(MailKind::Notice),
        notice: Set(None),
        appointment_id: Set(None),
        appointment_version: Set(None),
        visit_starts_at: Set(None),
        password_link_id: Set(None),
        status: Set(MailStatus::Waiting),
        due_at: Set(at),
        attempts: Set(0),
        last_error: Set(None),
        finished_at: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
    };
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
        QueuedMail::PasswordLink { link_id } => {
            ActiveModel { kind: Set(MailKind::PasswordLink), password_link_id: Set(Some(link_id)), ..blank }
        }
    }
}
