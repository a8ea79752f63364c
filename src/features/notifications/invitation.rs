//! Visits in calendars: what an invitation by mail and a calendar that is subscribed to say of them. No name but the doctor's, and nothing of why.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AppointmentStatus, MailKind, Modality, NotificationKind, Role},
    mail::Model,
};

use super::{notification::is_former, queries::VisitOfMail};
use crate::{
    features::{
        mail::Recipient,
        modalities::{how_it_is_held, modality_label},
    },
    integrations::mailer::Invitation,
    settings::ServerSettings,
    state::AppState,
    text::{CalendarEvent, CalendarMethod, InvitationParties, calendar},
};

/// A visit as far as calendars tell of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CalendarVisit<'a> {
    /// `appointment.id`
    pub(crate) id: i64,
    /// `appointment.version`
    pub(crate) version: i32,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    pub(crate) modality: Modality,
    /// `Dr Asha Rai`
    pub(crate) doctor: &'a str,
    /// The hospital's name.
    pub(crate) hospital: &'a str,
}

/// The visit in the calendar of somebody of `role`.
pub(crate) fn calendar_event(server: &ServerSettings, role: Role, visit: &CalendarVisit<'_>) -> CalendarEvent {
    let CalendarVisit { id, modality, doctor, hospital, .. } = *visit;
    let how = modality_label(modality);
    let url = format!("{}/appointments/{id}", server.origin());
    CalendarEvent {
        uid: format!("appointment-{id}@{}", server.host()),
        sequence: visit.version,
        starts_at: visit.starts_at,
        ends_at: visit.ends_at,
        summary: match role {
            Role::Doctor => format!("Visit ({how})"),
            _ => format!("Visit with {doctor} ({how})"),
        },
        description: format!("{}\nMore about it, after signing in: {url}", how_it_is_held(modality, role)),
        location: if modality == Modality::InPerson { hospital.to_owned() } else { how.to_owned() },
        url,
    }
}

/// What goes with a mail about the visit `id` for the calendar of its doctor or patient: an invitation to one that stands, the end of one that
/// did. Nothing with other news, and for nobody else.
pub(super) fn invitation(
    state: &AppState,
    mail: &Model,
    (id, visit): (i64, &VisitOfMail),
    recipient: &Recipient,
) -> Option<Invitation> {
    let is_party = matches!(recipient.role, Role::Doctor | Role::Patient);
    let method = method(mail, visit, recipient.role).filter(|_| is_party)?;
    let is_former = mail.notice.is_some_and(|kind| is_former(kind, recipient.role));
    // To whoever had it before it is where it was then.
    let then = visit.handed_over.filter(|_| is_former).and_then(|then| recipient.zone().instant(then));
    let starts_at = then.unwrap_or(visit.starts_at);
    let told = CalendarVisit {
        id,
        version: visit.version,
        starts_at,
        ends_at: starts_at + (visit.ends_at - visit.starts_at),
        modality: visit.modality,
        doctor: &visit.doctor(),
        hospital: recipient.hospital.as_deref().unwrap_or_default(),
    };
    let event = calendar_event(&state.settings.server, recipient.role, &told);
    let event = if is_former { without_page(&state.settings.server, event) } else { event };
    let organizer = state.settings.mail.from.email.to_string();
    let parties = InvitationParties { organizer: &organizer, attendee: &recipient.email };
    Some(Invitation { method, text: calendar(method, state.clock.now(), Some(parties), &[event]) })
}

/// The end of a visit that the reader does not see any more: their notifications tell of it.
fn without_page(server: &ServerSettings, event: CalendarEvent) -> CalendarEvent {
    let url = format!("{}/notifications", server.origin());
    CalendarEvent { description: format!("More about it, after signing in: {url}"), url, ..event }
}

/// What the mail does in the calendar of a party.
pub(super) fn method(mail: &Model, visit: &VisitOfMail, role: Role) -> Option<CalendarMethod> {
    let is_called_off = visit.status == AppointmentStatus::Cancelled && visit.stood;
    match (mail.kind, mail.notice) {
        // Of a visit that may be over, and that stands where it stood in their calendar.
        (MailKind::Notice, Some(NotificationKind::AppointmentCorrected)) => None,
        // Where it stands there already.
        (MailKind::Notice, Some(NotificationKind::TimeWished | NotificationKind::WishRefused)) => None,
        (MailKind::Notice, Some(kind)) if is_former(kind, role) => Some(CalendarMethod::Cancel),
        (MailKind::Notice | MailKind::Reminder, _) if AppointmentStatus::AGREED.contains(&visit.status) => {
            Some(CalendarMethod::Request)
        }
        // A request that was never granted is in nobody's calendar.
        (MailKind::Notice, Some(NotificationKind::AppointmentCancelled)) if is_called_off => {
            Some(CalendarMethod::Cancel)
        }
        _ => None,
    }
}
