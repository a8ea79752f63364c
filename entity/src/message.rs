//! `message`: what the two who meet write to each other about a visit. Never changed, but taken back: the database refuses all else.

use sea_orm::entity::prelude::*;

/// One message.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub appointment_id: i64,
    /// `user.id` of who wrote it.
    pub sender_id: i64,
    /// Clinical text.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// What the form carried, unique for its sender: sent twice it is there once.
    pub token: String,
    /// Since when its words are shown to nobody.
    pub retracted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(belongs_to, from = "sender_id", to = "id")]
    pub sender: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
