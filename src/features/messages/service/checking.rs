//! What is kept apart because the virus scanner did not answer is let in, or refused, as soon as it does.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{
    attachment::{self, Column},
    enums::{AttachmentState, AuditAction, AuditSubject},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use crate::{
    background::Job,
    coherence::Topic,
    db::{Recorded, UnitOfWork, Unrecorded},
    features::{
        audit::{self, Actor, AuditEvent},
        messages::{
            attachments::Refused,
            queries::{self, FileKeptApart},
        },
    },
    integrations::virus_scanner::{self, Finding, Unanswered},
    state::AppState,
};

const FOUND: Unrecorded = Unrecorded::of(
    &["attachment"],
    "what the virus scanner found is nobody's act; that the file was sent has its line",
);

/// Asks the virus scanner about files that are kept apart.
pub struct FileChecker {
    state: AppState,
}

impl FileChecker {
    /// For the database and the scanner of `state`.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { state: state.clone() }
    }

    /// Asks about each, until the scanner is away.
    ///
    /// # Errors
    /// The database's; what was found until then is noted.
    pub async fn round(&self) -> Result<(), DbErr> {
        let Some(scanner) = &self.state.settings.attachments.scanner else { return Ok(()) };
        let (mut after, mut oldest) = (0, None);
        while let Some(file) = queries::kept_apart(&self.state.db.reader(), after).await? {
            after = file.id;
            match virus_scanner::scan(scanner, &file.data).await {
                Ok(finding) => self.settle(&file, finding).await?,
                Err(why) => {
                    log::warn!(id = file.id; "an attachment stays apart: {why}");
                    oldest = oldest.or(Some(file.created_at));
                    if matches!(why, Unanswered::Away(_)) {
                        break;
                    }
                }
            }
        }
        let now = self.state.clock.now();
        let age = oldest.map(|oldest| (now - oldest).to_std().unwrap_or_default());
        self.state.background.note_waiting(Self::NAME, age, None);
        Ok(())
    }

    async fn settle(&self, file: &FileKeptApart, finding: Finding) -> Result<(), DbErr> {
        let (db, now) = (&self.state.db, self.state.clock.now());
        match finding {
            Finding::Nothing => {
                let let_in = async |uow: &UnitOfWork| settled(uow, now, (file, AttachmentState::Clean)).await;
                db.write_unrecorded(FOUND, let_in).await.map(drop)
            }
            Finding::Harmful => db.write(async |uow| refuse(uow, now, file).await).await,
        }
    }
}

/// Whether it was kept apart until now.
async fn settled(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (file, state): (&FileKeptApart, AttachmentState),
) -> Result<bool, DbErr> {
    let row = attachment::ActiveModel { state: Set(state), updated_at: Set(now), ..Default::default() };
    let update = attachment::Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(file.id))
        .filter(Column::State.eq(AttachmentState::Quarantined));
    Ok(uow.update_where(update, Topic::Thread(file.appointment_id)).await? > 0)
}

/// What somebody sent is refused, as if it had been at once: the line is the same.
async fn refuse(uow: &UnitOfWork, now: DateTime<Utc>, file: &FileKeptApart) -> Result<Recorded, DbErr> {
    if !settled(uow, now, (file, AttachmentState::Refused)).await? {
        return Ok(Recorded::unchanged(()));
    }
    let sender = Actor { id: file.uploader_id, role: file.role, hospital_id: Some(file.hospital_id), address: None };
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, file.appointment_id);
    let event = event.word("attachment", "refused").word("reason", Refused::Harmful.word());
    audit::record(uow, now, sender, event).await
}

impl Job for FileChecker {
    const NAME: &'static str = "attachments";
    const EVERY: Duration = Duration::from_secs(60);
    type Error = DbErr;

    async fn turn(&self) -> Result<Duration, DbErr> {
        self.round().await?;
        Ok(Self::EVERY)
    }

    /// What waits is told by the instance that leads.
    async fn stand_by(&self) {
        self.state.background.note_waiting(Self::NAME, None, None);
    }
}

impl std::fmt::Debug for FileChecker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileChecker")
    }
}
