//! The steps of an appointment's history.

use sea_orm::entity::prelude::*;

/// What somebody did to an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
pub enum EventKind {
    /// A patient asked for it.
    #[sea_orm(string_value = "requested")]
    Requested,
    /// Staff booked it.
    #[sea_orm(string_value = "booked")]
    Booked,
    /// The doctor accepted the request.
    #[sea_orm(string_value = "approved")]
    Approved,
    /// The doctor offered another time.
    #[sea_orm(string_value = "proposed")]
    Proposed,
    /// The offered time was taken.
    #[sea_orm(string_value = "proposal_accepted")]
    ProposalAccepted,
    /// The offered time was declined; the request stands as it was.
    #[sea_orm(string_value = "proposal_refused")]
    ProposalRefused,
    /// The doctor declined the request.
    #[sea_orm(string_value = "rejected")]
    Rejected,
    /// The patient confirmed.
    #[sea_orm(string_value = "confirmed")]
    Confirmed,
    /// Moved to another time.
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
    /// A party called it off.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
    /// The doctor and the patient meet in another way than was agreed; the status stays.
    #[sea_orm(string_value = "modality_changed")]
    ModalityChanged,
    /// What was recorded last was a mistake: the visit stands as it did before.
    #[sea_orm(string_value = "corrected")]
    Corrected,
    /// The patient asks for another time of a visit that stands; the status stays.
    #[sea_orm(string_value = "wished")]
    Wished,
    /// The clinic leaves the visit at its time; the status stays.
    #[sea_orm(string_value = "wish_refused")]
    WishRefused,
    /// The patient keeps the time after all; the status stays.
    #[sea_orm(string_value = "wish_withdrawn")]
    WishWithdrawn,
}
