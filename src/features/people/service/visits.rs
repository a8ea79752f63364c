//! What somebody whose account is shut leaves behind.

use chrono::{DateTime, Utc};
use entity::{appointment, enums::AppointmentStatus};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::PersonRecord;
use crate::{
    coherence::Topics,
    db::{DbErr, Reader, is_one_of},
};

/// How many open visits of somebody are not over: what is left without them when their account is shut.
///
/// # Errors
/// The database's.
pub(in crate::features::people) async fn visits_to_come<R: PersonRecord>(
    reader: &Reader,
    id: i64,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let Some(theirs) = R::visits(id) else { return Ok(0) };
    let to_come = appointment::Entity::find()
        .filter(theirs)
        .filter(is_one_of(appointment::Column::Status, AppointmentStatus::OPEN))
        .filter(appointment::Column::EndsAt.gte(now));
    reader.run(Topics::exempt("a form"), async |conn| to_come.clone().count(conn).await).await
}
