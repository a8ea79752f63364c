//! What is kept apart because the virus scanner did not answer is let in, or refused, as soon as it does.

use std::time::Duration;

use entity::{
    attachment::{self, Column},
    enums::AttachmentState,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use crate::{
    background::Job,
    coherence::Topic,
    db::Unrecorded,
    features::messages::queries::{self, FileKeptApart},
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
        let state = match finding {
            Finding::Nothing => AttachmentState::Clean,
            Finding::Harmful => AttachmentState::Refused,
        };
        let row = attachment::ActiveModel {
            state: Set(state),
            updated_at: Set(self.state.clock.now()),
            ..Default::default()
        };
        let update = attachment::Entity::update_many()
            .set(row)
            .filter(Column::Id.eq(file.id))
            .filter(Column::State.eq(AttachmentState::Quarantined));
        let topic = Topic::Thread(file.appointment_id);
        self.state.db.write_unrecorded(FOUND, async |uow| uow.update_where(update.clone(), topic).await.map(drop)).await
    }
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
