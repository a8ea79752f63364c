//! What guests were called is of no use any more some weeks after their links were over. That there was one, and as what, stays with the visit.

use chrono::{DateTime, Utc};
use entity::visit_guest::{self, Column};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr};

use crate::{
    coherence::{Topic, Topics},
    db::{Database, SWEEP_BATCH, Swept, UnitOfWork, Unrecorded},
};

const BY_THE_CLOCK: Unrecorded =
    Unrecorded::of(&["visit_guest"], "what guests of visits long over were called is removed by the clock");

/// Removes some of the names of guests whose links were over before that instant.
///
/// # Errors
/// The database's.
pub(crate) async fn sweep(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    let old = visit_guest::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Name.is_not_null())
        .filter(Column::ExpiresAt.lt(before))
        .limit(SWEEP_BATCH);
    let nameless = visit_guest::Entity::update_many()
        .col_expr(Column::Name, Expr::value(None::<String>))
        .filter(Column::Id.in_subquery(old.into_query()));
    let visits =
        |guests: &[visit_guest::Model]| Topics::each(guests.iter().map(|guest| Topic::Visit(guest.appointment_id)));
    let remove = async |uow: &UnitOfWork| Ok(uow.update_returning(nameless.clone(), visits).await?.len() as u64);
    db.sweep_by(BY_THE_CLOCK, remove).await
}
