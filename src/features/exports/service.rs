//! Taking everything away: the line in the trail, then the rows.

use std::path::Path;

use entity::enums::{AuditAction, AuditSubject};
use sea_orm::DbErr;
use serde_json::{Map, Value};

use super::{
    document::Document,
    folder::{Folder, FolderError},
    format::{ExportedFile, Subject, manifest},
    queries::{self, Exporter, SinkError},
};
use crate::{
    access::Viewer,
    coherence::Topics,
    db::Database,
    features::audit::{self, Attribution, AuditEvent},
    state::AppState,
    web::AppError,
};

/// Why there is no export; a sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no such patient or hospital.
    #[error("there is no {0} {1}")]
    Nobody(&'static str, i64),
    /// The folder, or a file in it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database's.
    #[error("{0}")]
    Database(#[from] DbErr),
}

impl From<SinkError> for ExportError {
    fn from(error: SinkError) -> Self {
        match error {
            SinkError::Folder(error) => Self::Folder(error),
            SinkError::Database(error) => Self::Database(error),
        }
    }
}

/// Writes everything about `subject` into the folder `to`, which is new or empty, and says so in the trail in the name of `by` first. What was
/// written. A folder without `export.json` is of an export that was broken off.
///
/// # Errors
/// Why not.
pub async fn export_to_folder(
    db: &Database,
    by: Attribution<'_>,
    subject: Subject,
    to: &Path,
) -> Result<Vec<ExportedFile>, ExportError> {
    let hospital_id = found(db, subject).await?;
    let mut folder = Folder::new(to)?;
    let event = || exported(subject, hospital_id);
    db.write(async |uow| audit::record(uow, by.at, by.actor.clone(), event()).await).await?;
    let files = db
        .snapshot(async |conn| {
            let mut exporter = Exporter::new(conn, &mut folder);
            exporter.everything_about(subject).await?;
            Ok::<_, SinkError>(exporter.files())
        })
        .await?;
    folder.finish(&manifest(subject, by.at, &files))?;
    Ok(files)
}

/// Everything about the patient who asks, after it is in the trail that they did.
///
/// # Errors
/// The database's.
pub(super) async fn own_document(
    state: &AppState,
    viewer: &Viewer,
    patient_id: i64,
) -> Result<Map<String, Value>, AppError> {
    let (subject, now) = (Subject::Patient(patient_id), state.clock.now());
    let event = AuditEvent::new(AuditAction::Exported, AuditSubject::Patient, patient_id);
    state.db.write(async |uow| audit::record(uow, now, viewer, event.clone()).await).await?;
    let mut document = Document::default();
    let read = state.db.snapshot(async |conn| {
        let mut exporter = Exporter::new(conn, &mut document);
        exporter.everything_about(subject).await?;
        Ok::<_, SinkError>(exporter.files())
    });
    let files = read.await.map_err(AppError::from)?;
    Ok(document.finish(manifest(subject, now, &files)))
}

impl From<SinkError> for AppError {
    fn from(error: SinkError) -> Self {
        match error {
            SinkError::Folder(error) => Self::internal(error),
            SinkError::Database(error) => error.into(),
        }
    }
}

/// The hospital that it concerns.
async fn found(db: &Database, subject: Subject) -> Result<i64, ExportError> {
    let topics = Topics::exempt("a command, which keeps no page");
    let found = db.reader().run(topics, async |conn| queries::hospital_of(conn, subject).await).await?;
    let (kind, id) = subject.words();
    found.ok_or(ExportError::Nobody(kind, id))
}

fn exported(subject: Subject, hospital_id: i64) -> AuditEvent {
    let (subject, id) = match subject {
        Subject::Patient(id) => (AuditSubject::Patient, id),
        Subject::Hospital(id) => (AuditSubject::Hospital, id),
    };
    AuditEvent::new(AuditAction::Exported, subject, id).in_hospital(hospital_id)
}
