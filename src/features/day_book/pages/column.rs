//! A column of the book: one doctor on one day.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use entity::enums::AppointmentStatus;
use serde::Serialize;

use crate::{
    access::PageContext,
    features::{
        day_book::{
            forms::{BookPlace, BookView},
            pages::offers_doctors,
            queries::{DoctorOfBook, FoundTime, VisitOfBook},
        },
        schedules::{Absence, DoctorTime, Rules, SlotRefusal, Stretch, visits_href},
    },
    time_zone::Tz,
    web::start_of_day,
};

/// A doctor's day.
#[derive(Debug)]
pub(super) struct BookColumn<'a> {
    pub(super) doctor: &'a DoctorOfBook,
    pub(super) date: NaiveDate,
    pub(super) rules: Rules,
    time: DoctorTime,
    /// The visits that touch it, the earliest first.
    pub(super) visits: Vec<&'a VisitOfBook>,
    /// All times of the hours, free or not.
    pub(super) slots: Vec<Stretch>,
    /// Those that can be booked.
    pub(super) free: Vec<Stretch>,
    /// Whether it is still too far ahead for any of its times to be booked.
    is_too_early: bool,
}

impl<'a> BookColumn<'a> {
    pub(super) fn new(
        PageContext { viewer, present }: PageContext<'_>,
        (doctor, date): (&'a DoctorOfBook, NaiveDate),
        found: &'a FoundTime,
    ) -> Self {
        let (rules, zone) = (doctor.rules(viewer), viewer.zone());
        let time = found.schedules.of(doctor.id);
        let visits = found.visits.get(&doctor.id).map(Vec::as_slice).unwrap_or_default();
        let next = date.succ_opt().unwrap_or(date);
        let day = Stretch { starts_at: start_of_day(date, zone), ends_at: start_of_day(next, zone) };
        let mut free =
            if doctor.active { time.schedule.free(date, rules, present).unwrap_or_default() } else { Vec::new() };
        free.retain(|slot| slot.is_within(found.horizon, present));
        let slots = time.schedule.slots(date, rules);
        Self {
            is_too_early: slots.first().is_some_and(|slot| !slot.is_within(found.horizon, present)),
            slots,
            visits: visits.iter().filter(|visit| visit.stretch().overlaps(day)).collect(),
            doctor,
            date,
            rules,
            time,
            free,
        }
    }

    /// The absences that touch the day, as the clock shows them.
    pub(super) fn absences(&self) -> impl Iterator<Item = LocalAbsence> {
        let (zone, day) = (self.rules.zone, self.date.and_time(NaiveTime::MIN));
        let next = self.date.succ_opt().unwrap_or(self.date).and_time(NaiveTime::MIN);
        let local = self.time.absences.iter().map(move |absence| LocalAbsence::new(absence, zone));
        local.filter(move |absence| absence.from < next && day < absence.until)
    }

    /// Whether there is nothing to be seen of it but that it is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.visits.is_empty()
    }

    /// Whether the visit has begun before this day, and goes on.
    pub(super) fn continues(&self, visit: &VisitOfBook) -> bool {
        self.rules.zone.local(visit.row.starts_at).date() < self.date
    }

    /// What is to be known of a visit before somebody counts on it.
    pub(super) fn marks(
        &self,
        PageContext { viewer, present }: PageContext<'_>,
        visit: &VisitOfBook,
    ) -> Vec<&'static str> {
        let outside = matches!(
            self.time.schedule.obstacle(visit.stretch(), self.rules),
            Some(SlotRefusal::NotWorking | SlotRefusal::OutOfHours)
        );
        let is_open = AppointmentStatus::OPEN.contains(&visit.row.status);
        let marks = [
            self.continues(visit).then_some("Since the day before"),
            // Once its time is over somebody is late no more: what it lacks is an outcome.
            (visit.row.is_late(present) && !present.is_past(visit.row.ends_at)).then_some("Late"),
            visit.row.mark(viewer.role()),
            (is_open && outside).then_some("Outside the hours"),
            (visit.was_overbooked && self.is_beside_another(visit)).then_some("Overbooked"),
        ];
        marks.into_iter().flatten().collect()
    }

    /// Whether another visit has some of its time. One that was overbooked stays alone when the other is called off.
    fn is_beside_another(&self, visit: &VisitOfBook) -> bool {
        let others = self.visits.iter().filter(|other| other.has_time() && other.row.id != visit.row.id);
        others.into_iter().any(|other| other.stretch().overlaps(visit.stretch()))
    }
}

/// An absence, as the clock of the hospital shows its ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalAbsence {
    id: i64,
    pub(super) from: NaiveDateTime,
    pub(super) until: NaiveDateTime,
}

impl LocalAbsence {
    fn new(absence: &Absence, zone: Tz) -> Self {
        let local = |at: DateTime<Utc>| zone.local(at);
        Self { id: absence.id, from: local(absence.stretch.starts_at), until: local(absence.stretch.ends_at) }
    }

    /// As far as it is of that day.
    fn on(self, date: NaiveDate) -> String {
        let day = date.and_time(NaiveTime::MIN);
        let is_until_evening = self.until >= date.succ_opt().unwrap_or(date).and_time(NaiveTime::MIN);
        let (from, until) = (self.from.format("%H:%M"), self.until.format("%H:%M"));
        match (self.from <= day, is_until_evening) {
            (true, true) => "Away all day".to_owned(),
            (true, false) => format!("Away until {until}"),
            (false, true) => format!("Away from {from}"),
            (false, false) => format!("Away {from}–{until}"),
        }
    }
}

/// What stands above a column.
#[derive(Debug, Serialize)]
pub(super) struct BookHead {
    doctor_id: i64,
    /// The doctor's name; in a week the day.
    title: String,
    is_name: bool,
    /// To the week of the doctor, and from a week to the day; none to one that cannot be asked for.
    href: Option<String>,
    is_today: bool,
    visits: usize,
    absences: Vec<AbsenceInHead>,
    /// Why there is nothing to book in it.
    nothing: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct AbsenceInHead {
    id: i64,
    words: String,
    /// Where it is said what is to become of the visits in it.
    href: String,
}

impl BookHead {
    pub(super) fn new(
        PageContext { viewer, present }: PageContext<'_>,
        column: &BookColumn<'_>,
        place: BookPlace,
    ) -> Self {
        let is_week = place.view == BookView::Week;
        let other = if is_week { BookView::Day } else { BookView::Week };
        let opposite = BookPlace { view: other, doctor_id: Some(column.doctor.id), page: 1, ..place };
        let in_head = |absence: LocalAbsence| AbsenceInHead {
            id: absence.id,
            words: absence.on(column.date),
            href: visits_href(column.doctor.id, absence.id),
        };
        let nothing = match (column.doctor.active, column.slots.is_empty()) {
            (false, _) => Some("The account is shut"),
            (true, true) => Some("No hours"),
            (true, false) if column.is_too_early => Some("Too far ahead to be booked"),
            (true, false) => None,
        };
        Self {
            doctor_id: column.doctor.id,
            title: if is_week { column.date.format("%a %-d %b").to_string() } else { column.doctor.name() },
            is_name: !is_week,
            href: opposite.on(column.date).map(|place| place.href(offers_doctors(viewer))),
            is_today: is_week && column.date == present.date(viewer.zone()),
            visits: column.visits.len(),
            absences: column.absences().map(in_head).collect(),
            nothing,
        }
    }
}
