//! Whom an absence concerns beside the doctor: those who run the hospital, if visits lie in it.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AppointmentStatus, Role},
    user,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationTrait,
};

use super::{super::free::Stretch, in_state};
use crate::{
    access::Viewer,
    db::{ReadConnection, is_word},
};

/// The viewer or an administrator of the doctor's hospital, with the first visit that lies in the absence.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(in super::super) struct ConcernedPerson {
    /// `user.id`
    pub(in super::super) user_id: i64,
    /// `appointment.id`
    pub(in super::super) appointment_id: i64,
    pub(in super::super) version: i32,
    pub(in super::super) starts_at: DateTime<Utc>,
}

/// The viewer, and all administrators who can sign in; nobody when no open visit of the doctor, and no request, lies in `away`. One statement.
pub(in super::super) async fn concerned(
    conn: &ReadConnection<'_>,
    viewer: &Viewer,
    doctor_id: i64,
    away: Stretch,
) -> Result<Vec<ConcernedPerson>, DbErr> {
    let first = in_state(Column::DoctorId.eq(doctor_id), &AppointmentStatus::OPEN, away)
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .limit(1)
        .select_only()
        .column(Column::Id)
        .into_query();
    let admins =
        Condition::all().add(is_word(user::Column::Role, Role::HospitalAdmin)).add(user::Column::Active.eq(true));
    let people = appointment::Entity::find()
        .select_only()
        .column_as(Column::Id, "appointment_id")
        .columns([Column::Version, Column::StartsAt])
        .column_as(user::Column::Id, "user_id")
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join(JoinType::InnerJoin, user::Relation::Hospital.def().rev())
        .filter(Column::Id.in_subquery(first))
        .filter(Condition::any().add(user::Column::Id.eq(viewer.user_id)).add(admins));
    people.into_model().all(conn).await
}
