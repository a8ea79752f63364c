//! What becomes of the messages about a visit when it is handed over: whoever has it reads them, from where the doctor before had read.

use chrono::{DateTime, Utc};
use entity::message_read::{self, Column};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use crate::{
    coherence::{Topic, Topics},
    db::UnitOfWork,
    features::mail::{self, QueuedMail},
};

/// The mark of how far `from` has read the messages about the visit is that of `to` from now on; both are a `user.id`. One statement where nothing was written; else three, and one
/// more when some are not read.
///
/// # Errors
/// The database's.
pub(super) async fn hand_mark_over(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (appointment_id, [from, to]): (i64, [i64; 2]),
) -> Result<(), DbErr> {
    // The visit is changed by now, and whoever writes to its thread holds it: who was faster is seen here, and who was not sees the other doctor.
    let mark =
        message_read::Entity::find().filter(Column::AppointmentId.eq(appointment_id)).filter(Column::UserId.eq(from));
    let Some(mark) = uow.read(async |conn| mark.one(conn).await).await? else { return Ok(()) };
    let topics = Topics::from([Topic::Thread(appointment_id), Topic::Messages(from), Topic::Messages(to)]);
    let row = message_read::ActiveModel {
        id: NotSet,
        appointment_id: Set(appointment_id),
        user_id: Set(to),
        last_read_id: Set(mark.last_read_id),
        read_at: Set(mark.read_at),
        newest_id: Set(mark.newest_id),
        latest_id: Set(mark.latest_id),
        created_at: Set(now),
        updated_at: Set(now),
    };
    uow.insert_many([row], topics.clone()).await?;
    let former = message_read::Entity::delete_many().filter(Column::Id.eq(mark.id));
    uow.delete_where(former, topics).await?;
    // Of what comes nobody is mailed before they have read what is there, so they are mailed of that.
    let waits =
        (mark.last_read_id < mark.newest_id).then_some((to, QueuedMail::Messages { appointment_id, due_at: now }));
    match waits {
        Some(mail) => mail::queue(uow, now, [mail]).await,
        None => Ok(()),
    }
}
