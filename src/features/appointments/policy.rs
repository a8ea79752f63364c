//! Who may do what with appointments. Which appointments are whose is in the queries.

use entity::enums::Role;

use crate::access::Permission;

/// See the appointments one has to do with.
#[derive(Debug)]
pub(super) struct SeeAppointments;

impl Permission for SeeAppointments {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Book a visit, or ask for one.
#[derive(Debug)]
pub(super) struct BookAppointment;

impl Permission for BookAppointment {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Decide about a request; begin a visit and record its outcome.
#[derive(Debug)]
pub(super) struct DecideAppointment;

impl Permission for DecideAppointment {
    const ROLES: &'static [Role] = &[Role::Doctor];
}

/// Say what came of a visit: its doctor; who runs the hospital only for a doctor whose account is shut.
#[derive(Debug)]
pub(super) struct RecordOutcome;

impl Permission for RecordOutcome {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor];
}

/// Move a visit that stands to another time, or hand it over; its patient asks for another time there.
#[derive(Debug)]
pub(super) struct RescheduleAppointment;

impl Permission for RescheduleAppointment {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Say what is to become of the visits in an absence of a doctor.
#[derive(Debug)]
pub(super) struct ClearAbsence;

impl Permission for ClearAbsence {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor];
}

/// Say that a patient without an e-mail address was told of a visit by telephone.
#[derive(Debug)]
pub(super) struct TellByPhone;

impl Permission for TellByPhone {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin];
}

/// Take back what was recorded of a visit last.
#[derive(Debug)]
pub(super) struct CorrectAppointment;

impl Permission for CorrectAppointment {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Accept or refuse a time that the doctor proposed.
#[derive(Debug)]
pub(super) struct AnswerProposal;

impl Permission for AnswerProposal {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Patient];
}

/// Answer what somebody else asked about the time of a visit: the doctor's proposal, or the patient's wish. Which it is, and whose to answer, only the visit
/// tells.
#[derive(Debug)]
pub(super) struct AnswerOtherTime;

impl Permission for AnswerOtherTime {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Say that one will come.
#[derive(Debug)]
pub(super) struct ConfirmAppointment;

impl Permission for ConfirmAppointment {
    const ROLES: &'static [Role] = &[Role::Patient];
}

/// Record that the patient is there.
#[derive(Debug)]
pub(super) struct RecordArrival;

impl Permission for RecordArrival {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Patient];
}

/// Call an appointment off.
#[derive(Debug)]
pub(super) struct CancelAppointment;

impl Permission for CancelAppointment {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}
