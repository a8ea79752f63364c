//! `second_factor`: what proves, beside the password, who somebody is: the secret of their authenticator app.

use sea_orm::entity::prelude::*;

/// A person's authenticator app, or that they had one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose it is; one row each.
    #[sea_orm(unique)]
    pub user_id: i64,
    /// The secret that app and server share, sealed; null when there is none.
    pub secret: Option<Vec<u8>>,
    /// The last step of 30 s since 1970 whose code was accepted: none is accepted twice, nor one from before.
    pub last_step: i64,
    /// How many secrets were removed before.
    pub generation: i32,
    /// Since when it is asked for; null when there is none.
    pub enabled_at: Option<DateTimeUtc>,
    /// Why an administrator removed the last one, if one did, at most 255 characters.
    pub removal_reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
