//! Reading what a room shows. Every query starts from the visits that the viewer may see.

mod line;
mod presence;
mod rooms;

pub(super) use line::{Line, PlaceInLine, line};
pub(super) use presence::{PresenceState, is_open_room, may_say_delay, patients_to_come, presence_state};
pub(crate) use rooms::{CheckedPerson, InRoom, LateDoctor, checked_people, in_rooms, late_doctors};

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::{AuditSubject, IdentityCheck},
    hospital, patient, user, visit, visit_guest, visit_presence,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use crate::{
    access::Viewer,
    coherence::Topic,
    db::{ReadConnection, Reader},
    features::{
        accounts::StatedFacts,
        appointments::{
            AppointmentRow, DeviceChecks, hold_visit, open_call, scope, scope_of_both, with_device_checks, with_parties,
        },
        audit::Accessed,
        calls::CallNow,
        guests::{GuestInCall, GuestRow, guests_in_call, guests_of_visit},
    },
};

/// Somebody who is, or was, in the room.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "visit_presence::Entity")]
pub(super) struct PresenceRow {
    pub(super) user_id: i64,
    pub(super) here_since: DateTime<Utc>,
    pub(super) here_until: DateTime<Utc>,
    pub(super) left_at: Option<DateTime<Utc>>,
}

/// The accounts of the two who meet.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "doctor::Entity")]
pub(super) struct DoctorOfRoom {
    pub(super) user_id: i64,
}

/// Who the patient is, beyond the name.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(super) struct PatientOfNow {
    pub(super) user_id: i64,
}

/// A visit as lists show it, with those who are there. Nothing clinical but what lists have.
#[derive(Clone, Debug)]
pub(super) struct NowRecord {
    pub(super) row: AppointmentRow,
    pub(super) doctor_user_id: i64,
    pub(super) patient_user_id: i64,
    pub(super) people: PeopleOfRoom,
    pub(super) devices: DeviceChecks,
    /// The call that goes on.
    pub(super) call: Option<CallNow>,
}

/// Who is, or was, in a room or is invited to its call.
#[derive(Clone, Debug, Default)]
pub(super) struct PeopleOfRoom {
    /// Of the two who meet.
    pub(super) present: Vec<PresenceRow>,
    pub(super) guests: Vec<GuestRow>,
    /// Those of the guests who are in the call.
    pub(super) in_call: Vec<GuestInCall>,
}

impl PeopleOfRoom {
    /// Each of what is beside the others in the rows of one statement, once.
    fn add(&mut self, presence: Option<PresenceRow>, guest: Option<GuestRow>, in_call: Option<GuestInCall>) {
        let presence = presence.filter(|row| self.present.iter().all(|known| known.user_id != row.user_id));
        let guest = guest.filter(|row| self.guests.iter().all(|known| known.id != row.id));
        self.present.extend(presence);
        self.guests.extend(guest);
        self.in_call.extend(in_call);
    }
}

#[derive(DerivePartialModel)]
struct NowJoined {
    #[sea_orm(nested)]
    row: AppointmentRow,
    #[sea_orm(nested)]
    doctor: DoctorOfRoom,
    #[sea_orm(nested)]
    patient: PatientOfNow,
    #[sea_orm(nested)]
    presence: Option<PresenceRow>,
    #[sea_orm(nested)]
    devices: DeviceChecks,
    #[sea_orm(nested)]
    guest: Option<GuestRow>,
    #[sea_orm(nested)]
    in_call: Option<GuestInCall>,
    #[sea_orm(nested)]
    call: Option<CallNow>,
}

/// What is asked at the beginning of a visit, and what came of it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "visit::Entity")]
pub(super) struct OpeningRow {
    pub(super) location_now: Option<String>,
    pub(super) call_back: Option<String>,
    pub(super) others_present: Option<String>,
    pub(super) consented_at: Option<DateTime<Utc>>,
    pub(super) identity: Option<IdentityCheck>,
    pub(super) checked_at: Option<DateTime<Utc>>,
    pub(super) skipped_reason: Option<String>,
    pub(super) version: i32,
}

/// What stands above a patient's record, and whom to call when something happens to them.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(super) struct PatientOfRoom {
    pub(super) user_id: i64,
    #[sea_orm(nested)]
    pub(super) facts: StatedFacts,
    #[sea_orm(nested, alias = "patient_user")]
    pub(super) account: PhoneOfPatient,
}

/// The number that the patient's account has.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(super) struct PhoneOfPatient {
    pub(super) phone: Option<String>,
}

/// What a room says of its hospital.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
pub(super) struct HospitalOfRoom {
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) emergency_text: Option<String>,
}

/// A visit as its room shows it. A clinical record.
#[derive(Clone, Debug)]
pub(super) struct RoomRecord {
    pub(super) now: NowRecord,
    pub(super) patient: PatientOfRoom,
    pub(super) hospital: HospitalOfRoom,
    pub(super) opening: Option<OpeningRow>,
}

