//! `hospital`: one tenant. Everything a hospital's people see and do stays inside it.

use sea_orm::entity::prelude::*;

/// A hospital with its booking rules.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hospital")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Unique among hospitals.
    #[sea_orm(unique)]
    pub name: String,
    pub address: String,
    pub phone: String,
    pub email: String,
    /// IANA name, e.g. `Asia/Kathmandu`: the zone in which times are typed and shown.
    pub time_zone: String,
    /// ISO 4217 code, e.g. `NPR`.
    pub currency: String,
    /// In `currency`, two decimals, never negative.
    #[sea_orm(column_type = "Decimal(Some((12, 2)))")]
    pub appointment_fee: Decimal,
    /// Length of a bookable slot in minutes.
    pub slot_minutes: i32,
    /// How many hours ahead a patient must book.
    pub booking_lead_hours: i32,
    /// Whom it asks for a second factor.
    pub second_factor: super::enums::SecondFactorRule,
    /// How its visits are held unless something else is said.
    pub default_modality: super::enums::Modality,
    /// What its doctors are to do when something happens to a patient far away.
    #[sea_orm(column_type = "Text", nullable)]
    pub emergency_text: Option<String>,
    /// For how many days after a visit its patient can write about it.
    pub message_days: i32,
    /// An inactive hospital is not listed in the directory.
    pub active: bool,
    /// By what the name is searched, put in order and kept unique, made by the server. Null until it is made.
    #[sea_orm(unique)]
    pub name_key: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(has_many)]
    pub users: HasMany<super::user::Entity>,
    #[sea_orm(has_many)]
    pub appointments: HasMany<super::appointment::Entity>,
    #[sea_orm(has_one)]
    pub tally: HasOne<super::hospital_tally::Entity>,
    #[sea_orm(has_many)]
    pub audit_entries: HasMany<super::audit_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
