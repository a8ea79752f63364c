//! The words for what guests of a visit's call are: the one source for its page, its room, the trail and forms.

use entity::enums::GuestKind;

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
