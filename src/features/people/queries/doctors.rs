//! The doctors of the viewer's own hospital: to its administrator all, to others the active ones.

use chrono::{DateTime, NaiveTime, Utc};
use entity::{availability, doctor, enums::Role, user};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait, Select,
};

use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{Reach, Reader, count, is_person, is_word, key_holds},
    text::SearchText,
    web::{
        Paginated, Paging,
        query::{ListSearch, ListState},
    },
};

/// A doctor in a list.
#[derive(Clone, Debug, FromQueryResult)]
pub(in super::super) struct DoctorRow {
    pub(in super::super) id: i64,
    pub(in super::super) first_name: String,
    pub(in super::super) last_name: String,
    pub(in super::super) email: String,
    pub(in super::super) phone: Option<String>,
    pub(in super::super) active: bool,
    pub(in super::super) specialization: String,
    pub(in super::super) accepting: bool,
}

/// A doctor's page.
#[derive(Clone, Debug, FromQueryResult)]
pub(in super::super) struct DoctorDetail {
    pub(in super::super) first_name: String,
    pub(in super::super) last_name: String,
    pub(in super::super) email: String,
    pub(in super::super) phone: Option<String>,
    pub(in super::super) active: bool,
    pub(in super::super) last_sign_in_at: Option<DateTime<Utc>>,
    pub(in super::super) license_number: String,
    pub(in super::super) specialization: String,
    pub(in super::super) experience_years: i32,
    pub(in super::super) bio: Option<String>,
    pub(in super::super) education: Option<String>,
    pub(in super::super) accepting: bool,
}

/// A window of the week in which a doctor sees patients.
#[derive(Clone, Debug, FromQueryResult)]
pub(in super::super) struct HoursRow {
    /// 0 is Monday.
    pub(in super::super) weekday: i16,
    pub(in super::super) start_time: NaiveTime,
    pub(in super::super) end_time: NaiveTime,
    pub(in super::super) end_minute: Option<i32>,
}

/// The doctors `viewer` may see, by name, and how many there are; whose name or field holds `search`.
pub(in super::super) async fn doctors(
    viewer: &Viewer,
    reader: &Reader,
    search: &ListSearch,
    paging: Paging,
) -> Result<Paginated<DoctorRow>, DbErr> {
    let mut found = visible(viewer);
    let reach = Reach::of(viewer.role() == Role::HospitalAdmin);
    if search.state == Some(ListState::Active) {
        found = found.filter(user::Column::Active.eq(true));
    }
    for term in SearchText::new(&search.q).terms() {
        let field = key_holds(doctor::Column::SpecializationKey, &[doctor::Column::Specialization], &term.words);
        found = found.filter(Condition::any().add(is_person(term, reach)).add(field));
    }
    let total = reader.run(topics(viewer), async |conn| count(conn, found.clone()).await).await?;
    let rows = found
        .select_only()
        .columns([doctor::Column::Id, doctor::Column::Specialization, doctor::Column::Accepting])
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::Email])
        .columns([user::Column::Phone, user::Column::Active])
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(user::Column::Id)
        .limit(paging.size)
        .offset(paging.offset());
    let rows = reader.run(topics(viewer), async |conn| rows.clone().into_model().all(conn).await).await?;
    Ok(Paginated { total, rows })
}

/// The doctor `id`, if `viewer` may see them, with their hours in the order of the week.
pub(in super::super) async fn doctor(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(DoctorDetail, Vec<HoursRow>)>, DbErr> {
    let found = visible(viewer)
        .filter(doctor::Column::Id.eq(id))
        .select_only()
        .columns([doctor::Column::LicenseNumber, doctor::Column::Specialization, doctor::Column::ExperienceYears])
        .columns([doctor::Column::Bio, doctor::Column::Education, doctor::Column::Accepting])
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::Email])
        .columns([user::Column::Phone, user::Column::Active, user::Column::LastSignInAt]);
    let Some(detail) = reader
        .run(topics(viewer).and([Topic::SignIns]), async |conn| found.clone().into_model().one(conn).await)
        .await?
    else {
        return Ok(None);
    };
    let hours = hours_of(reader, id).await?;
    Ok(Some((detail, hours)))
}

/// The week of a doctor who was looked up through the viewer already.
async fn hours_of(reader: &Reader, id: i64) -> Result<Vec<HoursRow>, DbErr> {
    let hours = availability::Entity::find()
        .select_only()
        .columns([availability::Column::Weekday, availability::Column::StartTime])
        .columns([availability::Column::EndTime, availability::Column::EndMinute])
        .filter(availability::Column::DoctorId.eq(id))
        .order_by_asc(availability::Column::Weekday)
        .order_by_asc(availability::Column::StartTime);
    reader.run(Topic::Schedule(id), async |conn| hours.clone().into_model().all(conn).await).await
}

/// What a list of the viewer's doctors depends on.
fn topics(viewer: &Viewer) -> Topics {
    Topics::from(viewer.hospital().map_or(Topic::Platform, |hospital| Topic::Doctors(hospital.id)))
}

fn visible(viewer: &Viewer) -> Select<doctor::Entity> {
    let found = doctor::Entity::find()
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(is_word(user::Column::Role, Role::Doctor));
    let found = match viewer.hospital() {
        Some(hospital) => found.filter(user::Column::HospitalId.eq(hospital.id)),
        None => found.filter(user::Column::Id.is_null()),
    };
    if viewer.role() == Role::HospitalAdmin { found } else { found.filter(user::Column::Active.eq(true)) }
}
