//! `user_session`: the durable side of a session. The key itself is never stored, only its hash.

use sea_orm::entity::prelude::*;

/// One sign-in on one browser.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_session")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// SHA-256 of the session key, 64 lower-case hexadecimal digits.
    #[sea_orm(unique)]
    pub key_hash: String,
    pub user_id: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Moved forward at most once a minute.
    pub last_seen_at: DateTimeUtc,
    /// The absolute limit: the session ends then however busy it is.
    pub expires_at: DateTimeUtc,
    /// The peer's address, at most 45 characters.
    pub ip: String,
    /// As the browser says it, cut to 255 characters.
    pub user_agent: String,
    /// When its person last gave a password or a code in it; null in sessions that began before this was noted.
    pub proved_at: Option<DateTimeUtc>,
    /// Set once, when the session is signed out or revoked.
    pub revoked_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
