//! What is done with notes: they are saved, signed, added to, and their old versions removed.

mod adding;
mod saving;
mod signing;
mod sweeping;

pub(super) use adding::add;
pub(super) use saving::{SavedDraft, save};
pub(super) use signing::sign;
pub(crate) use sweeping::sweep;

use entity::note_revision;
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::queries::{NoteTexts, VisitOfNote};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topics,
    db::{ReadConnection, UnitOfWork},
    web::AppError,
};

/// Why a note is as it was.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// It was changed meanwhile.
    Stale,
    /// Something must be there first: each time the field, and what to do.
    Missing(Vec<(&'static str, &'static str)>),
    /// It is signed already.
    Signed,
    /// Anything else.
    Failed(AppError),
}

impl From<DbErr> for NotWritten {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl From<AppError> for NotWritten {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

const ANOTHERS: &str =
    "The form was opened for another patient, so nothing was stored. Open the note of this visit anew.";
const ERASED: &str = "The patient's record was erased. Nothing about them is kept any more, so nothing was stored.";
const TOO_EARLY: &str = "The note of a visit is written once the visit has begun. Start the visit, then write it.";

/// What is said of a visit that has not begun.
pub(super) fn too_early() -> AppError {
    AppError::Conflict(TOO_EARLY.to_owned())
}

/// The visit `id`, if the viewer may write about it to the patient `patient_id`, if one is named.
async fn visit(
    conn: &ReadConnection<'_>,
    viewer: &Viewer,
    (id, patient_id): (i64, Option<i64>),
) -> Result<Result<VisitOfNote, AppError>, DbErr> {
    let found = super::queries::visit_of_note(viewer, conn, id).await?;
    Ok(found.ok_or(AppError::NotFound).and_then(|visit| match patient_id {
        Some(patient) if patient != visit.patient_id => Err(AppError::Conflict(ANOTHERS.to_owned())),
        _ if visit.is_of_nobody() => Err(AppError::Conflict(ERASED.to_owned())),
        _ if !visit.has_begun() => Err(too_early()),
        _ => Ok(visit),
    }))
}

/// What is missing before the note of `visit` can be signed with `texts`: the fields that it is about, and what to do. The one place where
/// conditions of a signature stand.
fn what_is_missing(visit: &VisitOfNote, texts: &NoteTexts) -> Vec<(&'static str, &'static str)> {
    let opening = visit.lacks_opening().then_some((
        "opening",
        "Make sure of what is asked at the beginning of the visit, or say why you go without it, before you sign.",
    ));
    let says_something = texts.assessment.is_some() || texts.plan.is_some();
    let words = (!says_something).then_some(("assessment", "Write an assessment or a plan before you sign."));
    words.into_iter().chain(opening).collect()
}

/// The texts of a version of the note `id`.
async fn keep_version(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (id, version): (i64, i32),
    texts: NoteTexts,
) -> Result<(), DbErr> {
    let revision = note_revision::ActiveModel {
        id: NotSet,
        note_id: Set(id),
        version: Set(version),
        subjective: Set(texts.subjective),
        objective: Set(texts.objective),
        assessment: Set(texts.assessment),
        plan: Set(texts.plan),
        summary: Set(texts.summary),
        session_id: Set(viewer.session_id),
        created_at: Set(now),
        updated_at: Set(now),
    };
    uow.insert_many([revision], Topics::exempt("no page shows old versions")).await.map(drop)
}
