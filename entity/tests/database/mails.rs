//! A row of each kind of link and mail.

use entity::{
    address_link, calendar_link,
    enums::{AddressLinkPurpose, LinkPurpose, MailKind, MailStatus, NotificationKind, SecurityEvent},
    mail, password_link,
};

use crate::rows::{changed, made};
use crate::support::at;

pub(crate) fn link(user: i64) -> password_link::Model {
    password_link::Model {
        id: 0,
        user_id: user,
        purpose: LinkPurpose::Reset,
        expires_at: at(30),
        ended_at: Some(at(-1)),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn calendar_link(user: i64) -> calendar_link::Model {
    calendar_link::Model {
        id: 0,
        user_id: user,
        digest: vec![7; 32],
        made_at: at(-2),
        created_at: made(),
        updated_at: changed(),
    }
}

/// News of a visit that the mail server refused.
pub(crate) fn notice(appointment: i64, recipient: i64) -> mail::Model {
    mail::Model {
        id: 0,
        recipient_id: recipient,
        kind: MailKind::Notice,
        notice: Some(NotificationKind::AppointmentProposed),
        appointment_id: Some(appointment),
        appointment_version: Some(8),
        visit_starts_at: None,
        password_link_id: None,
        address_link_id: None,
        address: None,
        security_event: None,
        status: MailStatus::Refused,
        due_at: at(-20),
        attempts: 3,
        last_error: Some("no such mailbox".to_owned()),
        finished_at: Some(at(-10)),
        created_at: made(),
        updated_at: changed(),
    }
}

/// A link that waits to be sent.
pub(crate) fn link_mail(link: i64, recipient: i64) -> mail::Model {
    mail::Model {
        kind: MailKind::PasswordLink,
        notice: None,
        appointment_id: None,
        appointment_version: None,
        password_link_id: Some(link),
        status: MailStatus::Waiting,
        last_error: None,
        finished_at: None,
        ..notice(0, recipient)
    }
}

/// A reminder that is to be sent some day.
pub(crate) fn reminder(appointment: i64, recipient: i64) -> mail::Model {
    mail::Model {
        kind: MailKind::Reminder,
        notice: None,
        appointment_version: None,
        visit_starts_at: Some(at(0)),
        status: MailStatus::Waiting,
        last_error: None,
        finished_at: None,
        ..notice(appointment, recipient)
    }
}

/// A way back to an address, which nobody has used.
pub(crate) fn address_link(user: i64) -> address_link::Model {
    address_link::Model {
        id: 0,
        user_id: user,
        purpose: AddressLinkPurpose::WayBack,
        address: "before@clinic.test".to_owned(),
        asked_by: user,
        expires_at: at(30),
        ended_at: None,
        created_at: made(),
        updated_at: changed(),
    }
}

/// A link to an address that waits to be sent there.
pub(crate) fn address_mail(link: i64, recipient: i64) -> mail::Model {
    mail::Model {
        kind: MailKind::AddressLink,
        password_link_id: None,
        address_link_id: Some(link),
        address: Some("before@clinic.test".to_owned()),
        ..link_mail(0, recipient)
    }
}

/// What was done to an account, to be told to its owner.
pub(crate) fn security_mail(recipient: i64) -> mail::Model {
    mail::Model {
        kind: MailKind::Security,
        password_link_id: None,
        security_event: Some(SecurityEvent::NewDevice),
        ..link_mail(0, recipient)
    }
}

/// That there are messages about a visit, to be told to who has not read them.
pub(crate) fn unread_mail(appointment: i64, recipient: i64) -> mail::Model {
    mail::Model { kind: MailKind::Messages, visit_starts_at: None, ..reminder(appointment, recipient) }
}
