//! `attachment_data`: the files of attachments, one each. The database refuses every change but that it goes when its patient is erased.

use sea_orm::entity::prelude::*;

/// A file.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment_data")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub attachment_id: i64,
    /// All of it. Clinical.
    pub data: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "attachment_id", to = "id")]
    pub attachment: BelongsTo<super::attachment::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
