//! Reading notes. Whose they are: a visit's doctor's, and once signed its patient's.

mod change;

pub(super) use change::{VisitOfNote, is_to_come, visit_of_note, was_added};

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AddendumKind, AppointmentStatus, AuditSubject, NoteState, NoteTemplate, Role},
    note, note_addendum, user, visit,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
};

use crate::{
    access::Viewer,
    coherence::Topic,
    db::{ReadConnection, Reader},
    features::{
        appointments::{About, AppointmentRow, scope_of_both, scope_of_doctor, with_parties},
        audit::Accessed,
    },
    text::doctor_name,
};

/// The fields of a note, in the order in which they are written, with what they are called.
pub(super) const FIELDS: [(&str, &str); 5] = [
    ("subjective", "What the patient says"),
    ("objective", "What was found"),
    ("assessment", "Assessment"),
    ("plan", "Plan"),
    ("summary", "For the patient"),
];

/// When a note can be begun: the visit goes on, or is over.
const BEGUN: [AppointmentStatus; 3] =
    [AppointmentStatus::InProgress, AppointmentStatus::Completed, AppointmentStatus::NoShow];

/// What a note says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoteTexts {
    pub(super) subjective: Option<String>,
    pub(super) objective: Option<String>,
    pub(super) assessment: Option<String>,
    pub(super) plan: Option<String>,
    pub(super) summary: Option<String>,
}

impl NoteTexts {
    /// In the order of [`FIELDS`].
    pub(super) fn each(&self) -> [Option<&str>; 5] {
        [&self.subjective, &self.objective, &self.assessment, &self.plan, &self.summary].map(|text| text.as_deref())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.each().iter().all(Option::is_none)
    }
}

/// A note as it is stored.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "note::Entity")]
pub(super) struct StoredNote {
    pub(super) id: i64,
    pub(super) state: NoteState,
    subjective: Option<String>,
    objective: Option<String>,
    assessment: Option<String>,
    plan: Option<String>,
    summary: Option<String>,
    pub(super) template: Option<NoteTemplate>,
    pub(super) signed_at: Option<DateTime<Utc>>,
    /// Why it is kept from the patient once it is signed.
    pub(super) withheld_reason: Option<String>,
    pub(super) version: i32,
    pub(super) updated_at: DateTime<Utc>,
}

impl StoredNote {
    /// Whether it says just that, and is kept from the patient just for that.
    pub(super) fn says(&self, (texts, why): (&NoteTexts, Option<&str>)) -> bool {
        self.texts() == *texts && self.withheld_reason.as_deref() == why
    }

    pub(super) fn texts(&self) -> NoteTexts {
        NoteTexts {
            subjective: self.subjective.clone(),
            objective: self.objective.clone(),
            assessment: self.assessment.clone(),
            plan: self.plan.clone(),
            summary: self.summary.clone(),
        }
    }
}

/// What stands beneath a note.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "note_addendum::Entity")]
pub(super) struct AddendumRow {
    pub(super) kind: AddendumKind,
    pub(super) text: String,
    pub(super) reason: String,
    pub(super) created_at: DateTime<Utc>,
    #[sea_orm(nested, alias = "addendum_author")]
    pub(super) author: NoteAuthor,
}

/// Who wrote something.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(super) struct NoteAuthor {
    first_name: String,
    last_name: String,
}

impl NoteAuthor {
    pub(super) fn name(&self) -> String {
        doctor_name(&self.first_name, &self.last_name)
    }
}

/// What came of what is asked at the beginning of a visit.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "visit::Entity")]
pub(super) struct OpeningOfVisit {
    /// When its doctor made sure of it, or said why not.
    checked_at: Option<DateTime<Utc>>,
}

/// Whether the beginning of a visit is still to be made sure of, before its note is signed. Nobody asks who did not come, or when it was called off.
fn lacks_opening(status: AppointmentStatus, opening: Option<OpeningOfVisit>) -> bool {
    let was_held = !matches!(status, AppointmentStatus::NoShow | AppointmentStatus::Cancelled);
    was_held && opening.is_none_or(|opening| opening.checked_at.is_none())
}

/// A visit with its note and what stands beneath it. A clinical record.
#[derive(Clone, Debug)]
pub(super) struct NoteRecord {
    pub(super) row: AppointmentRow,
    pub(super) about: About,
    pub(super) note: Option<StoredNote>,
    opening: Option<OpeningOfVisit>,
    /// Who wrote it.
    pub(super) author: Option<NoteAuthor>,
    /// The first one first.
    pub(super) addenda: Vec<AddendumRow>,
}

