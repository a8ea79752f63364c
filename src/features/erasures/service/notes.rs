//! The notes and documents of the person's visits: texts give way to what says that they were erased, versions go.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{appointment, document, note, note_addendum, note_revision};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{CaseStatement, Expr},
};

use super::{BATCH, ErasedPerson, GONE, PARTS, queries};
use crate::{
    coherence::{Topic, Topics},
    db::{Database, UnitOfWork},
};

/// Empties all of them.
pub(super) async fn erase(db: &Database, now: DateTime<Utc>, person: ErasedPerson) -> Result<(), DbErr> {
    while db.write_unrecorded(PARTS, async |uow| revisions(uow, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| addenda(uow, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| texts(uow, now, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| documents(uow, now, person).await).await? > 0 {}
    Ok(())
}

async fn documents(uow: &UnitOfWork, now: DateTime<Utc>, person: ErasedPerson) -> Result<u64, DbErr> {
    use document::Column;
    let some = queries::documents_with_texts(person)
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .select_only()
        .column(Column::Id)
        .column(appointment::Column::DoctorId);
    let rows: Vec<(i64, i64)> = uow.read(async |conn| some.into_tuple().all(conn).await).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    // Whose they were looks at nothing any more.
    let topics = Topics::each(rows.iter().map(|(_, doctor_id)| Topic::Agenda(*doctor_id)));
    let reason = CaseStatement::new().case(Column::RevokedReason.is_not_null(), GONE).finally(None::<String>);
    let update = document::Entity::update_many()
        .col_expr(Column::Body, Expr::value(GONE))
        .col_expr(Column::RevokedReason, reason.into())
        .col_expr(Column::PatientName, Expr::value(None::<String>))
        .col_expr(Column::PatientBorn, Expr::value(None::<NaiveDate>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.is_in(rows.into_iter().map(|(id, _)| id)));
    uow.update_where(update, topics).await
}

async fn texts(uow: &UnitOfWork, now: DateTime<Utc>, person: ErasedPerson) -> Result<u64, DbErr> {
    use note::Column;
    let some = queries::notes_with_texts(person).order_by_asc(Column::Id).limit(BATCH);
    let ids: Vec<i64> =
        uow.read(async |conn| some.select_only().column(Column::Id).into_tuple().all(conn).await).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let gone = |column: Column| CaseStatement::new().case(column.is_not_null(), GONE).finally(None::<String>);
    let update = queries::NOTE_TEXTS
        .into_iter()
        .fold(note::Entity::update_many(), |update, column| update.col_expr(column, gone(column).into()))
        .col_expr(Column::Sha256, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.is_in(ids));
    let of_visits = |notes: &[note::Model]| Topics::each(notes.iter().map(|note| Topic::Note(note.appointment_id)));
    Ok(uow.update_returning(update, of_visits).await?.len() as u64)
}

async fn addenda(uow: &UnitOfWork, person: ErasedPerson) -> Result<u64, DbErr> {
    use note_addendum::Column;
    let some = queries::addenda(person)
        .join(JoinType::InnerJoin, note_addendum::Relation::Note.def())
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .select_only()
        .column(Column::Id)
        .column(note::Column::AppointmentId);
    let rows: Vec<(i64, i64)> = uow.read(async |conn| some.into_tuple().all(conn).await).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let notes = Topics::each(rows.iter().map(|(_, appointment_id)| Topic::Note(*appointment_id)));
    let update = note_addendum::Entity::update_many()
        .col_expr(Column::Text, Expr::value(GONE))
        .col_expr(Column::Reason, Expr::value(GONE))
        .filter(Column::Id.is_in(rows.into_iter().map(|(id, _)| id)));
    uow.update_where(update, notes).await
}

async fn revisions(uow: &UnitOfWork, person: ErasedPerson) -> Result<u64, DbErr> {
    use note_revision::Column;
    let some = queries::revisions(person).order_by_asc(Column::Id).limit(BATCH);
    let ids: Vec<i64> =
        uow.read(async |conn| some.select_only().column(Column::Id).into_tuple().all(conn).await).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    uow.delete_where(note_revision::Entity::delete_many().filter(Column::Id.is_in(ids)), NOT_KEPT).await
}

const NOT_KEPT: Topics = Topics::exempt("no page shows what a note said before");
