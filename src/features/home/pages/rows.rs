//! The rows that several dashboards show.

use chrono::{DateTime, Utc};
use entity::enums::{AppointmentStatus, Role};
use serde::Serialize;

use super::super::queries::{Item, Section};
use crate::{
    access::Viewer,
    features::{
        appointments::{Act, AppointmentRow, StatusTag, row_acts, status_tag},
        notifications::{Facts, sentence},
    },
    web::{Moment, Present},
};

/// A visit in a list. Whom it names depends on who reads it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct VisitRow {
    pub id: i64,
    pub href: String,
    /// The other party; to an administrator the patient.
    pub person: String,
    /// To an administrator the doctor, to a patient the doctor's field.
    pub note: Option<String>,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub status: StatusTag,
    /// Since when the patient has been waiting.
    pub since: Option<Moment>,
    /// What the patient said.
    pub detail: Option<String>,
    /// The other time that was proposed.
    pub proposed: Option<Moment>,
    /// When it was asked for.
    pub requested: Moment,
    /// What the viewer may do about it.
    pub acts: Vec<Act>,
}

impl VisitRow {
    /// `row` as `viewer` sees it. An administrator keeps the desk: who comes to whom and when, not
    /// what ails them.
    pub(super) fn new(viewer: &Viewer, present: &Present, row: &AppointmentRow) -> Self {
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let (person, note) = row.party_for(viewer.role());
        let is_clinical = matches!(viewer.role(), Role::Doctor | Role::Patient);
        Self {
            id: row.id,
            href: format!("/appointments/{}", row.id),
            person,
            note,
            starts_at: moment(row.starts_at),
            ends_at: moment(row.ends_at),
            status: status_tag(row.status),
            since: row.arrived_at.filter(|_| row.status == AppointmentStatus::Waiting).map(moment),
            detail: row.symptoms.clone().filter(|_| is_clinical),
            proposed: row.proposed_starts_at.map(moment),
            requested: moment(row.created_at),
            acts: row_acts(viewer, row, present),
        }
    }
}

/// An unread notification.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NotificationRow {
    pub id: i64,
    pub text: String,
    /// The appointment it is about.
    pub href: Option<String>,
    pub at: Moment,
}

/// The appointments of `section`, earliest first.
pub(super) fn appointments(items: &[Item], section: Section) -> Vec<&AppointmentRow> {
    let mut rows: Vec<&AppointmentRow> =
        items.iter().filter(|item| item.section == section).filter_map(|item| item.appointment.as_ref()).collect();
    rows.sort_by_key(|row| (row.starts_at, row.id));
    rows
}

/// Those who wait, the longest first.
pub(super) fn waiting(items: &[Item]) -> Vec<&AppointmentRow> {
    let mut rows = appointments(items, Section::Waiting);
    rows.sort_by_key(|row| (row.arrived_at.unwrap_or(row.starts_at), row.id));
    rows
}

/// The unread notifications of `viewer`, newest first.
pub(super) fn unread(items: &[Item], viewer: &Viewer) -> Vec<NotificationRow> {
    let mut rows: Vec<NotificationRow> = items
        .iter()
        .filter_map(|item| {
            let notification = item.notification.as_ref()?;
            let appointment = item.appointment.as_ref();
            let (doctor, patient) = appointment.map(|row| (row.doctor_name(), row.patient_name())).unwrap_or_default();
            let facts = Facts {
                kind: notification.kind,
                starts_at: appointment.map(|row| row.starts_at),
                proposed_starts_at: appointment.and_then(|row| row.proposed_starts_at),
                doctor: &doctor,
                patient: &patient,
                reason: notification.rejection_reason.as_deref().or(notification.cancellation_reason.as_deref()),
            };
            Some(NotificationRow {
                id: notification.notification_id,
                text: sentence(&facts, viewer.role(), viewer.zone()),
                href: appointment.map(|row| format!("/appointments/{}", row.id)),
                at: Moment::new(notification.notified_at, viewer.zone()),
            })
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows
}
