//! What signs of life and delays need to know before they are noted.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::AppointmentStatus,
    patient, user, visit_presence,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait,
    sea_query::{Expr, ExprTrait, IntoCondition, SimpleExpr},
};

use crate::{
    access::{Viewer, ViewerKind},
    coherence::{Topic, Topics},
    db::{ReadConnection, is_one_of},
    features::appointments::scope_of_both,
};

/// What a sign of life needs to know.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::visits) struct PresenceState {
    pub(in crate::features::visits) status: AppointmentStatus,
    doctor_id: i64,
    patient_id: i64,
    hospital_id: i64,
    /// `visit_presence.id`; none before the first sign.
    pub(in crate::features::visits) presence_id: Option<i64>,
    pub(in crate::features::visits) here_until: Option<DateTime<Utc>>,
    pub(in crate::features::visits) left_at: Option<DateTime<Utc>>,
    /// `user_session.id` of whose sign that lease is.
    pub(in crate::features::visits) session_id: Option<i64>,
    /// Another device of theirs.
    pub(in crate::features::visits) other_session_id: Option<i64>,
    pub(in crate::features::visits) other_until: Option<DateTime<Utc>>,
}

impl PresenceState {
    /// Those who see, in the room of the visit `id` or in a list, that somebody comes or goes.
    pub(in crate::features::visits) fn seen_by(&self, id: i64) -> Topics {
        Topics::from(Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id)).and([Topic::Visit(id)])
    }
}

/// The viewer's own presence in the room of the visit `id`, if it is theirs to enter.
pub(in crate::features::visits) async fn presence_state(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<PresenceState>, DbErr> {
    let user_id = viewer.user_id;
    let own = appointment::Relation::VisitPresence.def().on_condition(move |_, presence| {
        Expr::col((presence, visit_presence::Column::UserId)).eq(user_id).into_condition()
    });
    appointment::Entity::find()
        .select_only()
        .columns([Column::Status, Column::DoctorId, Column::PatientId, Column::HospitalId])
        .column_as(visit_presence::Column::Id, "presence_id")
        .columns([visit_presence::Column::HereUntil, visit_presence::Column::LeftAt])
        .columns([visit_presence::Column::SessionId, visit_presence::Column::OtherSessionId])
        .column(visit_presence::Column::OtherUntil)
        .join(JoinType::LeftJoin, own)
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(id))
        .into_model()
        .one(conn)
        .await
}

/// Whether the visit `id` has a room in which there is something to wait for, and `user_id` (`user.id`) is one of the two who meet there.
pub(in crate::features::visits) fn is_open_room(user_id: i64, id: i64) -> SimpleExpr {
    let is_party = Condition::any().add(doctor::Column::UserId.eq(user_id)).add(patient::Column::UserId.eq(user_id));
    let visit = appointment::Entity::find()
        .select_only()
        .column(Column::Id)
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .filter(Column::Id.eq(id))
        .filter(is_one_of(Column::Status, AppointmentStatus::BUSY))
        .filter(is_party);
    Expr::exists(visit.into_query())
}

/// `patient.id` of whoever has a visit with the doctor that is to come or goes on.
pub(in crate::features::visits) async fn patients_to_come(
    conn: &ReadConnection<'_>,
    doctor_id: i64,
) -> Result<Vec<i64>, DbErr> {
    let visits = appointment::Entity::find().select_only().column(Column::PatientId).distinct();
    let visits =
        visits.filter(Column::DoctorId.eq(doctor_id)).filter(is_one_of(Column::Status, AppointmentStatus::BUSY));
    visits.into_tuple().all(conn).await
}

/// Whether the viewer may say how late the doctor runs: the doctor, and whoever runs their hospital.
pub(in crate::features::visits) async fn may_say_delay(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    doctor_id: i64,
) -> Result<bool, DbErr> {
    let own = match &viewer.kind {
        ViewerKind::Doctor { doctor_id: own, .. } => Condition::all().add(doctor::Column::Id.eq(*own)),
        ViewerKind::HospitalAdmin { hospital } => Condition::all().add(user::Column::HospitalId.eq(hospital.id)),
        ViewerKind::Patient { .. } | ViewerKind::SuperAdmin => return Ok(false),
    };
    let found = doctor::Entity::find_by_id(doctor_id).join(JoinType::InnerJoin, doctor::Relation::User.def());
    Ok(found.filter(own).one(conn).await?.is_some())
}
