//! Where an appointment stands.

use sea_orm::entity::prelude::*;

/// The states of an appointment's life; which may follow which is the service's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
pub enum AppointmentStatus {
    /// The patient asked for a time; blocks nothing.
    #[sea_orm(string_value = "requested")]
    Requested,
    /// The doctor offered another time; blocks nothing.
    #[sea_orm(string_value = "proposed")]
    Proposed,
    /// The time is theirs.
    #[sea_orm(string_value = "scheduled")]
    Scheduled,
    /// The patient said they will come.
    #[sea_orm(string_value = "confirmed")]
    Confirmed,
    /// The patient has arrived.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// The visit is on.
    #[sea_orm(string_value = "in_progress")]
    InProgress,
    /// The visit took place.
    #[sea_orm(string_value = "completed")]
    Completed,
    /// The patient did not come.
    #[sea_orm(string_value = "no_show")]
    NoShow,
    /// The doctor said no, with a reason.
    #[sea_orm(string_value = "rejected")]
    Rejected,
    /// A party called it off, with a reason.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

impl AppointmentStatus {
    /// The states that take the doctor's and the patient's time: no two may overlap.
    pub const BUSY: [Self; 4] = [Self::Scheduled, Self::Confirmed, Self::Waiting, Self::InProgress];

    /// Of these the ones in which the patient has not come yet.
    pub const AGREED: [Self; 2] = [Self::Scheduled, Self::Confirmed];

    /// And those in which they have.
    pub const UNDER_WAY: [Self; 2] = [Self::Waiting, Self::InProgress];

    /// The states of what stood until its time came: it took place, or the patient did not come.
    pub const OVER: [Self; 2] = [Self::Completed, Self::NoShow];

    /// The states that somebody still has to do something about.
    pub const OPEN: [Self; 6] =
        [Self::Requested, Self::Proposed, Self::Scheduled, Self::Confirmed, Self::Waiting, Self::InProgress];

    /// The states that nothing follows, unless what was recorded is taken back.
    pub const TERMINAL: [Self; 4] = [Self::Completed, Self::NoShow, Self::Rejected, Self::Cancelled];

    /// The states of what was neither declined nor cancelled.
    pub fn standing() -> Vec<Self> {
        [&Self::OPEN[..], &Self::OVER[..]].concat()
    }

    /// Whether it takes the doctor's and the patient's time.
    pub fn is_busy(self) -> bool {
        Self::BUSY.contains(&self)
    }

    /// Whether the patient is there: waits to be seen, or is being seen.
    pub fn is_under_way(self) -> bool {
        Self::UNDER_WAY.contains(&self)
    }

    /// Whether it was neither declined nor cancelled.
    pub fn stands(self) -> bool {
        Self::OPEN.contains(&self) || Self::OVER.contains(&self)
    }

    /// Whether it is over: no step leads out of it, unless what was recorded is taken back.
    pub fn is_terminal(self) -> bool {
        Self::TERMINAL.contains(&self)
    }
}
