//! `audit_chain_head`: the last seal of each chain. The database keeps it by a trigger on `audit_seal`; nobody else writes it.

use sea_orm::entity::prelude::*;

/// Where a chain of seals ends; there is none before its first seal.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chain_head")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The hospital's id; 0 for the platform.
    #[sea_orm(unique)]
    pub chain: i64,
    /// The place of its last seal.
    pub sequence: i64,
    /// The last entry in that seal.
    pub last_entry_id: i64,
    /// The digest of that seal.
    pub digest: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
