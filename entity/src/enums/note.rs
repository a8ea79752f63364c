//! Of a visit's note.

use sea_orm::entity::prelude::*;

/// How far a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum NoteState {
    /// Its doctor is writing it; nobody else sees it.
    #[sea_orm(string_value = "draft")]
    Draft,
    /// It stands for good.
    #[sea_orm(string_value = "signed")]
    Signed,
}

/// What a note was begun with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
pub enum NoteTemplate {
    /// A new complaint.
    #[sea_orm(string_value = "general")]
    General,
    /// What came of an earlier visit.
    #[sea_orm(string_value = "follow_up")]
    FollowUp,
    /// What is taken, and whether it still should be.
    #[sea_orm(string_value = "medication_review")]
    MedicationReview,
}

/// Why something was put beneath a signed note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
pub enum AddendumKind {
    /// Something came later, or was forgotten, or was wrong.
    #[sea_orm(string_value = "addition")]
    Addition,
    /// The note is about somebody else, or should not be: the patient sees nothing of it any more.
    #[sea_orm(string_value = "entered_in_error")]
    EnteredInError,
}
