//! A draft is saved, every few seconds while it is written.

use chrono::{DateTime, Utc};
use entity::{
    enums::NoteState,
    note::{self, Column},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{NotWritten, keep_version, visit};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::{Topic, Topics},
    db::{UnitOfWork, Unrecorded, ViolationKind, violation},
    features::notes::{
        forms::Draft,
        queries::{StoredNote, VisitOfNote},
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// What is stored now.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::notes) struct SavedDraft {
    /// 0 while there is nothing.
    pub(in crate::features::notes) version: i32,
    pub(in crate::features::notes) at: DateTime<Utc>,
}

const DRAFTS: Unrecorded = Unrecorded::of(
    &["note", "note_revision"],
    "a draft is no record: that the note was opened is in the trail, and its signature will be",
);

/// Saves what stands on the screen, if nobody has saved anything else since. Sent again, it is saved already. Three statements.
///
/// # Errors
/// Why nothing was stored.
pub(in crate::features::notes) async fn save(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    draft: &Draft,
) -> Result<SavedDraft, NotWritten> {
    // Each counts, whatever becomes of it.
    let _counted = state.kit.rate_limiter.attempt(&Key::draft(viewer.user_id)).await.map_err(AppError::from)?;
    let acting = viewer.acting(state.clock.now());
    state
        .db
        .write_unrecorded(DRAFTS, async |uow| {
            let found = uow.read(async |conn| visit(conn, viewer, (id, draft.patient_id)).await).await??;
            let why = draft.withheld.or(found.note.as_ref().and_then(|note| note.withheld_reason.as_deref()));
            match &found.note {
                Some(note) if note.says((&draft.texts, why.as_deref())) => {
                    Ok(SavedDraft { version: note.version, at: note.updated_at })
                }
                Some(note) if note.state == NoteState::Signed => Err(NotWritten::Signed),
                Some(note) if note.version != draft.version => Err(NotWritten::Stale),
                Some(note) => go_on(uow, acting, (id, note), (draft, why)).await,
                None if draft.texts.is_empty() && why.is_none() => Ok(SavedDraft { version: 0, at: acting.now }),
                None => begin(uow, acting, &found, (draft, why)).await,
            }
        })
        .await
}

/// A doctor's first words about a visit put it on the list of what they have to sign; the next ones change nothing there.
async fn begin(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    visit: &VisitOfNote,
    (draft, why): (&Draft, Option<String>),
) -> Result<SavedDraft, NotWritten> {
    let note = note::ActiveModel {
        id: NotSet,
        appointment_id: Set(visit.id),
        author_id: Set(acting.viewer.user_id),
        state: Set(NoteState::Draft),
        version: Set(1),
        created_at: Set(acting.now),
        ..changed(acting, draft, why)
    };
    let topics = [Topic::Note(visit.id), Topic::Agenda(visit.doctor_id)];
    let note = uow.insert(note, topics).await.map_err(by_another)?;
    keep_version(uow, acting, (note.id, 1), draft.texts.clone()).await?;
    Ok(SavedDraft { version: 1, at: acting.now })
}

/// Two tabs have begun it at the same moment: there is one note of a visit.
pub(super) fn by_another(error: DbErr) -> NotWritten {
    match violation(&error) {
        Some(broken) if broken.kind == ViolationKind::Unique => NotWritten::Stale,
        _ => error.into(),
    }
}

async fn go_on(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    (id, note): (i64, &StoredNote),
    (draft, why): (&Draft, Option<String>),
) -> Result<SavedDraft, NotWritten> {
    let version = note.version + 1;
    let change = note::ActiveModel { version: Set(version), ..changed(acting, draft, why) };
    if !compare_and_set(uow, note, change, Topic::Note(id)).await? {
        return Err(NotWritten::Stale);
    }
    keep_version(uow, acting, (note.id, version), draft.texts.clone()).await?;
    Ok(SavedDraft { version, at: acting.now })
}

fn changed(acting: ActingViewer<'_>, draft: &Draft, why: Option<String>) -> note::ActiveModel {
    let texts = draft.texts.clone();
    note::ActiveModel {
        subjective: Set(texts.subjective),
        objective: Set(texts.objective),
        assessment: Set(texts.assessment),
        plan: Set(texts.plan),
        summary: Set(texts.summary),
        template: Set(draft.template),
        withheld_reason: Set(why),
        updated_at: Set(acting.now),
        ..Default::default()
    }
}

/// Changes a draft if it is still as it was; whether it was.
pub(super) async fn compare_and_set(
    uow: &UnitOfWork,
    note: &StoredNote,
    change: note::ActiveModel,
    topics: impl Into<Topics>,
) -> Result<bool, DbErr> {
    let update = note::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(note.id))
        .filter(Column::State.eq(NoteState::Draft))
        .filter(Column::Version.eq(note.version));
    Ok(uow.update_where(update, topics).await? == 1)
}
