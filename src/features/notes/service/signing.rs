//! A note is signed: from then on it stands as it is.

use entity::{
    enums::{AuditAction, AuditSubject, NoteState},
    note,
};
use sea_orm::{ActiveValue::NotSet, Set};
use sha2::{Digest, Sha256};

use super::{
    NotWritten, keep_version,
    saving::{by_another, compare_and_set},
    visit, what_is_missing,
};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        notes::{
            forms::Signature,
            queries::{NoteTexts, StoredNote, VisitOfNote},
        },
    },
    state::AppState,
};

/// Signs what stands on the screen, or what is stored if nothing was sent along. Six statements.
///
/// # Errors
/// Why it is not signed.
pub(in crate::features::notes) async fn sign(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    signature: &Signature,
) -> Result<(), NotWritten> {
    let acting = viewer.acting(state.clock.now());
    state
        .db
        .write(async |uow| {
            let found = uow.read(async |conn| visit(conn, viewer, (id, signature.patient_id)).await).await??;
            let stored = found.note.as_ref();
            if stored.is_some_and(|note| note.state == NoteState::Signed) {
                return Err(NotWritten::Signed);
            }
            if stored.map_or(0, |note| note.version) != signature.version {
                return Err(NotWritten::Stale);
            }
            let stored_texts = || stored.map(StoredNote::texts).unwrap_or_default();
            let texts = signature.texts.clone().unwrap_or_else(stored_texts);
            let missing = what_is_missing(&found, &texts);
            if !missing.is_empty() {
                return Err(NotWritten::Missing(missing));
            }
            store(uow, acting, &found, (signature, texts)).await?;
            record(uow, acting, (id, signature)).await
        })
        .await
}

/// The note as it was signed, and as its last version.
async fn store(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    visit: &VisitOfNote,
    (signature, texts): (&Signature, NoteTexts),
) -> Result<(), NotWritten> {
    let version = signature.version + 1;
    let topics = [Topic::Note(visit.id), Topic::Agenda(visit.doctor_id)];
    let change = signed(acting, signature, &texts);
    let note_id = match &visit.note {
        Some(note) => {
            if !compare_and_set(uow, note, change, topics).await? {
                return Err(NotWritten::Stale);
            }
            note.id
        }
        None => {
            let begun = note::ActiveModel {
                id: NotSet,
                appointment_id: Set(visit.id),
                author_id: Set(acting.viewer.user_id),
                created_at: Set(acting.now),
                ..change
            };
            uow.insert(begun, topics).await.map_err(by_another)?.id
        }
    };
    keep_version(uow, acting, (note_id, version), texts).await?;
    Ok(())
}

fn signed(acting: ActingViewer<'_>, signature: &Signature, texts: &NoteTexts) -> note::ActiveModel {
    let digest = digest(texts);
    let texts = texts.clone();
    let mut change = note::ActiveModel {
        state: Set(NoteState::Signed),
        subjective: Set(texts.subjective),
        objective: Set(texts.objective),
        assessment: Set(texts.assessment),
        plan: Set(texts.plan),
        summary: Set(texts.summary),
        signed_at: Set(Some(acting.now)),
        signed_by: Set(Some(acting.viewer.user_id)),
        sha256: Set(Some(digest)),
        withheld_reason: Set(signature.withheld_reason.clone()),
        version: Set(signature.version + 1),
        updated_at: Set(acting.now),
        ..Default::default()
    };
    if signature.template.is_some() {
        change.template = Set(signature.template);
    }
    change
}

/// Over each text with its length before it, so that none can move into the next.
fn digest(texts: &NoteTexts) -> Vec<u8> {
    let mut hash = Sha256::new();
    for text in texts.each() {
        let bytes = text.unwrap_or_default().as_bytes();
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    hash.finalize().to_vec()
}

async fn record(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (id, signature): (i64, &Signature),
) -> Result<Recorded, NotWritten> {
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("note", "signed");
    let event = if signature.withheld_reason.is_some() { event.word("from_patient", "withheld") } else { event };
    Ok(audit::record(uow, now, viewer, event).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_tells_which_text_stands_where() {
        let plan = |text: &str| NoteTexts { plan: Some(text.to_owned()), ..NoteTexts::default() };
        let summary = NoteTexts { summary: Some("Rest".to_owned()), ..NoteTexts::default() };
        assert_eq!(digest(&plan("Rest")), digest(&plan("Rest")));
        assert_ne!(digest(&plan("Rest")), digest(&plan("Test")));
        assert_ne!(digest(&plan("Rest")), digest(&summary));
    }
}
