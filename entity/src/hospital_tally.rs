//! `hospital_tally`: how many active people a hospital has. The database keeps it by triggers on `user`; nobody else writes it.

use sea_orm::entity::prelude::*;

/// The counts of a hospital; there is none before its first active person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hospital_tally")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub hospital_id: i64,
    /// Active administrators.
    pub admins: i64,
    /// Active doctors.
    pub doctors: i64,
    /// Active patients.
    pub patients: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "hospital_id", to = "id")]
    pub hospital: BelongsTo<super::hospital::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
