//! Which visits there are: those that a look around begins with (`script`), and the rest spread over the days. Nobody is in two places at once.

use std::collections::HashSet;

use chrono::{DateTime, Duration, DurationRound as _, NaiveDate, Utc};
use entity::enums::AppointmentStatus;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

use super::{
    DemoOptions, absences, calendar,
    conditions::{self, Ailment},
    words,
};
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
    /// Came without a visit, and is here.
    pub(super) is_walk_in: bool,
    pub(super) condition: &'static Ailment,
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

/// Plans all visits.
///
/// # Errors
/// [`NoRoom`] when there are more appointments than free times.
pub(super) fn plan(options: DemoOptions, now: DateTime<Utc>) -> Result<Vec<DemoVisit>, NoRoom> {
    let mut planner = Planner::new(options, now);
    planner.script();
    planner.over_the_days();
    let (wanted, room) = (options.appointments as usize, planner.visits.len());
    if room < wanted { Err(NoRoom { wanted, room }) } else { Ok(planner.told()) }
}

/// Which doctor sees which patient, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meeting {
    pub(super) doctor: usize,
    pub(super) patient: usize,
    pub(super) starts_at: DateTime<Utc>,
}

/// Puts one visit after the other.
pub(super) struct Planner {
    pub(super) options: DemoOptions,
    pub(super) now: DateTime<Utc>,
    rng: Xoshiro256PlusPlus,
    /// Patient and start of every visit: visits begin on one grid, so equal starts are the only overlaps.
    taken: HashSet<(usize, DateTime<Utc>)>,
    /// Patient and day: nobody comes twice on one if there are others.
    days: HashSet<(usize, NaiveDate)>,
    visits: Vec<DemoVisit>,
}

