//! `doctor`: what a user of role doctor has more. One row a doctor; the hospital is the user's.

use sea_orm::entity::prelude::*;

/// A doctor's professional side.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "doctor")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub user_id: i64,
    #[sea_orm(unique)]
    pub license_number: String,
    pub specialization: String,
    /// Whole years, never negative.
    pub experience_years: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub bio: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub education: Option<String>,
    /// Whether patients may ask for times now.
    pub accepting: bool,
    /// By what the field is searched, made by the server. Null until it is made.
    pub specialization_key: Option<String>,
    /// By what licence numbers are compared, made by the server. Null until it is made.
    #[sea_orm(unique)]
    pub license_key: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
    #[sea_orm(has_many)]
    pub availabilities: HasMany<super::availability::Entity>,
    #[sea_orm(has_many)]
    pub times_off: HasMany<super::time_off::Entity>,
    #[sea_orm(has_many)]
    pub appointments: HasMany<super::appointment::Entity>,
    #[sea_orm(has_many)]
    pub care_relations: HasMany<super::care_relation::Entity>,
    #[sea_orm(has_many)]
    pub delays: HasMany<super::doctor_delay::Entity>,
    #[sea_orm(has_one)]
    pub tally: HasOne<super::doctor_tally::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
