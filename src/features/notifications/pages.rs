//! The list of notifications.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    notification::{Facts, ToldTimes, sentence},
    queries::NotificationRow,
};
use crate::{
    access::{Viewer, ViewerKind},
    web::{Moment, Page, Pagination},
};

#[derive(Debug, Serialize)]
struct NotificationEntry {
    id: i64,
    text: String,
    /// The appointment it is about.
    href: Option<String>,
    at: Moment,
    unread: bool,
    /// Where it is marked as read; none once it is.
    read_href: Option<String>,
}

/// The viewer's notifications.
#[derive(Debug, Serialize)]
pub(super) struct NotificationsPage {
    rows: Vec<NotificationEntry>,
    /// On all pages.
    unread: i64,
    has_unread: bool,
    /// What the button that marks all carries: the newest that is shown, and this page.
    fields: BTreeMap<&'static str, String>,
    /// What the button of one carries.
    place: BTreeMap<&'static str, String>,
    pagination: Pagination,
}

impl NotificationsPage {
    pub(super) fn new(viewer: &Viewer, rows: Vec<NotificationRow>, (page, pagination): (u64, Pagination)) -> Self {
        let newest = rows.first().map(|row| ("newest", row.id.to_string()));
        let place = (page > 1).then(|| ("page", page.to_string()));
        Self {
            fields: newest.into_iter().chain(place.clone()).collect(),
            place: place.into_iter().collect(),
            rows: rows.iter().map(|row| NotificationEntry::new(viewer, row)).collect(),
            unread: viewer.unread,
            has_unread: viewer.unread > 0,
            pagination,
        }
    }
}

impl Page for NotificationsPage {
    const TEMPLATE: &'static str = "notifications/index.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Notifications".to_owned()
    }
}

impl NotificationEntry {
    fn new(viewer: &Viewer, row: &NotificationRow) -> Self {
        let name = |first: &Option<String>, last: &Option<String>| {
            let names = first.iter().chain(last);
            names.map(String::as_str).collect::<Vec<_>>().join(" ")
        };
        let doctor = format!("Dr {}", name(&row.doctor_first_name, &row.doctor_last_name));
        let facts = Facts {
            kind: row.kind,
            times: row.told_times().or(ToldTimes::of(viewer.zone(), row.starts_at, row.proposed_starts_at)),
            doctor: &doctor,
            patient: &name(&row.patient_first_name, &row.patient_last_name),
            reason: row.rejection_reason.as_deref().or(row.cancellation_reason.as_deref()),
        };
        let unread = row.read_at.is_none();
        Self {
            id: row.id,
            text: sentence(&facts, viewer.role()),
            href: row.appointment_id.filter(|_| is_to_see(viewer, row)).map(|id| format!("/appointments/{id}")),
            at: Moment::new(row.created_at, viewer.zone()),
            unread,
            read_href: unread.then(|| format!("/notifications/{}/read", row.id)),
        }
    }
}

/// Whether the visit is the reader's to see: it is no longer that of a doctor who handed it over.
fn is_to_see(viewer: &Viewer, row: &NotificationRow) -> bool {
    match &viewer.kind {
        ViewerKind::Doctor { doctor_id, .. } => row.doctor_id == Some(*doctor_id),
        ViewerKind::HospitalAdmin { .. } | ViewerKind::Patient { .. } => true,
        ViewerKind::SuperAdmin => false,
    }
}
