//! Which free times of a hospital are looked for.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};
use serde::Deserialize;

use super::super::queries::{Candidates, DoctorOfSchedule};
use crate::{
    access::{PageContext, Viewer, ViewerKind},
    text::search_key,
    web::{FormReader, FormView, forms::Fields, query::day},
};

/// Whoever is free, in the place of a doctor's id.
pub(crate) const ANY_DOCTOR: &str = "any";

/// The query string of the free times across doctors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SearchQuery {
    doctor: Option<String>,
    specialization: Option<String>,
    from: Option<String>,
}

/// Whose times are looked for, and from when on.
#[derive(Clone, Debug)]
pub(in super::super) struct TimesSearch {
    /// None: whoever is free.
    pub(in super::super) doctor_id: Option<i64>,
    /// Of which field, of whoever is free.
    pub(in super::super) specialization: Option<String>,
    /// The first day, neither over nor beyond what can be booked.
    pub(in super::super) from: NaiveDate,
    pub(in super::super) today: NaiveDate,
    /// How far ahead visits can be booked.
    horizon: TimeDelta,
    /// The doctors who are meant.
    doctors: Vec<i64>,
}

impl SearchQuery {
    /// What is looked for among the doctors `on_offer`, with the form.
    ///
    /// # Errors
    /// The form to show again.
    pub(in super::super) fn search(
        self,
        PageContext { viewer, present }: PageContext<'_>,
        horizon: TimeDelta,
        on_offer: &[DoctorOfSchedule],
    ) -> Result<(TimesSearch, FormView), Box<FormView>> {
        let reader = FormReader::new(self.fields());
        let doctor_id = reader.parsed_optional("doctor", "Doctor", |id| of_list(id, on_offer)).flatten();
        let field = reader.parsed_optional("specialization", "Field", |field| known(field, on_offer));
        let is_of_field =
            |doctor: &&DoctorOfSchedule| field.as_deref().is_none_or(|field| is_field(&doctor.specialization, field));
        // Who takes no new patients is booked by name alone.
        let is_meant = |doctor: &&DoctorOfSchedule| doctor_id.map_or(doctor.accepting, |id| id == doctor.id);
        let doctors: Vec<i64> = on_offer.iter().filter(is_of_field).filter(is_meant).map(|doctor| doctor.id).collect();
        if doctor_id.is_some() && doctors.is_empty() {
            reader.error("doctor", "This doctor works in another field. Choose any field, or another doctor.");
        }
        let today = present.date(viewer.zone());
        let from = reader.parsed_optional("from", "From", day).unwrap_or(today);
        let mut search = TimesSearch { doctor_id, specialization: field, from, today, horizon, doctors };
        search.from = from.clamp(today, search.last_day());
        let mut form = reader.view();
        form.values.insert("from".to_owned(), search.from.to_string());
        form.values.insert("specialization".to_owned(), search.specialization.clone().unwrap_or_default());
        reader.finish(Some((search, form)))
    }

    fn fields(self) -> Fields {
        [("doctor", self.doctor), ("specialization", self.specialization), ("from", self.from)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.unwrap_or_default()))
            .collect()
    }
}

fn of_list(id: &str, on_offer: &[DoctorOfSchedule]) -> Result<Option<i64>, String> {
    if id == ANY_DOCTOR {
        return Ok(None);
    }
    let found = id.parse().ok().filter(|id| on_offer.iter().any(|doctor| doctor.id == *id));
    found.map(Some).ok_or_else(|| "Choose a doctor from the list.".to_owned())
}

/// The field as the list spells it.
fn known(field: &str, on_offer: &[DoctorOfSchedule]) -> Result<String, String> {
    let found = fields(on_offer).into_iter().find(|known| is_field(known, field));
    found.map(str::to_owned).ok_or_else(|| "Choose a field from the list.".to_owned())
}

/// Whether both say the same field, however they are spelt.
pub(crate) fn is_field(one: &str, other: &str) -> bool {
    search_key(one) == search_key(other)
}

/// The fields of the doctors, each once.
pub(in super::super) fn fields(doctors: &[DoctorOfSchedule]) -> Vec<&str> {
    let by_key: BTreeMap<String, &str> = doctors
        .iter()
        .rev()
        .map(|doctor| (search_key(&doctor.specialization), doctor.specialization.as_str()))
        .collect();
    by_key.into_values().collect()
}

impl TimesSearch {
    /// Whose schedules are read: a patient's own visits are in the way of theirs.
    pub(in super::super) fn candidates(&self, viewer: &Viewer) -> Option<Candidates> {
        let patient_id = match viewer.kind {
            ViewerKind::Patient { patient_id, .. } => Some(patient_id),
            _ => None,
        };
        let hospital_id = viewer.hospital()?.id;
        Some(Candidates { hospital_id, doctors: self.doctors.clone(), patient_id, horizon: self.horizon })
    }

    /// The last day of which anything can be booked.
    pub(in super::super) fn last_day(&self) -> NaiveDate {
        self.today + Days::new(self.horizon.num_days().unsigned_abs())
    }

    /// What a link to booking with whoever is free begins with.
    pub(in super::super) fn book(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("doctor_id", ANY_DOCTOR);
        query.extend_pairs(self.specialization.as_ref().map(|field| ("specialization", field)));
        format!("/appointments/new?{}&", query.finish())
    }

    /// The address of the same search from another day on.
    pub(in super::super) fn address(&self, from: NaiveDate) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.doctor_id.map(|id| ("doctor", id.to_string())));
        query.extend_pairs(self.specialization.as_ref().map(|field| ("specialization", field)));
        query.append_pair("from", &from.to_string());
        format!("/times?{}", query.finish())
    }
}
