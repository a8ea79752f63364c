//! `visit`: what is asked at the beginning of a visit, so that it is safe from afar. One row an appointment, made when first needed.

use super::enums::IdentityCheck;
use sea_orm::entity::prelude::*;

/// The opening of a visit: what the patient said, and what the doctor made sure of. Clinical.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub appointment_id: i64,
    /// Where the patient is now: to where help is sent.
    pub location_now: Option<String>,
    /// On which number they are rung when the connection is lost.
    pub call_back: Option<String>,
    /// Who else is in the room with them.
    pub others_present: Option<String>,
    /// When the patient agreed to be seen from afar.
    pub consented_at: Option<DateTimeUtc>,
    /// To which wording; given when, and only when, they agreed.
    pub consent_version: Option<i32>,
    /// By what the doctor knew whom they see; not before it was checked.
    pub identity: Option<IdentityCheck>,
    /// `user.id` of the doctor who made sure of all this, or said why not.
    pub checked_by: Option<i64>,
    pub checked_at: Option<DateTimeUtc>,
    /// Why it was gone without; the doctor's words.
    pub skipped_reason: Option<String>,
    /// Optimistic lock: each change compares it and adds one.
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
