//! The eight blood groups.

use sea_orm::entity::prelude::*;

/// ABO group and Rh factor. There is deliberately no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(3))")]
pub enum BloodType {
    #[sea_orm(string_value = "A+")]
    APositive,
    #[sea_orm(string_value = "A-")]
    ANegative,
    #[sea_orm(string_value = "B+")]
    BPositive,
    #[sea_orm(string_value = "B-")]
    BNegative,
    #[sea_orm(string_value = "AB+")]
    AbPositive,
    #[sea_orm(string_value = "AB-")]
    AbNegative,
    #[sea_orm(string_value = "O+")]
    OPositive,
    #[sea_orm(string_value = "O-")]
    ONegative,
}
