//! Free times: a doctor's windows, without absences and busy visits, cut into slots on the clock of the hospital's zone.
//!
//! Slots are cut by the clock on the wall, so a day on which the clocks change has the same slots as any other, but for those
//! that the clocks skip. Of a time that comes twice the first is meant. A slot is as long as the hospital says, whatever
//! the clocks do meanwhile.

mod by_day;
mod moved;
mod several;
mod shared;
mod wanted;

pub(crate) use by_day::{ByDay, MOST_A_DAY};
pub(crate) use several::Schedules;
pub(crate) use shared::share_out;
pub(crate) use wanted::FreeTimes;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::{
    time_zone::{ClockHours, Tz},
    web::Present,
};

/// A window of a doctor's week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// `availability.id`
    pub(crate) id: i64,
    /// 0 is Monday.
    pub(crate) weekday: i16,
    /// On the hospital's clock.
    pub(crate) hours: ClockHours,
}

/// From one instant to just before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
}

impl Stretch {
    /// Whether they share any time.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    /// Whether it is not too far ahead to be booked, where that can be done as far ahead as `horizon`.
    pub(crate) fn is_within(self, horizon: TimeDelta, present: &Present) -> bool {
        present.has_come(self.starts_at - horizon)
    }
}

/// When a doctor can be visited, and what is in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) windows: Vec<Window>,
    pub(crate) absences: Vec<Stretch>,
    /// The doctor's busy visits.
    pub(crate) busy: Vec<Stretch>,
    /// The busy visits of the patient who is to come.
    pub(crate) patient_busy: Vec<Stretch>,
    /// What that patient has asked of the doctor, and is not decided.
    pub(crate) asked: Vec<Stretch>,
}

/// How a hospital books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Whose clock counts.
    pub(crate) zone: Tz,
    /// How long a visit is.
    pub(crate) slot: TimeDelta,
    /// How long ahead whoever asks has to book: nothing for staff.
    pub(crate) lead: TimeDelta,
}

/// Why a day has no free time. Of several doctors the last of these is told that is so of one: whoever is asked for a time comes the nearest to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NoTimes {
    /// No window on that weekday.
    NotWorking,
    /// Absent in all of them.
    Away,
    /// What there was is over, or too soon for whoever asks.
    TooLate,
    /// All taken.
    Full,
    /// Further ahead than visits are booked.
    TooEarly,
}

impl NoTimes {
    /// Told to whoever looked for a time.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::NotWorking => "The doctor does not work on that day.",
            Self::Away => "The doctor is away on that day.",
            Self::TooLate => "The times of that day can no longer be booked.",
            Self::Full => "Every time of that day is taken.",
            Self::TooEarly => "The times of that day cannot be booked yet.",
        }
    }

    /// The same of all the doctors whom they could have come to.
    pub(crate) fn sentence_of_all(self) -> &'static str {
        match self {
            Self::NotWorking => "No doctor works on that day.",
            Self::Away => "Whoever works on that day is away.",
            Self::TooLate | Self::Full | Self::TooEarly => self.sentence(),
        }
    }
}

/// Why a time cannot be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotRefusal {
    Past,
    TooSoon,
    NotWorking,
    OutOfHours,
    OffSlot,
    Away,
    /// The patient has another visit then.
    PatientBusy,
    /// The doctor has: what staff may overbook.
    Taken,
}

impl Rules {
    /// The instant at which the hospital's clock shows `local`: the first of two; none if it is skipped.
    pub(crate) fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        self.zone.instant(local)
    }

    /// How far ahead patients must book, in words.
    pub(crate) fn lead_hours(self) -> i64 {
        self.lead.num_hours()
    }

    fn stretch(self, starts_at: DateTime<Utc>) -> Stretch {
        Stretch { starts_at, ends_at: starts_at + self.slot }
    }
}

