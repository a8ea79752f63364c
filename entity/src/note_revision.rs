//! `note_revision`: a note's texts as they were saved, one row for each version. Added to and read; removed when the note has long been signed,
//! or a newer one of the draft stands for it.

use sea_orm::entity::prelude::*;

/// The texts of one version of a note.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note_revision")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub note_id: i64,
    /// `note.version` from then on; one row each.
    pub version: i32,
    /// Clinical text, as the four that follow: see [`super::note`].
    #[sea_orm(column_type = "Text", nullable)]
    pub subjective: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub objective: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub assessment: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub plan: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub summary: Option<String>,
    /// `user_session.id` it was saved in. The session may be gone.
    pub session_id: i64,
    pub created_at: DateTimeUtc,
    /// Always `created_at`: the row never changes.
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "note_id", to = "id")]
    pub note: BelongsTo<super::note::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
