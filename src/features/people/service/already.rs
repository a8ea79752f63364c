//! Whether somebody who is to be added is there already: made by the same form, sent twice, or a patient who may be the same person.
//!
//! A form that adds somebody carries no token: an account has one address, so a form that wants what is stored already, field by field, is the one that
//! made it. Of patients without an address it is a namesake of whom nothing else is told either.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{doctor, enums::Role, hospital, patient, user};
use sea_orm::{
    ColumnTrait, Condition, DbErr, DerivePartialModel, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};

use super::PersonRecord;
use crate::{
    coherence::Topics,
    db::{ReadConnection, Reader, UnitOfWork, is_word},
    features::accounts::AccountDetails,
    text::{self, given_address},
};

/// A form that is sent again after so long is no second click.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// Who is there already.
#[derive(Clone, Debug)]
pub(in crate::features::people) enum Already {
    /// Whom this very form has made, by the id by which they are known.
    Made(i64),
    /// A patient of that name who was born on that day.
    Namesake(Namesake),
}

/// A patient who may be the one who is to be added.
#[derive(Clone, Debug)]
pub(in crate::features::people) struct Namesake {
    /// `patient.id`
    pub(in crate::features::people) id: i64,
    pub(in crate::features::people) name: String,
    pub(in crate::features::people) born: NaiveDate,
}

#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct Account {
    id: i64,
    email: String,
    first_name: String,
    last_name: String,
    date_of_birth: Option<NaiveDate>,
    created_at: DateTime<Utc>,
}

/// Whom the form of a patient without an address has made while it was sent once more: one looks after the other. Of whoever has an address the database
/// keeps one. Five statements at most.
///
/// # Errors
/// The database's.
pub(super) async fn made_meanwhile<R: PersonRecord>(
    uow: &UnitOfWork,
    record: &R,
    (hospital_id, now): (i64, DateTime<Utc>),
) -> Result<Option<i64>, DbErr> {
    if record.account().email.is_some() {
        return Ok(None);
    }
    uow.read(async |conn| {
        let mut held = hospital::Entity::find_by_id(hospital_id).select_only().column(hospital::Column::Id);
        QuerySelect::query(&mut held).lock(LockType::NoKeyUpdate);
        held.into_tuple::<i64>().one(conn).await?;
        let found: Vec<Account> = kin::<R>(record, hospital_id).into_partial_model().all(conn).await?;
        let Some(same) = same(&found, record.account()) else { return Ok(None) };
        let stored = stored::<R>(conn, same.id).await?;
        Ok(stored.filter(|(_, stored)| same.is_made_by(record, (stored, now))).map(|(id, _)| id))
    })
    .await
}

/// Who of those that were `found` has the address, or has none as well: of these the last one is whom the same form may have made.
fn same<'a>(found: &'a [Account], account: &AccountDetails) -> Option<&'a Account> {
    found.iter().rev().find(|found| given_address(&found.email) == account.email.as_deref())
}

impl Account {
    /// Whether the form that wants `record` has made what is `stored` of them.
    fn is_made_by<R: PersonRecord>(&self, record: &R, (stored, now): (&R, DateTime<Utc>)) -> bool {
        now - self.created_at <= AGAIN && stored.values() == record.values()
    }

    /// The same, known by `id`, as who may be the one.
    fn namesake(&self, id: i64) -> Option<Already> {
        let (name, born) = (format!("{} {}", self.first_name, self.last_name), self.date_of_birth?);
        Some(Already::Namesake(Namesake { id, name, born }))
    }
}

/// Whom of the hospital somebody new would double. Two statements at most.
///
/// # Errors
/// The database's.
pub(in crate::features::people) async fn already<R: PersonRecord>(
    reader: &Reader,
    record: &R,
    (hospital_id, now): (i64, DateTime<Utc>),
) -> Result<Option<Already>, DbErr> {
    let (account, exempt) = (record.account(), || Topics::exempt("a form"));
    let kin = kin::<R>(record, hospital_id);
    let found: Vec<Account> =
        reader.run(exempt(), async |conn| kin.clone().into_partial_model().all(conn).await).await?;
    if let Some(same) = same(&found, account) {
        let stored = reader.run(exempt(), async |conn| stored::<R>(conn, same.id).await).await?;
        return Ok(stored.and_then(|(id, stored)| {
            let is_made = same.is_made_by(record, (&stored, now));
            let namesake = || same.namesake(id).filter(|_| account.email.is_none());
            if is_made { Some(Already::Made(id)) } else { namesake() }
        }));
    }
    let Some(namesake) = found.first() else { return Ok(None) };
    let id = reader.run(exempt(), async |conn| id_of::<R>(conn, namesake.id).await).await?;
    Ok(id.and_then(|id| namesake.namesake(id)))
}

/// Of that kind and hospital: whoever has the address, and of patients who has name and date of birth. The first one first.
fn kin<R: PersonRecord>(record: &R, hospital_id: i64) -> sea_orm::Select<user::Entity> {
    let account = record.account();
    // Nobody has an empty one.
    let mut kin = Condition::any().add(user::Column::Email.eq(account.email.as_deref().unwrap_or_default()));
    if let (Role::Patient, Some(born)) = (R::ROLE, account.date_of_birth) {
        let name = text::person_key(&account.first_name, &account.last_name);
        let is_alike = Condition::all().add(user::Column::NameKey.eq(name)).add(user::Column::DateOfBirth.eq(born));
        kin = kin.add(is_alike);
    }
    user::Entity::find()
        .filter(user::Column::HospitalId.eq(hospital_id))
        .filter(is_word(user::Column::Role, R::ROLE))
        .filter(user::Column::ErasedAt.is_null())
        .filter(kin)
        .order_by_asc(user::Column::Id)
        .limit(20)
}

/// The id by which the person with this `user.id` is known.
async fn id_of<R: PersonRecord>(conn: &ReadConnection<'_>, user_id: i64) -> Result<Option<i64>, DbErr> {
    match R::ROLE {
        Role::Doctor => {
            let own = doctor::Entity::find().filter(doctor::Column::UserId.eq(user_id));
            own.select_only().column(doctor::Column::Id).into_tuple().one(conn).await
        }
        Role::Patient => {
            let own = patient::Entity::find().filter(patient::Column::UserId.eq(user_id));
            own.select_only().column(patient::Column::Id).into_tuple().one(conn).await
        }
        Role::HospitalAdmin | Role::SuperAdmin => Ok(Some(user_id)),
    }
}

/// The person with this `user.id`, with the id by which they are known.
async fn stored<R: PersonRecord>(conn: &ReadConnection<'_>, user_id: i64) -> Result<Option<(i64, R)>, DbErr> {
    let Some(id) = id_of::<R>(conn, user_id).await? else { return Ok(None) };
    Ok(R::find(conn, id).await?.map(|(record, _)| (id, record)))
}
