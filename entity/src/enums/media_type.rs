//! What an attachment is.

use sea_orm::entity::prelude::*;

/// What may be attached to a message, as it is stored: a picture that was made anew, or a document as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum MediaType {
    /// A picture in which nothing shines through.
    #[sea_orm(string_value = "image/jpeg")]
    Jpeg,
    /// A picture in which something does.
    #[sea_orm(string_value = "image/png")]
    Png,
    /// A document.
    #[sea_orm(string_value = "application/pdf")]
    Pdf,
}
