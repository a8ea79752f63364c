//! `time_off`: a stretch in which a doctor sees nobody, whatever the week's windows say.

use sea_orm::entity::prelude::*;

/// A doctor's absence.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "time_off")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub doctor_id: i64,
    pub starts_at: DateTimeUtc,
    /// After `starts_at`; the absence ends just before it.
    pub ends_at: DateTimeUtc,
    /// What the clock was to show at `starts_at`, in `time_zone`; none in a row of a release that did not know of it.
    pub local_starts_at: Option<DateTime>,
    /// The same of `ends_at`.
    pub local_ends_at: Option<DateTime>,
    /// IANA name of the zone of that clock.
    pub time_zone: Option<String>,
    pub reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "doctor_id", to = "id")]
    pub doctor: BelongsTo<super::doctor::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
