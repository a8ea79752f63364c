//! `passkey`: a key on somebody's device, or in their keychain, that proves who they are beside the password.

use sea_orm::entity::prelude::*;

/// One passkey.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// What the device calls it, 16 to 1023 bytes; no two are called the same.
    #[sea_orm(unique)]
    pub credential_id: Vec<u8>,
    /// What the device calls the person, 16 random bytes: the same with all of their passkeys.
    pub user_handle: Vec<u8>,
    /// What the person calls it, at most 60 characters.
    pub name: String,
    /// The public key and what was settled when it was added, as the crate for the protocol writes it.
    pub public_key: Vec<u8>,
    /// What changes with each use, the counter among it, as that crate writes it.
    pub state: Vec<u8>,
    /// The counter after the last use; 0 with devices that do not count.
    pub sign_count: i64,
    /// The ways in which a browser reaches the device, a bit each.
    pub transports: i32,
    /// When it was last accepted; null before that.
    pub last_used_at: Option<DateTimeUtc>,
    /// When it was last refused because its counter had not risen, so that there may be a copy; null if never.
    pub copied_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
