//! Reading guests: of a visit, as its room shows them, and the one whom a link is of.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column as Visit},
    call, call_peer, doctor,
    enums::{AppointmentStatus, GuestKind, Modality, Role},
    hospital, user,
    visit_guest::{self, Column},
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef, RelationTrait, Select,
    sea_query::{Expr, ExprTrait, IntoCondition, LockType},
};

use crate::{
    access::Viewer,
    coherence::Topics,
    db::{ReadConnection, Reader},
    features::{
        appointments::{VisitSituation, open_call, scope_of_doctor},
        audit::Actor,
        calls::{GuestOfCall, GuestStanding, VisitGuestId},
    },
    text::doctor_name,
    time_zone::Tz,
};

/// A guest of a visit, as its room shows them. Nothing clinical.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "visit_guest::Entity")]
pub(crate) struct GuestRow {
    /// `visit_guest.id`
    pub(crate) id: i64,
    pub(super) name: Option<String>,
    pub(super) kind: GuestKind,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) here_since: Option<DateTime<Utc>>,
    pub(super) here_until: Option<DateTime<Utc>>,
    pub(super) admitted_at: Option<DateTime<Utc>>,
}

/// The page of a guest who takes part in the call that goes on.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "call_peer::Entity")]
pub(crate) struct GuestInCall {
    pub(super) guest_id: Option<i64>,
    pub(super) here_until: DateTime<Utc>,
    /// Since when.
    pub(super) created_at: DateTime<Utc>,
}

/// Those of a visit who were not removed. Of a statement that has `appointment` in it.
pub(crate) fn guests_of_visit() -> RelationDef {
    let is_invited = |_, guest| Expr::col((guest, Column::RevokedAt)).is_null().into_condition();
    appointment::Relation::VisitGuest.def().on_condition(is_invited)
}

/// Their pages in the call that goes on. Of a statement that has `call` and [`guests_of_visit`] in it.
pub(crate) fn guests_in_call() -> RelationDef {
    call::Relation::CallPeer.def().on_condition(|_, peer| {
        let guest = (visit_guest::Entity, Column::Id);
        let is_theirs = Expr::col((peer.clone(), call_peer::Column::GuestId)).equals(guest).into_condition();
        is_theirs.add(Expr::col((peer, call_peer::Column::LeftAt)).is_null())
    })
}

/// The guest whom a link is of, and what their page shows.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct LinkedGuest {
    #[sea_orm(nested)]
    pub(super) guest: visit_guest::Model,
    status: AppointmentStatus,
    modality: Modality,
    /// Of the visit.
    pub(super) starts_at: DateTime<Utc>,
    hospital_id: i64,
    time_zone: String,
    doctor_first_name: String,
    doctor_last_name: String,
    /// The hospital's name.
    pub(super) hospital: String,
    call_id: Option<i64>,
}

impl LinkedGuest {
    /// How far the link leads at the instant `now`.
    pub(super) fn standing(&self, now: DateTime<Utc>) -> GuestStanding {
        GuestStanding::of(&self.guest, VisitSituation { status: self.status, modality: self.modality }, now)
    }

    /// The doctor's name as it is written everywhere.
    pub(super) fn doctor(&self) -> String {
        doctor_name(&self.doctor_first_name, &self.doctor_last_name)
    }

    /// The hospital's.
    pub(super) fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or_default()
    }

    /// Whether a call goes on that they could join.
    pub(super) fn has_call(&self) -> bool {
        self.call_id.is_some()
    }

    /// As whom the call knows them.
    pub(super) fn in_call(&self) -> GuestOfCall {
        let actor = Actor {
            id: self.guest.admitted_by.unwrap_or(self.guest.invited_by),
            role: Role::Doctor,
            hospital_id: Some(self.hospital_id),
            // Where the doctor sits is not where this comes from, and where a guest sits is nobody's to keep.
            address: None,
        };
        GuestOfCall { id: self.guest.id, visit: self.guest.appointment_id, actor }
    }
}

/// Whom the link with this `visit_guest.id` is of. One statement.
pub(super) async fn linked(reader: &Reader, id: i64) -> Result<Option<LinkedGuest>, DbErr> {
    let found = visit_guest::Entity::find_by_id(id)
        .columns([Visit::Status, Visit::Modality, Visit::StartsAt, Visit::HospitalId])
        .column(hospital::Column::TimeZone)
        .column_as(user::Column::FirstName, "doctor_first_name")
        .column_as(user::Column::LastName, "doctor_last_name")
        .column_as(hospital::Column::Name, "hospital")
        .column_as(call::Column::Id, "call_id")
        .join(JoinType::InnerJoin, visit_guest::Relation::Appointment.def())
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .join(JoinType::LeftJoin, open_call());
    let topics = Topics::exempt("the page of a guest is not kept");
    reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await
}

/// What an invitation needs to know of its visit.
#[derive(Clone, Debug)]
pub(super) struct VisitToInvite {
    pub(super) status: AppointmentStatus,
    pub(super) modality: Modality,
    pub(super) patient_id: i64,
    pub(super) ends_at: DateTime<Utc>,
    /// Those who were invited and not removed.
    pub(super) guests: Vec<visit_guest::Model>,
}

/// The visit `id`, if the viewer is its doctor; held until the unit of work ends, so that nobody else is invited to it meanwhile. One statement.
pub(super) async fn visit_to_invite(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitToInvite>, DbErr> {
    let visit = appointment::Entity::find().filter(scope_of_doctor(viewer)).filter(Visit::Id.eq(id));
    let mut held = visit.find_also_related(visit_guest::Entity);
    QuerySelect::query(&mut held).lock_with_tables(LockType::Update, [appointment::Entity]);
    let found = held.all(conn).await?;
    let Some((visit, _)) = found.first() else { return Ok(None) };
    let appointment::Model { status, modality, patient_id, ends_at, .. } = *visit;
    let guests = found.into_iter().filter_map(|(_, guest)| guest).filter(|guest| guest.revoked_at.is_none()).collect();
    Ok(Some(VisitToInvite { status, modality, patient_id, ends_at, guests }))
}

/// A guest whom the doctor lets in or removes, and how the visit stands.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct GuestState {
    #[sea_orm(nested)]
    pub(super) guest: visit_guest::Model,
    status: AppointmentStatus,
    modality: Modality,
}

impl GuestState {
    /// How far their link leads at the instant `now`.
    pub(super) fn standing(&self, now: DateTime<Utc>) -> GuestStanding {
        GuestStanding::of(&self.guest, VisitSituation { status: self.status, modality: self.modality }, now)
    }
}

/// The guest, if the viewer is the doctor of the visit; held until the unit of work ends.
pub(super) async fn guest_held(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    VisitGuestId { visit, guest }: VisitGuestId,
) -> Result<Option<GuestState>, DbErr> {
    let mut found: Select<visit_guest::Entity> = visit_guest::Entity::find_by_id(guest)
        .columns([Visit::Status, Visit::Modality])
        .join(JoinType::InnerJoin, visit_guest::Relation::Appointment.def())
        .filter(scope_of_doctor(viewer))
        .filter(Visit::Id.eq(visit));
    QuerySelect::query(&mut found).lock_with_tables(LockType::Update, [visit_guest::Entity]);
    found.into_model().one(conn).await
}
