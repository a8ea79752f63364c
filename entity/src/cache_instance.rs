//! `cache_instance`: the processes that share the response cache's store.

use sea_orm::entity::prelude::*;

/// One process; taken out when it ends, or when another has found it dead.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cache_instance")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its name in the store, 16 hexadecimal digits, another at each start.
    #[sea_orm(unique)]
    pub name: String,
    /// It believes nothing of what the store says.
    pub apart: bool,
    /// Counted up every few seconds as long as it lives and reaches this table.
    pub beats: i64,
    /// The program's version; null of releases that do not tell it.
    pub version: Option<String>,
    /// Tells its secret from another one.
    pub key_fingerprint: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
