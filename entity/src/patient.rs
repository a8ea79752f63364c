//! `patient`: what a user of role patient has more. Clinical text: never logged, never in the trail.

use super::enums::BloodType;
use sea_orm::entity::prelude::*;

/// A patient's clinical side.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "patient")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub user_id: i64,
    /// Unknown until somebody says it: there is no default, and none may be guessed.
    pub blood_type: Option<BloodType>,
    #[sea_orm(column_type = "Text", nullable)]
    pub allergies: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub medical_history: Option<String>,
    pub emergency_contact_name: Option<String>,
    pub emergency_contact_phone: Option<String>,
    /// Since when the blood type is the patient's own word, which nobody has confirmed; null when it is not.
    pub blood_type_said_at: Option<DateTimeUtc>,
    /// What stood there before that word; null without one.
    pub blood_type_before: Option<BloodType>,
    /// The same of the allergies …
    pub allergies_said_at: Option<DateTimeUtc>,
    /// … and what stood there before.
    #[sea_orm(column_type = "Text", nullable)]
    pub allergies_before: Option<String>,
    /// The same of whom to call. What stood there before is not kept: whom they want to be called nobody else knows.
    pub emergency_contact_said_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
    #[sea_orm(has_many)]
    pub appointments: HasMany<super::appointment::Entity>,
    #[sea_orm(has_many)]
    pub care_relations: HasMany<super::care_relation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
