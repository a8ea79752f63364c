//! Reading the visit that a check is for. For anybody but the two who meet in it there is none.

use entity::{
    appointment::{self, Column},
    enums::AppointmentStatus,
    hospital,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationTrait,
};

use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{ReadConnection, Reader},
    features::appointments::{AppointmentRow, DeviceChecks, scope_of_both, with_device_checks, with_parties},
};

/// Where the visit takes place, and how to reach it by telephone.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
pub(super) struct HospitalOfCheck {
    pub(super) name: String,
    pub(super) phone: String,
}

/// The visit, and what was found for it so far.
#[derive(Clone, Debug, DerivePartialModel)]
pub(super) struct VisitOfCheck {
    #[sea_orm(nested)]
    pub(super) row: AppointmentRow,
    #[sea_orm(nested)]
    pub(super) hospital: HospitalOfCheck,
    #[sea_orm(nested)]
    pub(super) devices: DeviceChecks,
}

/// The visit `id`, if the viewer is one of the two who meet. One statement.
pub(super) async fn visit(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<VisitOfCheck>, DbErr> {
    let found = appointment::Entity::find().filter(scope_of_both(viewer)).filter(Column::Id.eq(id));
    let found = with_device_checks(with_parties(found, JoinType::InnerJoin))
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def());
    let topics = Topics::exempt("a page that is not kept");
    reader.run(topics, async |conn| found.clone().into_partial_model().one(conn).await).await
}

/// What whoever keeps a check needs to know of the visit.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct VisitToCheck {
    pub(super) status: AppointmentStatus,
    hospital_id: i64,
    doctor_id: i64,
    patient_id: i64,
}

impl VisitToCheck {
    /// Those who see, in the room of the visit `id` or in a list, what was found.
    pub(super) fn seen_by(&self, id: i64) -> Topics {
        Topics::from(Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id)).and([Topic::Visit(id)])
    }
}

/// The visit `id`, if the viewer is one of the two who meet; held until the unit of work ends, for two first checks of one person would be two rows.
pub(super) async fn visit_held(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitToCheck>, DbErr> {
    let found = appointment::Entity::find()
        .select_only()
        .columns([Column::Status, Column::HospitalId, Column::DoctorId, Column::PatientId])
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(id));
    found.lock_exclusive().into_model().one(conn).await
}
