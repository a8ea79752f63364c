//! The rows that several dashboards show.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::enums::Role;
use serde::Serialize;

use super::super::{
    queries::Unread,
    sections::{COUNTED, Section},
};
use crate::{
    access::{PageContext, Viewer},
    features::{
        appointments::{
            AppointmentRow, OfferedStep, StatusTag, check_href, row_acts, status_tag, wish_href, wish_words,
        },
        modalities::modality_label,
        notifications::{Facts, ToldTimes, capitalised, sentence},
        visits::{RoomMark, Rooms},
    },
    web::{Moment, Present, moment::date_in_words},
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
    /// How it is held.
    pub modality: &'static str,
    /// Since when the patient has been waiting.
    pub since: Option<Moment>,
    /// To staff, when the patient was born: two of one name are told apart by it.
    pub born: Option<String>,
    /// What the patient said.
    pub detail: Option<String>,
    /// The other time that was proposed.
    pub proposed: Option<Moment>,
    /// What is said of another time that the patient asks for.
    pub wish: Option<String>,
    /// To the patient: where that is asked for.
    pub wish_href: Option<String>,
    /// When it was asked for.
    pub requested: Moment,
    /// Why it cannot be held, or approved, as it is.
    pub mark: Option<&'static str>,
    /// Where that is mended, if its doctor is away.
    pub mark_href: Option<String>,
    /// What is said of its room.
    pub room: Option<RoomMark>,
    /// Where the viewer tries camera and microphone for it.
    pub check_href: Option<String>,
    /// What the viewer may do about it.
    pub acts: Vec<OfferedStep>,
    /// To staff: how they answer the patient's wish for another time.
    pub wish_acts: Vec<OfferedStep>,
}

impl VisitRow {
    /// `row` as `viewer` sees it.
    pub(super) fn new(viewer: &Viewer, (present, rooms): (&Present, &Rooms), row: &AppointmentRow) -> Self {
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let (person, note) = row.party_for(viewer.role());
        let context = PageContext { viewer, present };
        let (wish_acts, acts) = row_acts(viewer, row, present).into_iter().partition(|act| act.answers_wish);
        Self {
            id: row.id,
            href: format!("/appointments/{}", row.id),
            person,
            note,
            starts_at: moment(row.starts_at),
            ends_at: moment(row.ends_at),
            status: status_tag(row.status),
            modality: modality_label(row.modality),
            since: row.arrived_at.map(moment),
            born: row.born_for(viewer.role()).map(date_in_words),
            detail: row.symptoms_for(viewer.role()),
            proposed: row.proposed_starts_at.map(moment),
            wish: wish_words(context, row),
            wish_href: wish_href(context, row),
            requested: moment(row.created_at),
            mark: row.mark(viewer.role()),
            mark_href: row.absence_href(viewer.role(), present),
            room: rooms.of(context, row),
            check_href: check_href(viewer, row),
            acts,
            wish_acts,
        }
    }
}

/// An unread notification.
#[derive(Clone, Debug, Serialize)]
pub(super) struct UnreadRow {
    pub id: i64,
    pub text: String,
    /// The appointment it is about.
    pub href: Option<String>,
    pub at: Moment,
}

/// Visits by id.
pub(super) type Visits = BTreeMap<i64, AppointmentRow>;

/// The visits that `section` shows, earliest first.
pub(super) fn rows<'a>(section: &Section, visits: &'a Visits) -> Vec<&'a AppointmentRow> {
    let mut rows: Vec<&AppointmentRow> = section.shown.iter().filter_map(|id| visits.get(id)).collect();
    rows.sort_by_key(|row| (row.starts_at, row.id));
    rows
}

/// Those who wait, the longest first.
pub(super) fn waiting<'a>(section: &Section, visits: &'a Visits) -> Vec<&'a AppointmentRow> {
    let mut rows = rows(section, visits);
    rows.sort_by_key(|row| (row.arrived_at.unwrap_or(row.starts_at), row.id));
    rows
}

/// Unread notifications as `viewer` reads them, newest first.
pub(super) fn notifications(unread: &[Unread], visits: &Visits, viewer: &Viewer) -> Vec<UnreadRow> {
    let mut rows: Vec<UnreadRow> = unread
        .iter()
        .map(|unread| {
            let visit = unread.appointment_id.and_then(|id| visits.get(&id));
            let said = said(unread, visit, (viewer, viewer.role()));
            UnreadRow {
                id: unread.id,
                text: if visit.is_some() { said } else { capitalised(&said) },
                href: visit.map(|row| format!("/appointments/{}", row.id)),
                at: Moment::new(unread.created_at, viewer.zone()),
            }
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows
}

/// What is told of a visit, as somebody of `role` is told it at the hospital of `viewer`.
pub(super) fn said(unread: &Unread, visit: Option<&AppointmentRow>, (viewer, role): (&Viewer, Role)) -> String {
    // Whoever handed it over does not see it any more.
    let unseen = || ("the doctor".to_owned(), "a patient".to_owned());
    let (doctor, patient) = visit.map_or_else(unseen, |row| (row.doctor_name(), row.patient_name()));
    let proposed = visit.and_then(|row| row.proposed_starts_at);
    let today = ToldTimes::of(viewer.zone(), visit.map(|row| row.starts_at), proposed);
    let facts = Facts {
        kind: unread.kind,
        times: unread.told_times().or(today),
        doctor: &doctor,
        patient: &patient,
        reason: visit.and_then(|row| row.rejection_reason.as_deref().or(row.cancellation_reason.as_deref())),
    };
    sentence(&facts, role)
}

/// Visits of which the patients ask for another time, each with how that is answered.
#[derive(Debug, Serialize)]
pub(super) struct Wishes {
    rows: Vec<VisitRow>,
    /// None: more than `more`.
    count: Option<i64>,
    more: u64,
}

impl Wishes {
    pub(super) fn new(section: &Section, rows: Vec<VisitRow>) -> Self {
        let count = Some(section.count).filter(|_| !section.is_beyond_count());
        Self { rows, count, more: COUNTED }
    }
}
