//! `note_addendum`: what was put beneath a signed note. Append-only: the database refuses changes.

use super::enums::AddendumKind;
use sea_orm::entity::prelude::*;

/// One addendum.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note_addendum")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub note_id: i64,
    /// `user.id` of who wrote it.
    pub author_id: i64,
    pub kind: AddendumKind,
    /// Clinical text.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Why it was added. Clinical text.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub created_at: DateTimeUtc,
    /// Always `created_at`: the row never changes.
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "note_id", to = "id")]
    pub note: BelongsTo<super::note::Entity>,
    #[sea_orm(belongs_to, from = "author_id", to = "id")]
    pub author: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
