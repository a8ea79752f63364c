//! Notes of visits, with a version and, beneath signed ones, an addendum.

use entity::{
    enums::{AddendumKind, NoteState},
    note, note_addendum, note_revision,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{super::TestApp, appointments::Appointment, people::Doctor, texts::Texts};

/// A note in the database.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) id: i64,
    /// Every text of it, of its version and of its addendum.
    pub(crate) texts: Vec<String>,
}

/// A draft of version 1, in which `doctor` has filled every field.
pub(crate) fn note(visit: &Appointment, doctor: &Doctor) -> NoteDraft {
    NoteDraft {
        texts: Texts::new(),
        appointment_id: visit.id,
        author_id: doctor.user_id,
        is_signed: false,
        is_withheld: false,
        addendum: None,
    }
}

#[must_use]
pub(crate) struct NoteDraft {
    texts: Texts,
    appointment_id: i64,
    author_id: i64,
    is_signed: bool,
    is_withheld: bool,
    addendum: Option<AddendumKind>,
}

impl NoteDraft {
    /// Signed now.
    pub(crate) fn signed(mut self) -> Self {
        self.is_signed = true;
        self
    }

    /// Signed, and kept from the patient.
    pub(crate) fn withheld(mut self) -> Self {
        self.is_withheld = true;
        self.signed()
    }

    /// With something beneath it.
    pub(crate) fn with_addendum(mut self, kind: AddendumKind) -> Self {
        self.addendum = Some(kind);
        self.signed()
    }

    /// Puts `payload` into every text.
    pub(crate) fn saying(mut self, payload: &str) -> Self {
        self.texts.say(payload);
        self
    }

    pub(crate) async fn create(mut self, app: &TestApp) -> Note {
        let (now, signed, texts) = (app.now(), self.is_signed, &mut self.texts);
        let row = note::ActiveModel {
            appointment_id: Set(self.appointment_id),
            author_id: Set(self.author_id),
            state: Set(if signed { NoteState::Signed } else { NoteState::Draft }),
            subjective: Set(Some(texts.make("Subjective", 20_000))),
            objective: Set(Some(texts.make("Objective", 20_000))),
            assessment: Set(Some(texts.make("Assessment", 20_000))),
            plan: Set(Some(texts.make("Plan", 20_000))),
            summary: Set(Some(texts.make("Summary", 20_000))),
            signed_at: Set(signed.then_some(now)),
            signed_by: Set(signed.then_some(self.author_id)),
            sha256: Set(signed.then(|| vec![7; 32])),
            withheld_reason: Set(self.is_withheld.then(|| texts.make("Withheld", 500))),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        let row = row.insert(&app.db).await.unwrap();
        self.version(app, row.id).await;
        if let Some(kind) = self.addendum {
            self.addendum(app, row.id, kind).await;
        }
        Note { id: row.id, texts: self.texts.made }
    }
    /// The one version of the note `note_id`.
    async fn version(&mut self, app: &TestApp, note_id: i64) {
        let revision = note_revision::ActiveModel {
            note_id: Set(note_id),
            version: Set(1),
            plan: Set(Some(self.texts.make("Earlier", 20_000))),
            session_id: Set(1),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        revision.insert(&app.db).await.unwrap();
    }

    async fn addendum(&mut self, app: &TestApp, note_id: i64, kind: AddendumKind) {
        let addendum = note_addendum::ActiveModel {
            note_id: Set(note_id),
            author_id: Set(self.author_id),
            kind: Set(kind),
            text: Set(self.texts.make("Addendum", 10_000)),
            reason: Set(self.texts.make("Because", 500)),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        addendum.insert(&app.db).await.unwrap();
    }
}
