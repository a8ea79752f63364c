//! Reading what is to come, in the unit of work that moves it or for a command.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::AppointmentStatus,
    hospital, patient, time_off, user,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait, Select,
};

use super::plan::{AbsenceToCome, Visit};
use crate::{
    db::{ReadConnection, is_one_of},
    time_zone::Tz,
};

/// A hospital and its zone, by its name.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct HospitalZone {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) time_zone: String,
}

#[derive(Debug, FromQueryResult)]
struct VisitRow {
    id: i64,
    doctor_id: i64,
    patient_id: i64,
    doctor_user_id: i64,
    patient_user_id: i64,
    status: AppointmentStatus,
    version: i32,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    proposed_starts_at: Option<DateTime<Utc>>,
    is_overbooked: bool,
    local_starts_at: Option<NaiveDateTime>,
    proposed_local_starts_at: Option<NaiveDateTime>,
    time_zone: Option<String>,
}

#[derive(Debug, FromQueryResult)]
struct AbsenceRow {
    id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    local_starts_at: Option<NaiveDateTime>,
    local_ends_at: Option<NaiveDateTime>,
    time_zone: Option<String>,
}

fn zone(name: Option<String>) -> Option<Tz> {
    name?.parse().ok()
}

/// The hospitals, or the one of this id, in the order of their ids.
pub(super) async fn hospitals(conn: &ReadConnection<'_>, id: Option<i64>) -> Result<Vec<HospitalZone>, DbErr> {
    let mut found = hospital::Entity::find()
        .select_only()
        .columns([hospital::Column::Id, hospital::Column::Name, hospital::Column::TimeZone])
        .order_by_asc(hospital::Column::Id);
    if let Some(id) = id {
        found = found.filter(hospital::Column::Id.eq(id));
    }
    found.into_model().all(conn).await
}

/// The visits of a hospital that are not over at `now`, in the order of time. Those that have begun are among them: they are in others' way.
pub(super) async fn visits(
    conn: &ReadConnection<'_>,
    hospital_id: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Visit>, DbErr> {
    let found = appointment::Entity::find()
        .select_only()
        .columns([Column::Id, Column::DoctorId, Column::PatientId, Column::Status, Column::Version])
        .columns([Column::StartsAt, Column::EndsAt, Column::ProposedStartsAt])
        .columns([Column::LocalStartsAt, Column::ProposedLocalStartsAt, Column::TimeZone])
        .column_as(Column::OverbookReason.is_not_null(), "is_overbooked")
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .column_as(patient::Column::UserId, "patient_user_id")
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .filter(Column::HospitalId.eq(hospital_id))
        .filter(is_one_of(Column::Status, AppointmentStatus::OPEN))
        .filter(
            // No visit is longer than a day: so the index on starts needs no look at the whole archive.
            Condition::any()
                .add(Condition::all().add(Column::StartsAt.gt(now - TimeDelta::days(1))).add(Column::EndsAt.gt(now)))
                .add(Column::ProposedStartsAt.gt(now)),
        )
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id);
    let rows: Vec<VisitRow> = found.into_model().all(conn).await?;
    Ok(rows.into_iter().map(Visit::from).collect())
}

/// The absences of a hospital's doctors that are not over at `now`.
pub(super) async fn absences(
    conn: &ReadConnection<'_>,
    hospital_id: i64,
    now: DateTime<Utc>,
) -> Result<Vec<AbsenceToCome>, DbErr> {
    let of_hospital: Select<time_off::Entity> = time_off::Entity::find()
        .join(JoinType::InnerJoin, time_off::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(user::Column::HospitalId.eq(hospital_id))
        .filter(time_off::Column::EndsAt.gt(now));
    let found = of_hospital
        .select_only()
        .columns([time_off::Column::Id, time_off::Column::StartsAt, time_off::Column::EndsAt])
        .columns([time_off::Column::LocalStartsAt, time_off::Column::LocalEndsAt, time_off::Column::TimeZone])
        .order_by_asc(time_off::Column::Id);
    let rows: Vec<AbsenceRow> = found.into_model().all(conn).await?;
    Ok(rows.into_iter().map(AbsenceToCome::from).collect())
}

/// Whoever signs in with this address, if they run the platform or a hospital.
pub(super) async fn administrator(conn: &ReadConnection<'_>, email: &str) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find().filter(user::Column::Email.eq(email)).filter(user::Column::Active.eq(true)).one(conn).await
}

impl From<VisitRow> for Visit {
    fn from(row: VisitRow) -> Self {
        Self {
            id: row.id,
            doctor_id: row.doctor_id,
            patient_id: row.patient_id,
            user_ids: [row.doctor_user_id, row.patient_user_id],
            status: row.status,
            version: row.version,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            proposed_starts_at: row.proposed_starts_at,
            is_overbooked: row.is_overbooked,
            local_starts_at: row.local_starts_at,
            proposed_local_starts_at: row.proposed_local_starts_at,
            zone: zone(row.time_zone),
        }
    }
}

impl From<AbsenceRow> for AbsenceToCome {
    fn from(row: AbsenceRow) -> Self {
        Self {
            id: row.id,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            local_starts_at: row.local_starts_at,
            local_ends_at: row.local_ends_at,
            zone: zone(row.time_zone),
        }
    }
}
