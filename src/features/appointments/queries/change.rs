//! Where an appointment stands, for whoever is about to change it.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::AppointmentStatus,
    hospital, patient,
};
use sea_orm::{DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait};

use super::scope;
use crate::{access::Viewer, coherence::Topic, db::ReadConnection};

/// What a step needs to know of the appointment.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct AppointmentState {
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) hospital_id: i64,
    pub(in crate::features::appointments) doctor_id: i64,
    pub(in crate::features::appointments) patient_id: i64,
    pub(in crate::features::appointments) status: AppointmentStatus,
    pub(in crate::features::appointments) version: i32,
    pub(in crate::features::appointments) starts_at: DateTime<Utc>,
    pub(in crate::features::appointments) ends_at: DateTime<Utc>,
    pub(in crate::features::appointments) proposed_starts_at: Option<DateTime<Utc>>,
    /// What the clock is to show at the proposed time, as it was proposed.
    pub(in crate::features::appointments) proposed_local_starts_at: Option<NaiveDateTime>,
    /// `user.id` of whoever asked for it.
    pub(in crate::features::appointments) requested_by: i64,
    /// The doctor's `user.id`.
    pub(in crate::features::appointments) doctor_user_id: i64,
    /// The patient's `user.id`.
    pub(in crate::features::appointments) patient_user_id: i64,
    /// How its hospital books.
    pub(in crate::features::appointments) slot_minutes: i32,
    pub(in crate::features::appointments) booking_lead_hours: i32,
}

impl AppointmentState {
    /// Whose lists it is on.
    pub(in crate::features::appointments) fn topics(&self) -> [Topic; 3] {
        Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id)
    }
}

/// The appointment `id`, if it is the viewer's to see.
pub(in crate::features::appointments) async fn appointment_state(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<AppointmentState>, DbErr> {
    let found = appointment::Entity::find_by_id(id)
        .select_only()
        .columns([
            Column::Id,
            Column::HospitalId,
            Column::DoctorId,
            Column::PatientId,
            Column::Status,
            Column::Version,
            Column::StartsAt,
            Column::EndsAt,
            Column::ProposedStartsAt,
            Column::ProposedLocalStartsAt,
            Column::RequestedBy,
        ])
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .column_as(patient::Column::UserId, "patient_user_id")
        .columns([hospital::Column::SlotMinutes, hospital::Column::BookingLeadHours])
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .filter(scope(viewer));
    found.into_model().one(conn).await
}
