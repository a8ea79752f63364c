//! Whether something was done a moment ago: for a button that is pressed twice.

use chrono::{DateTime, Utc};
use entity::{
    audit_entry::{Column, Entity},
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};

use crate::db::UnitOfWork;

/// Whether the hospital's trail says that this was done to the subject since that instant. One statement.
///
/// # Errors
/// The database's.
pub(crate) async fn was_done(
    uow: &UnitOfWork,
    hospital_id: Option<i64>,
    (subject, id): (AuditSubject, i64),
    (action, since): (AuditAction, DateTime<Utc>),
) -> Result<bool, DbErr> {
    let lines = Entity::find()
        .filter(Column::HospitalId.eq(hospital_id))
        .filter(Column::Action.eq(action))
        .filter(Column::At.gt(since))
        .filter(Column::SubjectKind.eq(subject))
        .filter(Column::SubjectId.eq(id));
    Ok(uow.read(async |conn| lines.count(conn).await).await? > 0)
}
