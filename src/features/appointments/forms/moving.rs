//! Moving a visit to another time, or to another doctor.

use chrono::{NaiveDate, NaiveDateTime};
use entity::enums::Role;
use serde::Deserialize;

use super::{NO_DOCTOR, local, note, overbook_reason, version};
use crate::web::{FormReader, FormView, forms::Fields, parse_local, query::day};

/// The query string of the page that moves a visit.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct MoveQuery {
    date: Option<String>,
    doctor_id: Option<String>,
}

/// From when on times are looked for; nothing of it is binding.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct MoveDraft {
    /// The first day to be shown.
    pub(in super::super) date: Option<NaiveDate>,
    /// `doctor.id` of who is to have it; none: who has it.
    pub(in super::super) doctor_id: Option<i64>,
    /// What the form shows.
    pub(in super::super) form: FormView,
}

impl MoveQuery {
    /// What is looked for. What cannot be understood is asked for again.
    pub(in super::super) fn draft(self) -> MoveDraft {
        MoveDraft {
            date: self.date.as_deref().and_then(|date| day(date).ok()),
            doctor_id: self.doctor_id.as_deref().and_then(|id| id.parse().ok()),
            form: FormView::default(),
        }
    }
}

impl MoveDraft {
    /// What the form that was sent and refused was about.
    pub(in super::super) fn again(form: FormView) -> Self {
        let local = form.values.get("starts_at").and_then(|text| parse_local(text));
        let doctor_id = form.values.get("doctor_id").and_then(|id| id.parse().ok());
        Self { date: local.map(|local| local.date()), doctor_id, form }
    }
}

/// Another time for a visit that stands, or another doctor.
#[derive(Clone, Debug)]
pub(in super::super) struct Move {
    /// The version of the appointment that they saw.
    pub(in super::super) version: i32,
    /// `doctor.id` of who has it from now on; none: who has it.
    pub(in super::super) doctor_id: Option<i64>,
    /// When it is from now on, on the hospital's clock.
    pub(in super::super) local: NaiveDateTime,
    /// Why it must be then although the time is taken.
    pub(in super::super) overbook_reason: Option<String>,
    /// What is said of it to the others; by a patient, to the clinic.
    pub(in super::super) note: Option<String>,
}

/// The form that moves a visit, or by which its patient asks for another time, with the fields that are for that role. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn moving(role: Role, fields: Fields) -> Result<(Move, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let is_staff = role != Role::Patient;
    let version = version(&reader);
    let doctor_id = is_staff.then(|| doctor_id(&reader)).flatten();
    let local = local(&reader);
    let overbook_reason = is_staff.then(|| overbook_reason(&reader)).flatten();
    let note = note(&reader);
    let typed = reader.view();
    let change = version.zip(local).map(|(version, local)| Move { version, doctor_id, local, overbook_reason, note });
    reader.finish(change.map(|change| (change, typed)))
}

fn doctor_id(reader: &FormReader) -> Option<i64> {
    reader.parsed_optional("doctor_id", "Doctor", |id| id.parse().map_err(|_not_a_number| NO_DOCTOR.to_owned()))
}
