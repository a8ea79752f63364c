//! What comes next for a visit, in a sentence on its page.

use entity::enums::{AppointmentStatus, Role};

use crate::{
    features::appointments::{appointment::what_comes_next, queries::AppointmentRow, wishes::Wish},
    web::Present,
};

/// What comes next, or what is in its way, said to somebody of `role`.
pub(super) fn next(row: &AppointmentRow, present: &Present, role: Role) -> &'static str {
    if let Some(why) = hindrance(row, role) {
        return why;
    }
    let is_over = present.has_come(row.ends_at);
    if row.lacks_patient(role).is_some() && !is_over {
        return without_patient(row, role);
    }
    if row.is_displaced(role).is_some() && !is_over {
        return if stands(row) { DISPLACED } else { DISPLACED_REQUEST };
    }
    if Wish::from(row).is_open(present) {
        return if role == Role::Patient { ASKED } else { ANSWER };
    }
    what_comes_next(row.status, is_over, role)
}

/// Why a visit that is still open cannot be held as it is, and what helps, said to somebody of `role`; nothing when its doctor is there.
pub(crate) fn hindrance(row: &AppointmentRow, role: Role) -> Option<&'static str> {
    row.lacks_doctor(role).map(|_| without_doctor(row, role))
}

const ASKED: &str = "The clinic answers whether you can have the other time. Until then your visit stays where it is.";
const ANSWER: &str = "The patient asks for another time: accept it, or leave the visit at its time.";

/// Whether it can be moved to another time, which keeps all that belongs to it.
fn stands(row: &AppointmentRow) -> bool {
    AppointmentStatus::AGREED.contains(&row.status)
}

const DISPLACED: &str = "The clock was corrected, and another visit was in the way: this one is at another time than was promised. Call the patient; if it cannot be then, move it to another time.";
const DISPLACED_REQUEST: &str = "The clock was corrected, and another visit was in the way: this one is at another time than was promised. Call the patient; if it cannot be then, cancel the visit and book it anew.";

/// What comes next for an open visit whose patient cannot come in, said to the staff of the hospital.
fn without_patient(row: &AppointmentRow, role: Role) -> &'static str {
    match (row.status.is_busy(), role) {
        (false, Role::Doctor) => {
            "The patient's account is shut: they are told nothing, and cannot answer. Decline the request or cancel it, or ask the desk to let them in again."
        }
        (false, _) => {
            "The patient's account is shut: they are told nothing, and cannot answer. Let them in again, or cancel the request."
        }
        (true, Role::Doctor) => {
            "The patient's account is shut: they are told nothing, and are not reminded. Cancel the visit, or ask the desk to tell them."
        }
        (true, _) => {
            "The patient's account is shut: they are told nothing, and are not reminded. Call them, let them in again, or cancel the visit."
        }
    }
}

/// What comes next for an open visit whose doctor is not there.
fn without_doctor(row: &AppointmentRow, role: Role) -> &'static str {
    match (row.doctor.user.active, role) {
        (false, Role::Patient) => {
            "The doctor does not practise here any more, so the visit cannot take place as planned. Call the hospital for another doctor, or cancel it."
        }
        (false, _) if stands(row) => {
            "The doctor does not practise here any more. Hand the visit over to another doctor, or cancel it; if it has taken place, record what came of it."
        }
        (false, _) => {
            "The doctor does not practise here any more. Cancel the visit and book it with somebody else; if it has taken place, record what came of it."
        }
        (true, Role::Patient) => {
            "The doctor is away at that time, so the visit cannot take place as planned. Call the hospital for another time, or cancel it."
        }
        (true, Role::Doctor) if stands(row) => {
            "You are away at that time. Move the visit to another time, or hand it over to another doctor."
        }
        (true, Role::Doctor) => "You are away at that time. Cancel the visit, or ask the desk to book another time.",
        (true, _) if stands(row) => {
            "The doctor is away at that time. Move the visit to another time, or hand it over to another doctor."
        }
        (true, _) => "The doctor is away at that time. Cancel the visit and book another time, or another doctor.",
    }
}
