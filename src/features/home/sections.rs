//! From what was found to the lists and figures of a dashboard: which visits are on which list, how many, and which of them are shown.
//!
//! Each visit is compared with the present by [`Present`], which notes when the answer would be another one; so the page is kept no
//! longer than all of this is true.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use entity::enums::AppointmentStatus;

use super::queries::{FoundForDoctor, FoundForHospital, FoundForPatient, ListedVisit, UntoldNews, WishedVisit};
use crate::{features::schedules::Stretch, web::Present};

/// How many rows the cut lists show.
pub(super) const SHOWN: u64 = 10;
/// How long a day's list or a waiting room may become on a dashboard; beyond it the full list is a click away.
pub(super) const MANY: u64 = 100;
/// How many of a hospital's day are on its board: a large day is, and what is left out is said.
pub(super) const BOARD: u64 = 400;

/// So many visits without a doctor, of which another time is asked for, or whose note is to be written or signed, are counted, and beyond it they are "more than" so many: a shut account
/// leaves behind any number.
pub(super) const COUNTED: u64 = 200;

/// A list of a dashboard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// How many there are.
    pub(super) count: i64,
    /// Those that are shown, by `appointment.id`: the earliest.
    pub(super) shown: Vec<i64>,
}

impl Section {
    /// Of `visits` at most so many.
    fn of(visits: impl IntoIterator<Item = ListedVisit>, most: u64) -> Self {
        let mut visits: Vec<ListedVisit> = visits.into_iter().collect();
        visits.sort_by_key(|visit| (visit.starts_at, visit.id));
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self { count: counted(visits.len()), shown: visits.iter().take(most).map(|visit| visit.id).collect() }
    }

    /// How many are shown, when not all are.
    pub(super) fn cut(&self) -> Option<usize> {
        Some(self.shown.len()).filter(|shown| counted(*shown) < self.count)
    }

    /// Of the visits of which the patient asks for another time those that somebody can still answer.
    fn of_wished(visits: &[WishedVisit], present: &Present) -> Self {
        let open = visits.iter().filter(|visit| !present.is_past(visit.lapses_at));
        Self::of(open.map(|visit| visit.listed), SHOWN)
    }

    /// The visits of which a patient is to be told by telephone.
    fn of_untold(untold: &[UntoldNews], present: &Present) -> Self {
        let waiting = untold.iter().map(|untold| untold.visit).filter(|visit| !present.is_past(visit.ends_at));
        Self::of(waiting, SHOWN)
    }

    /// Whether there are more than are counted.
    pub(super) fn is_beyond_count(&self) -> bool {
        u64::try_from(self.count).is_ok_and(|count| count > COUNTED)
    }

    fn in_state(visits: &[ListedVisit], status: AppointmentStatus, most: u64) -> Self {
        Self::of(visits.iter().copied().filter(|visit| visit.status == status), most)
    }
}

