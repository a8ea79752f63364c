//! `availability`: a window of a doctor's week, in the hospital's zone. A day may have several.

use sea_orm::entity::prelude::*;

/// A weekly window in which a doctor sees people.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "availability")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub doctor_id: i64,
    /// 0 = Monday … 6 = Sunday.
    pub weekday: i16,
    /// Wall-clock time in the hospital's zone.
    pub start_time: Time,
    /// After `start_time`, the same day. Of a window with `end_minute` the last second of the day.
    pub end_time: Time,
    /// When a window ends that lasts until midnight or over it, in minutes after the midnight before `start_time`: 1440 to 2880.
    pub end_minute: Option<i32>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "doctor_id", to = "id")]
    pub doctor: BelongsTo<super::doctor::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
