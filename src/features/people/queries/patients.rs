//! Patients: to an administrator those of the hospital; to a doctor their own, which are those who
//! have or had an appointment with them that was not declined.

use chrono::NaiveDate;
use entity::{care_relation, enums::Role, patient, user};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Select,
};

use crate::{
    access::{Viewer, ViewerKind},
    coherence::{Topic, Topics},
    db::{Reach, Reader, count, is_person, is_word},
    text::SearchText,
    web::{
        Paginated, Paging,
        query::{ListSearch, ListState},
    },
};

/// A patient in a list: nothing clinical.
#[derive(Clone, Debug, FromQueryResult)]
pub(in super::super) struct PatientRow {
    pub(in super::super) id: i64,
    pub(in super::super) first_name: String,
    pub(in super::super) last_name: String,
    pub(in super::super) date_of_birth: Option<NaiveDate>,
    pub(in super::super) phone: Option<String>,
    pub(in super::super) active: bool,
}

/// The patients `viewer` may see, by name, and how many there are; whom `search` finds.
pub(in super::super) async fn patients(
    viewer: &Viewer,
    reader: &Reader,
    search: &ListSearch,
    paging: Paging,
) -> Result<Paginated<PatientRow>, DbErr> {
    let found = matching(viewer, &search.q);
    let found = match search.state {
        None => found,
        Some(ListState::Active) => found.filter(user::Column::Active.eq(true)),
        // Only to a doctor, whose relations are joined.
        Some(ListState::Seen) => found.filter(care_relation::Column::Completed.gt(0)),
    };
    let total = reader.run(topics(viewer), async |conn| count(conn, found.clone()).await).await?;
    let rows = found
        .select_only()
        .column(patient::Column::Id)
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::DateOfBirth])
        .columns([user::Column::Phone, user::Column::Active])
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(user::Column::Id)
        .limit(paging.size)
        .offset(paging.offset());
    let rows = reader.run(topics(viewer), async |conn| rows.clone().into_model().all(conn).await).await?;
    Ok(Paginated { total, rows })
}

/// The patients `viewer` may see, by whose name, address, phone number or date of birth `search` finds them.
pub(crate) fn matching(viewer: &Viewer, search: &str) -> Select<patient::Entity> {
    let search = SearchText::new(search);
    search.terms().iter().fold(visible(viewer), |found, term| found.filter(is_person(term, Reach::Everything)))
}

/// Somebody as they are told from others of the same name.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct NamedPatient {
    first_name: String,
    last_name: String,
    /// When known.
    pub(crate) date_of_birth: Option<NaiveDate>,
}

impl NamedPatient {
    /// Their full name.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// The patient `id`, if `viewer` may see them.
pub(crate) async fn named(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<NamedPatient>, DbErr> {
    let found = visible(viewer).filter(patient::Column::Id.eq(id)).select_only().columns([
        user::Column::FirstName,
        user::Column::LastName,
        user::Column::DateOfBirth,
    ]);
    reader.run(topics(viewer), async |conn| found.clone().into_model().one(conn).await).await
}

/// What a list of the viewer's patients depends on: who they are and, to a doctor, whom they have visits with.
pub(crate) fn topics(viewer: &Viewer) -> Topics {
    viewer.visit_topics().and(viewer.hospital().map(|hospital| Topic::Patients(hospital.id)))
}

pub(crate) fn visible(viewer: &Viewer) -> Select<patient::Entity> {
    let found = patient::Entity::find()
        .join(JoinType::InnerJoin, patient::Relation::User.def())
        .filter(is_word(user::Column::Role, Role::Patient));
    match &viewer.kind {
        ViewerKind::HospitalAdmin { hospital } => found.filter(user::Column::HospitalId.eq(hospital.id)),
        ViewerKind::Doctor { doctor_id, hospital } => found
            .join(JoinType::InnerJoin, patient::Relation::CareRelation.def())
            .filter(user::Column::HospitalId.eq(hospital.id))
            .filter(care_relation::Column::DoctorId.eq(*doctor_id))
            .filter(care_relation::Column::Visits.gt(0)),
        ViewerKind::Patient { .. } | ViewerKind::SuperAdmin => found.filter(patient::Column::Id.is_null()),
    }
}
