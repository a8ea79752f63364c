//! Reading hospitals and those who run them.

use chrono::{DateTime, Utc};
use entity::{
    doctor,
    enums::{Modality, Role},
    hospital, hospital_tally, user,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationTrait, Select,
    prelude::Decimal,
    sea_query::{Asterisk, Expr, ExprTrait, SelectStatement},
};

use crate::{
    access::Viewer,
    coherence::Topic,
    db::{Reach, Reader, count, is_person, is_word, key_holds},
    text::{SearchText, Term},
    web::{
        Paginated, Paging,
        query::{ListSearch, ListState},
    },
};

/// A hospital in a list.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct HospitalRow {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) active: bool,
    /// Doctors who accept patients, a true count.
    pub(super) doctors: i64,
}

/// A hospital as its administrators' superiors see it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
pub(super) struct HospitalDetail {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) time_zone: String,
    pub(super) currency: String,
    pub(super) appointment_fee: Decimal,
    pub(super) slot_minutes: i32,
    pub(super) booking_lead_hours: i32,
    pub(super) default_modality: Modality,
    pub(super) active: bool,
    pub(super) created_at: DateTime<Utc>,
    /// Its active people; none before the first.
    #[sea_orm(nested)]
    pub(super) tally: Option<PeopleTally>,
}

/// How many active people a hospital has.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital_tally::Entity")]
pub(super) struct PeopleTally {
    pub(super) doctors: i64,
    pub(super) patients: i64,
}

/// A doctor as anybody may see them: no e-mail, no phone.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct ListedDoctor {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) specialization: String,
    pub(super) experience_years: i32,
    pub(super) bio: Option<String>,
}

/// Somebody who runs a hospital.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct AdminRow {
    /// `user.id`
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) active: bool,
    pub(super) last_sign_in_at: Option<DateTime<Utc>>,
    pub(super) hospital_id: i64,
    pub(super) hospital_name: String,
}

/// A list of hospitals, each with its doctors.
const LISTED: [Topic; 2] = [Topic::Hospitals, Topic::Directory];
/// Those who run hospitals, and when they were last here.
const ADMINS: [Topic; 3] = [Topic::Hospitals, Topic::Platform, Topic::SignIns];

/// Hospitals by name, and how many there are: the active ones, or `all`; whose name holds `search`.
pub(super) async fn hospitals(
    reader: &Reader,
    all: bool,
    search: &ListSearch,
    paging: Paging,
) -> Result<Paginated<HospitalRow>, DbErr> {
    let mut found = hospital::Entity::find();
    if !all || search.state == Some(ListState::Active) {
        found = found.filter(hospital::Column::Active.eq(true));
    }
    for term in SearchText::new(&search.q).terms() {
        found = found.filter(is_called(term));
    }
    let total = reader.run(LISTED, async |conn| count(conn, found.clone()).await).await?;
    let rows = as_rows(found).order_by_asc(hospital::Column::NameKey).order_by_asc(hospital::Column::Id);
    let rows = rows.limit(paging.size).offset(paging.offset());
    let rows = reader.run(LISTED, async |conn| rows.clone().into_model().all(conn).await).await?;
    Ok(Paginated { total, rows })
}

/// All hospitals with their names, also those that are not in the directory (somebody has to run them), to whoever runs the platform; none to anybody else, and no statement.
pub(crate) async fn names(viewer: &Viewer, reader: &Reader) -> Result<Vec<(i64, String)>, DbErr> {
    if !viewer.runs_platform() {
        return Ok(Vec::new());
    }
    let found = hospital::Entity::find()
        .select_only()
        .columns([hospital::Column::Id, hospital::Column::Name])
        .order_by_asc(hospital::Column::NameKey)
        .order_by_asc(hospital::Column::Id);
    reader.run(Topic::Hospitals, async |conn| found.clone().into_tuple().all(conn).await).await
}

/// The hospital `id`, if it is listed.
pub(super) async fn listed(reader: &Reader, id: i64) -> Result<Option<HospitalRow>, DbErr> {
    let found = as_rows(hospital::Entity::find_by_id(id)).filter(hospital::Column::Active.eq(true));
    reader.run([Topic::Hospital(id), Topic::Doctors(id)], async |conn| found.clone().into_model().one(conn).await).await
}

