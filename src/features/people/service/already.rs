//! Whether somebody who is to be added is there already: made by the same form, sent twice, or a patient who may be the same person.
//!
//! A form that adds somebody carries no token: an account has one address, so a form that wants what is stored already, field by field, is the one that
//! made it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{doctor, enums::Role, patient, user};
use sea_orm::{ColumnTrait, Condition, DbErr, DerivePartialModel, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::PersonRecord;
use crate::{
    coherence::Topics,
    db::{ReadConnection, Reader, is_word},
    text,
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
    if let Some(same) = found.iter().find(|found| found.email == account.email) {
        let is_late = now - same.created_at > AGAIN;
        let stored = reader.run(exempt(), async |conn| stored::<R>(conn, same.id).await).await?;
        let made = stored.filter(|(_, stored)| !is_late && stored.values() == record.values());
        return Ok(made.map(|(id, _)| Already::Made(id)));
    }
    let Some((namesake, born)) = found.first().and_then(|found| Some((found, found.date_of_birth?))) else {
        return Ok(None);
    };
    let id = reader.run(exempt(), async |conn| id_of::<R>(conn, namesake.id).await).await?;
    let name = format!("{} {}", namesake.first_name, namesake.last_name);
    Ok(id.map(|id| Already::Namesake(Namesake { id, name, born })))
}

/// Of that kind and hospital: whoever has the address, and of patients who has name and date of birth. The first one first.
fn kin<R: PersonRecord>(record: &R, hospital_id: i64) -> sea_orm::Select<user::Entity> {
    let account = record.account();
    let mut kin = Condition::any().add(user::Column::Email.eq(account.email.as_str()));
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
