//! `call_peer`: a page that takes part in a call. A person who loads it again is another peer.

use sea_orm::entity::prelude::*;

/// One page in one call; it is there until `here_until`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_peer")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: i64,
    /// 128 random bits in hexadecimal digits, unique within the call: how pages address each other.
    pub key: String,
    /// Whose page it is; null of a guest's.
    pub user_id: Option<i64>,
    /// `visit_guest.id` of whose page it is; null of somebody who has an account.
    pub guest_id: Option<i64>,
    /// When it is gone unless it is heard of before.
    pub here_until: DateTimeUtc,
    /// When it said that it goes, or another took its place; null while neither is so.
    pub left_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "call_id", to = "id")]
    pub call: BelongsTo<super::call::Entity>,
    #[sea_orm(belongs_to, from = "guest_id", to = "id")]
    pub guest: BelongsTo<Option<super::visit_guest::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
