//! `address_link`: links that prove who reads an e-mail address. The secret part of a link is kept nowhere: it is computed from the
//! row and the site's secret key.

use super::enums::AddressLinkPurpose;
use sea_orm::entity::prelude::*;

/// A link that works once, in a mail to `address`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "address_link")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose account it is about.
    pub user_id: i64,
    pub purpose: AddressLinkPurpose,
    /// Where it is sent, and what the account's address is to be, or is, or was.
    pub address: String,
    /// Who asked for it.
    pub asked_by: i64,
    /// It works before this instant.
    pub expires_at: DateTimeUtc,
    /// When it was used or withdrawn; null before that.
    pub ended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
