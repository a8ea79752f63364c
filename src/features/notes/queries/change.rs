//! What is read before a note is changed.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::AppointmentStatus,
    note, note_addendum, patient, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use super::{BEGUN, OpeningOfVisit, StoredNote, lacks_opening};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{ReadConnection, Reader},
    features::{appointments::scope_of_doctor, notes::forms::Addition},
};

/// A visit and its note, for whoever is about to change it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(in crate::features::notes) struct VisitOfNote {
    pub(in crate::features::notes) id: i64,
    pub(in crate::features::notes) doctor_id: i64,
    pub(in crate::features::notes) patient_id: i64,
    pub(in crate::features::notes) status: AppointmentStatus,
    pub(in crate::features::notes) starts_at: DateTime<Utc>,
    /// Of the appointment.
    pub(in crate::features::notes) version: i32,
    #[sea_orm(nested)]
    pub(in crate::features::notes) patient: PatientOfNote,
    #[sea_orm(nested)]
    pub(in crate::features::notes) note: Option<StoredNote>,
    #[sea_orm(nested)]
    opening: Option<OpeningOfVisit>,
}

/// Whose visit it is, as somebody who is told.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(in crate::features::notes) struct PatientOfNote {
    pub(in crate::features::notes) user_id: i64,
    #[sea_orm(nested)]
    account: AccountOfPatient,
}

#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct AccountOfPatient {
    erased_at: Option<DateTime<Utc>>,
}

impl VisitOfNote {
    /// Whether its beginning is still to be made sure of.
    pub(in crate::features::notes) fn lacks_opening(&self) -> bool {
        lacks_opening(self.status, self.opening)
    }

    /// Whether nothing about the patient is kept any more.
    pub(in crate::features::notes) fn is_of_nobody(&self) -> bool {
        self.patient.account.erased_at.is_some()
    }

    /// Whether a note can be written about it.
    pub(in crate::features::notes) fn has_begun(&self) -> bool {
        self.note.is_some() || BEGUN.contains(&self.status)
    }
}

/// The visit `id`, if its note is the viewer's to write.
pub(in crate::features::notes) async fn visit_of_note(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitOfNote>, DbErr> {
    let visit = appointment::Entity::find().filter(Column::Id.eq(id)).filter(scope_of_doctor(viewer));
    let joined = visit
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .join(JoinType::InnerJoin, patient::Relation::User.def())
        .join(JoinType::LeftJoin, note::Relation::Appointment.def().rev())
        .join(JoinType::LeftJoin, appointment::Relation::Visit.def());
    joined.into_partial_model().one(conn).await
}

/// Whether the visit `id` is one of whose note the viewer is the doctor, although it cannot be written yet.
pub(in crate::features::notes) async fn is_to_come(viewer: &Viewer, reader: &Reader, id: i64) -> Result<bool, DbErr> {
    let topics = viewer.visit_topics().and([Topic::Note(id)]);
    Ok(reader.run(topics, async |conn| visit_of_note(viewer, conn, id).await).await?.is_some())
}

/// Whether the last words beneath the note `id` are these already, and meant the same: a form that was sent twice.
pub(in crate::features::notes) async fn was_added(
    conn: &ReadConnection<'_>,
    id: i64,
    addition: &Addition,
) -> Result<bool, DbErr> {
    let Addition { kind, text, reason, .. } = addition;
    let last = note_addendum::Entity::find()
        .filter(note_addendum::Column::NoteId.eq(id))
        .order_by_desc(note_addendum::Column::Id);
    let last = last.one(conn).await?;
    Ok(last.is_some_and(|last| (last.kind, &last.text, &last.reason) == (*kind, text, reason)))
}
