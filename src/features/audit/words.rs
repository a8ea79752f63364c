//! The words of the trail: the one source for entries and filters.

use chrono::DateTime;
use entity::enums::{AuditAction, AuditSubject};
use serde_json::Value;

use crate::time_zone::Tz;

/// Every act, in the order in which the filter offers them.
pub(super) const ACTIONS: [AuditAction; 34] = [
    AuditAction::Opened,
    AuditAction::Created,
    AuditAction::Updated,
    AuditAction::Activated,
    AuditAction::Deactivated,
    AuditAction::Removed,
    AuditAction::Requested,
    AuditAction::Booked,
    AuditAction::Approved,
    AuditAction::Rejected,
    AuditAction::Proposed,
    AuditAction::ProposalAccepted,
    AuditAction::ProposalRefused,
    AuditAction::Confirmed,
    AuditAction::Rescheduled,
    AuditAction::Arrived,
    AuditAction::Started,
    AuditAction::Completed,
    AuditAction::NoShow,
    AuditAction::Cancelled,
    AuditAction::SignedUp,
    AuditAction::SignedIn,
    AuditAction::SignedOut,
    AuditAction::SessionRevoked,
    AuditAction::SessionsRevoked,
    AuditAction::PasswordChanged,
    AuditAction::SecondFactorAdded,
    AuditAction::SecondFactorRemoved,
    AuditAction::SecondFactorUsed,
    AuditAction::SecondFactorRefused,
    AuditAction::RecoveryCodesMade,
    AuditAction::Refused,
    AuditAction::Exported,
    AuditAction::Erased,
];

/// Every kind of record, in the order in which the filter offers them.
pub(super) const SUBJECTS: [AuditSubject; 8] = [
    AuditSubject::Patient,
    AuditSubject::Appointment,
    AuditSubject::Doctor,
    AuditSubject::User,
    AuditSubject::Hospital,
    AuditSubject::Availability,
    AuditSubject::TimeOff,
    AuditSubject::UserSession,
];

/// The act's value in filters, and what somebody did, to be read after their name.
pub(super) fn action(action: AuditAction) -> (&'static str, &'static str) {
    match action {
        AuditAction::Opened => ("opened", "opened the record"),
        AuditAction::Created => ("created", "added the record"),
        AuditAction::Updated => ("updated", "changed the record"),
        AuditAction::Activated => ("activated", "activated the record"),
        AuditAction::Deactivated => ("deactivated", "deactivated the record"),
        AuditAction::Removed => ("removed", "removed the record"),
        AuditAction::SignedUp => ("signed_up", "signed up"),
        AuditAction::SignedIn => ("signed_in", "signed in"),
        AuditAction::SignedOut => ("signed_out", "signed out"),
        AuditAction::SessionRevoked => ("session_revoked", "signed a session out"),
        AuditAction::SessionsRevoked => ("sessions_revoked", "signed all other sessions out"),
        AuditAction::PasswordChanged => ("password_changed", "changed the password"),
        AuditAction::Refused => ("refused", "was refused"),
        AuditAction::Exported => ("exported", "took a copy of everything"),
        AuditAction::Erased => ("erased", "erased the person"),
        AuditAction::SecondFactorAdded
        | AuditAction::SecondFactorRemoved
        | AuditAction::SecondFactorUsed
        | AuditAction::SecondFactorRefused
        | AuditAction::RecoveryCodesMade => factor_action(action),
        of_a_visit => visit_action(of_a_visit),
    }
}

fn factor_action(action: AuditAction) -> (&'static str, &'static str) {
    match action {
        AuditAction::SecondFactorAdded => ("second_factor_added", "added a second factor"),
        AuditAction::SecondFactorRemoved => ("second_factor_removed", "removed a second factor"),
        AuditAction::SecondFactorUsed => ("second_factor_used", "used a second factor"),
        AuditAction::SecondFactorRefused => ("second_factor_refused", "was refused at the second factor"),
        _ => ("recovery_codes_made", "made new recovery codes"),
    }
}

