//! What a notification is about.

use sea_orm::entity::prelude::*;

/// The text is made of this and of the appointment when it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))")]
pub enum NotificationKind {
    /// To the doctor: a patient asks for a time.
    #[sea_orm(string_value = "appointment_requested")]
    AppointmentRequested,
    /// To the patient and the doctor: staff booked a time for them.
    #[sea_orm(string_value = "appointment_booked")]
    AppointmentBooked,
    /// To the patient, and to the admin who asked: the request was approved.
    #[sea_orm(string_value = "appointment_approved")]
    AppointmentApproved,
    /// To the patient, and to the admin who asked: the doctor offers another time.
    #[sea_orm(string_value = "appointment_proposed")]
    AppointmentProposed,
    /// To the doctor: the offered time was taken.
    #[sea_orm(string_value = "proposal_accepted")]
    ProposalAccepted,
    /// To the doctor: the offered time was declined.
    #[sea_orm(string_value = "proposal_refused")]
    ProposalRefused,
    /// To the patient, and to the admin who asked: the request was declined, with its reason.
    #[sea_orm(string_value = "appointment_rejected")]
    AppointmentRejected,
    /// To the other parties: called off, with its reason.
    #[sea_orm(string_value = "appointment_cancelled")]
    AppointmentCancelled,
    /// To the patient, and to the admin who asked: moved to another time.
    #[sea_orm(string_value = "appointment_rescheduled")]
    AppointmentRescheduled,
    /// To the patient, and to the doctor who had it: the visit is with another doctor.
    #[sea_orm(string_value = "appointment_handed_over")]
    AppointmentHandedOver,
    /// To the doctor: the patient will come.
    #[sea_orm(string_value = "appointment_confirmed")]
    AppointmentConfirmed,
    /// To the doctor: the patient is waiting.
    #[sea_orm(string_value = "patient_arrived")]
    PatientArrived,
    /// To the patient: the visit was recorded as missed.
    #[sea_orm(string_value = "appointment_no_show")]
    AppointmentNoShow,
    /// To whoever had recorded it, and to a patient who was told: what was recorded of the visit was taken back.
    #[sea_orm(string_value = "appointment_corrected")]
    AppointmentCorrected,
    /// To the patient: the visit is held in another way.
    #[sea_orm(string_value = "modality_changed")]
    ModalityChanged,
    /// To the patient: the note of the visit is there to be read.
    #[sea_orm(string_value = "note_signed")]
    NoteSigned,
    /// To the patient: a document of the visit is there to be read.
    #[sea_orm(string_value = "document_issued")]
    DocumentIssued,
    /// To the patient: a document of the visit counts no more.
    #[sea_orm(string_value = "document_revoked")]
    DocumentRevoked,
    /// To the administrators: an absence of the doctor was recorded over the visit, the first of those in it.
    #[sea_orm(string_value = "absence_recorded")]
    AbsenceRecorded,
    /// To the doctor and the administrators: the patient asks for another time of a visit that stands.
    #[sea_orm(string_value = "time_wished")]
    TimeWished,
    /// To the patient: the visit stays at its time.
    #[sea_orm(string_value = "wish_refused")]
    WishRefused,
    /// To the doctor and the administrators: the patient keeps the time after all.
    #[sea_orm(string_value = "wish_withdrawn")]
    WishWithdrawn,
}
