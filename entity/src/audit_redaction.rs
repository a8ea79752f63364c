//! `audit_redaction`: what an erasure has taken out of the trail, so that its seals still tell. Append-only.

use sea_orm::entity::prelude::*;

/// That a line of the trail has lost its actor's name and address.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_redaction")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `audit_entry.id`; one row each.
    #[sea_orm(unique)]
    pub entry_id: i64,
    /// The first 16 bytes of the keyed digest of the line as it was: what a seal keeps of it.
    pub sealed: Vec<u8>,
    /// The same of the line as it is now.
    pub redacted: Vec<u8>,
    /// The keyed digest of all this: 32 bytes. Only whoever has the site's secret key can make it.
    pub digest: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// Always `created_at`: the row never changes.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
