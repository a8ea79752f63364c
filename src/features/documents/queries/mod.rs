//! Reading documents. Whose they are: the doctor's and the patient's of their visit.

mod change;

pub(super) use change::{
    IssuedBefore, VisitOfDocument, VisitOfNews, issued_with, last_number, standing, visit_of_document,
};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment, document,
    enums::{AppointmentStatus, AuditSubject, DocumentKind},
    user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use crate::{
    access::Viewer,
    coherence::Topics,
    db::{ReadConnection, Reader, count},
    features::{
        appointments::{AppointmentRow, scope_of_both, scope_of_doctor, with_parties},
        audit::Accessed,
        notifications::NewsSubject,
    },
    text::doctor_name,
    web::{Paginated, Paging},
};

/// What a document says is read for one page, which is made each time.
const NOT_KEPT: Topics = Topics::exempt("a record is opened each time that it is asked for");
/// When documents are given: the visit goes on, or took place.
const BEGUN: [AppointmentStatus; 2] = [AppointmentStatus::InProgress, AppointmentStatus::Completed];
/// The documents of a visit that its page lists.
const OF_A_VISIT: u64 = 100;

/// A document without what it says.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(in crate::features::documents) struct DocumentRow {
    pub(in crate::features::documents) id: i64,
    pub(in crate::features::documents) kind: DocumentKind,
    pub(in crate::features::documents) number: i32,
    pub(in crate::features::documents) issued_at: DateTime<Utc>,
    pub(in crate::features::documents) revoked_at: Option<DateTime<Utc>>,
    #[sea_orm(nested, alias = "issuer")]
    pub(in crate::features::documents) issuer: Issuer,
}

/// Who issued it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(in crate::features::documents) struct Issuer {
    first_name: String,
    last_name: String,
}

impl Issuer {
    pub(in crate::features::documents) fn name(&self) -> String {
        doctor_name(&self.first_name, &self.last_name)
    }
}

/// What a document says.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(in crate::features::documents) struct DocumentText {
    pub(in crate::features::documents) body: String,
    pub(in crate::features::documents) revoked_reason: Option<String>,
    pub(in crate::features::documents) version: i32,
}

/// What everybody was called when it was issued; nothing of that in what an earlier release issued.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(in crate::features::documents) struct DocumentHead {
    pub(in crate::features::documents) hospital_name: Option<String>,
    pub(in crate::features::documents) doctor_name: Option<String>,
    pub(in crate::features::documents) doctor_field: Option<String>,
    pub(in crate::features::documents) doctor_license: Option<String>,
    pub(in crate::features::documents) patient_name: Option<String>,
    pub(in crate::features::documents) patient_born: Option<NaiveDate>,
}

/// A document whole, with its visit. A clinical record.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "document::Entity")]
pub(in crate::features::documents) struct DocumentRecord {
    #[sea_orm(nested)]
    pub(in crate::features::documents) document: DocumentRow,
    #[sea_orm(nested)]
    pub(in crate::features::documents) text: DocumentText,
    #[sea_orm(nested)]
    pub(in crate::features::documents) head: DocumentHead,
    #[sea_orm(nested)]
    pub(in crate::features::documents) visit: AppointmentRow,
}

impl DocumentRecord {
    /// Whom it is about, and when they were born. Both are of one moment: who had no birth date when it was issued has none on it.
    pub(in crate::features::documents) fn patient(&self) -> (String, Option<NaiveDate>) {
        let DocumentHead { patient_name, patient_born, .. } = &self.head;
        match patient_name {
            Some(name) => (name.clone(), *patient_born),
            None => (self.visit.patient_name(), self.visit.patient.user.date_of_birth),
        }
    }

    fn told(&self) -> NewsSubject {
        let DocumentRow { issued_at, revoked_at, .. } = self.document;
        NewsSubject::Document { visit_id: self.visit.id, issued_at, revoked_at }
    }

    fn now(&self) -> DocumentNow {
        let DocumentRow { kind, number, revoked_at, .. } = self.document;
        DocumentNow { kind, number, revoked_at, patient: self.patient().0 }
    }
}

