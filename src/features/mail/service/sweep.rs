//! Removing mails that were over long ago.

use chrono::{DateTime, Utc};
use entity::{
    enums::MailStatus,
    mail::{Column, Entity},
};
use sea_orm::{ColumnTrait, Condition, DbErr};

use super::sender::QUEUE;
use crate::db::{Database, Swept};

/// Removes some of the mails that were over before `before`, whatever became of them.
///
/// # Errors
/// The database's.
pub(crate) async fn sweep(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    let over = Condition::all().add(Column::Status.ne(MailStatus::Waiting)).add(Column::FinishedAt.lt(before));
    db.sweep::<Entity>(QUEUE, over).await
}