fn visit_action(action: AuditAction) -> (&'static str, &'static str) {
    match action {
        AuditAction::Requested => ("requested", "asked for the visit"),
        AuditAction::Booked => ("booked", "booked the visit"),
        AuditAction::Approved => ("approved", "approved the request"),
        AuditAction::Proposed => ("proposed", "proposed another time"),
        AuditAction::ProposalAccepted => ("proposal_accepted", "accepted the proposed time"),
        AuditAction::ProposalRefused => ("proposal_refused", "refused the proposed time"),
        AuditAction::Rejected => ("rejected", "declined the request"),
        AuditAction::Confirmed => ("confirmed", "confirmed the visit"),
        AuditAction::Rescheduled => ("rescheduled", "moved the visit to another time"),
        AuditAction::Arrived => ("arrived", "recorded the arrival"),
        AuditAction::Started => ("started", "began the visit"),
        AuditAction::Completed => ("completed", "recorded the visit as completed"),
        AuditAction::NoShow => ("no_show", "recorded that the patient did not attend"),
        _ => ("cancelled", "cancelled the visit"),
    }
}

/// The act whose value is `code`.
pub(super) fn action_from_code(code: &str) -> Option<AuditAction> {
    ACTIONS.into_iter().find(|known| action(*known).0 == code)
}

/// The value in filters of a kind of record, and its name.
pub(super) fn subject(subject: AuditSubject) -> (&'static str, &'static str) {
    match subject {
        AuditSubject::Hospital => ("hospital", "Hospital"),
        AuditSubject::User => ("user", "Account"),
        AuditSubject::Doctor => ("doctor", "Doctor"),
        AuditSubject::Patient => ("patient", "Patient"),
        AuditSubject::Availability => ("availability", "Working hours"),
        AuditSubject::TimeOff => ("time_off", "Time off"),
        AuditSubject::Appointment => ("appointment", "Visit"),
        AuditSubject::UserSession => ("user_session", "Session"),
    }
}

/// The kind of record whose value is `code`.
pub(super) fn subject_from_code(code: &str) -> Option<AuditSubject> {
    SUBJECTS.into_iter().find(|known| subject(*known).0 == code)
}

/// What an entry adds, in words: `from scheduled, to waiting`; `changed first name, phone`; instants on the clocks of `zone`. Empty when it
/// adds nothing.
pub(super) fn detail(detail: &Value, zone: Tz) -> String {
    let Value::Object(parts) = detail else { return String::new() };
    let described: Vec<String> =
        parts.iter().map(|(name, value)| format!("{} {}", spaced(name), plain(value, zone))).collect();
    described.join(", ")
}

/// The same without e-mail addresses, for whoever is not to know whose they are.
pub(super) fn detail_without_addresses(whole: &Value, zone: Tz) -> String {
    let Value::Object(parts) = whole else { return String::new() };
    let is_told = |value: &Value| !value.as_str().is_some_and(is_address);
    let told = parts.iter().filter(|(_, value)| is_told(value)).map(|(name, value)| (name.clone(), value.clone()));
    detail(&Value::Object(told.collect()), zone)
}

/// Of all that an entry adds, addresses alone hold this sign.
fn is_address(text: &str) -> bool {
    text.contains('@')
}

fn plain(value: &Value, zone: Tz) -> String {
    match value {
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => instant.with_timezone(&zone).format("%A %-d %B %Y, %H:%M").to_string(),
            Err(_) if is_address(text) => text.clone(),
            Err(_) => spaced(text),
        },
        Value::Array(items) => items.iter().map(|item| plain(item, zone)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;

    fn told(detail_of_entry: Value) -> String {
        "Asia/Kathmandu".parse().map_or_else(|_error| String::new(), |zone| detail(&detail_of_entry, zone))
    }

    #[test]
    fn every_act_and_every_kind_of_record_is_found_by_a_value_of_its_own() {
        assert!(ACTIONS.into_iter().all(|known| action_from_code(action(known).0) == Some(known)));
        assert!(SUBJECTS.into_iter().all(|known| subject_from_code(subject(known).0) == Some(known)));
        assert_eq!(ACTIONS.into_iter().map(|known| action(known).1).collect::<HashSet<_>>().len(), ACTIONS.len());
        assert_eq!((action_from_code("nonsense"), subject_from_code("")), (None, None));
    }

    #[test]
    fn what_an_entry_adds_reads_as_words() {
        assert_eq!(told(json!({})), "");
        assert_eq!(told(json!({"changed": ["first_name", "phone"]})), "changed first name, phone");
        assert_eq!(told(json!({"from": "in_progress", "to": "completed"})), "from in progress, to completed");
        assert_eq!(told(json!({"sessions_ended": 2})), "sessions ended 2");
        assert_eq!(told(json!({"to": "maya_rai@clinic.test"})), "to maya_rai@clinic.test");
        assert_eq!(told(json!({"starts_at": "2026-11-27T09:15:00Z"})), "starts at Friday 27 November 2026, 15:00");
    }
}
