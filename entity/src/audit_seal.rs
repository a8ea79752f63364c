//! `audit_seal`: entries of the trail, sealed so that a later change of any of them shows. Append-only.

use sea_orm::entity::prelude::*;

/// One link of a hospital's chain of seals, or of the platform's.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_seal")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose entries; null for those of the platform.
    pub hospital_id: Option<i64>,
    /// Its place in the chain, from 1.
    pub sequence: i64,
    pub first_entry_id: i64,
    pub last_entry_id: i64,
    pub entry_count: i32,
    /// The id of each entry (8 bytes, big-endian) and the first 16 bytes of its keyed digest, in order.
    pub members: Vec<u8>,
    /// The keyed digest of all this and of the digest before: 32 bytes.
    pub digest: Vec<u8>,
    pub sealed_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    /// Always `created_at`: the row never changes.
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "hospital_id", to = "id")]
    pub hospital: BelongsTo<Option<super::hospital::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
