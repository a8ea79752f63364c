//! Who of a hospital must have a second factor.

use sea_orm::entity::prelude::*;

/// Whom a hospital asks for more than a password; the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum SecondFactorRule {
    /// Whoever wants one.
    #[sea_orm(string_value = "optional")]
    Optional,
    /// Administrators and doctors.
    #[sea_orm(string_value = "staff")]
    Staff,
    /// All its people.
    #[sea_orm(string_value = "everybody")]
    Everybody,
}
