//! `attachment`: what is attached to a message, without the file itself. The database refuses every change but that one which was kept apart is
//! let in, or refused.

use super::enums::{AttachmentState, MediaType};
use sea_orm::entity::prelude::*;

/// An attachment.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose share of the room it takes.
    pub hospital_id: i64,
    pub appointment_id: i64,
    /// A message has one at most.
    pub message_id: i64,
    /// `user.id`
    pub uploader_id: i64,
    /// As the sender's file was called. Clinical text.
    pub name: String,
    /// Told by what is in it.
    pub media_type: MediaType,
    /// How many are stored.
    pub bytes: i32,
    /// Of what is stored; none when it was erased.
    pub sha256: Option<Vec<u8>>,
    /// Whether it may be opened.
    pub state: AttachmentState,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "hospital_id", to = "id")]
    pub hospital: BelongsTo<super::hospital::Entity>,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(belongs_to, from = "message_id", to = "id")]
    pub message: BelongsTo<super::message::Entity>,
    #[sea_orm(belongs_to, from = "uploader_id", to = "id")]
    pub uploader: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
