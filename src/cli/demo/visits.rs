//! Which visits there are: those around now, so that somebody waits whatever the hour, and the rest spread
//! over the days. Nobody is in two places at once.

use std::collections::HashSet;

use chrono::{DateTime, Duration, DurationRound, Utc};
use entity::enums::AppointmentStatus;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};

use super::{DemoOptions, calendar, words};

use crate::time_zone::Tz;

const SEED: u64 = 4711;

/// A visit as it will be stored; parties by their places in the cast.
#[derive(Clone, Debug)]
pub(super) struct DemoVisit {
    pub(super) hospital: usize,
    pub(super) doctor: usize,
    pub(super) patient: usize,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) status: AppointmentStatus,
    pub(super) booked_by: Booker,
    pub(super) symptoms: &'static str,
    /// When it was asked for or booked: always before now.
    pub(super) asked_at: DateTime<Utc>,
    /// For reasons and small differences in time.
    pub(super) dice: u32,
}

/// A visit that was stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredVisit<'a> {
    pub(super) visit: &'a DemoVisit,
    /// `appointment.id`
    pub(super) id: i64,
}

/// Who asked for a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Booker {
    Patient,
    Admin,
    Doctor,
}

/// The appointments do not fit.
#[derive(Debug, thiserror::Error)]
#[error("{wanted} appointments do not fit: {room} can be placed; raise --days, --doctors or --patients")]
pub(super) struct NoRoom {
    wanted: usize,
    room: usize,
}

/// Minutes from now, and what is going on there, one row for each of three kinds of doctors.
const AROUND_NOW: [[(i64, AppointmentStatus); 6]; 3] = [
    [
        (-60, AppointmentStatus::Completed),
        (-20, AppointmentStatus::Waiting),
        (10, AppointmentStatus::Waiting),
        (40, AppointmentStatus::Confirmed),
        (100, AppointmentStatus::Scheduled),
        (160, AppointmentStatus::Scheduled),
    ],
    [
        (-90, AppointmentStatus::Completed),
        (-20, AppointmentStatus::InProgress),
        (10, AppointmentStatus::Waiting),
        (40, AppointmentStatus::Scheduled),
        (70, AppointmentStatus::Confirmed),
        (130, AppointmentStatus::Confirmed),
    ],
    [
        (-100, AppointmentStatus::NoShow),
        (-40, AppointmentStatus::Scheduled),
        (-10, AppointmentStatus::Waiting),
        (20, AppointmentStatus::Confirmed),
        (80, AppointmentStatus::Scheduled),
        (110, AppointmentStatus::Cancelled),
    ],
];

/// Plans all visits.
///
/// # Errors
/// [`NoRoom`] when there are more appointments than free times.
pub(super) fn plan(options: DemoOptions, now: DateTime<Utc>) -> Result<Vec<DemoVisit>, NoRoom> {
    let mut planner = Planner::new(options, now);
    planner.around_now();
    planner.over_the_days();
    let (wanted, room) = (options.appointments as usize, planner.visits.len());
    if room < wanted { Err(NoRoom { wanted, room }) } else { Ok(planner.visits) }
}

struct Planner {
    options: DemoOptions,
    now: DateTime<Utc>,
    rng: Xoshiro256PlusPlus,
    /// Patient and start of every visit: visits begin on one grid, so equal starts are the only overlaps.
    taken: HashSet<(usize, DateTime<Utc>)>,
    visits: Vec<DemoVisit>,
}

impl Planner {
    fn new(options: DemoOptions, now: DateTime<Utc>) -> Self {
        let rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
        let now = now.duration_trunc(Duration::minutes(10)).unwrap_or(now);
        Self { options, now, rng, taken: HashSet::new(), visits: Vec::new() }
    }

    fn is_full(&self) -> bool {
        self.visits.len() >= self.options.appointments as usize
    }

    /// The visits around now, the first of every doctor before the second of any. Patients of one hospital take
    /// turns, so that none has two of them.
    fn around_now(&mut self) {
        let hospitals = self.options.hospitals as usize;
        for turn in 0..6 {
            for doctor in 0..self.options.doctors as usize {
                let hospital = doctor % hospitals;
                let row = AROUND_NOW.get((doctor / hospitals) % AROUND_NOW.len()).and_then(|kind| kind.get(turn));
                let patient = hospital + ((doctor / hospitals) * 6 + turn) * hospitals;
                if let Some((minutes, status)) =
                    row.copied().filter(|_| !self.is_full() && patient < self.options.patients as usize)
                {
                    self.add((hospital, doctor, patient), self.now + Duration::minutes(minutes), status);
                }
            }
        }
    }

