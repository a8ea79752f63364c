//! One row shape for all lists of appointments, with doctor, patient and both their users joined in,
//! so that no list asks again for each row.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment, appointment_event, doctor,
    enums::{AppointmentStatus, EventKind, Role},
    patient, user,
};
use sea_orm::{
    ActiveEnum, FromQueryResult,
    sea_query::{Alias, DynIden, Expr, ExprTrait, IntoIden, JoinType, Query, SelectStatement},
};

/// An appointment with the names of its parties.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct AppointmentRow {
    /// `appointment.id`
    pub(crate) id: i64,
    /// `appointment.doctor_id`
    pub(crate) doctor_id: i64,
    /// `appointment.patient_id`
    pub(crate) patient_id: i64,
    /// When it starts, UTC.
    pub(crate) starts_at: DateTime<Utc>,
    /// When it ends, UTC.
    pub(crate) ends_at: DateTime<Utc>,
    /// Its state.
    pub(crate) status: AppointmentStatus,
    /// What the patient says. Clinical text.
    pub(crate) symptoms: Option<String>,
    /// Another time, offered by the doctor, UTC.
    pub(crate) proposed_starts_at: Option<DateTime<Utc>>,
    /// Optimistic lock; forms carry it.
    pub(crate) version: i32,
    /// When the request was made, UTC.
    pub(crate) created_at: DateTime<Utc>,
    /// The doctor's first name.
    pub(crate) doctor_first_name: String,
    /// The doctor's last name.
    pub(crate) doctor_last_name: String,
    /// The doctor's field.
    pub(crate) specialization: String,
    /// The patient's first name.
    pub(crate) patient_first_name: String,
    /// The patient's last name.
    pub(crate) patient_last_name: String,
    /// The patient's date of birth, when known.
    pub(crate) patient_date_of_birth: Option<NaiveDate>,
    /// When the patient arrived, UTC; none before that.
    pub(crate) arrived_at: Option<DateTime<Utc>>,
}

impl AppointmentRow {
    /// The doctor's name as it is written everywhere.
    pub(crate) fn doctor_name(&self) -> String {
        format!("Dr {} {}", self.doctor_first_name, self.doctor_last_name)
    }

    /// Whom the visit is with, as `role` reads it, and what else says who: the doctor to an administrator, the doctor's
    /// field to a patient.
    pub(crate) fn party_for(&self, role: Role) -> (String, Option<String>) {
        match role {
            Role::Doctor => (self.patient_name(), None),
            Role::Patient => (self.doctor_name(), Some(self.specialization.clone())),
            Role::HospitalAdmin | Role::SuperAdmin => (self.patient_name(), Some(self.doctor_name())),
        }
    }

    /// The patient's full name.
    pub(crate) fn patient_name(&self) -> String {
        format!("{} {}", self.patient_first_name, self.patient_last_name)
    }
}

/// The users behind the doctor and the patient: one table, joined twice.
pub(super) fn doctor_user() -> DynIden {
    Alias::new("doctor_user").into_iden()
}

fn patient_user() -> DynIden {
    Alias::new("patient_user").into_iden()
}

/// Adds the columns of [`AppointmentRow`] to a statement that has `appointment` in it, with its
/// parties joined. `join` is LEFT where the appointment itself may be missing.
pub(crate) fn with_parties(select: &mut SelectStatement, join: JoinType) -> &mut SelectStatement {
    own_columns(select);
    names(select);
    select.expr_as(arrived_at(), "arrived_at");
    let doctor_id = (appointment::Entity, appointment::Column::DoctorId);
    let patient_id = (appointment::Entity, appointment::Column::PatientId);
    select
        .join(join, doctor::Entity, same((doctor::Entity, doctor::Column::Id), doctor_id))
        .join_as(
            join,
            user::Entity,
            doctor_user(),
            same((doctor_user(), user::Column::Id), (doctor::Entity, doctor::Column::UserId)),
        )
        .join(join, patient::Entity, same((patient::Entity, patient::Column::Id), patient_id))
        .join_as(
            join,
            user::Entity,
            patient_user(),
            same((patient_user(), user::Column::Id), (patient::Entity, patient::Column::UserId)),
        )
}

fn own_columns(select: &mut SelectStatement) {
    let own = [
        appointment::Column::Id,
        appointment::Column::DoctorId,
        appointment::Column::PatientId,
        appointment::Column::StartsAt,
        appointment::Column::EndsAt,
        appointment::Column::Status,
        appointment::Column::Symptoms,
        appointment::Column::ProposedStartsAt,
        appointment::Column::Version,
        appointment::Column::CreatedAt,
    ];
    for column in own {
        select.column((appointment::Entity, column));
    }
}

fn names(select: &mut SelectStatement) {
    select.column((doctor::Entity, doctor::Column::Specialization));
    let named = [
        (doctor_user(), user::Column::FirstName, "doctor_first_name"),
        (doctor_user(), user::Column::LastName, "doctor_last_name"),
        (patient_user(), user::Column::FirstName, "patient_first_name"),
        (patient_user(), user::Column::LastName, "patient_last_name"),
        (patient_user(), user::Column::DateOfBirth, "patient_date_of_birth"),
    ];
    for (table, column, name) in named {
        select.expr_as(Expr::col((table, column)), name);
    }
}

pub(super) fn same<A: sea_orm::sea_query::IntoColumnRef, B: sea_orm::sea_query::IntoColumnRef>(
    one: A,
    other: B,
) -> Expr {
    Expr::col(one).equals(other)
}

/// When the patient arrived: the last arrival in the appointment's history.
fn arrived_at() -> Expr {
    let arrivals = Query::select()
        .expr(Expr::col((appointment_event::Entity, appointment_event::Column::At)).max())
        .from(appointment_event::Entity)
        .and_where(same(
            (appointment_event::Entity, appointment_event::Column::AppointmentId),
            (appointment::Entity, appointment::Column::Id),
        ))
        .and_where(
            Expr::col((appointment_event::Entity, appointment_event::Column::Kind)).eq(EventKind::Arrived.to_value()),
        )
        .to_owned();
    arrivals.into()
}
