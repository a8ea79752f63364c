//! Free times, and a doctor's week with its absences.

mod days;
mod hours;
mod week;

pub(crate) use days::{DayOfTimes, Time, booking_href, days};
pub(super) use hours::asking_of;
pub(super) use week::{FoundWeek, FreeWeek, WEEK};

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use self::{
    days::{DayLink, FreeDay, FreeTime, in_words},
    hours::{HoursOfDay, hours_of_days},
};
use super::{
    forms::seen,
    free::{ByDay, FreeTimes as _, NoTimes, Rules, Schedule, Stretch, Window},
    queries::{Absence, DoctorOfSchedule, PlannedVisit, Week},
};
use crate::{
    access::{PageContext, Viewer},
    web::{FormView, Moment, Page},
};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// How far ahead the next free time is looked for, in days.
pub(super) const AHEAD: u64 = 28;

/// The free times of one day.
#[derive(Debug, Serialize)]
pub(super) struct Times {
    name: String,
    doctor_href: String,
    action: String,
    form: FormView,
    zone: &'static str,
    /// The day that is looked at; none while it is not understood.
    day: Option<FreeDay>,
    /// The next day that has one.
    next_free: Option<DayLink>,
    previous: Option<DayLink>,
    next: Option<DayLink>,
    /// Whether the viewer can book with this doctor.
    books: bool,
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
        let book = booking_href(viewer, doctor.id);
        let time = |slot: Stretch| FreeTime::new(slot.starts_at, zone, book.as_deref());
        let times = free.map(|slots| slots.into_iter().map(time).collect());
        let day = FreeDay::new(date, times.map_err(NoTimes::sentence));
        Self {
            next_free: next_free.first().filter(|_| day.is_empty()).map(|(date, _)| link(*date)),
            previous: Some(date - Days::new(1)).filter(|day| *day >= present.date(zone)).map(link),
            next: Some(link(date + Days::new(1))),
            day: Some(day),
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
            zone: viewer.zone().name(),
            day: None,
            next_free: None,
            previous: None,
            next: None,
            books: booking_href(viewer, doctor.id).is_some(),
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
    /// The hours by day, and the word by which a change of them is noticed.
    hours_of_days: Vec<HoursOfDay>,
    seen: String,
    /// Visits of which it was said that they would come to lie outside of the hours; none before it was asked.
    accepted: Option<String>,
    /// Whether there are hours that are not entered by day.
    has_others: bool,
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
    /// Where it is said what is to become of them.
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
        let by_day = ByDay::new(week.windows().to_vec());
        Self {
            hours_of_days: hours_of_days(&by_day),
            seen: seen(&by_day),
            accepted: None,
            has_others: !by_day.others.is_empty(),
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
    ///
    /// The word by which a change is noticed stays the one that was sent, unless it was told of: whoever mends a slip has not seen what came meanwhile.
    pub(super) fn refusing(mut self, form: FormView) -> Self {
        self.hours_of_days.iter_mut().for_each(|day| day.make_room_for(&form));
        self.seen = form.values.get("seen").cloned().unwrap_or(self.seen);
        Self { form, ..self }
    }

    /// The same after it was asked whether these visits may come to lie outside of the hours.
    pub(super) fn accepting(self, visits: &BTreeSet<i64>) -> Self {
        let ids: Vec<String> = visits.iter().map(i64::to_string).collect();
        Self { accepted: Some(ids.join(" ")).filter(|ids| !ids.is_empty()), ..self }
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

/// Where it is said what is to become of the visits in an absence: a page of the visits.
pub(crate) fn visits_href(doctor_id: i64, absence_id: i64) -> String {
    format!("/doctors/{doctor_id}/time-off/{absence_id}/visits")
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
            visits_href: visits_href(doctor_id, absence.id),
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
