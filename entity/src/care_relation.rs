//! `care_relation`: how many visits a doctor and a patient have had with each other. The database keeps it by triggers on
//! `appointment`; nobody else writes it.

use sea_orm::entity::prelude::*;

/// A doctor and a patient who have, or had, a visit that was not declined.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "care_relation")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Unique together with `patient_id`.
    pub doctor_id: i64,
    pub patient_id: i64,
    /// Their visits but those that were declined; 0 when all were.
    pub visits: i64,
    /// Those of them that took place.
    pub completed: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "doctor_id", to = "id")]
    pub doctor: BelongsTo<super::doctor::Entity>,
    #[sea_orm(belongs_to, from = "patient_id", to = "id")]
    pub patient: BelongsTo<super::patient::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