impl Schedule {
    /// The free times of the local `date`, in order.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn free(&self, date: NaiveDate, rules: Rules, present: &Present) -> Result<Vec<Stretch>, NoTimes> {
        let mut left = self.slots(date, rules);
        let mut narrow = |why: NoTimes, keeps: &dyn Fn(&Stretch) -> bool| {
            left.retain(|slot| keeps(slot));
            if left.is_empty() { Err(why) } else { Ok(()) }
        };
        narrow(NoTimes::NotWorking, &|_| true)?;
        narrow(NoTimes::Away, &|slot| !meets(&self.absences, *slot))?;
        narrow(NoTimes::TooLate, &|slot| !present.is_past(slot.starts_at - rules.lead))?;
        narrow(NoTimes::Full, &|slot| !meets(&self.busy, *slot) && !meets(&self.patient_busy, *slot))?;
        Ok(left)
    }

    /// The times of the local `date` that are taken by another visit of the doctor's alone, but could be had otherwise.
    pub(crate) fn taken(&self, date: NaiveDate, rules: Rules, present: &Present) -> Vec<Stretch> {
        let slots = self.slots(date, rules).into_iter();
        slots
            .filter(|slot| {
                meets(&self.busy, *slot) && !meets(&self.patient_busy, *slot) && !meets(&self.absences, *slot)
            })
            .filter(|slot| !present.is_past(slot.starts_at - rules.lead))
            .collect()
    }

    /// Whether a visit may begin at `starts_at`.
    ///
    /// # Errors
    /// The first reason why not.
    pub(crate) fn judge(&self, starts_at: DateTime<Utc>, rules: Rules, present: &Present) -> Result<(), SlotRefusal> {
        let slot = rules.stretch(starts_at);
        let local = starts_at.with_timezone(&rules.zone).naive_local();
        let slots = self.slots(local.date(), rules);
        if present.is_past(starts_at) {
            Err(SlotRefusal::Past)
        } else if present.is_past(starts_at - rules.lead) {
            Err(SlotRefusal::TooSoon)
        } else if self.touching(local.date()).next().is_none() {
            Err(SlotRefusal::NotWorking)
        } else if !slots.contains(&slot) {
            let is_in_hours = self.is_in_hours(local, rules.slot);
            Err(if is_in_hours { SlotRefusal::OffSlot } else { SlotRefusal::OutOfHours })
        } else if meets(&self.absences, slot) {
            Err(SlotRefusal::Away)
        } else if meets(&self.patient_busy, slot) {
            Err(SlotRefusal::PatientBusy)
        } else if meets(&self.busy, slot) {
            Err(SlotRefusal::Taken)
        } else {
            Ok(())
        }
    }

    /// Whether a visit of somebody who is here may begin now, at `starts_at`: no minute of the hour is better for it than another.
    ///
    /// # Errors
    /// The first reason why not; what staff may have with a reason is the last.
    pub(crate) fn judge_now(&self, starts_at: DateTime<Utc>, rules: Rules) -> Result<(), SlotRefusal> {
        let visit = rules.stretch(starts_at);
        let local = starts_at.with_timezone(&rules.zone).naive_local();
        let is_in_hours = self.touching(local.date()).any(|(from, until)| from <= local && local < until);
        if meets(&self.absences, visit) {
            Err(SlotRefusal::Away)
        } else if meets(&self.patient_busy, visit) {
            Err(SlotRefusal::PatientBusy)
        } else if !is_in_hours {
            Err(SlotRefusal::OutOfHours)
        } else if meets(&self.busy, visit) {
            Err(SlotRefusal::Taken)
        } else {
            Ok(())
        }
    }

    /// Whether one of the day's windows holds what begins at `local` and takes so long.
    fn is_in_hours(&self, local: NaiveDateTime, length: TimeDelta) -> bool {
        let end = local + length;
        self.touching(local.date()).any(|(from, until)| from <= local && end <= until)
    }

    /// Why a visit that was asked for or agreed on can no longer be held, whoever else is visited then: an absence, or hours that are
    /// no longer worked. Of a doctor for whom no hours are known at all, none is outside of them.
    pub(crate) fn obstacle(&self, visit: Stretch, rules: Rules) -> Option<SlotRefusal> {
        let local = visit.starts_at.with_timezone(&rules.zone).naive_local();
        if meets(&self.absences, visit) {
            Some(SlotRefusal::Away)
        } else if self.windows.is_empty() || self.is_in_hours(local, visit.ends_at - visit.starts_at) {
            None
        } else if self.touching(local.date()).next().is_none() {
            Some(SlotRefusal::NotWorking)
        } else {
            Some(SlotRefusal::OutOfHours)
        }
    }

    /// Whether another visit of the patient, or of the doctor, has the time of one that is not busy yet.
    pub(crate) fn taken_by(&self, visit: Stretch) -> Option<SlotRefusal> {
        if meets(&self.patient_busy, visit) {
            Some(SlotRefusal::PatientBusy)
        } else {
            meets(&self.busy, visit).then_some(SlotRefusal::Taken)
        }
    }

    /// All slots of the local `date`, free or not.
    pub(crate) fn slots(&self, date: NaiveDate, rules: Rules) -> Vec<Stretch> {
        let locals = self.touching(date).flat_map(|window| cut(window, rules)).filter(|local| local.date() == date);
        let mut slots: Vec<Stretch> =
            locals.filter_map(|local| rules.instant(local)).map(|starts_at| rules.stretch(starts_at)).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// From when to when the windows last that have any time on the local `date`: those that begin on it, and those of the day before that go
    /// on over midnight.
    fn touching(&self, date: NaiveDate) -> impl Iterator<Item = (NaiveDateTime, NaiveDateTime)> {
        let midnight = date.and_time(NaiveTime::MIN);
        let days = [date.pred_opt(), Some(date)].into_iter().flatten();
        days.flat_map(|day| self.on(day)).filter(move |(_, until)| *until > midnight)
    }

    /// The same of those that begin on it.
    fn on(&self, date: NaiveDate) -> impl Iterator<Item = (NaiveDateTime, NaiveDateTime)> {
        let weekday = i64::from(date.weekday().num_days_from_monday());
        let windows = self.windows.iter().filter(move |window| i64::from(window.weekday) == weekday);
        windows.map(move |window| window.hours.on(date))
    }
}

/// From the first instant of `from` to a day after the last of `days` days, for reading what is in the way of visits that begin in
/// between: the last may end after midnight.
pub(crate) fn span(from: NaiveDate, days: u64, zone: Tz) -> Stretch {
    Stretch { starts_at: zone.start_of_day(from), ends_at: zone.start_of_day(from + Days::new(days + 1)) }
}

fn meets(stretches: &[Stretch], slot: Stretch) -> bool {
    stretches.iter().any(|stretch| stretch.overlaps(slot))
}

/// When visits begin in a window, on the wall's clock.
fn cut((from, until): (NaiveDateTime, NaiveDateTime), rules: Rules) -> impl Iterator<Item = NaiveDateTime> + use<> {
    let slot = rules.slot.max(TimeDelta::minutes(1));
    let locals = std::iter::successors(Some(from), move |local| Some(*local + slot));
    locals.take_while(move |local| *local + slot <= until)
}

#[cfg(test)]
mod tests;
