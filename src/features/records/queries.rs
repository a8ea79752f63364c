//! A patient's record, with the visits that the viewer has to do with.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment::{self, Column},
    enums::AuditSubject,
    patient, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, Order, PartialModelTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, sea_query::LockType,
};

use crate::{
    access::Viewer,
    db::{InList, ReadConnection, Reader, SideBySide},
    features::{
        accounts::StatedFacts,
        appointments::{AppointmentRow, scope, with_parties},
        audit::Accessed,
        people::{patient_topics, visible_patients},
    },
};

/// So many visits of each side of today are shown, and one more is read: that there are others.
pub(super) const SHOWN: usize = 5;

/// A patient's record.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(super) struct ClinicalRecord {
    pub(super) medical_history: Option<String>,
    #[sea_orm(nested)]
    pub(super) facts: StatedFacts,
    #[sea_orm(nested)]
    pub(super) person: RecordedPerson,
}

/// Whose record it is.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(super) struct RecordedPerson {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) date_of_birth: Option<NaiveDate>,
    pub(super) active: bool,
    pub(super) created_at: DateTime<Utc>,
    /// When they were erased.
    pub(super) erased_at: Option<DateTime<Utc>>,
}

/// The record with visits: [`SHOWN`] of each side of today, and one more where there are others.
#[derive(Clone, Debug)]
pub(super) struct RecordWithVisits {
    pub(super) record: ClinicalRecord,
    /// From today on, the earliest first.
    pub(super) to_come: Vec<AppointmentRow>,
    /// Before today, the latest first.
    pub(super) past: Vec<AppointmentRow>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "record_"))]
    record: InList<ClinicalRecord>,
    #[sea_orm(nested(prefix = "coming_"))]
    coming: InList<AppointmentRow>,
    #[sea_orm(nested(prefix = "past_"))]
    past: InList<AppointmentRow>,
}

/// The record of patient `id`, if `viewer` may see it, with those of their visits that the viewer may see, before and from the first instant of `today`
/// on; sealed until the opening is recorded. One statement.
pub(super) async fn patient(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
    today: DateTime<Utc>,
) -> Result<Option<Accessed<RecordWithVisits>>, DbErr> {
    let visits = appointment::Entity::find().filter(scope(viewer)).filter(Column::PatientId.eq(id));
    let (coming, past) = (Column::StartsAt.gte(today), Column::StartsAt.lt(today));
    let lists = SideBySide::default()
        .list::<ClinicalRecord>("record", visible_patients(viewer).filter(patient::Column::Id.eq(id)))
        .list::<AppointmentRow>("coming", nearest(visits.clone().filter(coming), &Order::Asc))
        .list::<AppointmentRow>("past", nearest(visits.filter(past), &Order::Desc));
    let rows: Vec<Row> = reader.run(patient_topics(viewer), async |conn| lists.read(conn).await).await?;
    let (mut record, mut to_come, mut past) = (None, Vec::new(), Vec::new());
    for row in rows {
        record = row.record.0.or(record);
        to_come.extend(row.coming);
        past.extend(row.past);
    }
    to_come.sort_by_key(|row| (row.starts_at, row.id));
    past.sort_by_key(|row| std::cmp::Reverse((row.starts_at, row.id)));
    let found = record.map(|record| RecordWithVisits { record, to_come, past });
    Ok(found.map(|found| Accessed::new(AuditSubject::Patient, id, found)))
}

fn nearest(visits: Select<appointment::Entity>, order: &Order) -> Select<appointment::Entity> {
    with_parties(visits, JoinType::InnerJoin)
        .order_by(Column::StartsAt, order.clone())
        .order_by(Column::Id, order.clone())
        .limit(SHOWN as u64 + 1)
}

/// What the record of somebody says, held.
#[derive(FromQueryResult)]
pub(super) struct HeldFacts {
    pub(super) user_id: i64,
    #[sea_orm(nested)]
    pub(super) facts: StatedFacts,
}

/// What the record of patient `id` says, if `viewer` may see it: until the unit of work ends nobody changes it. Nothing of it is shown.
pub(super) async fn facts_held(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<HeldFacts>, DbErr> {
    let found =
        visible_patients(viewer).filter(patient::Column::Id.eq(id)).select_only().column(patient::Column::UserId);
    let mut held = StatedFacts::select_cols(found);
    QuerySelect::query(&mut held).lock_with_tables(LockType::NoKeyUpdate, [patient::Entity]);
    held.into_model().one(conn).await
}
