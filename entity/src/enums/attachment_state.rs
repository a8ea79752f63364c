//! Whether an attachment may be opened.

use sea_orm::entity::prelude::*;

/// What is known of a file. One that the virus scanner found harmful at once is not stored at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum AttachmentState {
    /// The virus scanner did not answer yet: nobody opens it.
    #[sea_orm(string_value = "quarantined")]
    Quarantined,
    /// It may be opened.
    #[sea_orm(string_value = "clean")]
    Clean,
    /// The virus scanner found something harmful, later: nobody opens it.
    #[sea_orm(string_value = "refused")]
    Refused,
}
