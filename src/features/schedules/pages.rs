//! Free times, and a doctor's week with its absences.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

use super::{
    free::{NoTimes, Rules, Schedule, Stretch, Window},
    queries::{Absence, DoctorOfSchedule, PlannedVisit, Week},
};
use crate::{
    access::{PageContext, Viewer, ViewerKind},
    time_zone::Tz,
    web::{FormView, Moment, Page, local_value},
};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// How far ahead the next free time is looked for, in days.
pub(super) const AHEAD: u64 = 28;

/// The free times of a day, for the component `time_list`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DayOfTimes {
    pub(crate) date: String,
    pub(crate) times: Vec<Time>,
}

/// A time to choose.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Time {
    /// `2026-11-24T14:30`, on the hospital's clock.
    pub(crate) value: String,
    /// `14:30`
    pub(crate) label: String,
}

/// Free times as `time_list` shows them.
pub(crate) fn days(free: Vec<(NaiveDate, Vec<Stretch>)>, zone: Tz) -> Vec<DayOfTimes> {
    let times = |slots: Vec<Stretch>| slots.into_iter().map(|slot| Time::new(slot.starts_at, zone)).collect();
    free.into_iter().map(|(date, slots)| DayOfTimes { date: in_words(date), times: times(slots) }).collect()
}

/// What a link begins with that leads to booking with `doctor_id`, and ends with `starts_at=` and the value of a [`Time`]; none for whoever cannot book
/// with them.
pub(crate) fn booking_href(viewer: &Viewer, doctor_id: i64) -> Option<String> {
    match &viewer.kind {
        ViewerKind::Doctor { doctor_id: own, .. } => (*own == doctor_id).then(|| "/appointments/new?".to_owned()),
        _ => Some(format!("/appointments/new?doctor_id={doctor_id}&")),
    }
}

impl Time {
    pub(crate) fn new(at: DateTime<Utc>, zone: Tz) -> Self {
        Self { value: local_value(at, zone), label: at.with_timezone(&zone).format("%H:%M").to_string() }
    }
}

