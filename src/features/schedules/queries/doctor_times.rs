//! When several doctors work and are away, side by side.

use std::collections::BTreeMap;

use super::{
    super::free::{Schedule, Stretch, Window},
    Absence, Away, Working,
};

/// One of the doctors.
#[derive(Clone, Debug, Default)]
pub(crate) struct DoctorTime {
    pub(crate) schedule: Schedule,
    /// The absences of the schedule with their rows, the earliest first.
    pub(crate) absences: Vec<Absence>,
}

/// Several doctors, by `doctor.id`.
#[derive(Clone, Debug, Default)]
pub(crate) struct DoctorTimes(BTreeMap<i64, DoctorTime>);

impl DoctorTimes {
    /// What was found in one row of such lists.
    pub(crate) fn add(&mut self, working: Option<Working>, away: Option<Away>) {
        if let Some(working) = working {
            self.0.entry(working.doctor_id).or_default().schedule.windows.push(Window::from(working));
        }
        if let Some(away) = away {
            let time = self.0.entry(away.doctor_id).or_default();
            let absence = Absence::from(away);
            time.schedule.absences.push(absence.stretch);
            time.absences.push(absence);
            time.absences.sort_by_key(|absence| (absence.stretch, absence.id));
        }
    }

    /// A busy visit of the doctor's.
    pub(crate) fn take(&mut self, doctor_id: i64, visit: Stretch) {
        self.0.entry(doctor_id).or_default().schedule.busy.push(visit);
    }

    /// One of the doctors: of whom nothing was found, without hours.
    pub(crate) fn of(&self, doctor_id: i64) -> DoctorTime {
        self.0.get(&doctor_id).cloned().unwrap_or_default()
    }
}
