//! `note`: what the doctor writes down about a visit, one for each. Once it is signed the database refuses every change.

use super::enums::{NoteState, NoteTemplate};
use sea_orm::entity::prelude::*;

/// The note of a visit as it stands now; how it came there is in [`super::note_revision`], what came later in [`super::note_addendum`].
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub appointment_id: i64,
    /// `user.id` of the doctor who writes it.
    pub author_id: i64,
    pub state: NoteState,
    /// What the patient says. Clinical text, as the four that follow.
    #[sea_orm(column_type = "Text", nullable)]
    pub subjective: Option<String>,
    /// What was found.
    #[sea_orm(column_type = "Text", nullable)]
    pub objective: Option<String>,
    /// What the doctor makes of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub assessment: Option<String>,
    /// What is to be done.
    #[sea_orm(column_type = "Text", nullable)]
    pub plan: Option<String>,
    /// The same in words for the patient.
    #[sea_orm(column_type = "Text", nullable)]
    pub summary: Option<String>,
    /// What it was begun with, if with anything.
    pub template: Option<NoteTemplate>,
    /// Given when, and only when, the state is signed.
    pub signed_at: Option<DateTimeUtc>,
    /// `user.id`; given when, and only when, the state is signed.
    pub signed_by: Option<i64>,
    /// Of the texts as they were signed, 32 bytes.
    pub sha256: Option<Vec<u8>>,
    /// Why a note is kept from the patient once it is signed; nothing when it is not.
    #[sea_orm(column_type = "Text", nullable)]
    pub withheld_reason: Option<String>,
    /// Optimistic lock: each change compares it and adds one. The first is 1.
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Author", from = "author_id", to = "id")]
    pub author: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Signer", from = "signed_by", to = "id")]
    pub signer: BelongsTo<Option<super::user::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
