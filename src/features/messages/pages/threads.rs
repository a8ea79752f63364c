//! Somebody's threads.

use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::Viewer,
    features::messages::queries::ThreadRow,
    web::{Moment, Page, Pagination},
};

/// One thread.
#[derive(Debug, Serialize)]
struct Entry {
    /// `appointment.id`
    id: i64,
    href: String,
    person: String,
    /// What else says who.
    detail: Option<String>,
    /// When the visit is.
    starts_at: Moment,
    unread: i64,
    latest_at: Option<Moment>,
}

/// Those first in which there is something new.
#[derive(Debug, Serialize)]
pub(in crate::features::messages) struct Threads {
    rows: Vec<Entry>,
    unread: i64,
    is_patient: bool,
    pagination: Pagination,
}

impl Threads {
    pub(in crate::features::messages) fn new(viewer: &Viewer, rows: Vec<ThreadRow>, pagination: Pagination) -> Self {
        let zone = viewer.zone();
        let entry = |ThreadRow { row, unread, latest_at }: ThreadRow| {
            let (person, detail) = row.party_for(viewer.role());
            Entry {
                id: row.id,
                href: format!("/appointments/{}/messages", row.id),
                person,
                detail,
                starts_at: Moment::new(row.starts_at, zone),
                unread,
                latest_at: latest_at.map(|at| Moment::new(at, zone)),
            }
        };
        Self {
            rows: rows.into_iter().map(entry).collect(),
            unread: viewer.unread_messages,
            is_patient: viewer.role() == Role::Patient,
            pagination,
        }
    }
}

impl Page for Threads {
    const TEMPLATE: &'static str = "messages/index.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Messages".to_owned()
    }
}
