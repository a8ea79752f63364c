//! `appointment_event`: the history of an appointment. Append-only: the database refuses changes.

use super::enums::{AppointmentStatus, EventKind};
use sea_orm::entity::prelude::*;

/// One step in an appointment's life.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub appointment_id: i64,
    /// The user who did it.
    pub actor_id: i64,
    pub kind: EventKind,
    /// Null for the first step only.
    pub from_status: Option<AppointmentStatus>,
    pub to_status: AppointmentStatus,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// What the clock showed at the visit's time when it happened, as it was told; none in a row of a release that did not keep it.
    pub local_starts_at: Option<DateTime>,
    /// The same of the time that was proposed instead; of a visit that was moved, of the time at which it was before.
    pub proposed_local_starts_at: Option<DateTime>,
    /// Of a visit that was handed over: the doctor with whom it was before.
    pub from_doctor_id: Option<i64>,
    /// When it happened.
    pub at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    /// Always `created_at`: the row never changes.
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(belongs_to, from = "actor_id", to = "id")]
    pub actor: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "from_doctor_id", to = "id")]
    pub from_doctor: BelongsTo<Option<super::doctor::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
