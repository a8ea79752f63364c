//! How a doctor made sure of whom they see.

use sea_orm::entity::prelude::*;

/// By what the patient was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum IdentityCheck {
    /// Name and date of birth, said by the patient.
    #[sea_orm(string_value = "name_and_dob")]
    NameAndDob,
    /// A document that was shown.
    #[sea_orm(string_value = "document")]
    Document,
    /// The doctor knows them.
    #[sea_orm(string_value = "known")]
    Known,
    /// It could not be made sure; the reason stands beside it.
    #[sea_orm(string_value = "not_possible")]
    NotPossible,
}
