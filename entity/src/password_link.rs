//! `password_link`: links by which people choose a password. The secret part of a link is kept nowhere: it is computed
//! from the row, the address it was sent to, the password that it would replace, and the site's secret key.

use super::enums::LinkPurpose;
use sea_orm::entity::prelude::*;

/// A link that works once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "password_link")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose password it sets.
    pub user_id: i64,
    pub purpose: LinkPurpose,
    /// It works before this instant.
    pub expires_at: DateTimeUtc,
    /// When it was used, or another took its place; null before that.
    pub ended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
