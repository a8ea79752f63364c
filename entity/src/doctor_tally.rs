//! `doctor_tally`: what is counted of a doctor. The database keeps it by triggers on `care_relation`; nobody else writes it.

use sea_orm::entity::prelude::*;

/// The counts of a doctor; there is none before the first.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "doctor_tally")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub doctor_id: i64,
    /// Patients with whom a visit took place.
    pub patients_seen: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "doctor_id", to = "id")]
    pub doctor: BelongsTo<super::doctor::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
