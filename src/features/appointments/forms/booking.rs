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

/// The button of the form that looks for other times, and books nothing.
const SHOW: &str = "show";
/// The doctor whose times are looked for: those that are shown may be another's.
const WHOSE_TIMES: &str = "find_doctor_id";
/// What looks for times; nothing of it is booked.
const LOOKS: [&str; 3] = [WHOSE_TIMES, "q", "date"];

/// What `walk_in` says of a patient who is here, and `urgent` of one who cannot wait.
const ON: &str = "on";

fn says_so(said: Option<&str>) -> bool {
    said == Some(ON)
}

/// The query string of the page that books.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewQuery {
    doctor_id: Option<String>,
    specialization: Option<String>,
    patient_id: Option<String>,
    date: Option<String>,
    starts_at: Option<String>,
    walk_in: Option<String>,
    urgent: Option<String>,
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
    /// Whether the patient is here now, and is to wait.
    pub(in super::super) is_walk_in: bool,
    /// Whether the next time is wanted that there is, be it taken.
    pub(in super::super) is_urgent: bool,
    /// Whether the form was filled in before, and shows what was typed.
    pub(in super::super) is_filled: bool,
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
            walk_in: value("walk_in"),
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
            is_walk_in: says_so(self.walk_in.as_deref()),
            is_urgent: says_so(self.urgent.as_deref()),
            is_filled: false,
            search: text(&self.q).trim().chars().filter(|c| !c.is_control()).take(SEARCH_CHARACTERS).collect(),
            form: FormView::filled(values),
        }
    }
}

/// Whether a form says that the patient is here now.
pub(in super::super) fn is_walk_in(form: &FormView) -> bool {
    says_so(form.values.get("walk_in").map(String::as_str))
}

impl BookingDraft {
    /// Whether whoever is free is looked for.
    pub(in super::super) fn is_any(&self) -> bool {
        self.doctor.as_ref().is_some_and(WantedDoctor::is_any)
    }
}

/// When a visit is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum WantedTime {
    /// Then, on the hospital's clock.
    At(NaiveDateTime),
    /// At once: the patient is here, and waits from then on. Of staff alone.
    Now,
}

/// Somebody wants to book a visit.
#[derive(Clone, Debug)]
pub(in super::super) struct Booking {
    /// None from a doctor, who books for themselves.
    pub(in super::super) doctor: Option<WantedDoctor>,
    /// None from a patient.
    pub(in super::super) patient_id: Option<i64>,
    pub(in super::super) time: WantedTime,
    /// None when nobody says: as the hospital usually does.
    pub(in super::super) modality: Option<Modality>,
    pub(in super::super) symptoms: Option<String>,
    /// Why it must be although the time is taken; of staff alone.
    pub(in super::super) overbook_reason: Option<String>,
    /// What tells a form that was sent twice.
    pub(in super::super) token: Option<String>,
}

/// Whether a form looks for times, and is not to be sent yet: by its button, or because another doctor is chosen than whose times it shows. Nobody
/// books with one and reads the other's name.
pub(in super::super) fn looks_for_times(fields: &Fields) -> bool {
    let other = fields.get(WHOSE_TIMES).filter(|chosen| !chosen.is_empty() && Some(*chosen) != fields.get("doctor_id"));
    fields.contains_key(SHOW) || other.is_some()
}

/// What a form looks for that is being filled in, and is not to be sent yet: with everything that was typed. Who was looked for may be found no more;
/// whoever was known before stays so.
pub(in super::super) fn looked_for(fields: &Fields) -> BookingDraft {
    let typed = |name: &str| fields.get(name).filter(|text| !text.is_empty()).cloned();
    let is_known = !fields.contains_key("q");
    let query = NewQuery {
        doctor_id: typed(WHOSE_TIMES).or_else(|| typed("doctor_id")),
        specialization: typed("specialization"),
        patient_id: typed("patient_id").filter(|_| is_known),
        date: typed("date"),
        starts_at: typed("starts_at"),
        q: typed("q"),
        ..NewQuery::default()
    };
    let mut draft = BookingDraft { is_filled: true, ..query.draft() };
    let kept = ["patient_id", "modality", "symptoms", "overbook_reason"];
    draft.form.values.extend(kept.into_iter().filter_map(|name| Some((name.to_owned(), typed(name)?))));
    draft
}

/// The form that books, with the fields that are for `viewer`'s role. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn booking(viewer: &Viewer, mut fields: Fields) -> Result<(Booking, FormView), Box<FormView>> {
    fields.retain(|name, _| !LOOKS.contains(&name.as_str()));
    let reader = FormReader::new(fields);
    let role = viewer.role();
    let doctor = (role != Role::Doctor).then(|| WantedDoctor::read(&reader)).flatten();
    let patient_id = (role != Role::Patient).then(|| patient(&reader)).flatten();
    let is_walk_in = role != Role::Patient && says_so(reader.optional("walk_in", "Here now", ON.len()).as_deref());
    let time = if is_walk_in { Some(WantedTime::Now) } else { local(&reader).map(WantedTime::At) };
    let modality = reader.parsed_optional("modality", "How", parse_modality);
    let symptoms = reader.multiline("symptoms", "Symptoms", limits::SYMPTOMS);
    let overbook_reason = (role != Role::Patient).then(|| overbook_reason(&reader)).flatten();
    let token = reader.optional("token", "Form", limits::BOOKING_TOKEN);
    let typed = reader.view();
    let booking = time.map(|time| Booking { doctor, patient_id, time, modality, symptoms, overbook_reason, token });
    reader.finish(booking.map(|booking| (booking, typed)))
}

fn patient(reader: &FormReader) -> Option<i64> {
    reader.parsed("patient_id", "Patient", |id| id.parse().map_err(|_error| "Choose a patient.".to_owned()))
}
