//! What a patient's dashboard finds.

use chrono::NaiveDate;
use entity::{
    appointment,
    care_relation::{self, Entity as CareRelation},
    enums::AppointmentStatus,
    hospital, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select, prelude::Decimal,
};

use super::lists::{ListedVisit, Unread, open, unread};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_word},
    features::{
        appointments::scope,
        visits::{CheckedPerson, InRoom, LateDoctor, Rooms, checked_people, in_rooms, late_doctors},
    },
};

/// Everything there is for a patient to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundForPatient {
    /// What lists say of the rooms of these visits.
    pub rooms: Rooms,
    /// All that is open.
    pub open: Vec<ListedVisit>,
    /// `doctor.id` of whom the patient waits for.
    pub awaited: Vec<i64>,
    /// The last visit that took place.
    pub last: Option<ListedVisit>,
    /// How the patient and the hospital come together; none of somebody who was moved elsewhere meanwhile.
    pub meeting: Option<WayToMeet>,
    pub unread: Vec<Unread>,
    /// Visits that took place.
    pub completed: i64,
    /// Doctors with whom they took place.
    pub doctors: i64,
}

/// What a patient has to know to come, to call and to be called.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(crate) struct WayToMeet {
    /// Their own number.
    pub phone: Option<String>,
    #[sea_orm(nested)]
    pub hospital: HospitalOfHero,
}

/// Where they are treated.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
pub(crate) struct HospitalOfHero {
    pub name: String,
    pub address: String,
    pub phone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Of a visit, in `currency`; nothing where it costs nothing.
    pub appointment_fee: Decimal,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "meeting_"))]
    meeting: InList<WayToMeet>,
    #[sea_orm(nested(prefix = "last_"))]
    last: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "here_"))]
    here: InList<InRoom>,
    #[sea_orm(nested(prefix = "check_"))]
    check: InList<CheckedPerson>,
    #[sea_orm(nested(prefix = "late_"))]
    late: InList<LateDoctor>,
    #[sea_orm(nested(prefix = "open_"))]
    open: InList<OpenVisit>,
    #[sea_orm(nested(prefix = "unread_"))]
    unread: InList<Unread>,
    #[sea_orm(nested(prefix = "care_"))]
    care: InList<Care>,
}

/// A visit with its doctor.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
struct OpenVisit {
    doctor_id: i64,
    #[sea_orm(nested)]
    listed: ListedVisit,
}

/// A doctor of the patient's.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "CareRelation")]
struct Care {
    completed: i64,
}

/// What `viewer`, a patient, has open, and how many visits with how many doctors took place, and the last of them; which of their doctors run late on
/// `date`, and how they and the hospital come together. One statement.
pub(crate) async fn of_patient(viewer: &Viewer, reader: &Reader, date: NaiveDate) -> Result<FoundForPatient, DbErr> {
    let ViewerKind::Patient { patient_id, .. } = viewer.kind else { return Ok(FoundForPatient::default()) };
    let care = CareRelation::find()
        .filter(care_relation::Column::PatientId.eq(patient_id))
        .filter(care_relation::Column::Completed.gt(0));
    let lists = SideBySide::default()
        .list::<WayToMeet>("meeting", way_to_meet(viewer))
        .list::<ListedVisit>("last", last_visit(viewer))
        .list::<LateDoctor>("late", late_doctors(viewer, date))
        .list::<InRoom>("here", in_rooms(viewer))
        .list::<CheckedPerson>("check", checked_people(viewer, None))
        .list::<Unread>("unread", unread(viewer))
        .list::<Care>("care", care)
        .list::<OpenVisit>("open", open(viewer));
    let own = [Topic::Inbox(viewer.user_id), Topic::Account(viewer.user_id)];
    let topics = viewer.visit_topics().and(own).and(viewer.hospital().map(|hospital| Topic::Hospital(hospital.id)));
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut found = FoundForPatient::default();
    for row in rows {
        found.meeting = row.meeting.0.or(found.meeting);
        found.last = row.last.0.or(found.last);
        found.rooms.add(row.here.0, row.check.0, row.late.0);
        if let Some(OpenVisit { doctor_id, listed }) = row.open.0 {
            found.awaited.extend((listed.status == AppointmentStatus::Waiting).then_some(doctor_id));
            found.open.push(listed);
        }
        found.unread.extend(row.unread);
        found.doctors += i64::from(row.care.0.is_some());
        found.completed += row.care.0.map_or(0, |care| care.completed);
    }
    Ok(found)
}

fn way_to_meet(viewer: &Viewer) -> Select<user::Entity> {
    user::Entity::find_by_id(viewer.user_id).join(JoinType::InnerJoin, user::Relation::Hospital.def())
}

fn last_visit(viewer: &Viewer) -> Select<appointment::Entity> {
    appointment::Entity::find()
        .filter(scope(viewer))
        .filter(is_word(appointment::Column::Status, AppointmentStatus::Completed))
        .order_by_desc(appointment::Column::StartsAt)
        .limit(1)
}
