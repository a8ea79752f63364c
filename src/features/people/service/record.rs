//! What an administrator manages of each kind of person: the fields, where they are stored, and who may.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment, doctor,
    enums::{AuditSubject, BloodType, Role},
    limits, patient, user,
};
use sea_orm::{ActiveEnum, ColumnTrait, DbErr, EntityTrait, Iterable, QueryFilter, Set, sea_query::SimpleExpr};

use super::super::policy::ManagePeople;
use crate::{
    access::Permission,
    coherence::Topics,
    db::{ChangedRow, DoctorTexts, ReadConnection, UnitOfWork},
    features::accounts::{AccountDetails, parse_phone},
    web::FormReader,
};

/// Where what is not the account's is stored: the `user.id` of somebody new, else the id by which the person is known; and what shows it.
pub(in crate::features::people) struct RecordTarget {
    pub(in crate::features::people) id: i64,
    pub(in crate::features::people) now: DateTime<Utc>,
    pub(in crate::features::people) topics: Topics,
}

/// A kind of person. Its account is the same for all; the rest is stored in a table of its own.
pub(in crate::features::people) trait PersonRecord:
    Clone + std::fmt::Debug + 'static
{
    /// Who may manage them.
    type ManagedBy: Permission;
    const ROLE: Role;
    /// What their pages are below.
    const PATH: &'static str;
    /// What one of them is called.
    const NOUN: &'static str;
    const SUBJECT: AuditSubject;
    /// Whether they must have a date of birth.
    const NEEDS_BIRTH: bool = false;

    /// The fields of the form, and the hospital if it is chosen there.
    fn read(reader: &FormReader, today: NaiveDate) -> Option<Self>;
    fn account(&self) -> &AccountDetails;
    /// As the form shows it.
    fn values(&self) -> Vec<(&'static str, String)>;
    /// Stores what is not the account's: the id by which the person is known.
    async fn insert(&self, uow: &UnitOfWork, target: RecordTarget) -> Result<i64, DbErr>;
    /// Changes what is not the account's, and was as in `before`.
    async fn update(&self, uow: &UnitOfWork, before: &Self, target: RecordTarget) -> Result<(), DbErr>;
    /// Which visits are left without anybody when their account is shut: a doctor's. A patient comes without an account as well.
    fn visits(_id: i64) -> Option<SimpleExpr> {
        None
    }
    /// The person `id` with their account.
    async fn find(conn: &ReadConnection<'_>, id: i64) -> Result<Option<(Self, user::Model)>, DbErr>;
}

/// Of a doctor.
#[derive(Clone, Debug)]
pub(in crate::features::people) struct DoctorRecord {
    account: AccountDetails,
    license_number: String,
    /// As it is stored; a form knows none.
    license_key: Option<String>,
    specialization: String,
    experience_years: i32,
    bio: Option<String>,
    education: Option<String>,
    accepting: bool,
}

impl DoctorRecord {
    fn texts(&self) -> DoctorTexts<'_> {
        let Self { license_number, license_key, specialization, .. } = self;
        DoctorTexts { license_number, license_key: license_key.as_deref(), specialization }
    }

    fn row(&self, now: DateTime<Utc>, keys: doctor::ActiveModel) -> doctor::ActiveModel {
        doctor::ActiveModel {
            license_number: Set(self.license_number.clone()),
            specialization: Set(self.specialization.clone()),
            experience_years: Set(self.experience_years),
            bio: Set(self.bio.clone()),
            education: Set(self.education.clone()),
            accepting: Set(self.accepting),
            updated_at: Set(now),
            ..keys
        }
    }
}

impl PersonRecord for DoctorRecord {
    type ManagedBy = ManagePeople;
    const ROLE: Role = Role::Doctor;
    const PATH: &'static str = "/doctors";
    const NOUN: &'static str = "doctor";
    const SUBJECT: AuditSubject = AuditSubject::Doctor;

    fn read(reader: &FormReader, today: NaiveDate) -> Option<Self> {
        let account = AccountDetails::read(reader, today, Self::NEEDS_BIRTH);
        let license_number = reader.required("license_number", "Licence number", limits::LICENSE_NUMBER);
        let specialization = reader.required("specialization", "Field", limits::SPECIALIZATION);
        let experience_years = reader.parsed("experience_years", "Years of experience", |text| {
            let years = text.parse().ok().filter(|years| (0..=80).contains(years));
            years.ok_or_else(|| "Enter whole years, 0 to 80.".to_owned())
        });
        let bio = reader.multiline("bio", "In their own words", limits::BIO);
        let education = reader.multiline("education", "Education", limits::EDUCATION);
        let accepting = reader.optional("accepting", "Accepting", 2).is_some();
        let (account, experience_years) = (account?, experience_years?);
        let license_key = None;
        Some(Self { account, license_number, license_key, specialization, experience_years, bio, education, accepting })
    }

    fn account(&self) -> &AccountDetails {
        &self.account
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut values = self.account.values();
        values.extend([
            ("license_number", self.license_number.clone()),
            ("specialization", self.specialization.clone()),
            ("experience_years", self.experience_years.to_string()),
            ("bio", text(&self.bio)),
            ("education", text(&self.education)),
            ("accepting", if self.accepting { "on" } else { "" }.to_owned()),
        ]);
        values
    }

    async fn insert(&self, uow: &UnitOfWork, target: RecordTarget) -> Result<i64, DbErr> {
        let row = self.row(target.now, self.texts().keys());
        let row = doctor::ActiveModel { user_id: Set(target.id), created_at: Set(target.now), ..row };
        Ok(uow.insert(row, target.topics).await?.id)
    }

    async fn update(&self, uow: &UnitOfWork, before: &Self, target: RecordTarget) -> Result<(), DbErr> {
        let row = self.row(target.now, self.texts().keys_over(before.texts()));
        let update = doctor::Entity::update_many().set(row).filter(doctor::Column::Id.eq(target.id));
        uow.update_where(update, target.topics.clone()).await?;
        let row = ChangedRow { id: target.id, topics: target.topics };
        self.texts().keep_keys(uow, row, before.texts()).await
    }

    fn visits(id: i64) -> Option<SimpleExpr> {
        Some(appointment::Column::DoctorId.eq(id))
    }

    async fn find(conn: &ReadConnection<'_>, id: i64) -> Result<Option<(Self, user::Model)>, DbErr> {
        let found = doctor::Entity::find_by_id(id).find_also_related(user::Entity).one(conn).await?;
        Ok(found.and_then(|(row, account)| account.map(|account| (row, account))).map(|(row, account)| {
            let record = Self {
                account: AccountDetails::of(&account),
                license_number: row.license_number,
                license_key: row.license_key,
                specialization: row.specialization,
                experience_years: row.experience_years,
                bio: row.bio,
                education: row.education,
                accepting: row.accepting,
            };
            (record, account)
        }))
    }
}

/// The blood types as they are written everywhere.
pub(in crate::features::people) fn blood_types() -> impl Iterator<Item = String> {
    BloodType::iter().map(|blood| blood.to_value())
}

/// Of a patient. Clinical text.
#[derive(Clone)]
pub(in crate::features::people) struct PatientRecord {
    account: AccountDetails,
    blood_type: Option<BloodType>,
    allergies: Option<String>,
    medical_history: Option<String>,
    emergency_contact_name: Option<String>,
    emergency_contact_phone: Option<String>,
}

impl std::fmt::Debug for PatientRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PatientRecord")
    }
}

