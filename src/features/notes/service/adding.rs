//! Something is put beneath a signed note.

use entity::{
    enums::{AddendumKind, AuditAction, AuditSubject, NoteState},
    note_addendum,
};
use sea_orm::{ActiveValue::NotSet, Set};

use super::{NotWritten, visit};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::Recorded,
    features::{
        audit::{self, AuditEvent},
        notes::{forms::Addition, queries},
    },
    state::AppState,
    web::AppError,
};

const NOT_SIGNED: &str = "Nothing can be added before the note is signed: change the note itself.";

/// Adds it. Sent twice, it stands there once. Five statements.
///
/// # Errors
/// Why nothing was added.
pub(in crate::features::notes) async fn add(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    addition: &Addition,
) -> Result<(), NotWritten> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let found = uow.read(async |conn| visit(conn, viewer, (id, addition.patient_id)).await).await??;
            // The patient's list tells that there is something to read, or not any more.
            let topics = [Topic::Note(id), Topic::PatientAgenda(found.patient_id)];
            let signed = found.note.filter(|note| note.state == NoteState::Signed);
            let note = signed.ok_or_else(|| AppError::Conflict(NOT_SIGNED.to_owned()))?;
            if uow.read(async |conn| queries::was_added(conn, note.id, addition).await).await? {
                return Ok(Recorded::unchanged(()));
            }
            let row = note_addendum::ActiveModel {
                id: NotSet,
                note_id: Set(note.id),
                author_id: Set(viewer.user_id),
                kind: Set(addition.kind),
                text: Set(addition.text.clone()),
                reason: Set(addition.reason.clone()),
                created_at: Set(now),
                updated_at: Set(now),
            };
            uow.insert_many([row], topics).await?;
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("note", "addendum");
            let event = match addition.kind {
                AddendumKind::Addition => event,
                AddendumKind::EnteredInError => event.word("from_patient", "withheld"),
            };
            Ok::<_, NotWritten>(audit::record(uow, now, viewer, event).await?)
        })
        .await
}
