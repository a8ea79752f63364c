//! What lists and pages of visits tell of their notes: that there is one, or that it is still to be written or signed, and nothing of what it says.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AddendumKind, AppointmentStatus, NoteState, Role},
    note, note_addendum, patient, user,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationTrait, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

use super::scope;
use crate::{access::Viewer, db::is_word};

/// For so long, in whole days before today, it is asked for the note of a visit that took place.
const WRITTEN_WITHIN: TimeDelta = TimeDelta::days(30);

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

/// Visits of the viewer whose note they have begun and not signed.
pub(crate) fn draft_notes(viewer: &Viewer) -> Select<appointment::Entity> {
    appointment::Entity::find()
        .join(JoinType::InnerJoin, note::Relation::Appointment.def().rev())
        .filter(scope(viewer))
        .filter(note::Column::AuthorId.eq(viewer.user_id))
        .filter(is_word(note::Column::State, NoteState::Draft))
        .filter(of_somebody(viewer))
}

/// The viewer's visits of late that took place and have no note; `today` is its first instant.
pub(crate) fn unwritten_notes(viewer: &Viewer, today: DateTime<Utc>) -> Select<appointment::Entity> {
    appointment::Entity::find()
        .join(JoinType::LeftJoin, note::Relation::Appointment.def().rev())
        .filter(scope(viewer))
        .filter(is_word(Column::Status, AppointmentStatus::Completed))
        .filter(Column::StartsAt.gte(today - WRITTEN_WITHIN))
        .filter(note::Column::Id.is_null())
        .filter(of_somebody(viewer))
}

/// Either of them.
pub(super) fn note_to_sign(viewer: &Viewer, today: DateTime<Utc>) -> Condition {
    let among = |visits: Select<appointment::Entity>| {
        Column::Id.in_subquery(visits.select_only().column(Column::Id).into_query())
    };
    Condition::any().add(among(draft_notes(viewer))).add(among(unwritten_notes(viewer, today)))
}

/// Visits of patients who were not erased: about whoever was, nobody writes any more. Those who were are few, shut, and found once by that: asked of
/// each visit of a month, it would cost more than all the rest.
fn of_somebody(viewer: &Viewer) -> SimpleExpr {
    let erased = user::Entity::find()
        .select_only()
        .column(patient::Column::Id)
        .join(JoinType::InnerJoin, user::Relation::Patient.def())
        .filter(user::Column::HospitalId.eq(viewer.hospital().map(|hospital| hospital.id)))
        .filter(is_word(user::Column::Role, Role::Patient))
        .filter(user::Column::Active.into_expr().not())
        .filter(user::Column::ErasedAt.is_not_null());
    Column::PatientId.not_in_subquery(erased.into_query())
}
