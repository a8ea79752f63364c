//! `cache_outbox`: topics of the response cache that a committed change touched while the cache could not be told.

use sea_orm::entity::prelude::*;

/// One topic of one unit of work; taken out as soon as the topic was renewed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cache_outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its name, at most 64 characters.
    pub topic: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