#[derive(DerivePartialModel)]
struct RoomJoined {
    #[sea_orm(nested)]
    row: AppointmentRow,
    #[sea_orm(nested)]
    doctor: DoctorOfRoom,
    #[sea_orm(nested)]
    about: PatientOfRoom,
    #[sea_orm(nested)]
    hospital: HospitalOfRoom,
    #[sea_orm(nested)]
    opening: Option<OpeningRow>,
    #[sea_orm(nested)]
    presence: Option<PresenceRow>,
    #[sea_orm(nested)]
    devices: DeviceChecks,
    #[sea_orm(nested)]
    guest: Option<GuestRow>,
    #[sea_orm(nested)]
    in_call: Option<GuestInCall>,
    #[sea_orm(nested)]
    call: Option<CallNow>,
}

/// Where the visit `id` stands and who is there, if it is the viewer's to see. One statement.
pub(super) async fn now(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<NowRecord>, DbErr> {
    let visit = appointment::Entity::find().filter(scope(viewer)).filter(Column::Id.eq(id));
    let joined = with_device_checks(with_parties(visit, JoinType::InnerJoin))
        .join(JoinType::LeftJoin, appointment::Relation::VisitPresence.def())
        .join(JoinType::LeftJoin, guests_of_visit())
        .join(JoinType::LeftJoin, open_call())
        .join(JoinType::LeftJoin, guests_in_call())
        .order_by_asc(visit_guest::Column::Id);
    let topics = viewer.visit_topics().and([Topic::Visit(id)]);
    let read = async |conn: &ReadConnection<'_>| joined.clone().into_partial_model().all(conn).await;
    let found: Vec<NowJoined> = reader.run(topics, read).await?;
    let mut found = found.into_iter();
    let Some(NowJoined { row, doctor, patient, presence, guest, in_call, devices, call }) = found.next() else {
        return Ok(None);
    };
    let mut people = PeopleOfRoom::default();
    people.add(presence, guest, in_call);
    found.for_each(|joined| people.add(joined.presence, joined.guest, joined.in_call));
    let (doctor_user_id, patient_user_id) = (doctor.user_id, patient.user_id);
    Ok(Some(NowRecord { row, doctor_user_id, patient_user_id, people, devices, call }))
}

/// The same with all that a room shows, if the viewer is one of the two who meet, and where in which line it stands. One statement.
pub(super) async fn room(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(Accessed<RoomRecord>, PlaceInLine)>, DbErr> {
    let visit = appointment::Entity::find().filter(scope_of_both(viewer)).filter(Column::Id.eq(id));
    let joined = with_device_checks(with_parties(visit, JoinType::InnerJoin))
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join(JoinType::LeftJoin, appointment::Relation::Visit.def())
        .join(JoinType::LeftJoin, appointment::Relation::VisitPresence.def())
        .join(JoinType::LeftJoin, guests_of_visit())
        .join(JoinType::LeftJoin, open_call())
        .join(JoinType::LeftJoin, guests_in_call())
        .order_by_asc(visit_guest::Column::Id);
    let topics = viewer.visit_topics().and([Topic::Visit(id)]);
    let read = async |conn: &ReadConnection<'_>| joined.clone().into_partial_model().all(conn).await;
    let found: Vec<RoomJoined> = reader.run(topics, read).await?;
    let mut found = found.into_iter();
    let Some(RoomJoined { row, doctor, about, hospital, opening, presence, guest, in_call, devices, call }) =
        found.next()
    else {
        return Ok(None);
    };
    let mut people = PeopleOfRoom::default();
    people.add(presence, guest, in_call);
    found.for_each(|joined| people.add(joined.presence, joined.guest, joined.in_call));
    let place = PlaceInLine { doctor_id: row.doctor_id, starts_at: row.starts_at };
    let (doctor_user_id, patient_user_id) = (doctor.user_id, about.user_id);
    let now = NowRecord { row, doctor_user_id, patient_user_id, people, devices, call };
    let record = RoomRecord { now, patient: about, hospital, opening };
    let sealed = Accessed::new(AuditSubject::Appointment, id, record).telling("part", "room");
    Ok(Some((sealed, place)))
}

/// What the opening of a visit is about to be changed from.
#[derive(Clone, Debug)]
pub(super) struct OpeningState {
    pub(super) visit: appointment::Model,
    pub(super) opening: Option<visit::Model>,
}

/// The visit `id` and its opening, if it is the viewer's to see; held until the unit of work ends, for two first words about it would be two rows.
/// Two statements: what the lock has waited for is seen by the second.
pub(super) async fn opening_state_held(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<OpeningState>, DbErr> {
    if !hold_visit(viewer, conn, id).await? {
        return Ok(None);
    }
    let found = appointment::Entity::find().filter(scope(viewer)).filter(Column::Id.eq(id));
    let found = found.find_also_related(visit::Entity).one(conn).await?;
    Ok(found.map(|(visit, opening)| OpeningState { visit, opening }))
}
