//! The doctor's dashboard.

use serde::Serialize;

use super::{
    now::NowCard,
    rows::{UnreadRow, VisitRow, Visits, Wishes, notifications, rows, waiting},
    timeline::{self, TimelineDay},
};
use crate::{
    access::{Viewer, ViewerKind},
    features::{
        appointments::AppointmentRow,
        home::{
            queries::FoundForDoctor,
            sections::{COUNTED, DoctorSections},
        },
    },
    web::{Page, Present},
};

/// Who waits, who comes, what is to be decided.
#[derive(Debug, Serialize)]
pub(in crate::features::home) struct DoctorDashboard {
    next_24_hours: i64,
    waiting_count: i64,
    /// In how many rooms of theirs a patient is.
    here_now: i64,
    /// By how many minutes they have said that they run late today.
    late: Option<i32>,
    requests_count: i64,
    needs_outcome_count: i64,
    /// At most one more than `notes_to_sign_more`.
    notes_to_sign_count: i64,
    /// None: all are counted.
    notes_to_sign_more: Option<u64>,
    /// How many of them are shown, when not all are.
    notes_to_sign_shown: Option<usize>,
    patients_seen: i64,
    unread_count: i64,
    unread_messages: i64,
    /// What is done now; none while nobody is there.
    now: Option<NowCard>,
    /// The others who are there: other visits that go on, and whoever waits besides.
    others: Vec<VisitRow>,
    /// What begins next, while nobody is there.
    next: Option<VisitRow>,
    /// The days, today first, as far as one looks ahead.
    days: Vec<TimelineDay>,
    /// How many visits are in them.
    days_count: i64,
    /// How many of these are shown, when not all are.
    days_shown: Option<usize>,
    requests: Vec<VisitRow>,
    wishes: Wishes,
    needs_outcome: Vec<VisitRow>,
    /// Visits whose note is to be signed, or to be written.
    notes_to_sign: Vec<VisitRow>,
    unread: Vec<UnreadRow>,
    /// Nothing has ever happened here: say what to do first.
    first_run: bool,
    /// Where the doctor's hours are entered.
    hours_href: String,
}

impl DoctorDashboard {
    pub(in crate::features::home) fn new(
        viewer: &Viewer,
        present: &Present,
        (found, sections, visits): (&FoundForDoctor, &DoctorSections, &Visits),
    ) -> Self {
        let row = |row| VisitRow::new(viewer, (present, &found.rooms), row);
        let marked = |row: VisitRow| {
            let taken = sections.taken.contains(&row.id).then_some("The time is taken");
            VisitRow { mark: row.mark.or(taken), ..row }
        };
        let to_sign = |note| to_sign(found, row(note));
        let there = there(viewer, present, (sections, visits));
        let agenda = rows(&sections.agenda, visits);
        let next = agenda.iter().find(|row| row.status.is_busy() && !present.is_past(row.starts_at));
        Self {
            next_24_hours: sections.next_24_hours,
            waiting_count: sections.waiting.count,
            here_now: found.rooms.here(present),
            late: own_id(viewer).and_then(|doctor_id| found.rooms.late(doctor_id)),
            requests_count: sections.requests.count,
            needs_outcome_count: sections.needs_outcome.count,
            notes_to_sign_count: sections.notes_to_sign.count,
            notes_to_sign_more: sections.notes_to_sign_more.then_some(COUNTED),
            notes_to_sign_shown: sections.notes_to_sign.cut(),
            patients_seen: found.patients_seen,
            unread_count: viewer.unread,
            unread_messages: viewer.unread_messages,
            now: there.first().map(|first| NowCard::new(viewer, (present, &found.rooms), first)),
            next: next.filter(|_| there.is_empty()).map(|next| row(next)),
            others: there.into_iter().skip(1).map(row).collect(),
            days: timeline::days(viewer, (present, &found.rooms), &agenda),
            days_count: sections.agenda.count,
            days_shown: sections.agenda.cut(),
            requests: rows(&sections.requests, visits).into_iter().map(row).map(marked).collect(),
            wishes: Wishes::new(&sections.wished, rows(&sections.wished, visits).into_iter().map(row).collect()),
            needs_outcome: rows(&sections.needs_outcome, visits).into_iter().map(row).collect(),
            notes_to_sign: rows(&sections.notes_to_sign, visits).into_iter().map(to_sign).collect(),
            unread: notifications(&found.unread, visits, viewer),
            hours_href: own_id(viewer).map_or("/profile".to_owned(), |id| format!("/doctors/{id}/availability")),
            first_run: !found.is_any_open
                && found.done.is_empty()
                && found.unread.is_empty()
                && found.patients_seen == 0,
        }
    }
}

/// Who is there: first those in a visit, then those who wait, the longest first. What was left open on another day comes after those of today.
fn there<'a>(
    viewer: &Viewer,
    present: &Present,
    (sections, visits): (&DoctorSections, &'a Visits),
) -> Vec<&'a AppointmentRow> {
    let today = present.date(viewer.zone());
    let mut there = rows(&sections.in_visit, visits);
    there.extend(waiting(&sections.waiting, visits));
    there.sort_by_key(|row| viewer.zone().local(row.starts_at).date() != today);
    there
}

/// Which doctor the viewer is.
const fn own_id(viewer: &Viewer) -> Option<i64> {
    match viewer.kind {
        ViewerKind::Doctor { doctor_id, .. } => Some(doctor_id),
        _ => None,
    }
}

/// The row of a visit whose note is to be signed or written, saying which.
fn to_sign(found: &FoundForDoctor, row: VisitRow) -> VisitRow {
    let is_draft = found.drafts.iter().any(|draft| draft.id == row.id);
    VisitRow { note: Some(if is_draft { "Draft" } else { "No note yet" }.to_owned()), ..row }
}

impl Page for DoctorDashboard {
    const TEMPLATE: &'static str = "home/doctor.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Your day".to_owned()
    }
}
