//! `call_signal`: what one page of a call says to another until they have found a way. Holds addresses: gone with the call, or after ten minutes.

use super::enums::SignalKind;
use sea_orm::entity::prelude::*;

/// One signal.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_signal")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: i64,
    /// `call_peer.key` of who says it.
    pub from_key: String,
    /// `call_peer.key` of who is to hear it, and nobody else does.
    pub to_key: String,
    pub kind: SignalKind,
    /// JSON of the page's own.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "call_id", to = "id")]
    pub call: BelongsTo<super::call::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