/// The document `id`, if the viewer is the doctor or the patient of its visit, and what was told of it.
pub(in crate::features::documents) async fn record(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(NewsSubject, Accessed<DocumentRecord>)>, DbErr> {
    Ok(read(viewer, reader, (id, NOT_KEPT)).await?.map(|record| (record.told(), sealed(record))))
}

/// How the document `id` stands, if the viewer is the doctor or the patient of its visit, and the record, by which its page is told from what it was.
pub(in crate::features::documents) async fn now(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(DocumentNow, Accessed<DocumentRecord>)>, DbErr> {
    let found = read(viewer, reader, (id, viewer.visit_topics())).await?;
    Ok(found.map(|record| (record.now(), sealed(record))))
}

fn sealed(record: DocumentRecord) -> Accessed<DocumentRecord> {
    let number = record.document.number.into();
    let sealed = Accessed::new(AuditSubject::Appointment, record.visit.id, record).telling("part", "document");
    sealed.numbering("number", number)
}

/// One statement.
async fn read(viewer: &Viewer, reader: &Reader, (id, topics): (i64, Topics)) -> Result<Option<DocumentRecord>, DbErr> {
    let found = document::Entity::find_by_id(id)
        .join_as(JoinType::InnerJoin, document::Relation::Issuer.def(), "issuer")
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .filter(scope_of_both(viewer));
    let found = with_parties(found, JoinType::InnerJoin);
    let read = async |conn: &ReadConnection<'_>| found.clone().into_partial_model().one(conn).await;
    reader.run(topics, read).await
}

/// The visit `id`, if its documents are the viewer's to issue.
pub(in crate::features::documents) async fn visit(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<AppointmentRow>, DbErr> {
    let visit = appointment::Entity::find_by_id(id).filter(scope_of_doctor(viewer));
    let visit = with_parties(visit, JoinType::InnerJoin);
    reader.run(viewer.visit_topics(), async |conn| visit.clone().into_partial_model().one(conn).await).await
}

/// Whether documents can be given in a visit that stands so.
pub(in crate::features::documents) fn has_begun(status: AppointmentStatus) -> bool {
    BEGUN.contains(&status)
}

/// The documents of the visit `id`, the latest first, if it is the viewer's to read them.
pub(in crate::features::documents) async fn of_visit(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Vec<DocumentRow>, DbErr> {
    let rows = document::Entity::find()
        .join_as(JoinType::InnerJoin, document::Relation::Issuer.def(), "issuer")
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .filter(scope_of_both(viewer))
        .filter(document::Column::AppointmentId.eq(id))
        .order_by_desc(document::Column::Id)
        .limit(OF_A_VISIT);
    reader.run(viewer.visit_topics(), async |conn| rows.clone().into_partial_model().all(conn).await).await
}

/// A page of all documents of the viewer's visits, the latest first, and how many there are. Two statements.
pub(in crate::features::documents) async fn own_documents(
    viewer: &Viewer,
    reader: &Reader,
    paging: Paging,
) -> Result<Paginated<DocumentRow>, DbErr> {
    let all = document::Entity::find()
        .join(JoinType::InnerJoin, document::Relation::Appointment.def())
        .filter(scope_of_both(viewer));
    let total = reader.run(viewer.visit_topics(), async |conn| count(conn, all.clone()).await).await?;
    let rows = all
        .clone()
        .join_as(JoinType::InnerJoin, document::Relation::Issuer.def(), "issuer")
        .order_by_desc(document::Column::Id)
        .limit(paging.size)
        .offset(paging.offset());
    let read = async |conn: &ReadConnection<'_>| rows.clone().into_partial_model().all(conn).await;
    Ok(Paginated { total, rows: reader.run(viewer.visit_topics(), read).await? })
}

/// How a document stands, without what it says.
#[derive(Clone, Debug)]
pub(in crate::features::documents) struct DocumentNow {
    pub(in crate::features::documents) kind: DocumentKind,
    pub(in crate::features::documents) number: i32,
    pub(in crate::features::documents) revoked_at: Option<DateTime<Utc>>,
    /// Whom it is about.
    pub(in crate::features::documents) patient: String,
}
