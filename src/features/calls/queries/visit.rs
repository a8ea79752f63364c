//! The visit whose call it is, and the call that goes on in it.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    call, doctor,
    enums::{AppointmentStatus, CallState, Modality, Role},
    visit_guest,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityName, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect, RelationTrait, Select, sea_query::LockType,
};

use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::ReadConnection,
    features::{
        appointments::{VisitSituation, call_seen_by},
        calls::participant::Participant,
    },
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

impl CallNow {
    /// `call.id`, when `viewer` is one of the two who meet and the other waits for them: their pages say so, and ring.
    pub(crate) fn rings(&self, viewer: &Viewer) -> Option<i64> {
        let is_party = matches!(viewer.role(), Role::Doctor | Role::Patient);
        (is_party && self.state == CallState::Calling && self.started_by != viewer.user_id).then_some(self.id)
    }
}

/// What whoever takes part needs to know of the visit.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::calls) struct VisitOfCall {
    pub(in crate::features::calls) status: AppointmentStatus,
    pub(in crate::features::calls) modality: Modality,
    hospital_id: i64,
    doctor_id: i64,
    patient_id: i64,
    /// `user.id` of its doctor.
    pub(in crate::features::calls) doctor_user_id: i64,
}

impl VisitOfCall {
    /// Whether it has begun, or its patient waits, and it is not over.
    pub(in crate::features::calls) fn is_open(&self) -> bool {
        self.status.is_under_way()
    }

    /// How it stands and is held.
    pub(in crate::features::calls) fn situation(&self) -> VisitSituation {
        VisitSituation { status: self.status, modality: self.modality }
    }

    /// By what those are told who see, in the room of the visit `id` or in a list, how its call stands, or take part in it.
    pub(in crate::features::calls) fn seen_by(&self, id: i64) -> Topics {
        call_seen_by(Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id), id)
    }
}

/// The visit `id`, if `who` may take part in its call.
pub(in crate::features::calls) async fn visit_of_call(
    who: Participant<'_>,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitOfCall>, DbErr> {
    visits_of_call(who, id).into_model().one(conn).await
}

/// The same for whoever joins, and the guest, if one does: they do so one after the other, until their units of work end, and whoever is removed meanwhile
/// does not. What was done while this one waited is seen by what is read next. One statement.
pub(in crate::features::calls) async fn visit_of_call_held(
    who: Participant<'_>,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<(VisitOfCall, Option<visit_guest::Model>)>, DbErr> {
    if let Some(guest) = who.guest() {
        return Ok(guest_held(guest, conn, id).await?.map(|held| (held.visit, Some(held.guest))));
    }
    let mut held = visits_of_call(who, id);
    QuerySelect::query(&mut held).lock_with_tables(LockType::Update, [appointment::Entity]);
    Ok(held.into_model().one(conn).await?.map(|visit| (visit, None)))
}

/// A guest and the visit.
#[derive(FromQueryResult)]
struct GuestOfVisit {
    #[sea_orm(nested)]
    guest: visit_guest::Model,
    #[sea_orm(nested)]
    visit: VisitOfCall,
}

/// The guest `guest` (`visit_guest.id`) of the visit `id`, both held.
async fn guest_held(guest: i64, conn: &ReadConnection<'_>, id: i64) -> Result<Option<GuestOfVisit>, DbErr> {
    let guests = visit_guest::Entity::find_by_id(guest);
    let mut held = with_visit(guests.join(JoinType::InnerJoin, visit_guest::Relation::Appointment.def()), id);
    let both = [appointment::Entity.table_ref(), visit_guest::Entity.table_ref()];
    QuerySelect::query(&mut held).lock_with_tables(LockType::Update, both);
    held.into_model().one(conn).await
}

fn visits_of_call(who: Participant<'_>, id: i64) -> Select<appointment::Entity> {
    with_visit(appointment::Entity::find().select_only().filter(who.visits()), id)
}

/// With what [`VisitOfCall`] is read from, of the visit `id`. Of a statement that has `appointment` in it.
fn with_visit<E: EntityTrait>(found: Select<E>, id: i64) -> Select<E> {
    found
        .columns([Column::Status, Column::Modality, Column::HospitalId, Column::DoctorId, Column::PatientId])
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .filter(Column::Id.eq(id))
}