impl NoteRecord {
    /// Whether it is taken back because it should never have been there.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.addenda.iter().any(|addendum| addendum.kind == AddendumKind::EnteredInError)
    }

    /// Whether its beginning is still to be made sure of.
    pub(super) fn lacks_opening(&self) -> bool {
        lacks_opening(self.row.status, self.opening)
    }

    /// How it stands to `viewer`.
    pub(super) fn standing(&self, viewer: &Viewer) -> NoteStanding {
        let is_hidden = self.is_hidden_from(viewer);
        NoteStanding {
            state: self.note.as_ref().map(|note| note.state),
            version: self.note.as_ref().filter(|_| viewer.role() == Role::Doctor).map_or(0, |note| note.version),
            addenda: if is_hidden { 0 } else { self.addenda.len() },
        }
    }

    /// Whether the viewer is its patient, and sees nothing of it but that it is.
    pub(super) fn is_hidden_from(&self, viewer: &Viewer) -> bool {
        viewer.role() == Role::Patient && self.is_kept_from_patient()
    }

    /// Whether the patient sees nothing of it but that it is.
    pub(super) fn is_kept_from_patient(&self) -> bool {
        self.is_withdrawn() || self.note.as_ref().is_some_and(|note| note.withheld_reason.is_some())
    }
}

#[derive(DerivePartialModel)]
struct Joined {
    #[sea_orm(nested)]
    row: AppointmentRow,
    #[sea_orm(nested)]
    about: About,
    #[sea_orm(nested)]
    note: Option<StoredNote>,
    #[sea_orm(nested)]
    opening: Option<OpeningOfVisit>,
    #[sea_orm(nested, alias = "note_author")]
    author: Option<NoteAuthor>,
    #[sea_orm(nested)]
    addendum: Option<AddendumRow>,
}

/// How a note stands, without a word of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoteStanding {
    /// None while there is nothing.
    pub(super) state: Option<NoteState>,
    /// As its doctor has it; 0 while there is nothing, and to the patient, to whom it would tell how often it was saved.
    pub(super) version: i32,
    /// How many stand beneath it; to a patient from whom it is kept none.
    pub(super) addenda: usize,
}

/// The visit `id` with its note, if the viewer writes it: it is under way or over, or there is a note already.
pub(super) async fn written(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<Accessed<NoteRecord>>, DbErr> {
    Ok(record(viewer, reader, (id, to_write(viewer))).await?.map(|record| sealed(id, record)))
}

/// The visit `id` with its note, if that is signed and the viewer is its doctor or its patient.
pub(super) async fn signed(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<Accessed<NoteRecord>>, DbErr> {
    Ok(record(viewer, reader, (id, to_read(viewer))).await?.map(|record| sealed(id, record)))
}

/// How the note of the visit `id` stands, if the viewer writes it or may read it, and the record, by which its pages are told from what they were.
pub(super) async fn now(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(NoteStanding, Accessed<NoteRecord>)>, DbErr> {
    let either = Condition::any().add(to_write(viewer)).add(to_read(viewer));
    let found = record(viewer, reader, (id, either)).await?;
    Ok(found.map(|record| (record.standing(viewer), sealed(id, record))))
}

fn sealed(id: i64, record: NoteRecord) -> Accessed<NoteRecord> {
    Accessed::new(AuditSubject::Appointment, id, record).telling("part", "note")
}

fn to_write(viewer: &Viewer) -> Condition {
    let begun = Condition::any().add(Column::Status.is_in(BEGUN)).add(note::Column::Id.is_not_null());
    scope_of_doctor(viewer).add(begun)
}

fn to_read(viewer: &Viewer) -> Condition {
    scope_of_both(viewer).add(note::Column::State.eq(NoteState::Signed))
}

/// One statement: the texts of the note stand once for each addendum, of which there are few.
async fn record(viewer: &Viewer, reader: &Reader, (id, which): (i64, Condition)) -> Result<Option<NoteRecord>, DbErr> {
    let visit = appointment::Entity::find().filter(Column::Id.eq(id)).filter(which);
    let joined = with_parties(visit, JoinType::InnerJoin)
        .join(JoinType::LeftJoin, note::Relation::Appointment.def().rev())
        .join_as(JoinType::LeftJoin, note::Relation::Author.def(), "note_author")
        .join(JoinType::LeftJoin, appointment::Relation::Visit.def())
        .join(JoinType::LeftJoin, note_addendum::Relation::Note.def().rev())
        .join_as(JoinType::LeftJoin, note_addendum::Relation::User.def(), "addendum_author")
        .order_by_asc(note_addendum::Column::Id);
    let topics = viewer.visit_topics().and([Topic::Note(id), Topic::Visit(id)]);
    let read = async |conn: &ReadConnection<'_>| joined.clone().into_partial_model().all(conn).await;
    let found: Vec<Joined> = reader.run(topics, read).await?;
    Ok(folded(found))
}

fn folded(found: Vec<Joined>) -> Option<NoteRecord> {
    let mut found = found.into_iter();
    let Joined { row, about, note, opening, author, addendum } = found.next()?;
    let rest = found.filter_map(|joined| joined.addendum);
    Some(NoteRecord { row, about, note, opening, author, addenda: addendum.into_iter().chain(rest).collect() })
}
