//! When several doctors work and are away: lists to be read beside others in one statement, by whoever shows doctors side by side.

use std::collections::BTreeMap;

use entity::{availability, time_off};
use sea_orm::{ColumnTrait, DerivePartialModel, Select};

use super::{
    super::free::{Schedule, Stretch, Window},
    Absence, Away, Working, absences, windows,
};

/// A window of one of the doctors.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "availability::Entity")]
pub(crate) struct WorkingDoctor {
    doctor_id: i64,
    #[sea_orm(nested)]
    working: Working,
}

/// An absence of one of the doctors.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "time_off::Entity")]
pub(crate) struct AwayDoctor {
    doctor_id: i64,
    #[sea_orm(nested)]
    away: Away,
}

/// The windows of the doctors `ids`, for a list of [`WorkingDoctor`]s. It depends on the [`Schedule`](crate::coherence::Topic::Schedule) of each, as
/// [`away_doctors`] does. The caller has seen to it that the viewer may know.
pub(crate) fn working_doctors(ids: &[i64]) -> Select<availability::Entity> {
    windows(availability::Column::DoctorId.is_in(ids.iter().copied()))
}

/// Their absences that touch `within`, for a list of [`AwayDoctor`]s. It depends on the [`Names`](crate::coherence::Topic::Names) of the hospital or on
/// the schedule of each.
pub(crate) fn away_doctors(ids: &[i64], within: Stretch) -> Select<time_off::Entity> {
    absences(time_off::Column::DoctorId.is_in(ids.iter().copied()), within)
}

/// One of the doctors.
#[derive(Clone, Debug, Default)]
pub(crate) struct DoctorTime {
    pub(crate) schedule: Schedule,
    /// The absences of the schedule with their rows, the earliest first.
    pub(crate) absences: Vec<Absence>,
}

/// Several doctors, by `doctor.id`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedules(BTreeMap<i64, DoctorTime>);

impl Schedules {
    /// What was found in one row of such lists.
    pub(crate) fn add(&mut self, working: Option<WorkingDoctor>, away: Option<AwayDoctor>) {
        if let Some(WorkingDoctor { doctor_id, working }) = working {
            self.0.entry(doctor_id).or_default().schedule.windows.push(Window::from(working));
        }
        if let Some(AwayDoctor { doctor_id, away }) = away {
            let absence = Absence::from(away);
            let time = self.0.entry(doctor_id).or_default();
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
