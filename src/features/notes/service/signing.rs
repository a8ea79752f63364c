//! A note is signed: from then on it stands as it is.

use std::collections::BTreeSet;

use entity::{
    enums::{AuditAction, AuditSubject, NoteState, NotificationKind},
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
        notifications::{self, News, ToldTimes},
    },
    state::AppState,
};

/// What is to be signed, and why it is kept from the patient.
struct Signed {
    texts: NoteTexts,
    why: Option<String>,
}

/// Signs what stands on the screen, or what is stored if nothing was sent along; the same signature again is done already. Its patient is told,
/// if they may read it. Eight statements.
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
            let signed = Signed::of(found.note.as_ref(), signature);
            if signed.is_done(found.note.as_ref(), signature)? {
                return Ok(Recorded::unchanged(()));
            }
            let missing = what_is_missing(&found, &signed.texts);
            if !missing.is_empty() {
                return Err(NotWritten::Missing(missing));
            }
            store(uow, acting, &found, (signature, &signed)).await?;
            if signed.why.is_none() {
                notifications::notify(uow, acting.now, &news(viewer, &found)).await?;
            }
            record(uow, acting, (id, &signed)).await
        })
        .await
}

impl Signed {
    fn of(stored: Option<&StoredNote>, signature: &Signature) -> Self {
        let stored_texts = || stored.map(StoredNote::texts).unwrap_or_default();
        Self {
            texts: signature.texts.clone().unwrap_or_else(stored_texts),
            why: signature.withheld.or(stored.and_then(|note| note.withheld_reason.as_deref())),
        }
    }

    /// Whether it was signed just so. What is stored word for word may be signed whatever its version: the page has saved it meanwhile.
    fn is_done(&self, stored: Option<&StoredNote>, signature: &Signature) -> Result<bool, NotWritten> {
        let is_stored = stored.is_some_and(|note| note.says((&self.texts, self.why.as_deref())));
        let version = stored.map_or(0, |note| note.version);
        match stored.map(|note| note.state) {
            Some(NoteState::Signed) => {
                let is_sent_again = signature.texts.is_some() || version - 1 == signature.version;
                if is_stored && is_sent_again { Ok(true) } else { Err(NotWritten::Signed) }
            }
            _ if is_stored && signature.texts.is_some() || version == signature.version => Ok(false),
            _ => Err(NotWritten::Stale),
        }
    }
}

/// That there is something to read; what, is on the page alone.
fn news(viewer: &Viewer, visit: &VisitOfNote) -> News {
    News {
        kind: NotificationKind::NoteSigned,
        appointment_id: visit.id,
        version: visit.version,
        times: ToldTimes::of(viewer.zone(), Some(visit.starts_at), None),
        recipients: BTreeSet::from([visit.patient.user_id]),
        visit: None,
        by_mail: None,
    }
}

/// The note as it was signed, and as its last version.
async fn store(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    visit: &VisitOfNote,
    (signature, what): (&Signature, &Signed),
) -> Result<(), NotWritten> {
    let version = visit.note.as_ref().map_or(0, |note| note.version) + 1;
    let topics = [Topic::Note(visit.id), Topic::Agenda(visit.doctor_id), Topic::PatientAgenda(visit.patient_id)];
    let change = note::ActiveModel { version: Set(version), ..signed(acting, signature, what) };
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
    keep_version(uow, acting, (note_id, version), what.texts.clone()).await?;
    Ok(())
}

fn signed(acting: ActingViewer<'_>, signature: &Signature, what: &Signed) -> note::ActiveModel {
    let digest = digest(&what.texts);
    let texts = what.texts.clone();
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
        withheld_reason: Set(what.why.clone()),
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
    (id, what): (i64, &Signed),
) -> Result<Recorded, NotWritten> {
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("note", "signed");
    let event = if what.why.is_some() { event.word("from_patient", "withheld") } else { event };
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
