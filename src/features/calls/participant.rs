//! Who takes part in the call of a visit: one of the two who meet, or a guest whom the doctor has let in.

use chrono::{DateTime, Utc};
use entity::{enums::Modality, visit_guest};
use serde::Serialize;

use crate::{
    access::Viewer,
    features::{appointments::VisitSituation, audit::Actor},
    web::rate_limit::Key,
};

/// Whoever asks something of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Participant<'a> {
    /// Somebody with an account; the call is theirs if they are one of the two who meet.
    Party(&'a Viewer),
    /// Somebody without one.
    Guest(&'a GuestOfCall),
}

/// Whoever does something in a call, and the instant at which they do it: of what is written in one unit of work.
#[derive(Clone, Copy, Debug)]
pub(super) struct ActingParticipant<'a> {
    pub(super) who: Participant<'a>,
    pub(super) now: DateTime<Utc>,
}

/// A page in the call of a visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeerOfVisit<'a> {
    /// `appointment.id`
    pub(crate) visit: i64,
    /// `call_peer.key`
    pub(crate) key: &'a str,
}

/// Which guest, of which visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitGuestId {
    /// `appointment.id`
    pub(crate) visit: i64,
    /// `visit_guest.id`
    pub(crate) guest: i64,
}

/// A guest who was let into the call of a visit.
#[derive(Clone, Debug)]
pub(crate) struct GuestOfCall {
    /// `visit_guest.id`
    pub(crate) id: i64,
    /// `appointment.id`
    pub(crate) visit: i64,
    /// In whose name the trail tells what they do, for it has no line without somebody who has an account: whoever let them in.
    pub(crate) actor: Actor,
}

/// Who sits before a page, to the other pages of a call. When two pages speak at once, the one that is later in this order yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Side {
    Doctor,
    Patient,
    Guest,
}

impl Side {
    /// Of a page with this `call_peer.user_id` in a visit whose doctor has the account `doctor` (`user.id`).
    pub(super) fn of(user_id: Option<i64>, doctor: i64) -> Self {
        match user_id {
            None => Self::Guest,
            Some(user) if user == doctor => Self::Doctor,
            Some(_) => Self::Patient,
        }
    }
}

/// Whose a page of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerOwner {
    /// `user.id`
    User(i64),
    /// `visit_guest.id`
    Guest(i64),
}

/// How far a guest's link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuestStanding {
    /// They wait: nobody has let them in yet, or the visit has not begun.
    Waits,
    /// They may take part in the call, if one goes on.
    LetIn,
    /// Nowhere: they were removed, it is too old, or the visit is over or not held by video.
    Over,
}

impl GuestStanding {
    /// Of `guest`, whose visit stands so, at the instant `now`. The one place where that is decided.
    pub(crate) fn of(
        guest: &visit_guest::Model,
        VisitSituation { status, modality }: VisitSituation,
        now: DateTime<Utc>,
    ) -> Self {
        let is_over = guest.revoked_at.is_some() || guest.expires_at <= now;
        if is_over || !status.is_busy() || modality != Modality::Video {
            return Self::Over;
        }
        if guest.admitted_at.is_some() && status.is_under_way() { Self::LetIn } else { Self::Waits }
    }
}

impl<'a> Participant<'a> {
    /// Who does something `now`.
    pub(super) fn acting(self, now: DateTime<Utc>) -> ActingParticipant<'a> {
        ActingParticipant { who: self, now }
    }

    /// Whose pages are theirs.
    pub(super) fn owner(&self) -> PeerOwner {
        match self {
            Self::Party(viewer) => PeerOwner::User(viewer.user_id),
            Self::Guest(guest) => PeerOwner::Guest(guest.id),
        }
    }

    /// `user.id` of somebody who has an account.
    pub(super) fn user(&self) -> Option<i64> {
        match self {
            Self::Party(viewer) => Some(viewer.user_id),
            Self::Guest(_) => None,
        }
    }

    /// `visit_guest.id` of a guest.
    pub(super) fn guest(&self) -> Option<i64> {
        match self {
            Self::Party(_) => None,
            Self::Guest(guest) => Some(guest.id),
        }
    }

    /// In whose name the trail tells what they do.
    pub(super) fn actor(&self) -> Actor {
        match self {
            Self::Party(viewer) => Actor::from(*viewer),
            Self::Guest(guest) => guest.actor.clone(),
        }
    }

    /// The window of how often their pages join.
    pub(super) fn joins(&self) -> [Key; 1] {
        match self {
            Self::Party(viewer) => Key::call(viewer.user_id),
            Self::Guest(guest) => Key::guest_call(guest.id),
        }
    }

    /// The window of how often their pages ask for credentials of the relays.
    pub(super) fn relays(&self) -> [Key; 1] {
        match self {
            Self::Party(viewer) => Key::relays(viewer.user_id),
            Self::Guest(guest) => Key::guest_relays(guest.id),
        }
    }

    /// The window of what their pages say to others.
    pub(super) fn signals(&self) -> [Key; 1] {
        match self {
            Self::Party(viewer) => Key::signal(viewer.user_id),
            Self::Guest(guest) => Key::guest_signal(guest.id),
        }
    }
}
