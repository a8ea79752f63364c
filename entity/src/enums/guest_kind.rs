//! As what a guest takes part in a call.

use sea_orm::entity::prelude::*;

/// What a guest is to the two who meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum GuestKind {
    /// Says in each one's language what the other says.
    #[sea_orm(string_value = "interpreter")]
    Interpreter,
    /// Of the patient's family, or another person of theirs.
    #[sea_orm(string_value = "family")]
    Family,
    /// Another doctor, a nurse or a therapist.
    #[sea_orm(string_value = "clinician")]
    Clinician,
}
