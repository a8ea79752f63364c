//! Which visits and pages of calls are a participant's.

use entity::{
    appointment,
    call_peer::Column::{GuestId, UserId},
};
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{ExprTrait, SimpleExpr},
};

use crate::features::{
    appointments::scope_of_both,
    calls::participant::{Participant, PeerOwner},
};

impl Participant<'_> {
    /// The visits in whose calls they may take part.
    pub(super) fn visits(&self) -> Condition {
        match self {
            Self::Party(viewer) => scope_of_both(viewer),
            Self::Guest(guest) => Condition::all().add(appointment::Column::Id.eq(guest.visit)),
        }
    }
}

impl PeerOwner {
    /// Their pages.
    pub(in crate::features::calls) fn pages(self) -> SimpleExpr {
        match self {
            Self::User(user) => UserId.eq(user),
            Self::Guest(guest) => GuestId.eq(guest),
        }
    }

    /// Those of everybody else, guests among them.
    pub(super) fn pages_of_others(self) -> SimpleExpr {
        // A guest has no account, and whoever has one is no guest.
        match self {
            Self::User(user) => UserId.ne(user).or(UserId.is_null()),
            Self::Guest(guest) => GuestId.ne(guest).or(GuestId.is_null()),
        }
    }

    /// Those of whom they meet: of somebody else who has an account.
    pub(super) fn pages_of_the_other(self) -> SimpleExpr {
        match self {
            Self::User(user) => UserId.ne(user),
            Self::Guest(_) => UserId.is_not_null(),
        }
    }
}
