//! `calendar_link`: the secret address at which programs read a person's calendar. The secret part is kept nowhere.

use sea_orm::entity::prelude::*;

/// A person's address; nobody has two.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_link")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose calendar it is.
    #[sea_orm(unique)]
    pub user_id: i64,
    /// By what the secret part is known again: its digest under a key of the site, 32 bytes.
    pub digest: Vec<u8>,
    /// When it became what it is.
    pub made_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
