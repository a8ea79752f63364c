//! What guests of a visit's call are, in words: the one source for its page, its room, the trail and forms. And until when they can come in, which goes
//! with the visit when it is moved.

use chrono::{DateTime, TimeDelta, Utc};
use entity::enums::GuestKind;

/// A link works for so long after the end of the visit that was planned, or after now if that is later, unless the visit is over before.
const AFTER: TimeDelta = TimeDelta::hours(4);

/// When the links to a visit that ends at `ends_at` end.
pub(crate) fn guest_links_end(ends_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    ends_at.max(now) + AFTER
}

/// The value in forms and in the trail.
pub(crate) fn guest_code(kind: GuestKind) -> &'static str {
    match kind {
        GuestKind::Interpreter => "interpreter",
        GuestKind::Family => "family",
        GuestKind::Clinician => "clinician",
    }
}

/// As what they take part.
pub(crate) fn guest_label(kind: GuestKind) -> &'static str {
    match kind {
        GuestKind::Interpreter => "Interpreter",
        GuestKind::Family => "Family or friend",
        GuestKind::Clinician => "Another clinician",
    }
}

/// A guest as they are called: `Mira Shrestha, interpreter`. Some weeks after the visit the name is gone.
pub(crate) fn guest_named(name: Option<&str>, kind: GuestKind) -> String {
    let kind = guest_label(kind);
    name.map_or_else(|| kind.to_owned(), |name| format!("{name}, {}", kind.to_lowercase()))
}
