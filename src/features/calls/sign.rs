//! A sign of life of a page, in a room or in a call: the same of the two who meet and of guests.

use chrono::TimeDelta;

use crate::web::forms::Fields;

/// Pages give a sign every 15 s: two may be lost.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(45);
/// One that is hidden is let by its browser once a minute.
const LEASE_OF_HIDDEN: TimeDelta = TimeDelta::seconds(90);
/// A page that is loaded again says that it leaves, and a moment later that it is there.
pub(crate) const GRACE: TimeDelta = TimeDelta::seconds(5);
/// Signs that follow one another faster change nothing: whoever sends more than their page does costs no write.
pub(crate) const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// What a page says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Here,
    /// From a page that nobody looks at, whose timers its browser slows down.
    Hidden,
    Leaving,
}

impl Sign {
    /// The sign in these fields; none when it is none.
    pub(crate) fn read(fields: &Fields) -> Option<Self> {
        match fields.get("state").map(String::as_str) {
            Some("here") => Some(Self::Here),
            Some("hidden") => Some(Self::Hidden),
            Some("leaving") => Some(Self::Leaving),
            _ => None,
        }
    }

    /// For how long whoever gives it is there from then on.
    pub(crate) fn lease(self) -> TimeDelta {
        if self == Self::Hidden { LEASE_OF_HIDDEN } else { LEASE }
    }
}
