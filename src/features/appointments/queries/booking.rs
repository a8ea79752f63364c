//! Whom a visit can be booked with and for.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::{AppointmentStatus, Modality, Role},
    hospital, patient, user,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationTrait, Select, StatementBuilder,
    sea_query::{Asterisk, Expr, ExprTrait as _, LockType, Query, SelectStatement, UnionType},
};

use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{ReadConnection, Reader, is_one_of, is_word},
    features::{
        people::{patient_topics, patients_matching},
        schedules::Stretch,
    },
};

/// So many patients are offered at once; beyond them one searches.
pub(in crate::features::appointments) const OFFERED: u64 = 50;

const DOCTOR: i32 = 0;
const PATIENT: i32 = 1;

/// A doctor or a patient who can be chosen, and how their hospital books.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct Party {
    kind: i32,
    /// `doctor.id` or `patient.id`
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) user_id: i64,
    pub(in crate::features::appointments) first_name: String,
    pub(in crate::features::appointments) last_name: String,
    /// Whether they practise, or are treated, there still.
    pub(in crate::features::appointments) active: bool,
    /// Of a doctor: whether patients may ask for times.
    pub(in crate::features::appointments) accepting: bool,
    /// Of a patient: what tells them from another of the same name.
    pub(in crate::features::appointments) date_of_birth: Option<NaiveDate>,
    /// Of a doctor: the field.
    pub(in crate::features::appointments) note: Option<String>,
    pub(in crate::features::appointments) slot_minutes: i32,
    pub(in crate::features::appointments) booking_lead_hours: i32,
    /// Of a doctor who is chosen among several: their visits of that day, but those that were declined or cancelled. Of a patient who is booked for: those in
    /// which they wait or are seen now.
    pub(in crate::features::appointments) visits: i64,
    /// How visits of their hospital are held when nobody says.
    pub(in crate::features::appointments) default_modality: Modality,
}

/// Whom a viewer can choose.
#[derive(Clone, Debug, Default)]
pub(in crate::features::appointments) struct Parties {
    pub(in crate::features::appointments) doctors: Vec<Party>,
    pub(in crate::features::appointments) patients: Vec<Party>,
}

impl Parties {
    fn of(rows: Vec<Party>) -> Self {
        let (doctors, patients) = rows.into_iter().partition(|party| party.kind == DOCTOR);
        Self { doctors, patients }
    }
}

/// The doctors that `viewer` can book with, by name, and some of the patients they can book for: the one with the id, or those
/// whose name holds the search.
pub(in crate::features::appointments) async fn offered(
    viewer: &Viewer,
    reader: &Reader,
    (patient_id, search): (Option<i64>, &str),
) -> Result<Parties, DbErr> {
    let doctors = bookable(viewer, None);
    let patients = patients(viewer, search).filter(user::Column::Active.eq(true)).limit(OFFERED);
    let patients = match patient_id {
        Some(id) => patients.filter(patient::Column::Id.eq(id)),
        None => patients,
    };
    let hospital = viewer.hospital().map(|hospital| hospital.id);
    let topics = patient_topics(viewer);
    let topics = topics.and(hospital.map(Topic::Doctors)).and(hospital.map(Topic::Hospital));
    let found = reader.run(topics, async |conn| parties((doctors.clone(), patients.clone()), conn).await).await;
    found.map(Parties::of)
}

/// Whom a visit is wanted with and for.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::appointments) struct WantedParties {
    /// `doctor.id`; none: whoever can be booked.
    pub(in crate::features::appointments) doctor_id: Option<i64>,
    /// `patient.id`
    pub(in crate::features::appointments) patient_id: i64,
    /// The day that is asked for, of which visits are counted.
    pub(in crate::features::appointments) day: Stretch,
}

/// The doctor and the patient who are wanted, as far as `viewer` may know of them, whether they can be booked or not; of any doctor those who
/// can, by name. For whoever is about to book, within their unit of work: until that ends nobody records an absence of these doctors.
pub(in crate::features::appointments) async fn chosen(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    wanted: WantedParties,
) -> Result<Parties, DbErr> {
    let mut doctors = match wanted.doctor_id {
        Some(id) => doctors(viewer, Some(wanted.day)).filter(doctor::Column::Id.eq(id)),
        None => bookable(viewer, Some(wanted.day)),
    };
    QuerySelect::query(&mut doctors).lock_with_tables(LockType::Share, [doctor::Entity]);
    let patients = match viewer.role() {
        Role::Patient => as_party(oneself(wanted.patient_id), visits_now()),
        _ => {
            let found = patients_matching(viewer, "").filter(patient::Column::Id.eq(wanted.patient_id));
            as_party(found, visits_now())
        }
    };
    parties((doctors, patients), conn).await.map(Parties::of)
}

async fn parties(
    (doctors, patients): (Select<doctor::Entity>, Select<patient::Entity>),
    conn: &ReadConnection<'_>,
) -> Result<Vec<Party>, DbErr> {
    let whole = |select: SelectStatement| Query::select().column(Asterisk).from_subquery(select, "party").to_owned();
    let mut all = whole(doctors.into_query());
    all.union(UnionType::All, whole(patients.into_query()));
    let statement = StatementBuilder::build(&all, &conn.get_database_backend());
    Party::find_by_statement(statement).all(conn).await
}