impl PatientRecord {
    fn row(&self, now: DateTime<Utc>) -> patient::ActiveModel {
        patient::ActiveModel {
            blood_type: Set(self.blood_type),
            allergies: Set(self.allergies.clone()),
            medical_history: Set(self.medical_history.clone()),
            emergency_contact_name: Set(self.emergency_contact_name.clone()),
            emergency_contact_phone: Set(self.emergency_contact_phone.clone()),
            updated_at: Set(now),
            ..patient::ActiveModel::default()
        }
    }
}

impl PersonRecord for PatientRecord {
    type ManagedBy = ManagePeople;
    const ROLE: Role = Role::Patient;
    const PATH: &'static str = "/patients";
    const NOUN: &'static str = "patient";
    const SUBJECT: AuditSubject = AuditSubject::Patient;
    const NEEDS_BIRTH: bool = true;

    fn read(reader: &FormReader, today: NaiveDate) -> Option<Self> {
        let account = AccountDetails::read(reader, today, Self::NEEDS_BIRTH);
        let blood_type = reader.parsed_optional("blood_type", "Blood type", |code| {
            let known = BloodType::iter().find(|blood| blood.to_value() == code);
            known.ok_or_else(|| "Choose a blood type from the list, or leave it open.".to_owned())
        });
        let allergies = reader.multiline("allergies", "Allergies", limits::ALLERGIES);
        let medical_history = reader.multiline("medical_history", "Medical history", limits::MEDICAL_HISTORY);
        let emergency_contact_name = reader.optional("emergency_contact_name", "Name", limits::CONTACT_NAME);
        let emergency_contact_phone = reader.parsed_optional("emergency_contact_phone", "Phone", parse_phone);
        let account = account?;
        Some(Self { account, blood_type, allergies, medical_history, emergency_contact_name, emergency_contact_phone })
    }

    fn account(&self) -> &AccountDetails {
        &self.account
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut values = self.account.values();
        values.extend([
            ("blood_type", self.blood_type.map(|blood| blood.to_value()).unwrap_or_default()),
            ("allergies", text(&self.allergies)),
            ("medical_history", text(&self.medical_history)),
            ("emergency_contact_name", text(&self.emergency_contact_name)),
            ("emergency_contact_phone", text(&self.emergency_contact_phone)),
        ]);
        values
    }

    async fn insert(&self, uow: &UnitOfWork, target: RecordTarget) -> Result<i64, DbErr> {
        let row = patient::ActiveModel { user_id: Set(target.id), created_at: Set(target.now), ..self.row(target.now) };
        Ok(uow.insert(row, target.topics).await?.id)
    }

    async fn update(&self, uow: &UnitOfWork, _: &Self, target: RecordTarget) -> Result<(), DbErr> {
        let update = patient::Entity::update_many().set(self.row(target.now)).filter(patient::Column::Id.eq(target.id));
        uow.update_where(update, target.topics).await.map(drop)
    }

    async fn find(conn: &ReadConnection<'_>, id: i64) -> Result<Option<(Self, user::Model)>, DbErr> {
        let found = patient::Entity::find_by_id(id).find_also_related(user::Entity).one(conn).await?;
        Ok(found.and_then(|(row, account)| account.map(|account| (row, account))).map(|(row, account)| {
            let record = Self {
                account: AccountDetails::of(&account),
                blood_type: row.blood_type,
                allergies: row.allergies,
                medical_history: row.medical_history,
                emergency_contact_name: row.emergency_contact_name,
                emergency_contact_phone: row.emergency_contact_phone,
            };
            (record, account)
        }))
    }
}
