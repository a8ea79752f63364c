//! A visit in the list.

use entity::enums::Role;
use serde::Serialize;

use super::PATH;
use crate::{
    access::PageContext,
    features::{
        appointments::{
            appointment::{StatusTag, status_tag},
            offered::{OfferedStep, list_acts},
            queries::AppointmentRow,
            wishes::{wish_href, wish_words},
        },
        modalities::modality_label,
    },
    web::{Moment, moment::date_in_words},
};

/// One visit.
#[derive(Debug, Serialize)]
pub(super) struct ListEntry {
    id: i64,
    href: String,
    /// The other party; to an administrator the patient.
    person: String,
    /// To an administrator the doctor, to a patient the doctor's field.
    note: Option<String>,
    /// To staff, the patient's date of birth: two of one name are told apart by it.
    born: Option<String>,
    starts_at: Moment,
    /// How it is held.
    modality: &'static str,
    status: StatusTag,
    /// Why nobody can hold it as it is.
    mark: Option<&'static str>,
    /// What is said of another time that the patient asks for.
    wish: Option<String>,
    /// To the patient: where that is asked for.
    pub(super) wish_href: Option<String>,
    /// To the patient: where the note of the visit is read, if it is there.
    note_href: Option<String>,
    /// What the viewer may do about it.
    pub(super) acts: Vec<OfferedStep>,
}

impl ListEntry {
    pub(super) fn new(PageContext { viewer, present }: PageContext<'_>, row: &AppointmentRow, here: &str) -> Self {
        let (person, note) = row.party_for(viewer.role());
        Self {
            id: row.id,
            href: format!("{PATH}/{}", row.id),
            person,
            note,
            born: row.born_for(viewer.role()).map(date_in_words),
            starts_at: Moment::new(row.starts_at, viewer.zone()),
            modality: modality_label(row.modality),
            status: status_tag(row.status),
            mark: row.mark(viewer.role()),
            wish: wish_words(PageContext { viewer, present }, row),
            wish_href: wish_href(PageContext { viewer, present }, row),
            note_href: (viewer.role() == Role::Patient && row.has_note_to_read)
                .then(|| format!("{PATH}/{}/summary", row.id)),
            acts: list_acts(PageContext { viewer, present }, row, here),
        }
    }
}