fn in_words(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// The free times of one day.
#[derive(Debug, Serialize)]
pub(super) struct Times {
    name: String,
    doctor_href: String,
    action: String,
    form: FormView,
    date: String,
    zone: &'static str,
    times: Vec<Time>,
    /// Why there is none.
    none: Option<&'static str>,
    /// The next day that has one.
    next_free: Option<DayLink>,
    previous: Option<DayLink>,
    next: Option<DayLink>,
    /// What a link to booking begins with; none for whoever cannot book with this doctor.
    book: Option<String>,
}

#[derive(Debug, Serialize)]
struct DayLink {
    href: String,
    label: String,
}

impl Times {
    pub(super) fn new(
        PageContext { viewer, present }: PageContext<'_>,
        doctor: &DoctorOfSchedule,
        (date, form): (NaiveDate, FormView),
        schedule: &Schedule,
    ) -> Self {
        let (zone, rules) = (viewer.zone(), doctor.rules(viewer));
        let free = schedule.free(date, rules, present);
        let next_free = schedule.nearest((date + Days::new(1), AHEAD - 1), rules, (present, 1));
        let link = |date: NaiveDate| DayLink { href: day_href(doctor.id, date), label: in_words(date) };
        Self {
            date: in_words(date),
            none: free.as_ref().err().copied().map(NoTimes::sentence),
            next_free: next_free.first().filter(|_| free.is_err()).map(|(date, _)| link(*date)),
            times: free.unwrap_or_default().into_iter().map(|slot| Time::new(slot.starts_at, zone)).collect(),
            previous: Some(date - Days::new(1)).filter(|day| *day >= present.date(zone)).map(link),
            next: Some(link(date + Days::new(1))),
            ..Self::refused(viewer, doctor, form)
        }
    }

    /// The form alone, with what is wrong in it.
    pub(super) fn refused(viewer: &Viewer, doctor: &DoctorOfSchedule, form: FormView) -> Self {
        Self {
            name: doctor.name(),
            doctor_href: format!("/doctors/{}", doctor.id),
            action: format!("/doctors/{}/times", doctor.id),
            form,
            date: String::new(),
            zone: viewer.zone().name(),
            times: Vec::new(),
            none: None,
            next_free: None,
            previous: None,
            next: None,
            book: booking_href(viewer, doctor.id),
        }
    }
}

fn day_href(doctor_id: i64, date: NaiveDate) -> String {
    format!("/doctors/{doctor_id}/times?date={date}")
}

impl Page for Times {
    const TEMPLATE: &'static str = "schedules/times.html";

    fn title(&self) -> String {
        format!("Free times of {}", self.name)
    }
}

/// A doctor's week and absences, with the forms that change them.
#[derive(Debug, Serialize)]
pub(super) struct Availability {
    name: String,
    is_own: bool,
    doctor_href: String,
    action: String,
    time_off_action: String,
    form: FormView,
    time_off_form: FormView,
    weekdays: Vec<Choice>,
    windows: Vec<WindowRow>,
    absences: Vec<AbsenceRow>,
    /// Visits that are planned outside of the hours.
    outside: Vec<PlannedRow>,
    /// How many visits cannot be held as planned.
    broken: usize,
    zone: &'static str,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: usize,
    label: &'static str,
}

#[derive(Debug, Serialize)]
struct WindowRow {
    id: i64,
    day: &'static str,
    hours: String,
    /// How many visits are planned in them.
    visits: usize,
}

#[derive(Debug, Serialize)]
struct AbsenceRow {
    id: i64,
    from: Moment,
    to: Moment,
    reason: Option<String>,
    /// Visits that are still planned in it.
    visits: Vec<PlannedRow>,
    /// Where they are listed on this page.
    visits_href: String,
    removal: String,
}

/// A visit that cannot be held as it is planned.
#[derive(Debug, Serialize)]
struct PlannedRow {
    id: i64,
    href: String,
    patient: String,
    starts_at: Moment,
}

impl Availability {
    pub(super) fn new(viewer: &Viewer, doctor: &DoctorOfSchedule, week: &Week) -> Self {
        let rules = doctor.rules(viewer);
        let absences: Vec<AbsenceRow> =
            week.absences.iter().map(|absence| AbsenceRow::new(rules, doctor.id, (absence, week))).collect();
        let outside: Vec<PlannedRow> = week.outside(rules).map(|visit| PlannedRow::new(visit, rules)).collect();
        Self {
            name: doctor.name(),
            is_own: doctor.user_id == viewer.user_id,
            doctor_href: format!("/doctors/{}", doctor.id),
            action: format!("/doctors/{}/availability", doctor.id),
            time_off_action: format!("/doctors/{}/time-off", doctor.id),
            form: FormView::default(),
            time_off_form: FormView::default(),
            weekdays: WEEKDAYS.iter().enumerate().map(|(value, label)| Choice { value, label }).collect(),
            windows: week.windows().iter().filter_map(|window| WindowRow::new(window, (week, rules))).collect(),
            broken: outside.len() + absences.iter().map(|absence| absence.visits.len()).sum::<usize>(),
            absences,
            outside,
            zone: viewer.zone().name(),
        }
    }

    /// The same with a refused form of hours.
    pub(super) fn refusing(self, form: FormView) -> Self {
        Self { form, ..self }
    }

    /// The same with a refused form of an absence.
    pub(super) fn refusing_absence(self, time_off_form: FormView) -> Self {
        Self { time_off_form, ..self }
    }
}

impl WindowRow {
    fn new(window: &Window, (week, rules): (&Week, Rules)) -> Option<Self> {
        let day = usize::try_from(window.weekday).ok().and_then(|day| WEEKDAYS.get(day))?;
        let visits = week.in_window(window, rules).count();
        Some(Self { id: window.id, day, hours: window.hours.to_string(), visits })
    }
}

impl AbsenceRow {
    fn new(rules: Rules, doctor_id: i64, (absence, week): (&Absence, &Week)) -> Self {
        let Stretch { starts_at, ends_at } = absence.stretch;
        Self {
            id: absence.id,
            from: Moment::new(starts_at, rules.zone),
            to: Moment::new(ends_at, rules.zone),
            reason: absence.reason.clone(),
            visits: week.in_absence(absence).map(|visit| PlannedRow::new(visit, rules)).collect(),
            visits_href: format!("#visits-in-{}", absence.id),
            removal: format!("/doctors/{doctor_id}/time-off/{}/removal", absence.id),
        }
    }
}

impl PlannedRow {
    fn new(visit: &PlannedVisit, rules: Rules) -> Self {
        Self {
            id: visit.id,
            href: format!("/appointments/{}", visit.id),
            patient: visit.patient.clone(),
            starts_at: Moment::new(visit.stretch.starts_at, rules.zone),
        }
    }
}

impl Page for Availability {
    const TEMPLATE: &'static str = "schedules/availability.html";

    fn title(&self) -> String {
        if self.is_own { "Your hours".to_owned() } else { format!("Hours of {}", self.name) }
    }
}
