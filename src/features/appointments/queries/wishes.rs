//! Visits of which the patient asks for another time, and who is told of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AppointmentStatus, Role},
    user,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{CaseStatement, Expr, ExprTrait as _, SimpleExpr},
};

use super::outcome::{shut_doctors, shut_patients};
use crate::{
    access::Viewer,
    db::{ReadConnection, is_one_of, is_word},
};

/// When it is too late to answer a wish: as soon as its own time or that of the visit is over. Of a statement that has `appointment` in it.
pub(crate) fn wish_lapses_at() -> SimpleExpr {
    let column = |column: Column| Expr::col((appointment::Entity, column));
    let is_first = column(Column::WishedStartsAt).lt(column(Column::EndsAt));
    CaseStatement::new().case(is_first, column(Column::WishedStartsAt)).finally(column(Column::EndsAt)).into()
}

/// Visits with a wish that waits for an answer at `now`, and whose doctor and patient can come in.
pub(crate) fn with_open_wish(viewer: &Viewer, now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::WishedStartsAt.is_not_null())
        .add(is_one_of(Column::Status, AppointmentStatus::AGREED))
        .add(wish_lapses_at().gte(now))
        .add(Column::DoctorId.not_in_subquery(shut_doctors(viewer).into_query()))
        .add(Column::PatientId.not_in_subquery(shut_patients(viewer).into_query()))
}

/// `user.id` of those who run the hospital `hospital_id`.
pub(in crate::features::appointments) async fn administrators(
    conn: &ReadConnection<'_>,
    hospital_id: i64,
) -> Result<BTreeSet<i64>, DbErr> {
    let found = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::HospitalId.eq(hospital_id))
        .filter(is_word(user::Column::Role, Role::HospitalAdmin))
        .filter(user::Column::Active.eq(true));
    Ok(found.into_tuple::<i64>().all(conn).await?.into_iter().collect())
}
