//! What a hospital administrator's dashboard finds.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::{AppointmentStatus, Role},
    hospital_tally::{self, Entity as HospitalTally},
    patient, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait,
};

use super::lists::{FEW, ListedVisit, RowCount, Unread, UntoldNews, WishedVisit, between, unread, untold, wished};
use crate::{
    access::{HospitalOfViewer, Viewer, ViewerKind},
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_one_of, is_word},
    features::{
        appointments::{of_absent_parties, of_shut_doctors, scope},
        home::sections::{COUNTED, SHOWN},
        schedules::Stretch,
        visits::{CheckedPerson, InRoom, LateDoctor, Rooms, checked_people, in_rooms, late_doctors},
    },
};

/// Everything there is to see of a hospital.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundForHospital {
    /// What lists say of the rooms of these visits.
    pub rooms: Rooms,
    /// The visits that begin today, whatever their state.
    pub today: Vec<ListedVisit>,
    /// All who wait or are in a visit, whenever it begins.
    pub under_way: Vec<ListedVisit>,
    /// Of the open visits of doctors whose account is shut those that end first.
    pub shut: Vec<ListedVisit>,
    /// The same of those at whose time the doctor is away, whose patient's account is shut, or which are at another time than was promised, and
    /// which are not over.
    pub absent: Vec<ListedVisit>,
    /// Those of the requests that wait longest.
    pub requests: Vec<WaitingRequest>,
    /// How many requests there are.
    pub requests_count: i64,
    /// Visits of which the patient asks for another time: one more than are counted, if there are.
    pub wished: Vec<WishedVisit>,
    pub unread: Vec<Unread>,
    /// What patients without an address are to be told, the oldest first: one more than is counted, if there is.
    pub untold: Vec<UntoldNews>,
    /// The newest.
    pub newest_doctors: Vec<NewestDoctor>,
    pub newest_patients: Vec<NewestPatient>,
    /// Active ones.
    pub doctors: i64,
    pub patients: i64,
}

/// A request.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct WaitingRequest {
    pub id: i64,
}

/// A doctor who is new, as a person.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "doctor::Entity")]
pub(crate) struct NewestDoctor {
    pub id: i64,
    #[sea_orm(nested)]
    pub user: NewestPerson,
}

/// A patient who is new, as a person.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(crate) struct NewestPatient {
    pub id: i64,
    #[sea_orm(nested)]
    pub user: NewestPerson,
}

/// Somebody new.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(crate) struct NewestPerson {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "here_"))]
    here: InList<InRoom>,
    #[sea_orm(nested(prefix = "check_"))]
    check: InList<CheckedPerson>,
    #[sea_orm(nested(prefix = "late_"))]
    late: InList<LateDoctor>,
    #[sea_orm(nested(prefix = "today_"))]
    today: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "under_way_"))]
    under_way: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "shut_"))]
    shut: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "absent_"))]
    absent: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "request_"))]
    request: InList<WaitingRequest>,
    #[sea_orm(nested(prefix = "requests_"))]
    requests: InList<RowCount>,
    #[sea_orm(nested(prefix = "wished_"))]
    wished: InList<WishedVisit>,
    #[sea_orm(nested(prefix = "unread_"))]
    unread: InList<Unread>,
    #[sea_orm(nested(prefix = "untold_"))]
    untold: InList<UntoldNews>,
    #[sea_orm(nested(prefix = "doctor_"))]
    doctor: InList<NewestDoctor>,
    #[sea_orm(nested(prefix = "patient_"))]
    patient: InList<NewestPatient>,
    #[sea_orm(nested(prefix = "tally_"))]
    tally: InList<ActivePeople>,
}

#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "HospitalTally")]
struct ActivePeople {
    doctors: i64,
    patients: i64,
}

