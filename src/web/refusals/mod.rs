//! What was refused, with whom it was tried and from where: a line of the log at once, and what was tried with somebody's account a line of the
//! trail when the minute is over ([`RefusalLog`]).

mod noted;

use std::net::IpAddr;

use chrono::{DateTime, Utc};

pub use self::noted::RefusalLog;

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusedAct {
    /// An address and a password.
    SignIn,
    /// A code, between the two steps of a sign-in or when it is set up.
    SecondFactor,
    /// A password or a code of somebody who is signed in, who was asked once more.
    Proof,
    /// A link that was sent by mail.
    Link,
    /// A page or an act that is not for this role.
    Permission,
    /// A form from another site.
    CrossSite,
    /// A cookie that is not ours, or that came twice.
    Cookie,
    /// Too many of anything.
    TooMany,
}

impl RefusedAct {
    /// In the log and the trail.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SecondFactor => "second_factor",
            Self::Proof => "proof",
            Self::Link => "link",
            Self::Permission => "permission",
            Self::CrossSite => "cross_site",
            Self::Cookie => "cookie",
            Self::TooMany => "too_many",
        }
    }
}

/// With whose account it was tried. Whoever tried need not be them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TriedAccount {
    /// `user.id`
    Numbered(i64),
    /// By an e-mail address, which may be nobody's. It never leaves the process: the log has a digest of it.
    Addressed(String),
}

/// One refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was refused.
    pub act: RefusedAct,
    /// Why, in a word of ours.
    pub reason: &'static str,
    /// With whose account; none where that is not known.
    pub account: Option<TriedAccount>,
    /// Where the request came from.
    pub address: IpAddr,
}

/// What was tried alike within a minute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RefusedTries {
    /// What was refused.
    pub act: RefusedAct,
    /// Why.
    pub reason: &'static str,
    /// With whose account.
    pub account: TriedAccount,
    /// Where from; none: from many places.
    pub address: Option<IpAddr>,
}

/// How often, and the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryCount {
    /// How often.
    pub times: i64,
    /// The last of them.
    pub last_at: DateTime<Utc>,
}
