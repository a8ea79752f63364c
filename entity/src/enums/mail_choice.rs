//! Which mail about visits somebody wants.

use sea_orm::entity::prelude::*;

/// Mail about the account itself always comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum MailChoice {
    /// All there is, but that somebody waits: whoever is to know that sits before the page.
    #[default]
    #[sea_orm(string_value = "all")]
    All,
    /// That somebody waits as well.
    #[sea_orm(string_value = "with_arrivals")]
    WithArrivals,
    /// What changes of their visits, and nothing else.
    #[sea_orm(string_value = "changes")]
    Changes,
    /// None.
    #[sea_orm(string_value = "none")]
    Nothing,
}
