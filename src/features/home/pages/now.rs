//! What a doctor has before them: the visit that goes on, or whose turn is next.

use serde::Serialize;

use super::rows::VisitRow;
use crate::{
    access::Viewer,
    features::{
        appointments::{AppointmentRow, OfferedStep},
        visits::Rooms,
    },
    web::{Moment, Present, moment::age},
};

/// The visit that goes on; or, when none does, that of whoever waits longest.
#[derive(Debug, Serialize)]
pub(super) struct NowCard {
    row: VisitRow,
    /// Since when it has been going on; none while the patient waits.
    began: Option<Moment>,
    /// Whether it was booked for today.
    is_today: bool,
    /// In whole years.
    age: Option<u32>,
    /// Whether anything stands under allergies in the patient's record. What it is stands on the page of the visit and in its room, where it is
    /// recorded that the doctor opened it: this page is made and kept by itself.
    has_allergies: bool,
    /// What is done next with it.
    act: Option<OfferedStep>,
}

impl NowCard {
    pub(super) fn new(viewer: &Viewer, (present, rooms): (&Present, &Rooms), row: &AppointmentRow) -> Self {
        let mut shown = VisitRow::new(viewer, (present, rooms), row);
        let act = shown.acts.iter().position(OfferedStep::is_next).map(|place| shown.acts.remove(place));
        let today = present.date(viewer.zone());
        Self {
            is_today: viewer.zone().local(row.starts_at).date() == today,
            began: row.began_at.map(|at| Moment::new(at, viewer.zone())),
            age: row.born_for(viewer.role()).map(|birth| age(birth, today)),
            has_allergies: row.patient.has_allergies,
            act,
            row: shown,
        }
    }
}
