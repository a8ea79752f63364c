//! Which mail comes with which choice: one table over all that is sent, and its words on the page where people choose.
//!
//! It is judged when a mail is about to be sent, so a choice also counts for what waits: a reminder of the week before, a message of ten minutes ago.
//! What calendars are told goes with the mail that tells it: with the changes of visits alone they stay right.

use entity::{
    enums::{MailChoice, MailKind, NotificationKind, Role},
    mail::Model,
};
use sea_orm::ActiveEnum;
use serde::Serialize;

/// What a mail is to whoever gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MailClass {
    /// About the account: it comes whatever was chosen.
    Account,
    /// That somebody waits.
    Arrival,
    /// Whether a visit takes place, when, with whom or how.
    Change,
    /// All the rest about visits.
    More,
}

/// Whether a mail comes to somebody who chose that.
pub(in crate::features::mail) fn is_wanted(choice: MailChoice, mail: &Model) -> bool {
    match class(mail) {
        MailClass::Account => true,
        MailClass::Arrival => choice == MailChoice::WithArrivals,
        MailClass::Change => choice != MailChoice::Nothing,
        MailClass::More => matches!(choice, MailChoice::All | MailChoice::WithArrivals),
    }
}

fn class(mail: &Model) -> MailClass {
    match mail.kind {
        MailKind::Notice => mail.notice.map_or(MailClass::More, class_of_news),
        MailKind::Reminder | MailKind::Messages => MailClass::More,
        MailKind::PasswordLink | MailKind::AddressLink | MailKind::Security => MailClass::Account,
    }
}

fn class_of_news(news: NotificationKind) -> MailClass {
    match news {
        NotificationKind::PatientArrived => MailClass::Arrival,
        NotificationKind::AppointmentRequested
        | NotificationKind::AppointmentBooked
        | NotificationKind::AppointmentApproved
        | NotificationKind::AppointmentProposed
        | NotificationKind::ProposalAccepted
        | NotificationKind::ProposalRefused
        | NotificationKind::AppointmentRejected
        | NotificationKind::AppointmentCancelled
        | NotificationKind::AppointmentRescheduled
        | NotificationKind::AppointmentHandedOver
        | NotificationKind::TimeWished
        | NotificationKind::WishRefused
        | NotificationKind::WishWithdrawn
        | NotificationKind::ModalityChanged => MailClass::Change,
        NotificationKind::AppointmentConfirmed
        | NotificationKind::AppointmentNoShow
        | NotificationKind::AppointmentCorrected
        | NotificationKind::NoteSigned
        | NotificationKind::DocumentIssued
        | NotificationKind::DocumentRevoked
        | NotificationKind::AbsenceRecorded => MailClass::More,
    }
}

/// One that somebody can choose, with what comes then.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct MailOption {
    pub(crate) value: &'static str,
    pub(crate) label: &'static str,
    hint: &'static str,
    #[serde(skip)]
    choice: MailChoice,
}

/// Those that somebody of `role` has; none who get no mail about visits.
pub(crate) fn options(role: Role) -> &'static [MailOption] {
    match role {
        Role::Patient => &OF_PATIENT,
        Role::Doctor => &OF_DOCTOR,
        Role::HospitalAdmin => &OF_ADMIN,
        Role::SuperAdmin => &[],
    }
}

/// As it stands in a form.
pub(crate) fn code(choice: MailChoice) -> String {
    choice.to_value()
}

/// What somebody of `role` chose.
///
/// # Errors
/// The sentence beside the field.
pub(crate) fn parse_choice(role: Role, code: &str) -> Result<MailChoice, String> {
    let chosen = options(role).iter().find(|option| option.value == code).map(|option| option.choice);
    chosen.ok_or_else(|| "Choose which mail comes from the list.".to_owned())
}

const fn option(choice: MailChoice, [value, label, hint]: [&'static str; 3]) -> MailOption {
    MailOption { value, label, hint, choice }
}

const ONLY_CHANGES: &str = "Only changes of my visits";
const NO_MAIL: MailOption = option(
    MailChoice::Nothing,
    [
        "none",
        "No mail about visits",
        "Your notifications here tell of everything. What mails have put into your calendar stays there as it is, also when a visit is moved or cancelled.",
    ],
);

const OF_PATIENT: [MailOption; 3] = [
    option(
        MailChoice::All,
        [
            "all",
            "All mail",
            "Changes of your visits, a reminder the day before each, messages that you have not read after ten minutes, notes and documents that are there to read or were revoked, visits that were recorded as missed, and what was recorded by mistake.",
        ],
    ),
    option(
        MailChoice::Changes,
        [
            "changes",
            ONLY_CHANGES,
            "That one was booked, approved, declined, moved or cancelled, that another time is proposed to you or refused, or that it is with another doctor or held in another way.",
        ],
    ),
    NO_MAIL,
];

const OF_DOCTOR: [MailOption; 4] = [
    option(
        MailChoice::WithArrivals,
        [
            "with_arrivals",
            "All mail, and one for each patient who has arrived",
            "All that comes with “All mail”, and that somebody waits.",
        ],
    ),
    option(
        MailChoice::All,
        [
            "all",
            "All mail",
            "Changes of your visits, confirmations of patients, messages that you have not read after ten minutes, and what you recorded and somebody took back. Not that a patient has arrived: your dashboard tells that.",
        ],
    ),
    option(
        MailChoice::Changes,
        [
            "changes",
            ONLY_CHANGES,
            "That one, or another time of it, was asked for, that one was booked, moved, handed over or cancelled, that a time you proposed was accepted or refused, or that it is held in another way.",
        ],
    ),
    NO_MAIL,
];

const OF_ADMIN: [MailOption; 3] = [
    option(
        MailChoice::All,
        [
            "all",
            "All mail",
            "Changes of visits that you asked for, and what you recorded of a visit and somebody took back.",
        ],
    ),
    option(
        MailChoice::Changes,
        [
            "changes",
            "Only changes of visits that I asked for",
            "That one was approved, declined, moved, handed over or cancelled, or that another time is proposed.",
        ],
    ),
    NO_MAIL,
];

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn each_option_is_the_choice_that_its_code_says() {
        for role in Role::iter() {
            for option in options(role) {
                assert_eq!(code(option.choice), option.value, "{role:?}");
                assert_eq!(parse_choice(role, option.value), Ok(option.choice), "{role:?}");
            }
        }
        assert!(
            parse_choice(Role::Patient, "with_arrivals").is_err() && parse_choice(Role::SuperAdmin, "all").is_err()
        );
    }
}
