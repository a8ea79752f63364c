//! `doctor_delay`: by how much a doctor runs late on a day.

use sea_orm::entity::prelude::*;

/// What a doctor, or the desk, has said of a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "doctor_delay")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub doctor_id: i64,
    /// On the hospital's calendar.
    pub day: Date,
    /// 0 to 120.
    pub minutes: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "doctor_id", to = "id")]
    pub doctor: BelongsTo<super::doctor::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
