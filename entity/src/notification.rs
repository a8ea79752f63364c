//! `notification`: something a person should know. The text is written when it is shown, in the
//! language of the page, from `kind`, the times of then and the appointment; it is never stored.

use super::enums::NotificationKind;
use sea_orm::entity::prelude::*;

/// A notification to one person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The user it is for.
    pub recipient_id: i64,
    pub kind: NotificationKind,
    pub appointment_id: Option<i64>,
    /// What the clock showed at the visit's time when it happened, as it was told; none in a row of a release that did not keep it.
    pub local_starts_at: Option<DateTime>,
    /// The same of the time that was proposed instead.
    pub proposed_local_starts_at: Option<DateTime>,
    /// Null while unread.
    pub read_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "recipient_id", to = "id")]
    pub recipient: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<Option<super::appointment::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
