//! What a patient reads of the trail: who opened their record.

use entity::enums::{AuditAction, AuditSubject, Role};
use serde::Serialize;
use serde_json::Value;

use crate::{
    access::{Viewer, role_label},
    features::audit::queries::RecordOpeningRow,
    web::{AppError, Moment, Page, Pagination, Paging},
};

/// Where it is.
const PATH: &str = "/record-access";

/// One time at which somebody opened something.
#[derive(Debug, Serialize)]
struct Opening {
    at: Moment,
    person: String,
    role: &'static str,
    what: String,
    /// Of which visit; none for the record itself.
    visit: Option<VisitOfOpening>,
}

#[derive(Debug, Serialize)]
struct VisitOfOpening {
    href: String,
    starts_at: Moment,
}

/// Who opened the viewer's record.
#[derive(Debug, Serialize)]
pub(in crate::features::audit) struct Openings {
    zone: &'static str,
    rows: Vec<Opening>,
    pagination: Pagination,
}

impl Openings {
    /// The page `paging` of what was `found`: how many there are, and the rows.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such page.
    pub(in crate::features::audit) fn new(
        viewer: &Viewer,
        paging: Paging,
        (total, rows): (u64, Vec<RecordOpeningRow>),
    ) -> Result<Self, AppError> {
        Ok(Self {
            zone: viewer.zone().name(),
            rows: rows.iter().map(|row| Opening::new(viewer, row)).collect(),
            pagination: Pagination::new(paging, total, "entries", (PATH, &[]))?,
        })
    }
}

impl Page for Openings {
    const TEMPLATE: &'static str = "audit/openings.html";

    fn title(&self) -> String {
        "Who opened my record".to_owned()
    }
}

impl Opening {
    fn new(viewer: &Viewer, row: &RecordOpeningRow) -> Self {
        let visit = |starts_at| VisitOfOpening {
            href: format!("/appointments/{}", row.subject_id),
            starts_at: Moment::new(starts_at, viewer.zone()),
        };
        Self {
            at: Moment::new(row.at, viewer.zone()),
            person: person(row),
            role: role_label(row.actor_role),
            what: what(row),
            visit: row.starts_at.map(visit),
        }
    }
}

/// Whoever runs the platform is not of the patient's hospital, and known to nobody there.
fn person(row: &RecordOpeningRow) -> String {
    match row.actor_role {
        Role::Doctor => format!("Dr {}", row.person()),
        Role::SuperAdmin => "The platform".to_owned(),
        Role::HospitalAdmin | Role::Patient => row.person(),
    }
}

/// What they opened: the whole, or the part that has a page of its own.
fn what(row: &RecordOpeningRow) -> String {
    let number = row.detail.get("number").and_then(Value::as_i64);
    let part = row.detail.get("part").and_then(Value::as_str).map(|part| part.replace('_', " "));
    let part = part.map(|part| number.map_or_else(|| part.clone(), |number| format!("{part} No. {number}")));
    match (row.action, row.subject_kind, part) {
        (AuditAction::Exported, ..) => "A copy of everything".to_owned(),
        (_, AuditSubject::Appointment, Some(part)) => format!("The {part} of a visit"),
        (_, AuditSubject::Appointment, None) => "A visit".to_owned(),
        (_, _, Some(part)) => format!("Your record: {part}"),
        (_, _, None) => "Your record".to_owned(),
    }
}
