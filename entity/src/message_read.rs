//! `message_read`: how far each of the two who meet has read what is written about a visit. From the first message on there is one for each.

use sea_orm::entity::prelude::*;

/// Where somebody stands in a thread. `last_read_id` only grows: the database sees to it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_read")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub appointment_id: i64,
    pub user_id: i64,
    /// `message.id` up to which they have read; 0 before they have read anything.
    pub last_read_id: i64,
    /// When they last read something.
    pub read_at: Option<DateTimeUtc>,
    /// The newest `message.id` that the other one wrote; 0 while there is none. Where it is above `last_read_id` there may be something new, which
    /// makes looking for it cheap; what is new is counted among the messages.
    pub newest_id: i64,
    /// The newest `message.id` of the thread, whoever wrote it.
    pub latest_id: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
