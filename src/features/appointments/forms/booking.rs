//! Booking a visit: what the page is asked for, and what its form says.

use chrono::{NaiveDate, NaiveDateTime};
use entity::{
    enums::{Modality, Role},
    limits,
};
use serde::Deserialize;

use super::{SEARCH_CHARACTERS, WantedDoctor, local, overbook_reason};
use crate::{
    access::Viewer,
    features::modalities::parse_modality,
    web::{FormReader, FormView, forms::Fields, parse_local, query::day},
};

/// The query string of the page that books.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewQuery {
    doctor_id: Option<String>,
    specialization: Option<String>,
    patient_id: Option<String>,
    date: Option<String>,
    starts_at: Option<String>,
    q: Option<String>,
}

/// Whom and when a booking is looked for; nothing of it is binding.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct BookingDraft {
    pub(in super::super) doctor: Option<WantedDoctor>,
    pub(in super::super) patient_id: Option<i64>,
    /// The first day to be shown.
    pub(in super::super) date: Option<NaiveDate>,
    /// Part of the patient's name.
    pub(in super::super) search: String,
    /// What the form shows.
    pub(in super::super) form: FormView,
}

impl NewQuery {
    /// What the form that was sent and refused was about, as if it stood in the address.
    pub(in super::super) fn again(form: &FormView) -> Self {
        let value = |name: &str| form.values.get(name).cloned();
        Self {
            doctor_id: value("doctor_id"),
            specialization: value("specialization"),
            patient_id: value("patient_id"),
            starts_at: value("starts_at"),
            ..Self::default()
        }
    }

    /// What is looked for. What cannot be understood is asked for again.
    pub(in super::super) fn draft(self) -> BookingDraft {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let id = |value: &Option<String>| value.as_deref().and_then(|id| id.parse().ok());
        let local = self.starts_at.as_deref().and_then(parse_local);
        let date = self.date.as_deref().and_then(|date| day(date).ok());
        let doctor = self.doctor_id.as_deref();
        let values = [
            ("doctor_id", text(&self.doctor_id)),
            ("patient_id", text(&self.patient_id)),
            ("date", date.or(local.map(|local| local.date())).map(|date| date.to_string()).unwrap_or_default()),
            ("starts_at", text(&self.starts_at)),
        ];
        BookingDraft {
            doctor: doctor.and_then(|id| WantedDoctor::parse(id, self.specialization.as_deref())),
            patient_id: id(&self.patient_id),
            date: date.or(local.map(|local| local.date())),
            search: text(&self.q).trim().chars().filter(|c| !c.is_control()).take(SEARCH_CHARACTERS).collect(),
            form: FormView::filled(values),
        }
    }
}

impl BookingDraft {
    /// Whether whoever is free is looked for.
    pub(in super::super) fn is_any(&self) -> bool {
        self.doctor.as_ref().is_some_and(WantedDoctor::is_any)
    }
}

/// Somebody wants to book a visit.
#[derive(Clone, Debug)]
pub(in super::super) struct Booking {
    /// None from a doctor, who books for themselves.
    pub(in super::super) doctor: Option<WantedDoctor>,
    /// None from a patient.
    pub(in super::super) patient_id: Option<i64>,
    /// On the hospital's clock.
    pub(in super::super) local: NaiveDateTime,
    /// None when nobody says: as the hospital usually does.
    pub(in super::super) modality: Option<Modality>,
    pub(in super::super) symptoms: Option<String>,
    /// Why it must be although the time is taken; of staff alone.
    pub(in super::super) overbook_reason: Option<String>,
    /// What tells a form that was sent twice.
    pub(in super::super) token: Option<String>,
}

/// The form that books, with the fields that are for `viewer`'s role. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn booking(viewer: &Viewer, fields: Fields) -> Result<(Booking, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let role = viewer.role();
    let doctor = (role != Role::Doctor).then(|| WantedDoctor::read(&reader)).flatten();
    let patient_id = (role != Role::Patient).then(|| patient(&reader)).flatten();
    let local = local(&reader);
    let modality = reader.parsed_optional("modality", "How", parse_modality);
    let symptoms = reader.multiline("symptoms", "Symptoms", limits::SYMPTOMS);
    let overbook_reason = (role != Role::Patient).then(|| overbook_reason(&reader)).flatten();
    let token = reader.optional("token", "Form", limits::BOOKING_TOKEN);
    let typed = reader.view();
    let booking = local.map(|local| Booking { doctor, patient_id, local, modality, symptoms, overbook_reason, token });
    reader.finish(booking.map(|booking| (booking, typed)))
}

fn patient(reader: &FormReader) -> Option<i64> {
    reader.parsed("patient_id", "Patient", |id| id.parse().map_err(|_error| "Choose a patient.".to_owned()))
}
