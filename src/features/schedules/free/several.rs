//! The free times of several doctors, of whom any would do.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{FreeTimes, NoTimes, Rules, Schedule, Stretch};
use crate::web::Present;

/// The schedules of several doctors, by `doctor.id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedules {
    of: BTreeMap<i64, Schedule>,
    /// How far ahead visits can be booked.
    horizon: TimeDelta,
}

impl Schedules {
    pub(crate) fn new(of: BTreeMap<i64, Schedule>, horizon: TimeDelta) -> Self {
        Self { of, horizon }
    }

    /// The same to a patient, who asks for no time twice: what they have asked one of these doctors for is no time to ask another for.
    #[must_use]
    pub(crate) fn asking_once(mut self) -> Self {
        let asked: Vec<Stretch> = self.of.values().flat_map(|schedule| schedule.asked.iter().copied()).collect();
        for schedule in self.of.values_mut() {
            schedule.patient_busy.extend(&asked);
        }
        self
    }

    /// What there is of the doctor `id`.
    pub(crate) fn of(&self, id: i64) -> Option<&Schedule> {
        self.of.get(&id)
    }

    /// Whether the patient has asked one of these doctors for that time, and it is not decided.
    pub(crate) fn was_asked(&self, starts_at: DateTime<Utc>) -> bool {
        self.of.values().any(|schedule| schedule.asked.iter().any(|asked| asked.starts_at == starts_at))
    }

    /// The free times of the local `date`, in order, each with whoever is free then.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn free_with(
        &self,
        date: NaiveDate,
        rules: Rules,
        present: &Present,
    ) -> Result<BTreeMap<Stretch, Vec<i64>>, NoTimes> {
        let mut found: BTreeMap<Stretch, Vec<i64>> = BTreeMap::new();
        let mut none = NoTimes::NotWorking;
        for (id, schedule) in &self.of {
            match schedule.free(date, rules, present) {
                Ok(slots) => slots.into_iter().for_each(|slot| found.entry(slot).or_default().push(*id)),
                Err(why) => none = none.max(why),
            }
        }
        if found.is_empty() {
            return Err(none);
        }
        found.retain(|slot, _| slot.is_within(self.horizon, present));
        if found.is_empty() { Err(NoTimes::TooEarly) } else { Ok(found) }
    }
}

impl FreeTimes for Schedules {
    fn free(&self, date: NaiveDate, rules: Rules, present: &Present) -> Result<Vec<Stretch>, NoTimes> {
        self.free_with(date, rules, present).map(|found| found.into_keys().collect())
    }

    /// None: a time at which anybody is free is free, and with whom one would be overbooked is not said.
    fn taken(&self, _: NaiveDate, _: Rules, _: &Present) -> Vec<Stretch> {
        Vec::new()
    }

    fn has_hours(&self) -> bool {
        self.of.values().any(FreeTimes::has_hours)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Window, *};
    use crate::time_zone::{ClockHours, Tz};

    const HORIZON: TimeDelta = TimeDelta::days(30);

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }

    fn rules() -> Rules {
        Rules { zone: Tz::default(), slot: TimeDelta::minutes(30), lead: TimeDelta::zero() }
    }

    fn half_hour(starts_at: &str) -> Stretch {
        rules().stretch(utc(starts_at))
    }

    /// Who works from nine to ten each day.
    fn hour() -> Schedule {
        let time = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        let window = |weekday| Window { id: 1, weekday, hours: ClockHours::stored(time(9), time(10), None) };
        Schedule { windows: (0..7).map(window).collect(), ..Schedule::default() }
    }

    fn both(one: Schedule, other: Schedule) -> Schedules {
        Schedules::new([(1, one), (2, other)].into(), HORIZON)
    }

    fn on(schedules: &Schedules, day: &str) -> Result<Vec<(String, Vec<i64>)>, NoTimes> {
        let present = Present::new(utc("2026-11-24T08:00:00Z"), None);
        let free = schedules.free_with(day.parse().unwrap_or_default(), rules(), &present)?;
        Ok(free.into_iter().map(|(slot, ids)| (slot.starts_at.format("%H:%M").to_string(), ids)).collect())
    }

    #[test]
    fn a_time_is_there_once_with_everybody_who_is_free_then() {
        let busy = Schedule { busy: vec![half_hour("2026-11-24T09:30:00Z")], ..hour() };
        let free = on(&both(busy, hour()), "2026-11-24");
        assert_eq!(free, Ok(vec![("09:00".to_owned(), vec![1, 2]), ("09:30".to_owned(), vec![2])]));
    }

    #[test]
    fn a_day_says_what_is_in_the_way_of_whoever_comes_nearest() {
        let full =
            Schedule { busy: vec![half_hour("2026-11-24T09:00:00Z"), half_hour("2026-11-24T09:30:00Z")], ..hour() };
        let away = Schedule {
            absences: vec![Stretch { starts_at: utc("2026-11-24T00:00:00Z"), ends_at: utc("2026-11-25T00:00:00Z") }],
            ..hour()
        };
        let never = Schedule::default();
        assert_eq!(on(&both(full, away.clone()), "2026-11-24"), Err(NoTimes::Full));
        assert_eq!(on(&both(away.clone(), never.clone()), "2026-11-24"), Err(NoTimes::Away));
        assert_eq!(on(&both(never.clone(), never), "2026-11-24"), Err(NoTimes::NotWorking));
        assert_eq!(on(&both(away, hour()), "2026-11-23"), Err(NoTimes::TooLate));
    }

    #[test]
    fn nothing_is_free_beyond_the_horizon_and_its_last_moment_is() {
        let schedules = Schedules::new([(1, hour())].into(), TimeDelta::hours(25));
        assert_eq!(on(&schedules, "2026-11-25"), Ok(vec![("09:00".to_owned(), vec![1])]));
        assert_eq!(on(&schedules, "2026-11-26"), Err(NoTimes::TooEarly));
    }

    #[test]
    fn what_a_patient_asked_one_doctor_for_they_ask_no_other_for() {
        let asked = Schedule { asked: vec![half_hour("2026-11-24T09:00:00Z")], ..hour() };
        let schedules = both(asked, hour());
        assert!(schedules.was_asked(utc("2026-11-24T09:00:00Z")) && !schedules.was_asked(utc("2026-11-24T09:30:00Z")));
        assert_eq!(on(&schedules, "2026-11-24").map(|free| free.len()), Ok(2));
        let free = on(&schedules.asking_once(), "2026-11-24");
        assert_eq!(free, Ok(vec![("09:30".to_owned(), vec![1, 2])]));
    }
}
