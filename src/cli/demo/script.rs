//! What whoever looks around finds first: the first patient of each hospital with a past and a next visit, today as far as it is now, the working day before
//! it, an afternoon of visits without their doctor, and requests.

use chrono::{DateTime, Duration, Utc};
use entity::enums::AppointmentStatus;

use super::{
    absences, calendar,
    visits::{Booker, Meeting, Planner, zone},
};

use AppointmentStatus::{Cancelled, Completed, Confirmed, InProgress, NoShow, Requested, Scheduled, Waiting};

/// Half hours from the one in which it is now, and what goes on then, one row for each of four kinds of doctors. What is to be seen first stands first:
/// a small demo has no more of it.
const AROUND_NOW: [[(i32, AppointmentStatus); 8]; 4] = [
    // Somebody is late, and whoever came without a visit waits.
    [
        (0, InProgress),
        (1, Waiting),
        (-1, Confirmed),
        (2, Confirmed),
        (-2, Completed),
        (3, Scheduled),
        (-3, Completed),
        (5, Confirmed),
    ],
    // The patient is there, and the doctor not yet.
    [
        (0, Waiting),
        (1, Confirmed),
        (-1, Completed),
        (2, Scheduled),
        (-2, Completed),
        (4, Scheduled),
        (-4, Completed),
        (6, Confirmed),
    ],
    // Half an hour behind.
    [
        (-1, Waiting),
        (0, Waiting),
        (2, Confirmed),
        (-2, Completed),
        (3, Scheduled),
        (-3, Completed),
        (5, Cancelled),
        (6, Confirmed),
    ],
    [
        (0, InProgress),
        (1, Scheduled),
        (-2, Completed),
        (2, Confirmed),
        (-3, NoShow),
        (4, Scheduled),
        (-4, Completed),
        (5, Confirmed),
    ],
];

/// Which slots of the working day before today were booked.
const YESTERDAY: [usize; 9] = [0, 1, 3, 4, 6, 7, 9, 10, 12];

/// Working days from today, the slot, and what became of it: the visits of the first patient of each hospital. By the second one there is something to ask,
/// of the third there are papers.
const FIRST_PATIENT: [(i64, usize, AppointmentStatus, u32); 5] = [
    (1, 4, Confirmed, 1_234_561),
    (-8, 5, Completed, 1_234_561),
    (-16, 3, Completed, 1_234_566),
    (-22, 2, Completed, 1_234_564),
    (11, 6, Scheduled, 1_234_561),
];

/// Slots of the afternoon in which a doctor is away, counted in the day.
const WITHOUT_DOCTOR: [(usize, AppointmentStatus); 3] = [(7, Confirmed), (9, Scheduled), (12, Confirmed)];

impl Planner {
    /// All of it, as far as there are patients for it.
    pub(super) fn script(&mut self) {
        let doctors = self.options.doctors as usize;
        for doctor in 0..doctors.min(self.options.hospitals as usize) {
            self.first_patient(doctor);
        }
        for turn in 0..8 {
            for doctor in 0..doctors {
                self.around_now(doctor, turn);
            }
        }
        for doctor in 0..doctors {
            self.absence(doctor);
            self.requests(doctor);
        }
        for turn in 0..YESTERDAY.len() {
            for doctor in 0..doctors {
                self.yesterday(doctor, turn);
            }
        }
    }

    fn first_patient(&mut self, doctor: usize) {
        // The first doctors are one of each hospital, and so are the first patients.
        let patient = doctor;
        if patient >= self.options.patients as usize {
            return;
        }
        let today = zone(doctor).local(self.now).date();
        self.keep_free(patient, (-3..8).map(|days| today + Duration::days(days)));
        for (days, slot, status, dice) in FIRST_PATIENT {
            if let Some(starts_at) = self.slot(doctor, (days, slot))
                && let Some(visit) = self.add(Meeting { doctor, patient, starts_at }, status)
            {
                visit.dice = dice;
            }
        }
    }

    fn around_now(&mut self, doctor: usize, turn: usize) {
        let hospitals = self.options.hospitals as usize;
        let (zone, rank) = (zone(doctor % hospitals), doctor / hospitals);
        let begun = calendar::half_hour(zone, self.now);
        if let Some((slots, status)) = AROUND_NOW.get(rank % AROUND_NOW.len()).and_then(|row| row.get(turn)) {
            self.meet(doctor, (begun + calendar::SLOT * *slots, *status));
        }
        if rank == 0 && turn == 0 {
            self.walk_in(doctor);
        }
    }

    /// Somebody came without a visit, and waits.
    fn walk_in(&mut self, doctor: usize) {
        let came_at = self.now - Duration::minutes(25);
        if let Some(patient) = self.patient_of(doctor, came_at)
            && let Some(visit) = self.add(Meeting { doctor, patient, starts_at: came_at }, Waiting)
        {
            (visit.is_walk_in, visit.booked_by, visit.asked_at) = (true, Booker::Admin, came_at);
        }
    }

