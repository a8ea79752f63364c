//! The doctor's days, one visit beneath the other: what is done in a line each, folded; where the present is; what is to come.

use entity::enums::AppointmentStatus;
use serde::Serialize;

use super::rows::VisitRow;
use crate::{
    access::Viewer,
    features::{
        appointments::{AppointmentRow, StatusTag, status_tag},
        visits::Rooms,
    },
    web::{Moment, Present},
};

/// One day of a doctor.
#[derive(Debug, Serialize)]
pub(super) struct TimelineDay {
    /// The local date, `2026-11-24`: what the parts of the page are named by.
    id: String,
    /// The same in words.
    date: String,
    /// Whether the present is in it.
    is_today: bool,
    /// What has its outcome.
    done: Vec<DoneVisit>,
    /// How many came to what, in words: `5 completed, 1 did not attend`.
    done_words: String,
    /// What began before the present and has no outcome yet.
    begun: Vec<VisitRow>,
    to_come: Vec<VisitRow>,
}

/// A visit that is over, as far as one line has room.
#[derive(Debug, Serialize)]
struct DoneVisit {
    id: i64,
    href: String,
    person: String,
    starts_at: Moment,
    status: StatusTag,
}

/// The days of `rows`, which are in order.
pub(super) fn days(
    viewer: &Viewer,
    (present, rooms): (&Present, &Rooms),
    rows: &[&AppointmentRow],
) -> Vec<TimelineDay> {
    let zone = viewer.zone();
    let today = present.date(zone);
    rows.chunk_by(|one, next| zone.local(one.starts_at).date() == zone.local(next.starts_at).date())
        .filter_map(|day| {
            let date = zone.local(day.first()?.starts_at).date();
            let (done, open): (Vec<_>, Vec<_>) = day.iter().copied().partition(|row| row.status.is_terminal());
            let (begun, to_come): (Vec<_>, Vec<_>) = open.into_iter().partition(|row| present.is_past(row.starts_at));
            let shown = |open: Vec<&AppointmentRow>| -> Vec<VisitRow> {
                open.into_iter().map(|row| in_line(viewer, (present, rooms), row)).collect()
            };
            Some(TimelineDay {
                id: date.format("%Y-%m-%d").to_string(),
                date: date.format("%A %-d %B %Y").to_string(),
                is_today: date == today,
                done_words: came_to(&done),
                done: done.into_iter().map(|row| DoneVisit::new(viewer, row)).collect(),
                begun: shown(begun),
                to_come: shown(to_come),
            })
        })
        .collect()
}

/// Whoever is there has their acts where the doctor looks first, not twice.
fn in_line(viewer: &Viewer, (present, rooms): (&Present, &Rooms), row: &AppointmentRow) -> VisitRow {
    let shown = VisitRow::new(viewer, (present, rooms), row);
    if row.status.is_under_way() {
        return VisitRow { acts: Vec::new(), room: None, since: None, detail: None, ..shown };
    }
    shown
}

/// How many of `visits`, which are over, came to what.
fn came_to(visits: &[&AppointmentRow]) -> String {
    let count = |status| visits.iter().filter(|row| row.status == status).count();
    let words = [(AppointmentStatus::Completed, "completed"), (AppointmentStatus::NoShow, "did not attend")];
    let counts = words.map(|(status, word)| (count(status), word));
    let said = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    said.collect::<Vec<_>>().join(", ")
}

impl DoneVisit {
    fn new(viewer: &Viewer, row: &AppointmentRow) -> Self {
        Self {
            id: row.id,
            href: format!("/appointments/{}", row.id),
            person: row.party_for(viewer.role()).0,
            starts_at: Moment::new(row.starts_at, viewer.zone()),
            status: status_tag(row.status),
        }
    }
}
