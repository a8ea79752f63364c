//! What mails say of visits: the same sentence as the notification, without what somebody else wrote and without the
//! patient's name. Mail is read by whoever carries it; the page behind the link is not.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::{AppointmentStatus, MailKind, Modality, NotificationKind, Role},
    mail::Model,
};

use super::{
    invitation::{invitation, method},
    notification::{Facts, ToldTimes, capitalised, is_former, sentence},
    queries::{self, VisitOfMail},
};
use crate::{
    features::{
        mail::{self, EmailText, Recipient, Written},
        modalities::how_it_is_held,
    },
    state::AppState,
    text::{CalendarMethod, doctor_name},
    time_zone::Tz,
    web::{AppError, Moment},
};

/// News that could not be sent for so long is none.
const OLD: TimeDelta = TimeDelta::days(7);
/// What a patient can do again and again.
const AT_WILL: [NotificationKind; 4] = [
    NotificationKind::AppointmentRequested,
    // One wish after the other.
    NotificationKind::TimeWished,
    NotificationKind::AppointmentCancelled,
    // They may take it back, and arrive again.
    NotificationKind::PatientArrived,
];
/// So many mails of each of these a doctor gets in an hour; those that are sent at one moment may go beyond it.
const IN_AN_HOUR: u64 = 10;

/// The words of a notice or a reminder to `recipient`; not when the visit has changed since it was written, and not now when nobody would be there.
///
/// # Errors
/// The database's.
pub(crate) async fn write(state: &AppState, mail: &Model, recipient: &Recipient) -> Result<Written, AppError> {
    let Some(id) = mail.appointment_id else { return Ok(Written::NoLonger) };
    let former = (recipient.role == Role::Doctor).then_some(mail.recipient_id);
    let Some(visit) = queries::visit_of_mail(&state.db.reader(), (id, former)).await? else {
        return Ok(Written::NoLonger);
    };
    let (now, origin) = (state.clock.now(), state.settings.server.origin());
    let takes_out = method(mail, &visit, recipient.role) == Some(CalendarMethod::Cancel);
    // What is not sent stays in a calendar for ever.
    if !takes_out && is_one_too_many(state, mail, recipient).await? {
        return Ok(Written::NoLonger);
    }
    let (subject, said) = match (mail.kind, mail.notice) {
        (MailKind::Notice, Some(kind)) if is_news(mail, &visit, (recipient.role, now)) => {
            (subject(kind), notice(kind, &visit, recipient))
        }
        (MailKind::Reminder, _)
            if is_near(mail, &visit, now) && !mail::is_repeated(&state.db.reader(), mail).await? =>
        {
            if !visit.has_doctor() {
                return Ok(Written::NotNow);
            }
            ("Reminder of your visit", reminder((id, &visit), recipient, &origin))
        }
        _ => return Ok(Written::NoLonger),
    };
    let said = if takes_out { said + OUT_OF_CALENDAR } else { said };
    let zone = recipient.zone().name();
    // Whoever handed it over sees it no more.
    let page = if mail.notice.is_some_and(|kind| is_former(kind, recipient.role)) {
        "notifications".to_owned()
    } else {
        format!("appointments/{id}")
    };
    let text = format!("{said}\n\nTimes are in {zone}. More about it, after signing in:\n{origin}/{page}");
    let words = EmailText { subject: subject.to_owned(), text };
    Ok(match invitation(state, mail, (id, &visit), recipient) {
        Some(invitation) => Written::Inviting(words, invitation),
        None => Written::Words(words),
    })
}

/// Whether a doctor was sent as many mails with this news as a doctor gets in an hour. Patients ask and cancel as often as they like: the
/// notifications on the page tell of each.
async fn is_one_too_many(state: &AppState, mail: &Model, recipient: &Recipient) -> Result<bool, AppError> {
    let Some(news) = mail.notice.filter(|news| AT_WILL.contains(news) && recipient.role == Role::Doctor) else {
        return Ok(false);
    };
    let since = state.clock.now() - TimeDelta::hours(1);
    Ok(mail::news_since(&state.db.reader(), (mail.recipient_id, news), since).await? >= IN_AN_HOUR)
}

/// Whether the visit is still as the notice found it, and that not long ago; or it is something that stays so, whatever becomes of the visit.
fn is_news(mail: &Model, visit: &VisitOfMail, (role, now): (Role, DateTime<Utc>)) -> bool {
    let is_so = if mail.notice.is_some_and(|kind| is_former(kind, role)) {
        // It is to go out of their calendar, whatever has become of it with the other; unless it is theirs again.
        visit.doctor_user_id != mail.recipient_id
    } else {
        mail.appointment_version == Some(visit.version) || mail.notice.is_some_and(stays_so)
    };
    is_so && now - mail.created_at < OLD
}

/// Whether the visit of a reminder is still to come, at that time.
fn is_near(mail: &Model, visit: &VisitOfMail, now: DateTime<Utc>) -> bool {
    AppointmentStatus::AGREED.contains(&visit.status)
        && mail.visit_starts_at == Some(visit.starts_at)
        && now < visit.starts_at
}