/// Of [`doctors`] those who can be booked with.
fn bookable(viewer: &Viewer, day: Option<Stretch>) -> Select<doctor::Entity> {
    let practising = doctors(viewer, day).filter(user::Column::Active.eq(true));
    match viewer.role() {
        Role::Patient => practising.filter(doctor::Column::Accepting.eq(true)),
        _ => practising,
    }
}

/// The doctors of the viewer's hospital; to a doctor themselves. With a day their visits of it are counted.
fn doctors(viewer: &Viewer, day: Option<Stretch>) -> Select<doctor::Entity> {
    let found = doctor::Entity::find()
        .select_only()
        .expr_as(Expr::Constant(DOCTOR.into()), "kind")
        .columns([doctor::Column::Id, doctor::Column::UserId])
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::Active, user::Column::DateOfBirth])
        .column(doctor::Column::Accepting)
        .column_as(doctor::Column::Specialization, "note")
        .expr_as(day.map_or_else(none, visits_on), "visits")
        .columns([hospital::Column::SlotMinutes, hospital::Column::BookingLeadHours, hospital::Column::DefaultModality])
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .join(JoinType::InnerJoin, user::Relation::Hospital.def())
        .filter(is_word(user::Column::Role, Role::Doctor))
        .filter(user::Column::HospitalId.eq(viewer.hospital().map(|hospital| hospital.id)))
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(doctor::Column::Id);
    match viewer.kind {
        ViewerKind::Doctor { doctor_id, .. } => found.filter(doctor::Column::Id.eq(doctor_id)),
        _ => found,
    }
}

/// How many visits that begin on the `day` a doctor has, or had: whoever was asked for counts as well, that requests go to all in turn.
fn visits_on(day: Stretch) -> Expr {
    let gone = [AppointmentStatus::Rejected, AppointmentStatus::Cancelled];
    let visits = Query::select()
        .expr(Expr::col(Asterisk).count())
        .from(appointment::Entity)
        .and_where(Expr::col(Column::DoctorId.as_column_ref()).equals(doctor::Column::Id.as_column_ref()))
        .and_where(Column::StartsAt.gte(day.starts_at))
        .and_where(Column::StartsAt.lt(day.ends_at))
        .and_where(is_one_of(Column::Status, gone).not())
        .to_owned();
    Expr::SubQuery(None, Box::new(visits.into()))
}

/// No visit is counted. Postgres takes a bare 0 for a shorter number than counts are.
fn none() -> Expr {
    Expr::Constant(0_i64.into()).cast_as("bigint")
}

/// The patients that `viewer` may book for: to a doctor their own. To a patient nobody is shown.
fn patients(viewer: &Viewer, search: &str) -> Select<patient::Entity> {
    as_party(patients_matching(viewer, search), none())
}

fn oneself(patient_id: i64) -> Select<patient::Entity> {
    patient::Entity::find_by_id(patient_id).join(JoinType::InnerJoin, patient::Relation::User.def())
}

/// How many visits there are in which a patient waits or is seen.
fn visits_now() -> Expr {
    let visits = Query::select()
        .expr(Expr::col(Asterisk).count())
        .from(appointment::Entity)
        .and_where(Expr::col(Column::PatientId.as_column_ref()).equals(patient::Column::Id.as_column_ref()))
        .and_where(is_one_of(Column::Status, AppointmentStatus::UNDER_WAY))
        .to_owned();
    Expr::SubQuery(None, Box::new(visits.into()))
}

/// `found`, which has `user` joined, with the columns of [`Party`].
fn as_party(found: Select<patient::Entity>, visits: Expr) -> Select<patient::Entity> {
    found
        .select_only()
        .expr_as(Expr::Constant(PATIENT.into()), "kind")
        .columns([patient::Column::Id, patient::Column::UserId])
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::Active, user::Column::DateOfBirth])
        .column_as(user::Column::Active, "accepting")
        .column_as(user::Column::Phone, "note")
        .expr_as(visits, "visits")
        .columns([hospital::Column::SlotMinutes, hospital::Column::BookingLeadHours, hospital::Column::DefaultModality])
        .join(JoinType::InnerJoin, user::Relation::Hospital.def())
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(patient::Column::Id)
}

/// A visit that a form has booked.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct BookedVisit {
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) doctor_id: i64,
    /// The doctor's field.
    pub(in crate::features::appointments) specialization: String,
    pub(in crate::features::appointments) patient_id: i64,
    pub(in crate::features::appointments) starts_at: DateTime<Utc>,
    pub(in crate::features::appointments) status: AppointmentStatus,
    pub(in crate::features::appointments) modality: Modality,
}

/// The visit that `user_id` booked with this token.
pub(in crate::features::appointments) async fn booked_with(
    reader: &Reader,
    user_id: i64,
    token: &str,
) -> Result<Option<BookedVisit>, DbErr> {
    let found = appointment::Entity::find()
        .select_only()
        .columns([Column::Id, Column::DoctorId, Column::PatientId, Column::StartsAt, Column::Status, Column::Modality])
        .column(doctor::Column::Specialization)
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .filter(Condition::all().add(Column::RequestedBy.eq(user_id)).add(Column::BookingToken.eq(token)));
    let topics = crate::coherence::Topics::exempt("a form that was sent twice");
    reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await
}
