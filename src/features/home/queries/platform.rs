//! What the platform administrator's dashboard finds: two statements, one of figures and one of who is new.

use chrono::{DateTime, Utc};
use entity::{enums::Role, hospital, hospital_tally, user};
use sea_orm::{
    DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryOrder, QuerySelect, RelationTrait,
};

use super::lists::FEW;
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{InList, ReadConnection, Reader, SideBySide},
};

/// What a platform administrator's dashboard counts: active ones only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlatformFigures {
    pub hospitals: i64,
    pub admins: i64,
    pub doctors: i64,
    pub patients: i64,
}

/// A hospital with the counts of its people.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
struct Counted {
    active: bool,
    #[sea_orm(nested)]
    tally: Option<PlatformTally>,
}

#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital_tally::Entity")]
struct PlatformTally {
    admins: i64,
    doctors: i64,
    patients: i64,
}

/// The figures of the platform, which only its administrators see.
pub(crate) async fn of_platform(viewer: &Viewer, reader: &Reader) -> Result<PlatformFigures, DbErr> {
    if !viewer.runs_platform() {
        return Ok(PlatformFigures::default());
    }
    let found = hospital::Entity::find().join(JoinType::LeftJoin, hospital::Relation::HospitalTally.def());
    let read = async |conn: &ReadConnection<'_>| found.clone().into_partial_model().all(conn).await;
    let hospitals: Vec<Counted> = reader.run([Topic::Hospitals, Topic::Platform], read).await?;
    let mut figures = PlatformFigures::default();
    for hospital in hospitals {
        figures.hospitals += i64::from(hospital.active);
        if let Some(tally) = hospital.tally {
            figures.admins += tally.admins;
            figures.doctors += tally.doctors;
            figures.patients += tally.patients;
        }
    }
    Ok(figures)
}

/// Who and what is new.
#[derive(Clone, Debug, Default)]
pub(crate) struct Newest {
    pub hospitals: Vec<NewestHospital>,
    pub people: Vec<NewestUser>,
}

/// A hospital, as the platform's administrator sees it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
pub(crate) struct NewestHospital {
    pub id: i64,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// A person, as the platform's administrator sees them.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(crate) struct NewestUser {
    pub id: i64,
    pub role: Role,
    pub first_name: String,
    pub last_name: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "hospital_"))]
    hospital: InList<NewestHospital>,
    #[sea_orm(nested(prefix = "person_"))]
    person: InList<NewestUser>,
}

/// The five newest hospitals and the five newest people, for the platform's administrators. Later ones have higher ids.
pub(crate) async fn newest(viewer: &Viewer, reader: &Reader) -> Result<Newest, DbErr> {
    if !viewer.runs_platform() {
        return Ok(Newest::default());
    }
    let lists = SideBySide::default()
        .list::<NewestHospital>("hospital", hospital::Entity::find().order_by_desc(hospital::Column::Id).limit(FEW))
        .list::<NewestUser>("person", user::Entity::find().order_by_desc(user::Column::Id).limit(FEW));
    let topics = [Topic::Hospitals, Topic::Platform];
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut newest = Newest::default();
    for row in rows {
        newest.hospitals.extend(row.hospital);
        newest.people.extend(row.person);
    }
    newest.hospitals.sort_by_key(|hospital| std::cmp::Reverse(hospital.id));
    newest.people.sort_by_key(|person| std::cmp::Reverse(person.id));
    Ok(newest)
}
