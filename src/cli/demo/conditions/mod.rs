//! What ails the people of a demo, so that age, name, history, reasons, notes and papers of one patient belong together. Plausible, and nobody in particular.

mod first;
mod second;

use entity::enums::DocumentKind;

use super::DemoOptions;

/// What somebody is seen for, again and again.
#[derive(Debug)]
pub(super) struct Ailment {
    pub(super) who: Who,
    /// Youngest and oldest, in years.
    pub(super) ages: (i64, i64),
    pub(super) history: Option<&'static str>,
    /// Of the first visit, and of those that follow in turn.
    pub(super) reasons: [&'static str; 3],
    /// What was found, what to make of it, what to do, and the same for the patient.
    pub(super) note: [&'static str; 4],
    pub(super) paper: (DocumentKind, &'static str),
}

/// Whom it befalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Anybody,
    Woman,
}

static BY_FIELD: [[[Ailment; 2]; 6]; 2] = [first::FIRST, second::SECOND];

/// What the patient at `place` is seen for: something of the field of their doctor.
pub(super) fn of(options: DemoOptions, place: usize) -> &'static Ailment {
    let hospitals = options.hospitals as usize;
    let doctors = options.doctors_of(place % hospitals).max(1);
    let number = place / hospitals;
    let (field, turn) = (number % doctors % 12, number / doctors % 2);
    let [[[otherwise, _], ..], _] = &BY_FIELD;
    BY_FIELD.as_flattened().get(field).and_then(|both| both.get(turn)).unwrap_or(otherwise)
}

impl Ailment {
    /// Why they come, for the first time or after so many visits.
    pub(super) fn reason(&self, visits_before: usize) -> &'static str {
        let [first, second, third] = self.reasons;
        match visits_before {
            0 => first,
            before if before % 2 == 1 => second,
            _ => third,
        }
    }
}
