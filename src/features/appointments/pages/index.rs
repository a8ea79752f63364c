//! The list.

use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::Viewer,
    features::appointments::{
        appointment::{STATUSES, StatusTag, status_tag},
        queries::{AppointmentRow, DoctorOption},
    },
    web::{AppError, FormView, Moment, Page, Pagination, Paging},
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
struct Entry {
    id: i64,
    href: String,
    /// The other party; to an administrator the patient.
    person: String,
    /// To an administrator the doctor, to a patient the doctor's field.
    note: Option<String>,
    starts_at: Moment,
    status: StatusTag,
}

/// The viewer's appointments, and the form that narrows them.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct Index {
    form: FormView,
    statuses: Vec<Choice>,
    /// Empty to a doctor, whose list is their own.
    doctors: Vec<Choice>,
    /// What is searched for.
    name_label: &'static str,
    zone: &'static str,
    /// Where the list is whole again; none when it is.
    clear: Option<&'static str>,
    person_label: &'static str,
    note_label: Option<&'static str>,
    columns: Vec<&'static str>,
    rows: Vec<Entry>,
    /// None when the filter could not be used.
    pagination: Option<Pagination>,
    empty_text: &'static str,
}

impl Index {
    /// The page `paging` of what was `found`: how many there are, and the rows.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the list has no such page.
    pub(in crate::features::appointments) fn new(
        viewer: &Viewer,
        (form, doctors): (FormView, &[DoctorOption]),
        paging: Paging,
        (total, rows): (u64, Vec<AppointmentRow>),
    ) -> Result<Self, AppError> {
        let query: Vec<(&str, &str)> =
            form.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pagination = Pagination::new(paging, total, "visits", (PATH, &query))?;
        let mut list = Self::refused(viewer, (form, doctors));
        list.rows = rows.iter().map(|row| Entry::new(viewer, row)).collect();
        list.pagination = Some(pagination);
        Ok(list)
    }

    /// The form alone, with what is wrong in it.
    pub(in crate::features::appointments) fn refused(
        viewer: &Viewer,
        (form, doctors): (FormView, &[DoctorOption]),
    ) -> Self {
        let (person_label, note_label) = match viewer.role() {
            Role::Doctor => ("Patient", None),
            Role::Patient => ("Doctor", Some("Field")),
            Role::HospitalAdmin | Role::SuperAdmin => ("Patient", Some("Doctor")),
        };
        let columns = std::iter::once(person_label).chain(note_label).chain(["Time", "Status"]);
        let narrowed = form.values.values().any(|value| !value.is_empty());
        Self {
            statuses: STATUSES.into_iter().map(Choice::of_status).collect(),
            doctors: doctors.iter().map(Choice::of_doctor).collect(),
            name_label: if note_label == Some("Doctor") { "Patient or doctor" } else { person_label },
            zone: viewer.zone().name(),
            clear: narrowed.then_some(PATH),
            person_label,
            note_label,
            columns: columns.collect(),
            rows: Vec::new(),
            pagination: None,
            empty_text: if narrowed {
                "Widen the dates, or choose another status."
            } else {
                "Visits appear here as soon as one is asked for or booked."
            },
            form,
        }
    }
}

impl Page for Index {
    const TEMPLATE: &'static str = "appointments/index.html";

    fn title(&self) -> String {
        "Visits".to_owned()
    }
}

impl Choice {
    fn of_status(status: entity::enums::AppointmentStatus) -> Self {
        let tag = status_tag(status);
        Self { value: tag.code.to_owned(), label: tag.label.to_owned() }
    }

    fn of_doctor(doctor: &DoctorOption) -> Self {
        Self { value: doctor.id.to_string(), label: format!("Dr {} {}", doctor.first_name, doctor.last_name) }
    }
}

impl Entry {
    fn new(viewer: &Viewer, row: &AppointmentRow) -> Self {
        let (person, note) = row.party_for(viewer.role());
        Self {
            id: row.id,
            href: format!("{PATH}/{}", row.id),
            person,
            note,
            starts_at: Moment::new(row.starts_at, viewer.zone()),
            status: status_tag(row.status),
        }
    }
}
