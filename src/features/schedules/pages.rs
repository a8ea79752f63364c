//! Free times, and a doctor's week with its absences.

use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::enums::Role;
use serde::Serialize;

use super::{
    free::{NoTimes, Schedule, Stretch},
    queries::{Absence, DoctorOfSchedule},
};
use crate::{
    access::{Viewer, ViewerKind},
    time_zone::Tz,
    web::{FormView, Moment, Page, Present, local_value},
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

impl Time {
    fn new(at: DateTime<Utc>, zone: Tz) -> Self {
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
        (viewer, present): (&Viewer, &Present),
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
        let books = match &viewer.kind {
            ViewerKind::Doctor { doctor_id, .. } => (*doctor_id == doctor.id).then(|| "/appointments/new?".to_owned()),
            _ => Some(format!("/appointments/new?doctor_id={}&", doctor.id)),
        };
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
            book: books,
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
}

#[derive(Debug, Serialize)]
struct AbsenceRow {
    id: i64,
    from: Moment,
    to: Moment,
    reason: Option<String>,
    /// Visits that are still planned in it.
    visits: usize,
    /// Their list.
    visits_href: String,
    removal: String,
}

impl Availability {
    pub(super) fn new(
        viewer: &Viewer,
        doctor: &DoctorOfSchedule,
        (schedule, absences): &(Schedule, Vec<Absence>),
    ) -> Self {
        let action = format!("/doctors/{}/availability", doctor.id);
        let row = |absence: &Absence| AbsenceRow::new(viewer, doctor.id, (absence, schedule));
        Self {
            name: doctor.name(),
            is_own: doctor.user_id == viewer.user_id,
            doctor_href: format!("/doctors/{}", doctor.id),
            action,
            time_off_action: format!("/doctors/{}/time-off", doctor.id),
            form: FormView::default(),
            time_off_form: FormView::default(),
            weekdays: WEEKDAYS.iter().enumerate().map(|(value, label)| Choice { value, label }).collect(),
            windows: schedule.windows.iter().filter_map(WindowRow::new).collect(),
            absences: absences.iter().map(row).collect(),
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
    fn new(window: &super::free::Window) -> Option<Self> {
        let day = usize::try_from(window.weekday).ok().and_then(|day| WEEKDAYS.get(day))?;
        Some(Self { id: window.id, day, hours: window.hours.to_string() })
    }
}

impl AbsenceRow {
    fn new(viewer: &Viewer, doctor_id: i64, (absence, schedule): (&Absence, &Schedule)) -> Self {
        let zone = viewer.zone();
        let Stretch { starts_at, ends_at } = absence.stretch;
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let doctor = if viewer.role() == Role::Doctor { String::new() } else { format!("&doctor={doctor_id}") };
        Self {
            id: absence.id,
            from: Moment::new(starts_at, zone),
            to: Moment::new(ends_at, zone),
            reason: absence.reason.clone(),
            visits: schedule.busy.iter().filter(|visit| visit.overlaps(absence.stretch)).count(),
            visits_href: format!("/appointments?from={}&to={}{doctor}", day(starts_at), day(ends_at)),
            removal: format!("/doctors/{doctor_id}/time-off/{}/removal", absence.id),
        }
    }
}

impl Page for Availability {
    const TEMPLATE: &'static str = "schedules/availability.html";

    fn title(&self) -> String {
        if self.is_own { "Your hours".to_owned() } else { format!("Hours of {}", self.name) }
    }
}
