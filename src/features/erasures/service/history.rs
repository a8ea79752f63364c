//! What was typed about the person's visits, and names and addresses in the trail: some hundred rows a transaction, until there are none.

use chrono::{DateTime, Utc};
use entity::{appointment, appointment_event, erasure, visit, visit_guest};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{CaseStatement, Expr},
};

use super::{BATCH, ErasedPerson, GONE, PARTS, person::NOT_SHOWN, queries};
use crate::{
    coherence::{Topic, Topics},
    db::{Database, UnitOfWork},
    features::audit,
    settings::SecretKey,
};

/// Empties all of it, and ends the erasure.
pub(super) async fn erase(
    db: &Database,
    (secret, now): (&SecretKey, DateTime<Utc>),
    person: ErasedPerson,
) -> Result<(), DbErr> {
    while db.write_unrecorded(PARTS, async |uow| visits(uow, now, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| openings(uow, now, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| guests(uow, now, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| notes(uow, person).await).await? > 0 {}
    let redaction = audit::Redaction { user_id: person.user_id, patient_id: person.patient_id, at: now, limit: BATCH };
    while db.write_unrecorded(PARTS, async |uow| audit::redact(uow, secret, redaction).await).await? > 0 {}
    db.write_unrecorded(PARTS, async |uow| finish(uow, now, person).await).await
}

/// Reasons that must be there say that they are gone; everything else is empty.
async fn visits(uow: &UnitOfWork, now: DateTime<Utc>, person: ErasedPerson) -> Result<u64, DbErr> {
    use appointment::Column;
    let some = queries::visits_with_texts(person).order_by_asc(Column::Id).limit(BATCH);
    let ids: Vec<i64> =
        uow.read(async |conn| some.select_only().column(Column::Id).into_tuple().all(conn).await).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let gone = |column: Column| CaseStatement::new().case(column.is_not_null(), GONE).finally(None::<String>);
    let update = appointment::Entity::update_many()
        .col_expr(Column::Symptoms, Expr::value(None::<String>))
        .col_expr(Column::BookingToken, Expr::value(None::<String>))
        .col_expr(Column::RejectionReason, gone(Column::RejectionReason).into())
        .col_expr(Column::CancellationReason, gone(Column::CancellationReason).into())
        .col_expr(Column::OverbookReason, gone(Column::OverbookReason).into())
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.is_in(ids));
    let changed = uow.update_returning(update, topics_of).await?;
    Ok(changed.len() as u64)
}

fn topics_of(visits: &[appointment::Model]) -> Topics {
    let each = visits.iter().flat_map(|visit| Topic::of_visit(visit.hospital_id, visit.doctor_id, visit.patient_id));
    Topics::each(each)
}

/// That somebody said where they were is gone; that it was gone without for a reason stays, without the reason.
async fn openings(uow: &UnitOfWork, now: DateTime<Utc>, person: ErasedPerson) -> Result<u64, DbErr> {
    use visit::Column;
    let columns = [Column::Id, Column::AppointmentId];
    let Some((ids, rooms)) = in_rooms(uow, queries::openings_with_texts(person), columns).await? else { return Ok(0) };
    let reason = CaseStatement::new().case(Column::SkippedReason.is_not_null(), GONE).finally(None::<String>);
    let update = visit::Entity::update_many()
        .col_expr(Column::LocationNow, Expr::value(None::<String>))
        .col_expr(Column::CallBack, Expr::value(None::<String>))
        .col_expr(Column::OthersPresent, Expr::value(None::<String>))
        .col_expr(Column::SkippedReason, reason.into())
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.is_in(ids));
    uow.update_where(update, rooms).await
}

/// As what somebody was invited stays, without their name.
async fn guests(uow: &UnitOfWork, now: DateTime<Utc>, person: ErasedPerson) -> Result<u64, DbErr> {
    use visit_guest::Column;
    let columns = [Column::Id, Column::AppointmentId];
    let Some((ids, rooms)) = in_rooms(uow, queries::guests(person), columns).await? else { return Ok(0) };
    let update = visit_guest::Entity::update_many()
        .col_expr(Column::Name, Expr::value(None::<String>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.is_in(ids));
    uow.update_where(update, rooms).await
}

/// The next of these rows, by their ids, and by what those are told who look at their visits; nothing when there are none.
async fn in_rooms<E: EntityTrait>(
    uow: &UnitOfWork,
    rows: Select<E>,
    [id, appointment_id]: [E::Column; 2],
) -> Result<Option<(Vec<i64>, Topics)>, DbErr> {
    let some = rows.order_by_asc(id).limit(BATCH).select_only().columns([id, appointment_id]);
    let rows: Vec<(i64, i64)> = uow.read(async |conn| some.into_tuple().all(conn).await).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let rooms = Topics::each(rows.iter().map(|(_, appointment_id)| Topic::Visit(*appointment_id)));
    Ok(Some((rows.into_iter().map(|(id, _)| id).collect(), rooms)))
}

async fn notes(uow: &UnitOfWork, person: ErasedPerson) -> Result<u64, DbErr> {
    use appointment_event::Column;
    let columns = [Column::Id, Column::AppointmentId];
    let Some((ids, rooms)) = in_rooms(uow, queries::notes(person), columns).await? else { return Ok(0) };
    let update = appointment_event::Entity::update_many()
        .col_expr(Column::Note, Expr::value(None::<String>))
        .filter(Column::Id.is_in(ids));
    uow.update_where(update, rooms).await
}

/// The database refuses again what it let through for this.
async fn finish(uow: &UnitOfWork, now: DateTime<Utc>, person: ErasedPerson) -> Result<(), DbErr> {
    let update = erasure::Entity::update_many()
        .col_expr(erasure::Column::FinishedAt, Expr::value(now))
        .col_expr(erasure::Column::UpdatedAt, Expr::value(now))
        .filter(erasure::Column::UserId.eq(person.user_id));
    uow.update_where(update, NOT_SHOWN).await.map(drop)
}
