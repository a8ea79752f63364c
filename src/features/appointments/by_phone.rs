//! A patient without an e-mail address is told by telephone what others are told by mail: to staff, with the number.

use entity::enums::Role;
use serde::Serialize;

use super::queries::AppointmentRow;
use crate::{access::Viewer, web::PhoneLink};

/// That the patient of a visit is told by telephone.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ToldByPhone {
    /// None where no number is recorded.
    phone: Option<PhoneLink>,
}

/// The same of the visit `row`, if it is so, to the staff of its hospital.
pub(crate) fn told_by_phone(viewer: &Viewer, row: &AppointmentRow) -> Option<ToldByPhone> {
    let phone = || row.patient.phone.as_deref().map(PhoneLink::new);
    let is_told = row.patient.is_told_by_phone && viewer.role() != Role::Patient;
    is_told.then(|| ToldByPhone { phone: phone() })
}
