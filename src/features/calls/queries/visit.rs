//! The visit whose call it is, and the call that goes on in it.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    call,
    enums::{AppointmentStatus, CallState, Modality},
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select,
    sea_query::LockType,
};

use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::ReadConnection,
    features::appointments::{call_seen_by, scope_of_both},
};

/// A call that goes on, as the room and lists show it. Nothing clinical.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "call::Entity")]
pub(crate) struct CallNow {
    pub(crate) id: i64,
    /// Calling or connected.
    pub(crate) state: CallState,
    /// `user.id` of who was there first.
    pub(crate) started_by: i64,
    /// When that was.
    pub(crate) started_at: DateTime<Utc>,
    /// Since when the two see or hear each other.
    pub(crate) connected_at: Option<DateTime<Utc>>,
}

/// What whoever takes part needs to know of the visit.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::calls) struct VisitOfCall {
    pub(in crate::features::calls) status: AppointmentStatus,
    pub(in crate::features::calls) modality: Modality,
    hospital_id: i64,
    doctor_id: i64,
    patient_id: i64,
}

impl VisitOfCall {
    /// Whether it has begun, or its patient waits, and it is not over.
    pub(in crate::features::calls) fn is_open(&self) -> bool {
        self.status.is_under_way()
    }

    /// By what those are told who see, in the room of the visit `id` or in a list, how its call stands, or take part in it.
    pub(in crate::features::calls) fn seen_by(&self, id: i64) -> Topics {
        call_seen_by(Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id), id)
    }
}

/// The visit `id`, if the viewer is one of the two who meet.
pub(in crate::features::calls) async fn visit_of_call(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitOfCall>, DbErr> {
    visits_of_call(viewer, id).into_model().one(conn).await
}

/// The same for whoever joins: they do so one after the other, until their units of work end. What was done while this one waited is seen by what is read next.
pub(in crate::features::calls) async fn visit_of_call_held(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitOfCall>, DbErr> {
    let mut held = visits_of_call(viewer, id);
    QuerySelect::query(&mut held).lock_with_tables(LockType::Update, [appointment::Entity]);
    held.into_model().one(conn).await
}

fn visits_of_call(viewer: &Viewer, id: i64) -> Select<appointment::Entity> {
    appointment::Entity::find()
        .select_only()
        .columns([Column::Status, Column::Modality, Column::HospitalId, Column::DoctorId, Column::PatientId])
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(id))
}