    /// The rest, doctor by doctor in turn, each time at one of the doctor's free slots.
    fn over_the_days(&mut self) {
        let except = (self.now - Duration::hours(2), self.now + Duration::hours(4));
        let hospitals = self.options.hospitals as usize;
        let mut agendas: Vec<Vec<DateTime<Utc>>> = (0..self.options.doctors as usize)
            .map(|doctor| {
                let mut slots = calendar::slots(zone(doctor % hospitals), (self.now, self.options.days), except);
                slots.shuffle(&mut self.rng);
                slots
            })
            .collect();
        let mut left = true;
        while left && !self.is_full() {
            left = false;
            for (doctor, agenda) in agendas.iter_mut().enumerate() {
                let Some(starts_at) = agenda.pop().filter(|_| !self.is_full()) else {
                    continue;
                };
                left = true;
                if let Some(patient) = self.free_patient(doctor % hospitals, starts_at) {
                    let status = self.status_at(starts_at);
                    self.add((doctor % hospitals, doctor, patient), starts_at, status);
                }
            }
        }
    }

    /// A patient of `hospital` with nothing at that time. The first one of each hospital has more visits than others:
    /// they are who signs in to look around.
    fn free_patient(&mut self, hospital: usize, starts_at: DateTime<Utc>) -> Option<usize> {
        let hospitals = self.options.hospitals as usize;
        let count = (self.options.patients as usize).checked_sub(hospital + 1)? / hospitals + 1;
        for _ in 0..20 {
            let number = if self.visits.len() < 300 && self.rng.random_ratio(1, 6) {
                0
            } else {
                self.rng.random_range(0..count)
            };
            let patient = hospital + number * hospitals;
            if !self.taken.contains(&(patient, starts_at)) {
                return Some(patient);
            }
        }
        None
    }

    fn status_at(&mut self, starts_at: DateTime<Utc>) -> AppointmentStatus {
        use AppointmentStatus as S;
        let of_a_hundred = self.rng.random_range(0..100);
        if starts_at < self.now {
            match of_a_hundred {
                0..79 => S::Completed,
                79..86 => S::NoShow,
                86..93 => S::Cancelled,
                93..97 => S::Rejected,
                97..99 => S::Confirmed,
                _ => S::Scheduled,
            }
        } else {
            match of_a_hundred {
                0..38 => S::Scheduled,
                38..62 => S::Confirmed,
                62..80 => S::Requested,
                80..87 => S::Proposed,
                87..95 => S::Cancelled,
                _ => S::Rejected,
            }
        }
    }

    fn add(
        &mut self,
        (hospital, doctor, patient): (usize, usize, usize),
        starts_at: DateTime<Utc>,
        status: AppointmentStatus,
    ) {
        let asked =
            matches!(status, AppointmentStatus::Requested | AppointmentStatus::Proposed | AppointmentStatus::Rejected);
        let booked_by = match self.rng.random_range(0..10) {
            _ if asked => Booker::Patient,
            0..5 => Booker::Patient,
            5..8 => Booker::Admin,
            _ => Booker::Doctor,
        };
        let ahead = Duration::minutes(self.rng.random_range(26 * 60..12 * 24 * 60));
        let ago = Duration::minutes(self.rng.random_range(15..5 * 24 * 60));
        let asked_at = (starts_at - ahead).min(self.now - ago);
        self.taken.insert((patient, starts_at));
        self.visits.push(DemoVisit {
            hospital,
            doctor,
            patient,
            starts_at,
            status,
            booked_by,
            symptoms: words::SYMPTOMS
                .get(self.rng.random_range(0..words::SYMPTOMS.len()))
                .copied()
                .unwrap_or("Check-up"),
            asked_at,
            dice: self.rng.random(),
        });
    }
}

/// The zone of the hospital at `place`.
pub(super) fn zone(place: usize) -> Tz {
    let name = words::HOSPITALS.get(place % words::HOSPITALS.len()).map_or("Asia/Kathmandu", |(_, _, zone)| zone);
    name.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp_nanos(1_795_000_000_000_000_000);

    fn planned(appointments: u32) -> Vec<DemoVisit> {
        plan(DemoOptions { appointments, ..DemoOptions::default() }, NOW).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn the_default_clinic_has_every_state_and_nobody_in_two_places() {
        let visits = planned(200);
        assert_eq!(visits.len(), 200);
        let states: HashSet<_> = visits.iter().map(|visit| visit.status).collect();
        assert_eq!(states.len(), 10);
        for one in &visits {
            let overlaps = visits.iter().filter(|other| {
                (other.doctor == one.doctor || other.patient == one.patient)
                    && other.starts_at < one.starts_at + calendar::SLOT
                    && one.starts_at < other.starts_at + calendar::SLOT
            });
            assert_eq!(overlaps.count(), 1, "{one:?}");
        }
    }

    #[test]
    fn the_same_options_make_the_same_clinic() {
        let places = |visits: Vec<DemoVisit>| {
            visits.into_iter().map(|v| (v.doctor, v.patient, v.starts_at, v.dice)).collect::<Vec<_>>()
        };
        assert_eq!(places(planned(150)), places(planned(150)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(plan(DemoOptions { appointments: 100_000, ..DemoOptions::default() }, NOW).is_err());
    }
}
