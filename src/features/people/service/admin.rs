//! What is managed of somebody who runs a hospital.

use chrono::NaiveDate;
use entity::{
    enums::{AuditSubject, Role},
    user,
};
use sea_orm::{DbErr, EntityTrait};

use super::{
    super::policy::ManageAdmins,
    record::{PersonRecord, RecordTarget},
};
use crate::{
    db::{ReadConnection, UnitOfWork},
    features::accounts::AccountDetails,
    web::FormReader,
};

/// Of somebody who runs a hospital: the account alone.
#[derive(Clone, Debug)]
pub(in crate::features::people) struct AdminRecord(AccountDetails);

impl PersonRecord for AdminRecord {
    type ManagedBy = ManageAdmins;
    const ROLE: Role = Role::HospitalAdmin;
    const PATH: &'static str = "/admins";
    const NOUN: &'static str = "administrator";
    const SUBJECT: AuditSubject = AuditSubject::User;

    fn read(reader: &FormReader, today: NaiveDate) -> Option<Self> {
        AccountDetails::read(reader, today, Self::ROLE).map(Self)
    }

    fn account(&self) -> &AccountDetails {
        &self.0
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        self.0.values()
    }

    async fn insert(&self, _: &UnitOfWork, target: RecordTarget) -> Result<i64, DbErr> {
        Ok(target.id)
    }

    async fn update(&self, _: &UnitOfWork, _: &Self, _: RecordTarget) -> Result<(), DbErr> {
        Ok(())
    }

    async fn find(conn: &ReadConnection<'_>, id: i64) -> Result<Option<(Self, user::Model)>, DbErr> {
        let found = user::Entity::find_by_id(id).one(conn).await?;
        Ok(found.map(|account| (Self(AccountDetails::of(&account)), account)))
    }
}
