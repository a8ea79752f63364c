//! What lists and pages of visits tell of their notes: that there is one, and nothing of what it says.

use entity::{
    appointment,
    enums::{AddendumKind, NoteState},
    note, note_addendum,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

use crate::db::is_word;

/// Whether the patient sees nothing of the note: it is kept from them, or was entered in error. Of a statement that has `note` in it.
pub(super) fn is_kept_from_patient() -> SimpleExpr {
    let errors = note_addendum::Entity::find()
        .select_only()
        .column(note_addendum::Column::Id)
        .filter(
            Expr::col((note_addendum::Entity, note_addendum::Column::NoteId)).equals((note::Entity, note::Column::Id)),
        )
        .filter(is_word(note_addendum::Column::Kind, AddendumKind::EnteredInError));
    note::Column::WithheldReason.is_not_null().or(Expr::exists(errors.into_query()))
}

/// Whether the visit's note is signed and the patient reads it. Of a statement that has `appointment` in it. A value for each visit, not an EXISTS: that
/// one Postgres may answer by reading all notes first.
pub(super) fn has_note_to_read() -> SimpleExpr {
    let is_read = note::Entity::find()
        .select_only()
        .expr(is_kept_from_patient().not())
        .filter(
            Expr::col((note::Entity, note::Column::AppointmentId))
                .equals((appointment::Entity, appointment::Column::Id)),
        )
        .filter(is_word(note::Column::State, NoteState::Signed));
    Expr::from(is_read.into_query()).if_null(false)
}
