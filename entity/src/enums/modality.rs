//! How a visit is held.

use sea_orm::entity::prelude::*;

/// The way in which doctor and patient meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Modality {
    /// In the visit's room, with picture and sound.
    #[sea_orm(string_value = "video")]
    Video,
    /// The doctor rings the patient.
    #[sea_orm(string_value = "phone")]
    Phone,
    /// At the hospital.
    #[sea_orm(string_value = "in_person")]
    InPerson,
}
