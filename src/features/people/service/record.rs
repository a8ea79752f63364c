//! What an administrator manages of each kind of person: the fields, where they are stored, and who may.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment, doctor,
    enums::{AuditSubject, Role},
    limits, patient, user,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, sea_query::SimpleExpr};

use super::super::policy::ManagePeople;
use crate::{
    access::Permission,
    coherence::Topics,
    db::{ChangedRow, DoctorTexts, ReadConnection, UnitOfWork},
    features::accounts::{AccountDetails, RecordFacts, StatedFacts},
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

    /// The fields of the form, and the hospital if it is chosen there.
    fn read(reader: &FormReader, today: NaiveDate) -> Option<Self>;
    fn account(&self) -> &AccountDetails;
    /// As the form shows it.
    fn values(&self) -> Vec<(&'static str, String)>;
    /// Whose word it is what their record says, if they have one.
    fn stated(&self) -> Option<&StatedFacts> {
        None
    }
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
        let account = AccountDetails::read(reader, today, Self::ROLE);
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

/// Of a patient. Clinical text.
#[derive(Clone)]
pub(in crate::features::people) struct PatientRecord {
    account: AccountDetails,
    facts: RecordFacts,
    medical_history: Option<String>,
    /// Whose word the facts are, as it is stored; a form knows nothing of it.
    stated: Option<StatedFacts>,
}

impl std::fmt::Debug for PatientRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PatientRecord")
    }
}

impl PatientRecord {
    fn row(&self, now: DateTime<Utc>, facts: patient::ActiveModel) -> patient::ActiveModel {
        patient::ActiveModel { medical_history: Set(self.medical_history.clone()), updated_at: Set(now), ..facts }
    }
}

impl PersonRecord for PatientRecord {
    type ManagedBy = ManagePeople;
    const ROLE: Role = Role::Patient;
    const PATH: &'static str = "/patients";
    const NOUN: &'static str = "patient";
    const SUBJECT: AuditSubject = AuditSubject::Patient;

    fn read(reader: &FormReader, today: NaiveDate) -> Option<Self> {
        let account = AccountDetails::read(reader, today, Self::ROLE);
        let facts = RecordFacts::read(reader);
        let medical_history = reader.multiline("medical_history", "Medical history", limits::MEDICAL_HISTORY);
        Some(Self { account: account?, facts, medical_history, stated: None })
    }

    fn account(&self) -> &AccountDetails {
        &self.account
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let mut values = self.account.values();
        values.extend(self.facts.values());
        values.push(("medical_history", self.medical_history.clone().unwrap_or_default()));
        values
    }

    fn stated(&self) -> Option<&StatedFacts> {
        self.stated.as_ref()
    }

    async fn insert(&self, uow: &UnitOfWork, target: RecordTarget) -> Result<i64, DbErr> {
        let row = self.row(target.now, self.facts.row());
        let row = patient::ActiveModel { user_id: Set(target.id), created_at: Set(target.now), ..row };
        Ok(uow.insert(row, target.topics).await?.id)
    }

    async fn update(&self, uow: &UnitOfWork, before: &Self, target: RecordTarget) -> Result<(), DbErr> {
        let facts = before.stated.as_ref().map_or_else(|| self.facts.row(), |stated| stated.by_staff(&self.facts));
        let row = self.row(target.now, facts);
        let update = patient::Entity::update_many().set(row).filter(patient::Column::Id.eq(target.id));
        uow.update_where(update, target.topics).await.map(drop)
    }

    async fn find(conn: &ReadConnection<'_>, id: i64) -> Result<Option<(Self, user::Model)>, DbErr> {
        let found = patient::Entity::find_by_id(id).find_also_related(user::Entity).one(conn).await?;
        Ok(found.and_then(|(row, account)| account.map(|account| (row, account))).map(|(row, account)| {
            let stated = StatedFacts::of(&row);
            let record = Self {
                account: AccountDetails::of(&account),
                facts: stated.facts(),
                medical_history: row.medical_history,
                stated: Some(stated),
            };
            (record, account)
        }))
    }
}