impl Planner {
    fn new(options: DemoOptions, now: DateTime<Utc>) -> Self {
        let rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
        let now = now.duration_trunc(Duration::minutes(1)).unwrap_or(now);
        Self { options, now, rng, taken: HashSet::new(), days: HashSet::new(), visits: Vec::new() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.visits.len() >= self.options.appointments as usize
    }

    /// The rest, doctor by doctor in turn, each time at one of the doctor's free slots: rather at one near today than far from it.
    fn over_the_days(&mut self) {
        let mut agendas: Vec<Vec<DateTime<Utc>>> = (0..self.options.doctors as usize).map(|k| self.agenda(k)).collect();
        let mut left = true;
        while left && !self.is_full() {
            left = false;
            for (doctor, agenda) in agendas.iter_mut().enumerate() {
                let Some(starts_at) = agenda.pop().filter(|_| !self.is_full()) else {
                    continue;
                };
                left = true;
                let mine = self.patient_of(doctor, starts_at);
                if let Some(patient) = mine.or_else(|| self.anybody(doctor, starts_at)) {
                    let status = self.status_at(patient, starts_at);
                    self.add(Meeting { doctor, patient, starts_at }, status);
                }
            }
        }
    }

    /// The free slots of a doctor, in the order in which they are filled, the last one first.
    fn agenda(&mut self, doctor: usize) -> Vec<DateTime<Utc>> {
        let hospitals = self.options.hospitals as usize;
        let (zone, rank) = (zone(doctor % hospitals), doctor / hospitals);
        let today = zone.local(self.now).date();
        let scripted = self.visits.iter().filter(|visit| visit.doctor == doctor).map(|visit| visit.starts_at);
        let scripted: HashSet<DateTime<Utc>> = scripted.collect();
        let away = absences::of((doctor, rank), zone, self.now);
        let is_away = |slot: &DateTime<Utc>| away.is_some_and(|(from, until)| (from..until).contains(slot));
        let mut slots = calendar::slots(zone, self.now, self.options.days);
        let day_before = calendar::workday(today, -1);
        let is_told = |slot: &DateTime<Utc>| scripted.contains(slot) || zone.local(*slot).date() == day_before;
        slots.retain(|slot| !is_told(slot) && !is_away(slot));
        let mut place = |slot: DateTime<Utc>| {
            let days = (zone.local(slot).date() - today).num_days();
            let far = if days < 0 { 12 + days * days / 10 } else { 12 + days * days };
            (self.rng.random_range(1..1_000_000) * far, slot)
        };
        let mut slots: Vec<(i64, DateTime<Utc>)> = slots.into_iter().map(&mut place).collect();
        slots.sort_unstable_by(|one, other| other.cmp(one));
        slots.into_iter().map(|(_, slot)| slot).collect()
    }

    /// One of the doctor's own patients, who has nothing on that day.
    pub(super) fn patient_of(&mut self, doctor: usize, starts_at: DateTime<Utc>) -> Option<usize> {
        let hospitals = self.options.hospitals as usize;
        let (hospital, rank) = (doctor % hospitals, doctor / hospitals);
        let doctors = self.options.doctors_of(hospital).max(1);
        let count = self.options.patients_of(hospital).saturating_sub(rank).div_ceil(doctors);
        let day = zone(hospital).local(starts_at).date();
        let one = |number: usize| hospital + (rank + number * doctors) * hospitals;
        let first = self.rng.random_range(0..count.max(1));
        let mut others = (0..count.min(20)).map(|more| one((first + more) % count));
        others.find(|patient| !self.days.contains(&(*patient, day)))
    }

    /// Any patient of the doctor's hospital with nothing at that time.
    fn anybody(&mut self, doctor: usize, starts_at: DateTime<Utc>) -> Option<usize> {
        let hospitals = self.options.hospitals as usize;
        let hospital = doctor % hospitals;
        let count = self.options.patients_of(hospital);
        let first = self.rng.random_range(0..count.max(1));
        let mut others = (0..count.min(20)).map(|more| hospital + (first + more) % count * hospitals);
        others.find(|patient| !self.taken.contains(&(*patient, starts_at)))
    }

    /// The first patients ask for nothing yet: they are who signs in to look around, and there is a bound to what is asked for at a time.
    fn status_at(&mut self, patient: usize, starts_at: DateTime<Utc>) -> AppointmentStatus {
        use AppointmentStatus as S;
        let of_a_hundred = self.rng.random_range(0..100);
        let is_agreed = starts_at < self.now + Duration::hours(48) || patient < self.options.hospitals as usize;
        match of_a_hundred {
            0..86 if starts_at < self.now => S::Completed,
            86..92 if starts_at < self.now => S::NoShow,
            92..97 if starts_at < self.now => S::Cancelled,
            97..99 if starts_at < self.now => S::Rejected,
            _ if starts_at < self.now => S::Confirmed,
            0..46 => S::Scheduled,
            46..86 => S::Confirmed,
            86..90 if !is_agreed => S::Requested,
            90..92 if !is_agreed => S::Proposed,
            92..94 if !is_agreed => S::Rejected,
            _ => S::Cancelled,
        }
    }

    /// Nobody comes twice on a day, nor does the first patient of a hospital come with others around today: they have visits of their own.
    pub(super) fn keep_free(&mut self, patient: usize, dates: impl Iterator<Item = NaiveDate>) {
        self.days.extend(dates.map(|date| (patient, date)));
    }

    /// Unless there are enough.
    pub(super) fn add(&mut self, meeting: Meeting, status: AppointmentStatus) -> Option<&mut DemoVisit> {
        let Meeting { doctor, patient, starts_at } = meeting;
        let hospital = doctor % self.options.hospitals as usize;
        let is_asked =
            matches!(status, AppointmentStatus::Requested | AppointmentStatus::Proposed | AppointmentStatus::Rejected);
        let booked_by = match self.rng.random_range(0..10) {
            _ if is_asked => Booker::Patient,
            0..5 => Booker::Patient,
            5..8 => Booker::Admin,
            _ => Booker::Doctor,
        };
        let ahead = Duration::minutes(self.rng.random_range(26 * 60..12 * 24 * 60));
        let ago = Duration::minutes(self.rng.random_range(15..5 * 24 * 60));
        let asked_at = (starts_at - ahead).min(self.now - ago);
        let dice = self.rng.random();
        if self.is_full() || !self.taken.insert((patient, starts_at)) {
            return None;
        }
        self.days.insert((patient, zone(hospital).local(starts_at).date()));
        let condition = conditions::of(self.options, patient);
        let (symptoms, is_walk_in) = (condition.reason(0), false);
        self.visits.push(DemoVisit {
            hospital,
            doctor,
            patient,
            starts_at,
            status,
            booked_by,
            is_walk_in,
            condition,
            symptoms,
            asked_at,
            dice,
        });
        self.visits.last_mut()
    }

    /// The visits, each with its reason: somebody's first, and what follows from it.
    fn told(self) -> Vec<DemoVisit> {
        let mut visits = self.visits;
        let mut in_turn: Vec<&mut DemoVisit> = visits.iter_mut().collect();
        in_turn.sort_unstable_by_key(|visit| (visit.patient, visit.starts_at));
        let mut before = (usize::MAX, 0);
        for visit in in_turn {
            let count = if before.0 == visit.patient && !visit.is_walk_in { before.1 } else { 0 };
            visit.symptoms = visit.condition.reason(count);
            before = (
                visit.patient,
                count + usize::from(visit.status.is_busy() || visit.status == AppointmentStatus::Completed),
            );
        }
        visits
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
        let visits = planned(4800);
        assert_eq!(visits.len(), 4800);
        let states: HashSet<_> = visits.iter().map(|visit| visit.status).collect();
        assert_eq!(states.len(), 10);
        let on_the_grid = || visits.iter().filter(|visit| !visit.is_walk_in);
        let doctors: HashSet<_> = on_the_grid().map(|visit| (visit.doctor, visit.starts_at)).collect();
        let patients: HashSet<_> = on_the_grid().map(|visit| (visit.patient, visit.starts_at)).collect();
        assert_eq!((doctors.len(), patients.len()), (on_the_grid().count(), on_the_grid().count()));
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
