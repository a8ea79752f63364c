//! `document`: what a doctor gives a patient on paper after a visit. It is issued once and says what it says; the database refuses every change
//! but its revocation.

use super::enums::DocumentKind;
use sea_orm::entity::prelude::*;

/// A document.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Where it is numbered.
    pub hospital_id: i64,
    pub appointment_id: i64,
    pub kind: DocumentKind,
    /// The first of a hospital is 1, each further one is one more: none is missing.
    pub number: i32,
    /// Clinical text.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Of the form that issued it: sent twice it issues one.
    pub token: Option<String>,
    pub issued_at: DateTimeUtc,
    /// `user.id` of the doctor.
    pub issued_by: i64,
    /// Given when, and only when, it is revoked.
    pub revoked_at: Option<DateTimeUtc>,
    /// `user.id` of the doctor who did.
    pub revoked_by: Option<i64>,
    /// Why. Clinical text.
    #[sea_orm(column_type = "Text", nullable)]
    pub revoked_reason: Option<String>,
    /// Optimistic lock: its revocation adds one. The first is 0.
    pub version: i32,
    /// What everybody was called when it was issued. Null in what a release before this one issued.
    pub hospital_name: Option<String>,
    /// With "Dr ".
    pub doctor_name: Option<String>,
    /// Their specialty.
    pub doctor_field: Option<String>,
    pub doctor_license: Option<String>,
    /// Null also once the patient was erased.
    pub patient_name: Option<String>,
    pub patient_born: Option<Date>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "hospital_id", to = "id")]
    pub hospital: BelongsTo<super::hospital::Entity>,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<super::appointment::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Issuer", from = "issued_by", to = "id")]
    pub issuer: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Revoker", from = "revoked_by", to = "id")]
    pub revoker: BelongsTo<Option<super::user::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