    /// Nearly all came: one did not, and one had called it off.
    fn yesterday(&mut self, doctor: usize, turn: usize) {
        let rank = doctor / self.options.hospitals as usize;
        let status = match (turn, rank % 4) {
            (2, 0 | 3) => NoShow,
            (6, 0 | 2) => Cancelled,
            _ => Completed,
        };
        let slot = YESTERDAY.get(turn).and_then(|slot| self.slot(doctor, (-1, slot + rank % 2)));
        if let Some(starts_at) = slot {
            self.meet(doctor, (starts_at, status));
        }
    }

    /// Visits that were booked before their doctor had to go away.
    fn absence(&mut self, doctor: usize) {
        let is_away = doctor / self.options.hospitals as usize == absences::AN_AFTERNOON;
        for (slot, status) in WITHOUT_DOCTOR.into_iter().filter(|_| is_away) {
            if let Some(starts_at) = self.slot(doctor, (2, slot)) {
                self.meet(doctor, (starts_at, status));
            }
        }
    }

    /// The first doctor of each hospital is asked for two.
    fn requests(&mut self, doctor: usize) {
        let is_first = doctor < self.options.hospitals as usize;
        for when in [(3, 2), (4, 9)].into_iter().filter(|_| is_first) {
            if let Some(starts_at) = self.slot(doctor, when) {
                self.meet(doctor, (starts_at, Requested));
            }
        }
    }

    fn meet(&mut self, doctor: usize, (starts_at, status): (DateTime<Utc>, AppointmentStatus)) {
        if let Some(patient) = self.patient_of(doctor, starts_at) {
            self.add(Meeting { doctor, patient, starts_at }, status);
        }
    }

    /// A slot of the doctor's, so many working days from today; none where that is not among the days of the demo.
    fn slot(&self, doctor: usize, (days, slot): (i64, usize)) -> Option<DateTime<Utc>> {
        let zone = zone(doctor % self.options.hospitals as usize);
        let today = zone.local(self.now).date();
        let date = calendar::workday(today, days);
        let is_within = (date - today).num_days().abs() <= i64::from(self.options.days);
        is_within.then(|| calendar::day(zone, date).nth(slot)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeZone as _};

    use super::*;
    use crate::cli::demo::{
        DemoOptions,
        visits::{DemoVisit, plan},
    };

    /// The visits of the first hospital, loaded on a Thursday at this hour of its clock, as of then.
    fn clinic(hour: u32) -> (DateTime<Utc>, Vec<DemoVisit>) {
        let local = NaiveDate::from_ymd_opt(2026, 11, 26).and_then(|date| date.and_hms_opt(hour, 7, 0));
        let now = local.and_then(|local| zone(0).instant(local)).unwrap_or_default();
        let visits = plan(DemoOptions::default(), now).unwrap_or_else(|error| panic!("{error}"));
        (now, visits.into_iter().filter(|visit| visit.hospital == 0).collect())
    }

    fn count(visits: &[DemoVisit], is_one: impl Fn(&DemoVisit) -> bool) -> usize {
        visits.iter().filter(|visit| is_one(visit)).count()
    }

    #[test]
    fn today_is_a_full_day_whatever_the_hour() {
        for hour in [6, 13, 22] {
            let (now, visits) = clinic(hour);
            let is_today = |visit: &DemoVisit| zone(0).local(visit.starts_at).date() == zone(0).local(now).date();
            for place in [None, Some(0)] {
                let is_own = |visit: &DemoVisit| is_today(visit) && place.is_none_or(|place| visit.doctor == place);
                let with = |states: &[AppointmentStatus]| {
                    count(&visits, |visit| is_own(visit) && states.contains(&visit.status))
                };
                let late = count(&visits, |visit| {
                    is_own(visit) && visit.status == Confirmed && visit.starts_at + Duration::minutes(30) <= now
                });
                let counts = [with(&[Completed]), with(&[Waiting]), with(&[InProgress]), with(&[Scheduled, Confirmed])];
                let least = if place.is_some() { [2, 2, 1, 3] } else { [24, 12, 6, 24] };
                assert!(late >= 1 && counts.iter().zip(least).all(|(is, least)| *is >= least), "{hour}: {counts:?}");
            }
            let walk_ins = count(&visits, |visit| visit.is_walk_in && visit.doctor == 0);
            assert_eq!((walk_ins, count(&visits, |visit| visit.is_walk_in)), (1, 1));
            let started = count(&visits, |visit| visit.status == InProgress && visit.doctor == 0);
            assert_eq!(started, 1, "a doctor is with one patient");
        }
    }

    #[test]
    fn on_the_day_before_nearly_all_came() {
        let (_, visits) = clinic(10);
        let day = Utc.with_ymd_and_hms(2026, 11, 25, 0, 0, 0).single().unwrap_or_default().date_naive();
        let with = |status| {
            count(&visits, |visit| {
                visit.doctor == 0 && visit.status == status && zone(0).local(visit.starts_at).date() == day
            })
        };
        assert_eq!([NoShow, Cancelled, Scheduled, Confirmed, Requested].map(with), [1, 1, 0, 0, 0]);
        assert!(with(Completed) >= 7);
    }
}
