//! `visit_guest`: somebody without an account who comes to the call of a visit by a link. The secret part of the link is kept nowhere.

use super::enums::GuestKind;
use sea_orm::entity::prelude::*;

/// A guest of one visit.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit_guest")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub appointment_id: i64,
    /// What the doctor calls them; null once that is gone: a while after the visit, or when its patient was erased.
    pub name: Option<String>,
    pub kind: GuestKind,
    /// By what the secret part of the link is known again: its digest under a key of the site, 32 bytes.
    pub token_hash: Vec<u8>,
    /// What the form carried by which they were invited; of whoever invited them, unique.
    pub form_token: String,
    /// `user.id` of whoever invited them.
    pub invited_by: i64,
    /// The link works before this instant, as long as the visit does.
    pub expires_at: DateTimeUtc,
    /// When their page was opened, the last time; null before that.
    pub here_since: Option<DateTimeUtc>,
    /// When it is gone unless it is heard of before; given when, and only when, it was ever open.
    pub here_until: Option<DateTimeUtc>,
    /// When they were let in; null before that.
    pub admitted_at: Option<DateTimeUtc>,
    /// `user.id` of whoever let them in; given when, and only when, somebody has.
    pub admitted_by: Option<i64>,
    /// When they were removed; null unless they were.
    pub revoked_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(has_many)]
    pub peers: HasMany<super::call_peer::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
