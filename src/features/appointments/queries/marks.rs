//! What stands beside a visit in lists: why it cannot be held as it is.

use entity::enums::{AppointmentStatus, Role};

use super::AppointmentRow;
use crate::{features::schedules::visits_href, web::Present};

impl AppointmentRow {
    /// Why a visit that is still open has no doctor, said to somebody of `role`; nothing when it has one.
    pub(crate) fn lacks_doctor(&self, role: Role) -> Option<&'static str> {
        let is_open = AppointmentStatus::OPEN.contains(&self.status);
        match (self.doctor.user.active, self.absence_id.is_some(), role) {
            _ if !is_open => None,
            (false, _, _) => Some("No doctor: the account is shut"),
            (true, true, Role::Doctor) => Some("You are away then"),
            (true, true, _) => Some("The doctor is away"),
            (true, false, _) => None,
        }
    }

    /// Why the patient of a visit that is still open may not come, said to the staff of the hospital; nothing when they may, and to themselves.
    pub(crate) fn lacks_patient(&self, role: Role) -> Option<&'static str> {
        let is_told = role != Role::Patient && AppointmentStatus::OPEN.contains(&self.status);
        (is_told && !self.patient.user.active).then_some("The patient's account is shut")
    }

    /// That an open visit is at another time than was promised, said to the staff of the hospital.
    pub(crate) fn is_displaced(&self, role: Role) -> Option<&'static str> {
        let is_told = role != Role::Patient && AppointmentStatus::OPEN.contains(&self.status);
        (is_told && self.displaced_at.is_some()).then_some("Not at the time that was promised")
    }

    /// What stands beside a visit that cannot be held as it is.
    pub(crate) fn mark(&self, role: Role) -> Option<&'static str> {
        self.lacks_doctor(role).or_else(|| self.lacks_patient(role)).or_else(|| self.is_displaced(role))
    }

    /// Where staff say what is to become of it, and of all in that absence of its doctor; none without one, and of a visit that is over.
    pub(crate) fn absence_href(&self, role: Role, present: &Present) -> Option<String> {
        let is_open = role != Role::Patient && AppointmentStatus::OPEN.contains(&self.status);
        self.absence_id.filter(|_| is_open && !present.has_come(self.ends_at)).map(|id| visits_href(self.doctor_id, id))
    }
}