/// The doctors of hospital `id` who accept patients, by name.
pub(super) async fn accepting_doctors(reader: &Reader, id: i64, paging: Paging) -> Result<Vec<ListedDoctor>, DbErr> {
    let doctors = doctor::Entity::find()
        .select_only()
        .columns([user::Column::FirstName, user::Column::LastName])
        .columns([doctor::Column::Specialization, doctor::Column::ExperienceYears, doctor::Column::Bio])
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(user::Column::HospitalId.eq(id))
        .filter(is_word(user::Column::Role, Role::Doctor))
        .filter(user::Column::Active.eq(true))
        .filter(doctor::Column::Accepting.eq(true))
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(user::Column::Id)
        .limit(paging.size)
        .offset(paging.offset());
    reader
        .run([Topic::Hospital(id), Topic::Doctors(id)], async |conn| doctors.clone().into_model().all(conn).await)
        .await
}

/// Everything about hospital `id`, for the platform.
pub(super) async fn hospital(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<HospitalDetail>, DbErr> {
    if !viewer.runs_platform() {
        return Ok(None);
    }
    let found = hospital::Entity::find_by_id(id).join(JoinType::LeftJoin, hospital::Relation::HospitalTally.def());
    let topics = [Topic::Hospital(id), Topic::Doctors(id), Topic::Patients(id)];
    reader.run(topics, async |conn| found.clone().into_partial_model().one(conn).await).await
}

/// Those who run hospital `id`.
pub(super) async fn admins_of(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Vec<AdminRow>, DbErr> {
    let found = administrators(viewer).filter(user::Column::HospitalId.eq(id));
    reader.run(ADMINS, async |conn| found.clone().into_model().all(conn).await).await
}

/// All who run hospitals, and how many there are; whom, or whose hospital, `search` finds.
pub(super) async fn admins(
    viewer: &Viewer,
    reader: &Reader,
    search: &ListSearch,
    paging: Paging,
) -> Result<Paginated<AdminRow>, DbErr> {
    let mut found = administrators(viewer);
    if search.state == Some(ListState::Active) {
        found = found.filter(user::Column::Active.eq(true));
    }
    for term in SearchText::new(&search.q).terms() {
        found = found.filter(Condition::any().add(is_person(term, Reach::Everything)).add(is_called(term)));
    }
    let total = reader.run(ADMINS, async |conn| count(conn, found.clone()).await).await?;
    let rows = found.limit(paging.size).offset(paging.offset());
    let rows = reader.run(ADMINS, async |conn| rows.clone().into_model().all(conn).await).await?;
    Ok(Paginated { total, rows })
}

/// Those who run hospitals, to those who look after the platform; nobody to anybody else.
fn administrators(viewer: &Viewer) -> Select<user::Entity> {
    let found = user::Entity::find();
    let found = if viewer.runs_platform() { found } else { found.filter(user::Column::Id.is_null()) };
    found
        .select_only()
        .columns([user::Column::Id, user::Column::FirstName, user::Column::LastName, user::Column::Email])
        .columns([user::Column::Phone, user::Column::Active, user::Column::LastSignInAt, user::Column::HospitalId])
        .column_as(hospital::Column::Name, "hospital_name")
        .join(JoinType::InnerJoin, user::Relation::Hospital.def())
        .filter(is_word(user::Column::Role, Role::HospitalAdmin))
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(user::Column::Id)
}

/// Whether the hospital is what `term` looks for.
fn is_called(term: &Term) -> Condition {
    key_holds(hospital::Column::NameKey, &[hospital::Column::Name], &term.words)
}

fn as_rows(found: Select<hospital::Entity>) -> Select<hospital::Entity> {
    found
        .select_only()
        .columns([hospital::Column::Id, hospital::Column::Name, hospital::Column::Address, hospital::Column::Active])
        .expr_as(Expr::from(accepting()), "doctors")
}

/// How many active doctors of the outer statement's hospital accept patients.
fn accepting() -> SelectStatement {
    doctor::Entity::find()
        .select_only()
        .expr(Expr::col(Asterisk).count())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(Expr::col((user::Entity, user::Column::HospitalId)).equals((hospital::Entity, hospital::Column::Id)))
        .filter(is_word(user::Column::Role, Role::Doctor))
        .filter(user::Column::Active.into_expr())
        .filter(doctor::Column::Accepting.into_expr())
        .into_query()
}
