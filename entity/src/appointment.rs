//! `appointment`: one visit of one patient with one doctor, from the request to its outcome.
//!
//! The database refuses two busy appointments of one doctor, or of one patient, that overlap
//! (unless `overbook_reason` is given).

use super::enums::{AppointmentStatus, Modality};
use sea_orm::entity::prelude::*;

/// An appointment as it stands now; how it came there is in [`super::appointment_event`].
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub hospital_id: i64,
    pub doctor_id: i64,
    pub patient_id: i64,
    pub starts_at: DateTimeUtc,
    /// After `starts_at`; the time is free again from then on.
    pub ends_at: DateTimeUtc,
    pub status: AppointmentStatus,
    /// How the two meet. A column of the visit and not a row beside it: each list and each mail shows it, each booking says it, and a change of it
    /// is one that whoever looks at the visit must have seen (`version`).
    pub modality: Modality,
    /// What the patient says. Clinical text.
    #[sea_orm(column_type = "Text", nullable)]
    pub symptoms: Option<String>,
    /// The user who asked for it or booked it.
    pub requested_by: i64,
    /// Given when, and only when, the status is rejected.
    #[sea_orm(column_type = "Text", nullable)]
    pub rejection_reason: Option<String>,
    /// Given when, and only when, the status is cancelled.
    #[sea_orm(column_type = "Text", nullable)]
    pub cancellation_reason: Option<String>,
    /// Given when, and only when, the status is proposed.
    pub proposed_starts_at: Option<DateTimeUtc>,
    /// What the clock was to show at `starts_at` when that was promised, in `time_zone`; none in a row of a release that did not know of it.
    pub local_starts_at: Option<DateTime>,
    /// The same of `proposed_starts_at`.
    pub proposed_local_starts_at: Option<DateTime>,
    /// Another time that the patient asks for, while the visit stands at its own: any change of its time, its doctor or where it stands settles that.
    ///
    /// A column of its own beside the proposed time: that one belongs to a state of the visit in which nobody has its time, and moves with the clock on
    /// the wall. This one belongs to none, holds nothing and promises nothing, so it is an instant and no more.
    pub wished_starts_at: Option<DateTimeUtc>,
    /// IANA name of the zone of the clock of what was promised: the hospital's of then.
    pub time_zone: Option<String>,
    /// Since when it has been at another time than was promised, because another visit was in the way when the clock was corrected.
    pub displaced_at: Option<DateTimeUtc>,
    /// Why staff booked a time that was taken; such a row may overlap others.
    #[sea_orm(column_type = "Text", nullable)]
    pub overbook_reason: Option<String>,
    /// What the form that booked it carried, unique for its requester: sent twice it books once.
    pub booking_token: Option<String>,
    /// Optimistic lock: each change compares it and adds one.
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "hospital_id", to = "id")]
    pub hospital: BelongsTo<super::hospital::Entity>,
    #[sea_orm(belongs_to, from = "doctor_id", to = "id")]
    pub doctor: BelongsTo<super::doctor::Entity>,
    #[sea_orm(belongs_to, from = "patient_id", to = "id")]
    pub patient: BelongsTo<super::patient::Entity>,
    #[sea_orm(belongs_to, from = "requested_by", to = "id")]
    pub requester: BelongsTo<super::user::Entity>,
    #[sea_orm(has_many)]
    pub events: HasMany<super::appointment_event::Entity>,
    #[sea_orm(has_many)]
    pub notifications: HasMany<super::notification::Entity>,
    #[sea_orm(has_one)]
    pub opening: HasOne<super::visit::Entity>,
    #[sea_orm(has_many)]
    pub presences: HasMany<super::visit_presence::Entity>,
    #[sea_orm(has_many)]
    pub device_checks: HasMany<super::device_check::Entity>,
    #[sea_orm(has_many)]
    pub guests: HasMany<super::visit_guest::Entity>,
    #[sea_orm(has_many)]
    pub calls: HasMany<super::call::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
