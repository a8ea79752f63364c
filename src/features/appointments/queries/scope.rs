//! Which appointments are whose to see.

use entity::appointment::Column;
use sea_orm::{ColumnTrait, Condition};

use crate::access::{Viewer, ViewerKind};

/// The appointments that `viewer` may see: their own, or those of the hospital they run. A platform
/// administrator sees none.
pub(crate) fn scope(viewer: &Viewer) -> Condition {
    let own = match &viewer.kind {
        ViewerKind::Doctor { doctor_id, .. } => Column::DoctorId.eq(*doctor_id),
        ViewerKind::Patient { patient_id, .. } => Column::PatientId.eq(*patient_id),
        ViewerKind::HospitalAdmin { hospital } => Column::HospitalId.eq(hospital.id),
        ViewerKind::SuperAdmin => Column::Id.is_in(Vec::<i64>::new()),
    };
    Condition::all().add(own)
}

/// Those in which `viewer` is one of the two who meet: whoever runs a hospital or the platform has none.
pub(crate) fn scope_of_both(viewer: &Viewer) -> Condition {
    match viewer.kind {
        ViewerKind::Doctor { .. } | ViewerKind::Patient { .. } => scope(viewer),
        ViewerKind::HospitalAdmin { .. } | ViewerKind::SuperAdmin => nobodys(),
    }
}

/// Those of which `viewer` is the doctor.
pub(crate) fn scope_of_doctor(viewer: &Viewer) -> Condition {
    match viewer.kind {
        ViewerKind::Doctor { .. } => scope(viewer),
        ViewerKind::Patient { .. } | ViewerKind::HospitalAdmin { .. } | ViewerKind::SuperAdmin => nobodys(),
    }
}

fn nobodys() -> Condition {
    Condition::all().add(Column::Id.is_in(Vec::<i64>::new()))
}
