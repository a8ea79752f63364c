//! What mails say of visits: the same sentence as the notification, without what somebody else wrote and without the
//! patient's name. Mail is read by whoever carries it; the page behind the link is not.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::{AppointmentStatus, MailKind, NotificationKind},
    mail::Model,
};

use super::{
    notification::{Facts, sentence},
    queries::{self, VisitOfMail},
};
use crate::{
    features::{
        mail::{EmailText, Recipient},
        modalities::how_it_is_held,
    },
    state::AppState,
    time_zone::Tz,
    web::{AppError, Moment},
};

/// News that could not be sent for so long is none.
const OLD: TimeDelta = TimeDelta::days(7);
/// Who is to come: their visits are worth a reminder.
const EXPECTED: [AppointmentStatus; 2] = [AppointmentStatus::Scheduled, AppointmentStatus::Confirmed];

/// The words of a notice or a reminder to `recipient`; nothing when the visit has changed since it was written.
///
/// # Errors
/// The database's.
pub(crate) async fn write(
    state: &AppState,
    mail: &Model,
    recipient: &Recipient,
) -> Result<Option<EmailText>, AppError> {
    let Some(id) = mail.appointment_id else { return Ok(None) };
    let Some(visit) = queries::visit_of_mail(&state.db.reader(), id).await? else { return Ok(None) };
    let now = state.clock.now();
    let (subject, said) = match (mail.kind, mail.notice) {
        (MailKind::Notice, Some(kind)) if is_news(mail, &visit, now) => {
            (subject(kind), notice(kind, &visit, recipient))
        }
        (MailKind::Reminder, _) if is_near(mail, &visit, now) => {
            ("Reminder of your visit", reminder(&visit, recipient))
        }
        _ => return Ok(None),
    };
    let (origin, zone) = (state.settings.server.origin(), recipient.zone().name());
    let text = format!("{said}\n\nTimes are in {zone}. More about it, after signing in:\n{origin}/appointments/{id}");
    Ok(Some(EmailText { subject: subject.to_owned(), text }))
}

/// Whether the visit is still as the notice found it, and that not long ago.
fn is_news(mail: &Model, visit: &VisitOfMail, now: DateTime<Utc>) -> bool {
    mail.appointment_version == Some(visit.version) && now - mail.created_at < OLD
}

/// Whether the visit of a reminder is still to come, at that time. Nobody is sent to a doctor who is not there: the desk has it on its list
/// of visits without a doctor.
fn is_near(mail: &Model, visit: &VisitOfMail, now: DateTime<Utc>) -> bool {
    let has_doctor = visit.doctor_active && !visit.doctor_away;
    has_doctor
        && EXPECTED.contains(&visit.status)
        && mail.visit_starts_at == Some(visit.starts_at)
        && now < visit.starts_at
}

fn notice(kind: NotificationKind, visit: &VisitOfMail, recipient: &Recipient) -> String {
    let doctor = visit.doctor();
    let facts = Facts {
        kind,
        starts_at: Some(visit.starts_at),
        proposed_starts_at: visit.proposed_starts_at,
        doctor: &doctor,
        patient: "a patient",
        reason: None,
    };
    let asks = if kind == NotificationKind::AppointmentProposed { " Please accept or refuse it." } else { "" };
    let said = capitalised(&sentence(&facts, recipient.role, recipient.zone())) + asks;
    if is_of_the_past(kind) { said } else { format!("{said} {}", how_it_is_held(visit.modality, recipient.role)) }
}

/// Whether nobody is to come any more: how is of no use to them.
fn is_of_the_past(kind: NotificationKind) -> bool {
    use NotificationKind::{AppointmentCancelled, AppointmentNoShow, AppointmentRejected};
    matches!(kind, AppointmentCancelled | AppointmentNoShow | AppointmentRejected)
}

fn reminder(visit: &VisitOfMail, recipient: &Recipient) -> String {
    let when = when(visit.starts_at, recipient.zone());
    let (doctor, confirm) = (visit.doctor(), if visit.status == AppointmentStatus::Scheduled { CONFIRM } else { "" });
    let how = how_it_is_held(visit.modality, recipient.role);
    format!("This is to remind you of your visit with {doctor} on {when}. {how}{confirm}\n\n{CANNOT_COME}")
}

const CONFIRM: &str = " Please confirm that you will come.";
const CANNOT_COME: &str = "If you cannot come, cancel it on the page below, so that somebody else can have the time.";

fn when(at: DateTime<Utc>, zone: Tz) -> String {
    Moment::new(at, zone).text
}

fn subject(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::AppointmentRequested => "A visit was asked for",
        NotificationKind::AppointmentBooked => "A visit was booked",
        NotificationKind::AppointmentApproved => "A visit was approved",
        NotificationKind::AppointmentProposed => "Another time was proposed",
        NotificationKind::ProposalAccepted => "The proposed time was accepted",
        NotificationKind::ProposalRefused => "The proposed time was refused",
        NotificationKind::AppointmentRejected => "A request was declined",
        NotificationKind::AppointmentCancelled => "A visit was cancelled",
        NotificationKind::AppointmentRescheduled => "A visit was moved",
        NotificationKind::AppointmentConfirmed => "A visit was confirmed",
        NotificationKind::PatientArrived => "A patient is waiting",
        NotificationKind::AppointmentNoShow => "A visit was recorded as not attended",
    }
}

impl VisitOfMail {
    fn doctor(&self) -> String {
        format!("Dr {} {}", self.doctor_first_name, self.doctor_last_name)
    }
}

/// Sentences that begin with the patient would begin in lower case.
fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
