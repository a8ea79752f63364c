//! By how much a doctor runs late today.

use chrono::NaiveDate;
use entity::{
    doctor_delay::{self, Column},
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::Expr};

use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    features::{
        audit::{self, AuditEvent},
        schedules,
        visits::queries,
    },
    state::AppState,
    web::AppError,
};

/// Keeps that the doctor runs late by so many minutes on `day`. Six statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when it is not the viewer's to say.
pub(in crate::features::visits) async fn set(
    state: &AppState,
    viewer: &Viewer,
    (doctor_id, day): (i64, NaiveDate),
    minutes: i32,
) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            if !uow.read(async |conn| queries::may_say_delay(viewer, conn, doctor_id).await).await? {
                return Err(AppError::NotFound);
            }
            schedules::hold(uow, doctor_id).await?;
            let awaiting = uow.read(async |conn| queries::patients_to_come(conn, doctor_id).await).await?;
            let seen_by = Topics::each(awaiting.into_iter().map(Topic::PatientAgenda));
            let lists = [Topic::Schedule(doctor_id), Topic::Agenda(doctor_id)];
            let topics = seen_by.and(lists).and(viewer.hospital().map(|hospital| Topic::Board(hospital.id)));
            let update = doctor_delay::Entity::update_many()
                .col_expr(Column::Minutes, Expr::value(minutes))
                .col_expr(Column::UpdatedAt, Expr::value(now))
                .filter(Column::DoctorId.eq(doctor_id))
                .filter(Column::Day.eq(day));
            if uow.update_where(update, topics.clone()).await? == 0 {
                let row = doctor_delay::ActiveModel {
                    id: NotSet,
                    doctor_id: Set(doctor_id),
                    day: Set(day),
                    minutes: Set(minutes),
                    created_at: Set(now),
                    updated_at: Set(now),
                };
                uow.insert_many([row], topics).await?;
            }
            let act = AuditEvent::new(AuditAction::Updated, AuditSubject::Doctor, doctor_id)
                .changed(&["delay"])
                .number("minutes", i64::from(minutes));
            Ok(audit::record(uow, now, viewer, act).await?)
        })
        .await
}
