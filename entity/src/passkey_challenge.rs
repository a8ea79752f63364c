//! `passkey_challenge`: what a browser was asked to sign with a passkey, until it answers or time is up.

use sea_orm::entity::prelude::*;

/// One challenge. Answered, rightly or wrongly, it goes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey_challenge")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Who is to answer.
    pub user_id: i64,
    /// SHA-256 of what it is for and of the session, or pending sign-in, that may answer, 64 lower-case hexadecimal digits.
    pub binding: String,
    /// What is to be signed, 32 lower-case hexadecimal digits.
    #[sea_orm(unique)]
    pub challenge: String,
    /// What the answer is held against, as the crate for the protocol writes it.
    pub state: Vec<u8>,
    /// When time is up.
    pub expires_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
