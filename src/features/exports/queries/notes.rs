//! The notes of visits in an export.

use std::collections::BTreeSet;

use entity::{
    appointment,
    enums::{AddendumKind, NoteState},
    note, note_addendum, note_revision,
};
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, sea_query::SelectStatement,
};
use serde_json::{Map, Value};

use super::{ExportSink, Exporter, SinkError};
use crate::features::exports::format::Subject;

/// What is not told of a note that is kept from its patient.
const KEPT: [&str; 7] = ["subjective", "objective", "assessment", "plan", "summary", "sha256", "withheld_reason"];

impl<S: ExportSink> Exporter<'_, S> {
    /// What a patient may read: notes that were signed, and of one that is kept from them only that there is one.
    pub(super) async fn notes_of_patient(&mut self, patient_id: i64) -> Result<(), SinkError> {
        let subject = Subject::Patient(patient_id);
        let visits = appointment::Entity::find().filter(appointment::Column::PatientId.eq(patient_id));
        let visits = visits.select_only().column(appointment::Column::Id).into_query();
        let signed = note::Entity::find()
            .filter(note::Column::AppointmentId.in_subquery(visits))
            .filter(note::Column::State.eq(NoteState::Signed));
        let kept = self.kept_from_patients(&signed).await?;
        let is_kept = |entry: &Map<String, Value>, name: &str| {
            entry.get(name).and_then(Value::as_i64).is_some_and(|id| kept.contains(&id))
        };
        self.begin(note::Entity.table_name())?;
        let told = |entry: &mut Map<String, Value>| {
            if is_kept(entry, "id") {
                entry.extend(KEPT.map(|column| (column.to_owned(), Value::Null)));
            }
        };
        self.rows(subject, signed.clone(), told).await?;
        self.end()?;
        let beneath = note_addendum::Entity::find()
            .filter(note_addendum::Column::NoteId.in_subquery(ids(signed)))
            .filter(note_addendum::Column::NoteId.is_not_in(kept));
        self.table(subject, beneath).await
    }

    /// Of the notes those that the patient does not read: withheld when they were signed, or entered in error.
    async fn kept_from_patients(&self, signed: &Select<note::Entity>) -> Result<BTreeSet<i64>, SinkError> {
        let withheld = ids(signed.clone().filter(note::Column::WithheldReason.is_not_null()));
        let withheld = note::Entity::find().filter(note::Column::Id.in_subquery(withheld));
        let withdrawn = note_addendum::Entity::find()
            .filter(note_addendum::Column::NoteId.in_subquery(ids(signed.clone())))
            .filter(note_addendum::Column::Kind.eq(AddendumKind::EnteredInError));
        let withheld: Vec<i64> = withheld.select_only().column(note::Column::Id).into_tuple().all(self.conn).await?;
        let withdrawn: Vec<i64> =
            withdrawn.select_only().column(note_addendum::Column::NoteId).into_tuple().all(self.conn).await?;
        Ok(withheld.into_iter().chain(withdrawn).collect())
    }

    /// All there is, drafts and versions included. `visits`: `appointment.id`.
    pub(super) async fn notes_of_hospital(&mut self, id: i64, visits: SelectStatement) -> Result<(), SinkError> {
        let subject = Subject::Hospital(id);
        let notes = note::Entity::find().filter(note::Column::AppointmentId.in_subquery(visits));
        let revision = note_revision::Column::NoteId;
        let addendum = note_addendum::Column::NoteId;
        self.table(subject, notes.clone()).await?;
        let revisions = note_revision::Entity::find().filter(revision.in_subquery(ids(notes.clone())));
        self.table(subject, revisions).await?;
        self.table(subject, note_addendum::Entity::find().filter(addendum.in_subquery(ids(notes)))).await
    }
}

fn ids(notes: Select<note::Entity>) -> SelectStatement {
    notes.select_only().column(note::Column::Id).into_query()
}
