//! Accounts that administrators keep for others: made, changed, shut and opened again. Called within the unit of work of
//! whatever belongs to the person as well.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{enums::Role, user};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, sea_query::Expr};

use crate::{
    coherence::Topics,
    db::{ChangedRow, PersonTexts, UnitOfWork},
    features::accounts::person::{read_date_of_birth, read_email, read_names, read_optional_email, read_phone},
    text::{given_address, no_address},
    web::FormReader,
};

/// What an administrator says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountDetails {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// None of a patient who has none: they have an account as soon as they are given one.
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) date_of_birth: Option<NaiveDate>,
}

impl AccountDetails {
    /// The fields `first_name`, `last_name`, `email`, `phone`, `date_of_birth` of somebody of `role`: patients need no address, and nobody but them a
    /// date of birth.
    pub(crate) fn read(reader: &FormReader, today: NaiveDate, role: Role) -> Option<Self> {
        let is_patient = role == Role::Patient;
        let (first_name, last_name) = read_names(reader);
        let email = if is_patient { read_optional_email(reader) } else { read_email(reader) };
        let phone = read_phone(reader);
        let date_of_birth = read_date_of_birth(reader, today, is_patient);
        let email = email.map(|email| email.as_str().to_owned());
        (is_patient || email.is_some()).then_some(Self { first_name, last_name, email, phone, date_of_birth })
    }

    /// As they stand in the database.
    pub(crate) fn of(row: &user::Model) -> Self {
        Self {
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            email: given_address(&row.email).map(str::to_owned),
            phone: row.phone.clone(),
            date_of_birth: row.date_of_birth,
        }
    }

    fn texts(&self) -> PersonTexts<'_> {
        let Self { first_name, last_name, email, phone, .. } = self;
        PersonTexts { first_name, last_name, email: email.as_deref().unwrap_or_default(), phone: phone.as_deref() }
    }

    /// As a form shows them.
    pub(crate) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("first_name", self.first_name.clone()),
            ("last_name", self.last_name.clone()),
            ("email", self.email.clone().unwrap_or_default()),
            ("phone", self.phone.clone().unwrap_or_default()),
            ("date_of_birth", self.date_of_birth.map(|date| date.to_string()).unwrap_or_default()),
        ]
    }
}

/// Stores an active account of `role` in the hospital: its `user.id`. One statement. Without an address nobody can sign in with it.
///
/// # Errors
/// The database's: a unique violation when the address is somebody's.
pub(crate) async fn insert_account(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (details, password_hash): (&AccountDetails, &str),
    (role, hospital_id): (Role, i64),
) -> Result<i64, DbErr> {
    let row = user::ActiveModel {
        email: Set(details.email.clone().unwrap_or_else(no_address)),
        password_hash: Set(password_hash.to_owned()),
        role: Set(role),
        hospital_id: Set(Some(hospital_id)),
        first_name: Set(details.first_name.clone()),
        last_name: Set(details.last_name.clone()),
        phone: Set(details.phone.clone()),
        date_of_birth: Set(details.date_of_birth),
        active: Set(true),
        created_at: Set(now),
        updated_at: Set(now),
        ..details.texts().keys()
    };
    Ok(uow.insert(row, Topics::of_person(None, role, Some(hospital_id))).await?.id)
}

/// Changes an account that is still as it was `read`; whether it was. It keeps its address if `details` has none. Two statements at most.
///
/// # Errors
/// The database's: a unique violation when the address is somebody else's.
pub(crate) async fn update_account(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    read: &user::Model,
    details: &AccountDetails,
) -> Result<bool, DbErr> {
    // Whoever types it for somebody answers for it.
    let email = details.email.as_ref().unwrap_or(&read.email);
    let is_same = email.eq_ignore_ascii_case(&read.email);
    let texts = PersonTexts { email, ..details.texts() };
    let change = user::ActiveModel {
        email: Set(email.clone()),
        address_unproved_since: if is_same { NotSet } else { Set(None) },
        browsers_forgotten_at: if is_same { NotSet } else { Set(Some(now)) },
        first_name: Set(details.first_name.clone()),
        last_name: Set(details.last_name.clone()),
        phone: Set(details.phone.clone()),
        date_of_birth: Set(details.date_of_birth),
        updated_at: Set(now),
        ..texts.keys()
    };
    let update = user::Entity::update_many().set(change).filter(user::Column::Id.eq(read.id));
    let update = update.filter(user::Column::UpdatedAt.eq(read.updated_at));
    let topics = Topics::of_person(Some(read.id), read.role, read.hospital_id);
    if uow.update_where(update, topics.clone()).await? == 0 {
        return Ok(false);
    }
    texts.keep_keys(uow, ChangedRow { id: read.id, topics }, PersonTexts::of(read)).await?;
    Ok(true)
}

/// Shuts an account, or opens it again; whether that changed anything. One statement; the caller ends its sessions.
///
/// # Errors
/// The database's.
pub(crate) async fn set_active(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    read: &user::Model,
    active: bool,
) -> Result<bool, DbErr> {
    let update = user::Entity::update_many()
        .col_expr(user::Column::Active, Expr::value(active))
        .col_expr(user::Column::UpdatedAt, Expr::value(now))
        .filter(user::Column::Id.eq(read.id))
        .filter(user::Column::Active.eq(!active));
    let topics = Topics::of_person(Some(read.id), read.role, read.hospital_id);
    Ok(uow.update_where(update, topics).await? == 1)
}
