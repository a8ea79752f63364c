//! Reading documents. Whose they are: the doctor's and the patient's of their visit.

use chrono::{DateTime, Utc};
use entity::{
    appointment, document,
    enums::{AppointmentStatus, AuditSubject, DocumentKind},
    hospital, patient, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::LockType,
};

use crate::{
    access::Viewer,
    coherence::Topics,
    db::{ReadConnection, Reader, count},
    features::{
        appointments::{AppointmentRow, scope_of_both, scope_of_doctor, with_parties},
        audit::Accessed,
    },
    web::{Paginated, Paging},
};

/// Pages with documents are few, and made each time.
pub(super) const NOT_KEPT: Topics = Topics::exempt("no page that is kept shows documents");
/// When documents are given: the visit goes on, or took place.
const BEGUN: [AppointmentStatus; 2] = [AppointmentStatus::InProgress, AppointmentStatus::Completed];
/// The documents of a visit that its page lists.
const OF_A_VISIT: u64 = 100;

/// A document without what it says.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(super) struct DocumentRow {
    pub(super) id: i64,
    pub(super) kind: DocumentKind,
    pub(super) number: i32,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) revoked_at: Option<DateTime<Utc>>,
    #[sea_orm(nested, alias = "issuer")]
    pub(super) issuer: Issuer,
}

/// Who issued it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(super) struct Issuer {
    first_name: String,
    last_name: String,
}

impl Issuer {
    pub(super) fn name(&self) -> String {
        format!("Dr {} {}", self.first_name, self.last_name)
    }
}

/// What a document says.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(super) struct DocumentText {
    pub(super) body: String,
    pub(super) revoked_reason: Option<String>,
    pub(super) version: i32,
}

/// A document whole, with its visit. A clinical record.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(super) struct DocumentRecord {
    #[sea_orm(nested)]
    pub(super) document: DocumentRow,
    #[sea_orm(nested)]
    pub(super) text: DocumentText,
    #[sea_orm(nested)]
    pub(super) visit: AppointmentRow,
}

/// The document `id`, if the viewer is the doctor or the patient of its visit.
pub(super) async fn record(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<Accessed<DocumentRecord>>, DbErr> {
    let found = document::Entity::find_by_id(id)
        .join_as(JoinType::InnerJoin, document::Relation::Issuer.def(), "issuer")
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .filter(scope_of_both(viewer));
    let found = with_parties(found, JoinType::InnerJoin);
    let read = async |conn: &ReadConnection<'_>| found.clone().into_partial_model().one(conn).await;
    let found: Option<DocumentRecord> = reader.run(NOT_KEPT, read).await?;
    let sealed = |record: DocumentRecord| {
        Accessed::new(AuditSubject::Appointment, record.visit.id, record).telling("part", "document")
    };
    Ok(found.map(sealed))
}

/// The visit `id`, if its documents are the viewer's to issue.
pub(super) async fn visit(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<AppointmentRow>, DbErr> {
    let visit = appointment::Entity::find_by_id(id).filter(scope_of_doctor(viewer));
    let visit = with_parties(visit, JoinType::InnerJoin);
    reader.run(NOT_KEPT, async |conn| visit.clone().into_partial_model().one(conn).await).await
}

/// Whether documents can be given in a visit that stands so.
pub(super) fn has_begun(status: AppointmentStatus) -> bool {
    BEGUN.contains(&status)
}

/// The documents of the visit `id`, the latest first, if it is the viewer's to read them.
pub(super) async fn of_visit(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Vec<DocumentRow>, DbErr> {
    let rows = document::Entity::find()
        .join_as(JoinType::InnerJoin, document::Relation::Issuer.def(), "issuer")
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .filter(scope_of_both(viewer))
        .filter(document::Column::AppointmentId.eq(id))
        .order_by_desc(document::Column::Id)
        .limit(OF_A_VISIT);
    reader.run(NOT_KEPT, async |conn| rows.clone().into_partial_model().all(conn).await).await
}

/// A page of all documents of the viewer's visits, the latest first, and how many there are. Two statements.
pub(super) async fn own_documents(
    viewer: &Viewer,
    reader: &Reader,
    paging: Paging,
) -> Result<Paginated<DocumentRow>, DbErr> {
    let all = document::Entity::find()
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .filter(scope_of_both(viewer));
    let total = reader.run(NOT_KEPT, async |conn| count(conn, all.clone()).await).await?;
    let rows = all
        .clone()
        .join_as(JoinType::InnerJoin, document::Relation::Issuer.def(), "issuer")
        .order_by_desc(document::Column::Id)
        .limit(paging.size)
        .offset(paging.offset());
    let rows = reader.run(NOT_KEPT, async |conn| rows.clone().into_partial_model().all(conn).await).await?;
    Ok(Paginated { total, rows })
}

/// A document that a form has issued.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(super) struct IssuedBefore {
    pub(super) id: i64,
    pub(super) appointment_id: i64,
    pub(super) kind: DocumentKind,
    pub(super) body: String,
}

/// The document that was issued by the form with this token, if one was.
pub(super) async fn issued_with(
    conn: &ReadConnection<'_>,
    viewer: &Viewer,
    token: Option<&str>,
) -> Result<Option<IssuedBefore>, DbErr> {
    let Some(token) = token else { return Ok(None) };
    let issued = document::Entity::find()
        .filter(document::Column::IssuedBy.eq(viewer.user_id))
        .filter(document::Column::Token.eq(token));
    issued.into_partial_model().one(conn).await
}

/// The highest number of the hospital's documents, 0 without any.
pub(super) async fn last_number(conn: &ReadConnection<'_>, hospital_id: i64) -> Result<i32, DbErr> {
    let last = document::Entity::find()
        .select_only()
        .column(document::Column::Number)
        .filter(document::Column::HospitalId.eq(hospital_id))
        .order_by_desc(document::Column::Number);
    Ok(last.into_tuple().one(conn).await?.unwrap_or(0))
}

/// A visit, for whoever is about to issue a document in it.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(super) struct VisitOfDocument {
    pub(super) hospital_id: i64,
    pub(super) patient_id: i64,
    pub(super) status: AppointmentStatus,
    #[sea_orm(nested)]
    pub(super) told: VisitOfNews,
}

/// What the patient of a visit is told of it by.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(super) struct VisitOfNews {
    pub(super) id: i64,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) version: i32,
    #[sea_orm(nested)]
    pub(super) patient: PatientOfDocument,
}

/// Who is told.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(super) struct PatientOfDocument {
    pub(super) user_id: i64,
}

/// The visit `id`, if the viewer issues its documents. Whoever issues one in its hospital meanwhile waits for the next number.
pub(super) async fn visit_of_document(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitOfDocument>, DbErr> {
    let mut visit = appointment::Entity::find_by_id(id)
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .filter(scope_of_doctor(viewer));
    QuerySelect::query(&mut visit).lock_with_tables(LockType::NoKeyUpdate, [hospital::Entity]);
    visit.into_partial_model().one(conn).await
}

/// A document, for whoever is about to revoke it.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(super) struct StandingOfDocument {
    pub(super) number: i32,
    pub(super) revoked_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
    #[sea_orm(nested)]
    pub(super) visit: VisitOfNews,
}

/// The document `id`, if the viewer issues those of its visit.
pub(super) async fn standing(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<StandingOfDocument>, DbErr> {
    let found = document::Entity::find_by_id(id)
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .filter(scope_of_doctor(viewer));
    found.into_partial_model().one(conn).await
}