/// What there is in the hospital that `viewer` runs at the instant `now`; `date` is its local date, and `today` the same as two instants. One statement.
///
/// What it finds at that instant is over as soon as the first of these visits is: whoever makes a page of it compares their ends with now.
pub(crate) async fn of_hospital(
    viewer: &Viewer,
    reader: &Reader,
    (now, date, today): (DateTime<Utc>, NaiveDate, Stretch),
) -> Result<FoundForHospital, DbErr> {
    let ViewerKind::HospitalAdmin { hospital } = &viewer.kind else { return Ok(FoundForHospital::default()) };
    let lists = lists(viewer, hospital, (now, date, today));
    let people = [Topic::Doctors(hospital.id), Topic::Patients(hospital.id), Topic::Inbox(viewer.user_id)];
    let rows: Vec<Row> = reader.run(viewer.visit_topics().and(people), async |conn| lists.read(conn).await).await?;
    let mut found = FoundForHospital::default();
    for row in rows {
        found.rooms.add(row.here.0, row.check.0, row.late.0);
        found.today.extend(row.today);
        found.under_way.extend(row.under_way);
        found.shut.extend(row.shut);
        found.absent.extend(row.absent);
        found.requests.extend(row.request);
        found.requests_count += row.requests.0.map_or(0, |requests| requests.count);
        found.wished.extend(row.wished);
        found.unread.extend(row.unread);
        found.untold.extend(row.untold);
        found.newest_doctors.extend(row.doctor);
        found.newest_patients.extend(row.patient);
        if let Some(tally) = row.tally.0 {
            (found.doctors, found.patients) = (tally.doctors, tally.patients);
        }
    }
    // Later ones have higher ids.
    found.newest_doctors.sort_by_key(|doctor| std::cmp::Reverse(doctor.user.id));
    found.newest_patients.sort_by_key(|patient| std::cmp::Reverse(patient.user.id));
    Ok(found)
}

fn lists(
    viewer: &Viewer,
    hospital: &HospitalOfViewer,
    (now, date, today): (DateTime<Utc>, NaiveDate, Stretch),
) -> SideBySide {
    let in_state = |status| appointment::Entity::find().filter(scope(viewer)).filter(is_word(Column::Status, status));
    // However many a shut account leaves behind.
    let first = |which| {
        let those = appointment::Entity::find().filter(scope(viewer)).filter(which);
        those.order_by_asc(Column::EndsAt).order_by_asc(Column::Id).limit(COUNTED + 1)
    };
    let under_way = appointment::Entity::find()
        .filter(scope(viewer))
        .filter(is_one_of(Column::Status, AppointmentStatus::UNDER_WAY));
    let requests = || in_state(AppointmentStatus::Requested);
    let newest = |role| {
        user::Entity::find()
            .filter(user::Column::HospitalId.eq(hospital.id))
            .filter(is_word(user::Column::Role, role))
            .filter(user::Column::Active.into_expr())
            .order_by_desc(user::Column::Id)
            .limit(FEW)
    };
    SideBySide::default()
        .list::<LateDoctor>("late", late_doctors(viewer, date))
        .list::<InRoom>("here", in_rooms(viewer))
        .list::<CheckedPerson>("check", checked_people(viewer, Some(today)))
        .list::<ActivePeople>("tally", HospitalTally::find().filter(hospital_tally::Column::HospitalId.eq(hospital.id)))
        .list::<RowCount>("requests", requests())
        .list::<Unread>("unread", unread(viewer))
        .list::<UntoldNews>("untold", untold(hospital, now))
        .list::<WishedVisit>("wished", wished(viewer, now))
        .list::<NewestDoctor>("doctor", newest(Role::Doctor).join(JoinType::InnerJoin, user::Relation::Doctor.def()))
        .list::<NewestPatient>(
            "patient",
            newest(Role::Patient).join(JoinType::InnerJoin, user::Relation::Patient.def()),
        )
        .list::<WaitingRequest>("request", requests().order_by_asc(Column::CreatedAt).limit(SHOWN))
        .list::<ListedVisit>("under_way", under_way)
        .list::<ListedVisit>("shut", first(of_shut_doctors(viewer)))
        .list::<ListedVisit>("absent", first(of_absent_parties(viewer, now)))
        .list::<ListedVisit>("today", between(viewer, today))
}