fn counted(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The lists of a doctor.
#[derive(Clone, Debug)]
pub(super) struct DoctorSections {
    /// What goes on, of whatever day.
    pub(super) in_visit: Section,
    /// From the start of the local day to its end or 24 hours ahead, whichever is later: what stands, whatever came of it.
    pub(super) agenda: Section,
    pub(super) waiting: Section,
    pub(super) requests: Section,
    /// Of which the patient asks for another time.
    pub(super) wished: Section,
    /// Busy although its end has passed.
    pub(super) needs_outcome: Section,
    /// How many busy visits begin within the 24 hours from now on.
    pub(super) next_24_hours: i64,
    /// Visits whose note was begun and is not signed, or is still to be written; all that are counted are shown.
    pub(super) notes_to_sign: Section,
    /// That there are more of these than are counted.
    pub(super) notes_to_sign_more: bool,
    /// Of the requests those whose time another visit has meanwhile.
    pub(super) taken: BTreeSet<i64>,
}

impl DoctorSections {
    pub(super) fn new(found: &FoundForDoctor, present: &Present, today: Stretch) -> Self {
        let busy = || found.busy.iter().copied();
        let is_near = |visit: &ListedVisit| present.is_past(visit.starts_at - Duration::hours(24));
        let is_in_agenda = |visit: &ListedVisit| {
            today.starts_at <= visit.starts_at && (visit.starts_at < today.ends_at || is_near(visit))
        };
        let taken = found.requests.iter().filter(|request| request.is_taken).map(|request| request.id);
        let requests = found.requests.iter().map(|request| request.id).collect();
        let next = busy().filter(|visit| !present.is_past(visit.starts_at) && is_near(visit));
        let notes_to_sign = Section::of(found.drafts.iter().chain(&found.unwritten).copied(), SHOWN);
        Self {
            agenda: Section::of(busy().chain(found.done.iter().copied()).filter(is_in_agenda), MANY),
            in_visit: Section::in_state(&found.busy, AppointmentStatus::InProgress, MANY),
            waiting: Section::in_state(&found.busy, AppointmentStatus::Waiting, MANY),
            requests: Section { count: found.requests_count, shown: requests },
            wished: Section::of_wished(&found.wished, present),
            needs_outcome: Section::of(busy().filter(|visit| present.is_past(visit.ends_at)), SHOWN),
            next_24_hours: counted(next.count()),
            notes_to_sign_more: notes_to_sign.is_beyond_count(),
            notes_to_sign,
            taken: taken.collect(),
        }
    }

    /// Every visit that is shown.
    pub(super) fn shown(&self) -> impl Iterator<Item = i64> {
        let work = [&self.requests, &self.wished, &self.needs_outcome, &self.notes_to_sign];
        let all = [&self.in_visit, &self.agenda, &self.waiting].into_iter().chain(work);
        all.flat_map(|section| section.shown.iter().copied())
    }
}

/// The lists of a patient.
#[derive(Clone, Debug)]
pub(super) struct PatientSections {
    /// By `appointment.id`, the visit that comes first: the one that goes on, or is waited for; or is over, and nobody has said what came of it; else the
    /// next. What is left from an earlier day does not stand before a visit of today.
    pub(super) hero: Option<i64>,
    /// The others that go on, are waited for, or are over without an outcome.
    pub(super) present: Section,
    /// The others that are agreed on and not over.
    pub(super) later: Section,
    /// How many are agreed on and not over.
    pub(super) upcoming_count: i64,
    pub(super) requests: Section,
    pub(super) proposed: Section,
    /// The last that took place, by `appointment.id`, to whoever has none before them.
    pub(super) last: Option<i64>,
}

impl PatientSections {
    pub(super) fn new(found: &FoundForPatient, present: &Present, today: Stretch) -> Self {
        let is_agreed = |visit: &ListedVisit| AppointmentStatus::AGREED.contains(&visit.status);
        let goes_on =
            |visit: &ListedVisit| visit.status.is_under_way() || (is_agreed(visit) && present.is_past(visit.ends_at));
        let is_to_come = |visit: &ListedVisit| is_agreed(visit) && !present.is_past(visit.ends_at);
        let now: Vec<ListedVisit> = found.open.iter().copied().filter(goes_on).collect();
        let upcoming: Vec<ListedVisit> = found.open.iter().copied().filter(is_to_come).collect();
        let hero = first(&now, &upcoming, today);
        let others =
            |visits: &[ListedVisit]| Section::of(visits.iter().copied().filter(|visit| Some(visit.id) != hero), SHOWN);
        Self {
            hero,
            present: others(&now),
            later: others(&upcoming),
            upcoming_count: counted(upcoming.len()),
            requests: Section::in_state(&found.open, AppointmentStatus::Requested, SHOWN),
            proposed: Section::in_state(&found.open, AppointmentStatus::Proposed, SHOWN),
            last: found.last.filter(|_| hero.is_none()).map(|visit| visit.id),
        }
    }

    /// Every visit that is shown.
    pub(super) fn shown(&self) -> impl Iterator<Item = i64> {
        let all = [&self.present, &self.later, &self.requests, &self.proposed];
        all.into_iter().flat_map(|section| section.shown.iter().copied()).chain(self.hero).chain(self.last)
    }
}

/// The visit that comes first of those that are `now`, or else of the `upcoming` ones. What the hospital forgot to close days ago tells the patient
/// nothing to do: that a visit without an outcome stands first is meant of the visit of the day, so on a day with another one to come what is left
/// from earlier days is below it.
fn first(now: &[ListedVisit], upcoming: &[ListedVisit], today: Stretch) -> Option<i64> {
    let comes_today = upcoming.iter().any(|visit| visit.starts_at < today.ends_at);
    let is_left = |visit: &ListedVisit| comes_today && visit.ends_at <= today.starts_at;
    let urgent = now.iter().filter(|visit| !is_left(visit)).min_by_key(|visit| urgency(visit));
    let next = || upcoming.iter().min_by_key(|visit| (visit.starts_at, visit.id));
    urgent.or_else(next).map(|visit| visit.id)
}

/// Which of the visits that are now comes first: whoever is in one, then who waits the longest for their time, then what was over last.
fn urgency(visit: &ListedVisit) -> (u8, i64, i64) {
    let starts_at = visit.starts_at.timestamp();
    match visit.status {
        AppointmentStatus::InProgress => (0, starts_at, visit.id),
        AppointmentStatus::Waiting => (1, starts_at, visit.id),
        _ => (2, -starts_at, visit.id),
    }
}

/// The lists of a hospital.
#[derive(Clone, Debug)]
pub(super) struct HospitalSections {
    /// Of today's visits those whose patient has not come yet. Requests are no visits.
    pub(super) expected: Section,
    /// What goes on, of whatever day.
    pub(super) in_visit: Section,
    /// Of today's visits those that have their outcome.
    pub(super) done: Section,
    /// What cannot be held as it is: the doctor is away then, an account is shut, theirs or the patient's, or it is at another time than was promised.
    pub(super) without_doctor: Section,
    /// That there are more of these than are counted.
    pub(super) without_doctor_more: bool,
    pub(super) waiting: Section,
    /// Those that wait longest.
    pub(super) requests: Section,
    /// Of which the patient asks for another time.
    pub(super) wished: Section,
    /// Of which the patient is to be told by telephone.
    pub(super) untold: Section,
    /// How many visits begin today that were neither declined nor cancelled.
    pub(super) visits_today: i64,
}

impl HospitalSections {
    pub(super) fn new(found: &FoundForHospital, present: &Present) -> Self {
        let today = |statuses: &'static [AppointmentStatus], most| {
            Section::of(found.today.iter().copied().filter(|visit| statuses.contains(&visit.status)), most)
        };
        let expected = today(&AppointmentStatus::AGREED, BOARD);
        let room = BOARD.saturating_sub(u64::try_from(expected.shown.len()).unwrap_or(BOARD));
        let absent = found.absent.iter().copied().filter(|visit| !present.is_past(visit.ends_at));
        let without: BTreeMap<i64, ListedVisit> =
            found.shut.iter().copied().chain(absent).map(|visit| (visit.id, visit)).collect();
        let requests = found.requests.iter().map(|request| request.id);
        let without_doctor = Section::of(without.into_values(), SHOWN);
        Self {
            expected,
            in_visit: Section::in_state(&found.under_way, AppointmentStatus::InProgress, MANY),
            done: today(&AppointmentStatus::OVER, room),
            without_doctor_more: without_doctor.is_beyond_count(),
            without_doctor,
            waiting: Section::in_state(&found.under_way, AppointmentStatus::Waiting, MANY),
            requests: Section { count: found.requests_count, shown: requests.collect() },
            wished: Section::of_wished(&found.wished, present),
            untold: Section::of_untold(&found.untold, present),
            visits_today: counted(found.today.iter().filter(|visit| visit.status.stands()).count()),
        }
    }

    /// How many of today's visits are in `status`.
    pub(super) fn today_in(found: &FoundForHospital, status: AppointmentStatus) -> i64 {
        counted(found.today.iter().filter(|visit| visit.status == status).count())
    }

    /// Every visit that is shown.
    pub(super) fn shown(&self) -> impl Iterator<Item = i64> {
        let work = [&self.without_doctor, &self.requests, &self.wished, &self.untold];
        let all = [&self.expected, &self.waiting, &self.in_visit, &self.done].into_iter().chain(work);
        all.flat_map(|section| section.shown.iter().copied())
    }
}
