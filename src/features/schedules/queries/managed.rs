//! A schedule for whoever manages it: the doctor themselves, or their hospital's administrator.

use chrono::{DateTime, Utc};
use entity::time_off;
use sea_orm::{ColumnTrait, DbErr, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait};

use super::{super::free::Stretch, DoctorOfSchedule, doctor, of_hospital};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topics,
    db::Reader,
};

/// The doctor `id`, if the viewer manages their schedule.
pub(in super::super) async fn managed(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<DoctorOfSchedule>, DbErr> {
    if may_manage(viewer, id) { doctor(viewer, reader, id).await } else { Ok(None) }
}

fn may_manage(viewer: &Viewer, doctor_id: i64) -> bool {
    match &viewer.kind {
        ViewerKind::HospitalAdmin { .. } => true,
        ViewerKind::Doctor { doctor_id: own, .. } => *own == doctor_id,
        ViewerKind::Patient { .. } | ViewerKind::SuperAdmin => false,
    }
}

/// An absence with the doctor whose it is.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct ManagedAbsence {
    #[sea_orm(nested)]
    pub(crate) doctor: DoctorOfSchedule,
    /// `time_off.id`
    pub(crate) absence_id: i64,
    away_from: DateTime<Utc>,
    back_at: DateTime<Utc>,
    pub(crate) reason: Option<String>,
    pub(crate) recorded_at: DateTime<Utc>,
}

impl ManagedAbsence {
    /// From when to when the doctor is away.
    pub(crate) fn stretch(&self) -> Stretch {
        Stretch { starts_at: self.away_from, ends_at: self.back_at }
    }
}

/// The absence `id` of the doctor, if the viewer manages their schedule. One statement.
pub(crate) async fn managed_absence(
    viewer: &Viewer,
    reader: &Reader,
    (doctor_id, id): (i64, i64),
) -> Result<Option<ManagedAbsence>, DbErr> {
    let Some(hospital) = viewer.hospital().filter(|_| may_manage(viewer, doctor_id)) else { return Ok(None) };
    let found = of_hospital(hospital.id)
        .column_as(time_off::Column::Id, "absence_id")
        .column_as(time_off::Column::StartsAt, "away_from")
        .column_as(time_off::Column::EndsAt, "back_at")
        .column(time_off::Column::Reason)
        .column_as(time_off::Column::CreatedAt, "recorded_at")
        .join(JoinType::InnerJoin, time_off::Relation::Doctor.def().rev())
        .filter(doctor::Column::Id.eq(doctor_id))
        .filter(time_off::Column::Id.eq(id));
    let topics = Topics::exempt("a form, whose page is not kept");
    reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await
}