fn notice(kind: NotificationKind, visit: &VisitOfMail, recipient: &Recipient) -> String {
    let doctor = visit.doctor();
    // The visit is as it was then, or the mail would not be written; but to whom it was handed over.
    let times =
        ToldTimes::of(recipient.zone(), Some(visit.starts_at), visit.proposed_starts_at.or(visit.wished_starts_at));
    let is_theirs_no_more = is_former(kind, recipient.role);
    let times = match kind {
        _ if is_theirs_no_more => ToldTimes { starts_at: visit.handed_over, proposed: None },
        NotificationKind::AppointmentHandedOver => {
            ToldTimes { proposed: visit.handed_over.filter(|before| times.starts_at != Some(*before)), ..times }
        }
        _ => times,
    };
    let facts = Facts { kind, times, doctor: &doctor, patient: "a patient", reason: None };
    let asks = match kind {
        NotificationKind::AppointmentProposed => " Please accept or refuse it.",
        NotificationKind::TimeWished => {
            " The visit stays at its time until somebody answers: please accept the other time, or leave the visit where it is."
        }
        // Whoever had confirmed had not confirmed this time. Where the hospital's clock was corrected, it may be one of many, and the only one that is told
        // by mail.
        NotificationKind::AppointmentRescheduled if recipient.role == Role::Patient => {
            if visit.status == AppointmentStatus::Scheduled { MOVED_CONFIRM } else { MOVED }
        }
        NotificationKind::AppointmentRescheduled => MOVED,
        NotificationKind::AppointmentHandedOver if recipient.role == Role::Patient => CONFIRM,
        _ => "",
    };
    let said = capitalised(&sentence(&facts, recipient.role)) + asks;
    if is_theirs_no_more || is_of_the_past(kind) {
        said
    } else {
        format!("{said} {}", how_it_is_held(visit.modality, recipient.role))
    }
}

/// Whether nobody is to come any more: how is of no use to them.
fn is_of_the_past(kind: NotificationKind) -> bool {
    use NotificationKind::{AppointmentCancelled, AppointmentCorrected, AppointmentNoShow, AppointmentRejected};
    matches!(kind, AppointmentCancelled | AppointmentCorrected | AppointmentNoShow | AppointmentRejected)
        || is_of_what_was_written(kind)
}

/// Whether no step of the visit makes it untrue: what was written of it stands, and whoever was told something wrong is to know.
fn stays_so(kind: NotificationKind) -> bool {
    kind == NotificationKind::AppointmentCorrected || is_of_what_was_written(kind)
}

/// Whether it is about a note or a document, which no step of the visit changes.
fn is_of_what_was_written(kind: NotificationKind) -> bool {
    use NotificationKind::{DocumentIssued, DocumentRevoked, NoteSigned};
    matches!(kind, NoteSigned | DocumentIssued | DocumentRevoked)
}

fn reminder((id, visit): (i64, &VisitOfMail), recipient: &Recipient, origin: &str) -> String {
    let when = when(visit.starts_at, recipient.zone());
    let (doctor, confirm) = (visit.doctor(), if visit.status == AppointmentStatus::Scheduled { CONFIRM } else { "" });
    let how = how_it_is_held(visit.modality, recipient.role);
    let check = match visit.modality {
        Modality::Video => format!("{TRY_DEVICES}\n{origin}/device-check?appointment={id}\n\n"),
        Modality::Phone | Modality::InPerson => String::new(),
    };
    format!("This is to remind you of your visit with {doctor} on {when}. {how}{confirm}\n\n{check}{CANNOT_COME}")
}

const OUT_OF_CALENDAR: &str = " If it is in your calendar, this mail takes it out.";
const MOVED: &str = " Your notifications tell of each visit of yours that was moved.";
const MOVED_CONFIRM: &str =
    " Please confirm that you will come then. Your notifications tell of each visit of yours that was moved.";
const CONFIRM: &str = " Please confirm that you will come.";
const TRY_DEVICES: &str =
    "Try before whether camera and microphone work, with the device that you will use; it takes a minute:";
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
        NotificationKind::AppointmentHandedOver => "A visit is with another doctor",
        NotificationKind::AppointmentConfirmed => "A visit was confirmed",
        NotificationKind::PatientArrived => "A patient is waiting",
        NotificationKind::AppointmentNoShow => "A visit was recorded as not attended",
        NotificationKind::AppointmentCorrected => "What was recorded of a visit was taken back",
        NotificationKind::ModalityChanged => "A visit is held in another way",
        NotificationKind::NoteSigned => "Something about your visit is there to read",
        NotificationKind::DocumentIssued => "A document of your visit is there to read",
        NotificationKind::DocumentRevoked => "A document of your visit was revoked",
        NotificationKind::AbsenceRecorded => "An absence was recorded over a visit",
        NotificationKind::TimeWished => "Another time is asked for",
        NotificationKind::WishRefused => "Your visit stays at its time",
        NotificationKind::WishWithdrawn => "A visit stays at its time",
    }
}

impl VisitOfMail {
    /// Nobody is sent to a doctor who is not there: the desk has it on its list of visits without a doctor. That may be taken back in time.
    fn has_doctor(&self) -> bool {
        self.doctor_active && !self.doctor_away
    }

    pub(super) fn doctor(&self) -> String {
        doctor_name(&self.doctor_first_name, &self.doctor_last_name)
    }
}
