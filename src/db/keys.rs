//! The keys by which people, doctors and hospitals are searched, put in order and kept unique, as they are stored beside the texts that they are
//! made of. No row gets a key but by what is here.
//!
//! The database takes the keys of a row away when a statement writes a text and leaves its key as it was: it cannot make keys, and a server of the
//! version before, or a hand, writes texts alone. It cannot tell that from a text of which only case, accents or spaces change, so that its key
//! stays the same. So whoever changes texts writes their keys with them, and after that what `keep_keys` writes: the keys once more, where they
//! have been taken away.

use entity::{doctor, hospital, user};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::UnitOfWork;
use crate::{
    coherence::Topics,
    text::{contact_key, number_key, person_key, search_key},
};

/// A row whose texts were changed, and the topics of what shows it.
#[derive(Clone, Debug)]
pub struct ChangedRow {
    /// Its id in the table that the texts are of.
    pub id: i64,
    /// Touched once more with its keys.
    pub topics: Topics,
}

/// What the keys of a person are made of.
#[derive(Clone, Copy)]
pub struct PersonTexts<'a> {
    /// `user.first_name`.
    pub first_name: &'a str,
    /// `user.last_name`.
    pub last_name: &'a str,
    /// `user.email`.
    pub email: &'a str,
    /// `user.phone`.
    pub phone: Option<&'a str>,
}

impl<'a> PersonTexts<'a> {
    /// As they stand in the database.
    #[must_use]
    pub fn of(row: &'a user::Model) -> Self {
        Self { first_name: &row.first_name, last_name: &row.last_name, email: &row.email, phone: row.phone.as_deref() }
    }

    /// The keys of the texts, and nothing else of the row.
    #[must_use]
    pub fn keys(self) -> user::ActiveModel {
        user::ActiveModel {
            name_key: Set(Some(person_key(self.first_name, self.last_name))),
            contact_key: Set(Some(contact_key(self.email, self.phone))),
            ..user::ActiveModel::default()
        }
    }

    /// To be called after the texts of `account`, which were `before`, have been changed in the same unit of work. One statement, where a text
    /// changed and its key did not; else none.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_keys(self, uow: &UnitOfWork, account: ChangedRow, before: PersonTexts<'_>) -> Result<(), DbErr> {
        let names = |texts: PersonTexts<'_>| person_key(texts.first_name, texts.last_name);
        let contact = |texts: PersonTexts<'_>| contact_key(texts.email, texts.phone);
        let is_renamed = (before.first_name, before.last_name) != (self.first_name, self.last_name);
        let is_elsewhere = (before.email, before.phone) != (self.email, self.phone);
        if (is_renamed && names(before) == names(self)) || (is_elsewhere && contact(before) == contact(self)) {
            return self.write_keys(uow, account).await;
        }
        Ok(())
    }

    /// The same where it is not known what the texts were before: always one statement.
    ///
    /// # Errors
    /// The database's.
    pub async fn write_keys(self, uow: &UnitOfWork, account: ChangedRow) -> Result<(), DbErr> {
        let keys = user::Entity::update_many().set(self.keys()).filter(user::Column::Id.eq(account.id));
        uow.update_where(keys, account.topics).await.map(drop)
    }
}

/// What the keys of a doctor are made of.
#[derive(Clone, Copy)]
pub struct DoctorTexts<'a> {
    /// `doctor.license_number`.
    pub license_number: &'a str,
    /// `doctor.license_key`, if it is stored: that of an old row may tell it from another with the same number.
    pub license_key: Option<&'a str>,
    /// `doctor.specialization`.
    pub specialization: &'a str,
}

impl<'a> DoctorTexts<'a> {
    /// As they stand in the database.
    #[must_use]
    pub fn of(row: &'a doctor::Model) -> Self {
        let doctor::Model { license_number, license_key, specialization, .. } = row;
        Self { license_number, license_key: license_key.as_deref(), specialization }
    }

    /// The keys of the texts, and nothing else of the row.
    #[must_use]
    pub fn keys(self) -> doctor::ActiveModel {
        doctor::ActiveModel {
            license_key: Set(Some(number_key(self.license_number))),
            specialization_key: Set(Some(search_key(self.specialization))),
            ..doctor::ActiveModel::default()
        }
    }

    /// The keys that are written with the texts in place of `before`: a licence that did not change keeps its key, which another's need not be.
    #[must_use]
    pub fn keys_over(self, before: DoctorTexts<'_>) -> doctor::ActiveModel {
        let mut keys = self.keys();
        if before.license_number == self.license_number {
            keys.license_key = NotSet;
        }
        keys
    }

    /// As [`PersonTexts::keep_keys`], of a doctor.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_keys(self, uow: &UnitOfWork, row: ChangedRow, before: DoctorTexts<'_>) -> Result<(), DbErr> {
        let is_same_license = before.license_number == self.license_number;
        let takes_license = !is_same_license && number_key(before.license_number) == number_key(self.license_number);
        let takes_field = before.specialization != self.specialization
            && search_key(before.specialization) == search_key(self.specialization);
        if !takes_license && !takes_field {
            return Ok(());
        }
        let mut keys = self.keys();
        if is_same_license {
            keys.license_key = Set(before.license_key.map(str::to_owned));
        }
        let keys = doctor::Entity::update_many().set(keys).filter(doctor::Column::Id.eq(row.id));
        uow.update_where(keys, row.topics).await.map(drop)
    }
}

/// What the key of a hospital is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HospitalTexts<'a> {
    /// `hospital.name`.
    pub name: &'a str,
}

impl HospitalTexts<'_> {
    /// The key of the name, and nothing else of the row.
    #[must_use]
    pub fn keys(self) -> hospital::ActiveModel {
        hospital::ActiveModel { name_key: Set(Some(search_key(self.name))), ..hospital::ActiveModel::default() }
    }

    /// As [`DoctorTexts::keys_over`], of the name.
    #[must_use]
    pub fn keys_over(self, before: HospitalTexts<'_>) -> hospital::ActiveModel {
        if before == self { hospital::ActiveModel::default() } else { self.keys() }
    }

    /// As [`PersonTexts::keep_keys`], of a hospital.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_keys(self, uow: &UnitOfWork, row: ChangedRow, before: HospitalTexts<'_>) -> Result<(), DbErr> {
        if before == self || search_key(before.name) != search_key(self.name) {
            return Ok(());
        }
        let keys = hospital::Entity::update_many().set(self.keys()).filter(hospital::Column::Id.eq(row.id));
        uow.update_where(keys, row.topics).await.map(drop)
    }
}

// Whose texts these are is nobody's business who reads a log.
impl std::fmt::Debug for PersonTexts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonTexts")
    }
}

impl std::fmt::Debug for DoctorTexts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DoctorTexts")
    }
}
