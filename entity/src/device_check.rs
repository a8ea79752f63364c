//! `device_check`: whether camera, microphone and the way to the relay worked when one of the two who meet tried them for a visit. The last time counts.

use super::enums::{DeviceState, RelayReach};
use sea_orm::entity::prelude::*;

/// What one person found for one visit.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device_check")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub appointment_id: i64,
    pub user_id: i64,
    pub camera: DeviceState,
    pub microphone: DeviceState,
    /// Null when it was not tried: no relay is set, or they said it themselves.
    pub network: Option<RelayReach>,
    pub checked_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
