//! What the trail tells about.

use sea_orm::entity::prelude::*;

/// What somebody did or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))")]
pub enum AuditAction {
    /// A patient made their account.
    #[sea_orm(string_value = "signed_up")]
    SignedUp,
    /// A session began.
    #[sea_orm(string_value = "signed_in")]
    SignedIn,
    /// A session was ended by its owner.
    #[sea_orm(string_value = "signed_out")]
    SignedOut,
    /// One other session was signed out.
    #[sea_orm(string_value = "session_revoked")]
    SessionRevoked,
    /// All other sessions were signed out.
    #[sea_orm(string_value = "sessions_revoked")]
    SessionsRevoked,
    /// A new password; all other sessions ended.
    #[sea_orm(string_value = "password_changed")]
    PasswordChanged,
    /// A record was made.
    #[sea_orm(string_value = "created")]
    Created,
    /// A record was changed.
    #[sea_orm(string_value = "updated")]
    Updated,
    /// A person or hospital was let in again.
    #[sea_orm(string_value = "activated")]
    Activated,
    /// A person or hospital was shut out.
    #[sea_orm(string_value = "deactivated")]
    Deactivated,
    /// A record that may be deleted was deleted.
    #[sea_orm(string_value = "removed")]
    Removed,
    /// One patient's record was read.
    #[sea_orm(string_value = "opened")]
    Opened,
    /// A patient asked for an appointment.
    #[sea_orm(string_value = "requested")]
    Requested,
    /// Staff booked an appointment.
    #[sea_orm(string_value = "booked")]
    Booked,
    /// The doctor accepted a request.
    #[sea_orm(string_value = "approved")]
    Approved,
    /// The doctor offered another time.
    #[sea_orm(string_value = "proposed")]
    Proposed,
    /// The offered time was taken.
    #[sea_orm(string_value = "proposal_accepted")]
    ProposalAccepted,
    /// The offered time was declined.
    #[sea_orm(string_value = "proposal_refused")]
    ProposalRefused,
    /// The doctor declined a request.
    #[sea_orm(string_value = "rejected")]
    Rejected,
    /// The patient confirmed.
    #[sea_orm(string_value = "confirmed")]
    Confirmed,
    /// An appointment was moved.
    #[sea_orm(string_value = "rescheduled")]
    Rescheduled,
    /// The patient is here.
    #[sea_orm(string_value = "arrived")]
    Arrived,
    /// The visit began.
    #[sea_orm(string_value = "started")]
    Started,
    /// The visit took place.
    #[sea_orm(string_value = "completed")]
    Completed,
    /// The patient did not come.
    #[sea_orm(string_value = "no_show")]
    NoShow,
    /// An appointment was called off.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
    /// Everything about a patient, or of a hospital, was taken away as files.
    #[sea_orm(string_value = "exported")]
    Exported,
    /// What is personal of somebody was removed for good.
    #[sea_orm(string_value = "erased")]
    Erased,
    /// A second factor was set up: an app, or a passkey.
    #[sea_orm(string_value = "second_factor_added")]
    SecondFactorAdded,
    /// A second factor was removed, by its owner or by an administrator.
    #[sea_orm(string_value = "second_factor_removed")]
    SecondFactorRemoved,
    /// Somebody who is signed in has shown that it is them, by a code or a passkey.
    #[sea_orm(string_value = "second_factor_used")]
    SecondFactorUsed,
    /// A code or a passkey was refused to whoever had the password.
    #[sea_orm(string_value = "second_factor_refused")]
    SecondFactorRefused,
    /// Recovery codes were made in the place of those of before.
    #[sea_orm(string_value = "recovery_codes_made")]
    RecoveryCodesMade,
    /// Something was tried with somebody's account, and refused; whoever tried.
    #[sea_orm(string_value = "refused")]
    Refused,
}

/// Which table the entry's `subject_id` is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
pub enum AuditSubject {
    #[sea_orm(string_value = "hospital")]
    Hospital,
    #[sea_orm(string_value = "user")]
    User,
    #[sea_orm(string_value = "doctor")]
    Doctor,
    #[sea_orm(string_value = "patient")]
    Patient,
    #[sea_orm(string_value = "availability")]
    Availability,
    #[sea_orm(string_value = "time_off")]
    TimeOff,
    #[sea_orm(string_value = "appointment")]
    Appointment,
    #[sea_orm(string_value = "user_session")]
    UserSession,
}
