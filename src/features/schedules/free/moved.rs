//! What is free once a visit is not where it was.

use super::{Schedule, Stretch};

impl Schedule {
    /// The same without that busy visit of both, which is about to be moved. Another that was booked beside it at the same time stays.
    #[must_use]
    pub(crate) fn without(mut self, visit: Stretch) -> Self {
        take_out(&mut self.busy, visit);
        self.without_of_patient(visit)
    }

    /// The same of a doctor to whom that visit of the patient's is about to be handed over: what they have at that time themselves stays.
    #[must_use]
    pub(crate) fn without_of_patient(mut self, visit: Stretch) -> Self {
        take_out(&mut self.patient_busy, visit);
        self
    }
}

fn take_out(busy: &mut Vec<Stretch>, visit: Stretch) {
    if let Some(place) = busy.iter().position(|stretch| *stretch == visit) {
        busy.remove(place);
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone as _, Utc};

    use super::*;

    #[test]
    fn only_the_visit_itself_is_taken_out() {
        let starts_at = Utc.with_ymd_and_hms(2026, 11, 24, 10, 0, 0).unwrap();
        let visit = Stretch { starts_at, ends_at: starts_at + TimeDelta::minutes(30) };
        let later = Stretch { starts_at: visit.ends_at, ends_at: visit.ends_at + TimeDelta::minutes(30) };
        let schedule = Schedule { busy: vec![visit, visit, later], patient_busy: vec![visit], ..Schedule::default() };
        let left = schedule.clone().without(visit);
        assert_eq!((left.busy, left.patient_busy), (vec![visit, later], Vec::new()));
        let left = schedule.without_of_patient(visit);
        assert_eq!((left.busy, left.patient_busy), (vec![visit, visit, later], Vec::new()));
    }
}
