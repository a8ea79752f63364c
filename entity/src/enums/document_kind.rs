//! What a document is.

use sea_orm::entity::prelude::*;

/// What a patient is given after a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum DocumentKind {
    /// What to take, for a pharmacy.
    #[sea_orm(string_value = "prescription")]
    Prescription,
    /// To another doctor.
    #[sea_orm(string_value = "referral")]
    Referral,
    /// That somebody cannot work.
    #[sea_orm(string_value = "sick_note")]
    SickNote,
    /// Anything else.
    #[sea_orm(string_value = "letter")]
    Letter,
}
