//! The list.

use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::Viewer,
    features::appointments::{
        appointment::{StatusFilter, StatusTag, status_tag},
        queries::{AppointmentRow, DoctorOption},
    },
    features::{modalities::modality_label, people::NamedPatient},
    web::{AppError, FormView, Moment, Page, Paginated, Pagination, Paging, moment::date_in_words},
};

const PATH: &str = "/appointments";

/// One entry of a select.
#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    label: String,
}

/// One visit.
#[derive(Debug, Serialize)]
struct ListEntry {
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
    /// To the patient: where the note of the visit is read, if it is there.
    note_href: Option<String>,
}

/// The one patient whose visits are listed.
#[derive(Debug, Serialize)]
struct OnlyPatient {
    name: String,
    born: Option<String>,
    /// The same list of everybody's.
    everybody_href: String,
}

/// The viewer's appointments, and the form that narrows them.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct AppointmentsPage {
    form: FormView,
    statuses: Vec<Choice>,
    /// Empty to a doctor, whose list is their own.
    doctors: Vec<Choice>,
    /// Whose visits alone are listed; none when they are everybody's.
    patient: Option<OnlyPatient>,
    /// What is searched for.
    name_label: &'static str,
    zone: &'static str,
    /// Which visit comes first.
    order: &'static str,
    /// Where the list is whole again; none when it is.
    clear: Option<&'static str>,
    person_label: &'static str,
    note_label: Option<&'static str>,
    columns: Vec<&'static str>,
    rows: Vec<ListEntry>,
    /// None when the filter could not be used.
    pagination: Option<Pagination>,
    empty_title: &'static str,
    empty_text: &'static str,
}

impl AppointmentsPage {
    /// The page `paging` of what was `found`: how many there are, and the rows.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the list has no such page.
    pub(in crate::features::appointments) fn new(
        viewer: &Viewer,
        (form, status, doctors): (FormView, Option<StatusFilter>, &[DoctorOption]),
        paging: Paging,
        found: Paginated<AppointmentRow>,
    ) -> Result<Self, AppError> {
        let query: Vec<(&str, &str)> =
            form.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pagination = Pagination::new(paging, found.total, "visits", (PATH, &query))?;
        let mut list = Self::refused(viewer, (form, status, doctors));
        list.rows = found.rows.iter().map(|row| ListEntry::new(viewer, row)).collect();
        list.pagination = Some(pagination);
        Ok(list)
    }

    /// The same, saying that only the visits of `patient` are listed, if there is one.
    #[must_use]
    pub(in crate::features::appointments) fn of(mut self, patient: Option<&NamedPatient>) -> Self {
        let others = self.form.values.iter().filter(|(name, value)| *name != "patient" && !value.is_empty());
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
        let everybody_href = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") };
        self.patient = patient.map(|patient| OnlyPatient {
            name: patient.name(),
            born: patient.date_of_birth.map(date_in_words),
            everybody_href,
        });
        self
    }

    /// The form alone, with what is wrong in it.
    pub(in crate::features::appointments) fn refused(
        viewer: &Viewer,
        (form, status, doctors): (FormView, Option<StatusFilter>, &[DoctorOption]),
    ) -> Self {
        let (person_label, note_label) = match viewer.role() {
            Role::Doctor => ("Patient", None),
            Role::Patient => ("Doctor", Some("Field")),
            Role::HospitalAdmin | Role::SuperAdmin => ("Patient", Some("Doctor")),
        };
        let columns = std::iter::once(person_label).chain(note_label).chain(["Time", "Status"]);
        let narrowed = form.values.values().filter(|value| !value.is_empty()).count();
        let is_work = matches!(status, Some(filter) if !matches!(filter, StatusFilter::Is(_)));
        let (empty_title, empty_text) = nothing(status, narrowed);
        Self {
            statuses: StatusFilter::offered_to(viewer.role()).map(Choice::of_status).collect(),
            doctors: doctors.iter().map(Choice::of_doctor).collect(),
            patient: None,
            name_label: name_label(viewer.role()),
            zone: viewer.zone().name(),
            order: if is_work { "The earliest first." } else { "The latest first." },
            clear: (narrowed > 0).then_some(PATH),
            person_label,
            note_label,
            columns: columns.collect(),
            rows: Vec::new(),
            pagination: None,
            empty_title,
            empty_text,
            form,
        }
    }
}

/// What the search is for. Patients have a list of doctors to choose from as well.
fn name_label(role: Role) -> &'static str {
    match role {
        Role::Doctor => "Patient",
        Role::Patient => "Part of the doctor's name",
        Role::HospitalAdmin | Role::SuperAdmin => "Patient or doctor",
    }
}

/// What is said of an empty list that is narrowed by so many fields.
fn nothing(status: Option<StatusFilter>, narrowed: usize) -> (&'static str, &'static str) {
    let is_work = status == Some(StatusFilter::NeedsOutcome);
    match narrowed {
        0 => ("No visits yet", "Visits appear here as soon as one is asked for or booked."),
        1 if is_work => ("No visit needs an outcome", "Every past visit has its outcome."),
        _ => ("No visit matches", "Widen the dates, or choose another status."),
    }
}

impl Page for AppointmentsPage {
    const TEMPLATE: &'static str = "appointments/index.html";

    fn title(&self) -> String {
        "Visits".to_owned()
    }
}

impl Choice {
    fn of_status(status: StatusFilter) -> Self {
        Self { value: status.code().to_owned(), label: status.label().to_owned() }
    }

    fn of_doctor(doctor: &DoctorOption) -> Self {
        Self { value: doctor.id.to_string(), label: format!("Dr {} {}", doctor.first_name, doctor.last_name) }
    }
}

impl ListEntry {
    fn new(viewer: &Viewer, row: &AppointmentRow) -> Self {
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
            note_href: (viewer.role() == Role::Patient && row.has_note_to_read)
                .then(|| format!("{PATH}/{}/summary", row.id)),
        }
    }
}
