//! The trail as a page.

mod openings;

pub(super) use openings::Openings;

use entity::enums::{AuditSubject, Role};
use serde::Serialize;

use super::{
    queries::EntryRow,
    words::{self, ACTIONS, SUBJECTS},
};
use crate::{
    access::{Viewer, role_label},
    web::{AppError, FormView, Moment, Page, Pagination, Paging},
};

const PATH: &str = "/audit";

/// One entry of a select.
#[derive(Debug, Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
}

/// Who did or opened what, when and from where.
#[derive(Debug, Serialize)]
struct TrailEntry {
    at: Moment,
    person: String,
    role: &'static str,
    /// Everything this person did.
    person_href: String,
    what: &'static str,
    detail: String,
    record: String,
    /// Everything that was done to this record.
    record_href: String,
    /// Told to platform administrators.
    hospital: Option<String>,
    ip: String,
}

/// The trail, and the form that narrows it.
#[derive(Debug, Serialize)]
pub(super) struct Trail {
    form: FormView,
    subjects: Vec<Choice>,
    actions: Vec<Choice>,
    person_label: &'static str,
    zone: &'static str,
    /// Where the list is whole again; none when it is.
    clear: Option<&'static str>,
    columns: Vec<&'static str>,
    has_hospitals: bool,
    rows: Vec<TrailEntry>,
    /// None when the filter could not be used.
    pagination: Option<Pagination>,
}

impl Trail {
    /// The page `paging` of what was `found`: how many there are, and the rows.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the trail has no such page.
    pub(super) fn new(
        viewer: &Viewer,
        form: FormView,
        paging: Paging,
        (total, rows): (u64, Vec<EntryRow>),
    ) -> Result<Self, AppError> {
        let query: Vec<(&str, &str)> =
            form.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pagination = Pagination::new(paging, total, "entries", (PATH, &query))?;
        let mut trail = Self::refused(viewer, form);
        trail.rows = rows.into_iter().map(|row| TrailEntry::new(viewer, row)).collect();
        trail.pagination = Some(pagination);
        Ok(trail)
    }

    /// The form alone, with what is wrong in it.
    pub(super) fn refused(viewer: &Viewer, form: FormView) -> Self {
        let has_hospitals = viewer.runs_platform();
        let columns = ["Time", "Person", "What", "Record"].into_iter();
        Self {
            subjects: SUBJECTS.map(words::subject).map(Choice::new).into(),
            actions: ACTIONS.map(words::action).map(Choice::new).into(),
            person_label: if has_hospitals { "Person: number or e-mail" } else { "Person: name, number or e-mail" },
            zone: viewer.zone().name(),
            clear: form.values.values().any(|value| !value.is_empty()).then_some(PATH),
            columns: columns.chain(has_hospitals.then_some("Hospital")).chain(["From"]).collect(),
            has_hospitals,
            rows: Vec::new(),
            pagination: None,
            form,
        }
    }
}

impl Page for Trail {
    const TEMPLATE: &'static str = "audit/index.html";

    fn title(&self) -> String {
        "Audit".to_owned()
    }
}

impl Choice {
    fn new((value, label): (&'static str, &'static str)) -> Self {
        Self { value, label }
    }
}

/// Whoever runs the platform answers for hospitals and those who keep them; who a hospital's patients are is not theirs to know.
fn person_for(viewer: &Viewer, id: i64, (role, name): (Role, String)) -> String {
    match role {
        Role::Patient if viewer.runs_platform() => format!("{} {id}", role_label(role)),
        _ => name,
    }
}

/// Nor what their addresses were and are.
fn detail_for(viewer: &Viewer, row: &EntryRow) -> String {
    let is_patients = row.subject_kind == AuditSubject::Patient || row.actor_role == Role::Patient;
    match is_patients && viewer.runs_platform() {
        true => words::detail_without_addresses(&row.detail, viewer.zone()),
        false => words::detail(&row.detail, viewer.zone()),
    }
}

impl TrailEntry {
    fn new(viewer: &Viewer, row: EntryRow) -> Self {
        let (code, noun) = words::subject(row.subject_kind);
        let id = row.subject_id;
        Self {
            at: Moment::new(row.at, viewer.zone()),
            person: person_for(viewer, row.actor_id, (row.actor_role, row.person())),
            role: role_label(row.actor_role),
            person_href: format!("{PATH}?person={}", row.actor_id),
            what: words::action(row.action).1,
            detail: detail_for(viewer, &row),
            record: format!("{noun} {id}"),
            record_href: format!("{PATH}?subject={code}&id={id}"),
            hospital: row.hospital_name,
            ip: row.ip.unwrap_or_else(|| "the server itself".to_owned()),
        }
    }
}
