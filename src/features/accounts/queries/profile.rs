//! What people see of their own account, and patients of their own record.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    address_link,
    enums::{AddressLinkPurpose, AuditSubject, MailChoice, Role},
    patient, user,
};
use sea_orm::{
    ColumnTrait, DbErr, EntityName, EntityTrait, FromQueryResult, JoinType, PartialModelTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationTrait, Select,
    sea_query::{Expr, LockType, TableRef},
};

use super::Owner;
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{PersonTexts, ReadConnection, Reader},
    features::{
        accounts::service::facts::{StatedFacts, short_digest},
        audit::Accessed,
        mail,
    },
    web::{AppError, FormView},
};

/// What a person sees of their own account.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::accounts) struct Profile {
    pub(in crate::features::accounts) first_name: String,
    pub(in crate::features::accounts) last_name: String,
    pub(in crate::features::accounts) email: String,
    pub(in crate::features::accounts) role: Role,
    pub(in crate::features::accounts) phone: Option<String>,
    pub(in crate::features::accounts) date_of_birth: Option<NaiveDate>,
    pub(in crate::features::accounts) address_unproved_since: Option<DateTime<Utc>>,
    pub(in crate::features::accounts) mail_choice: MailChoice,
    /// Of a change of address that was asked for last and is open: to what, and until when it can be confirmed.
    waiting_address: Option<String>,
    waiting_until: Option<DateTime<Utc>>,
    /// Of a patient: what stands in their record. Of anybody else: nothing.
    #[sea_orm(nested)]
    pub(in crate::features::accounts) facts: StatedFacts,
}

impl Profile {
    /// What a form carries to tell whether the profile has been changed since. Signing in is no change.
    pub(in crate::features::accounts) fn version(&self) -> String {
        short_digest(&format!("{:?}", (self.values(), self.facts.befores())))
    }

    /// As the form shows it.
    pub(in crate::features::accounts) fn values(&self) -> Vec<(&'static str, String)> {
        let mut values = vec![
            ("first_name", self.first_name.clone()),
            ("last_name", self.last_name.clone()),
            ("phone", self.phone.clone().unwrap_or_default()),
            ("date_of_birth", self.date_of_birth.map(|date| date.to_string()).unwrap_or_default()),
        ];
        if !mail::choices(self.role).is_empty() {
            values.push((MAIL, mail::choice_code(self.mail_choice)));
        }
        if self.is_of_patient() {
            values.extend(self.facts.facts().values());
        }
        values
    }

    /// The form with what is stored beside each field that holds something else: which mail comes as its choice is called.
    pub(in crate::features::accounts) fn beside(&self, form: FormView) -> FormView {
        self.values().into_iter().fold(form, |form, (name, stored)| {
            let mut options = mail::choices(self.role).iter().filter(|_| name == MAIL);
            let label = options.find(|option| option.value == stored).map(|option| option.label);
            form.beside_one(name, &stored, label.unwrap_or(&stored))
        })
    }

    /// Whether there is a record beside the account.
    pub(in crate::features::accounts) fn is_of_patient(&self) -> bool {
        self.role == Role::Patient
    }

    /// The address that waits at `now` to be confirmed.
    pub(in crate::features::accounts) fn waiting(&self, now: DateTime<Utc>) -> Option<&str> {
        self.waiting_address.as_deref().filter(|_| self.waiting_until.is_some_and(|until| now < until))
    }

    /// What the keys of the account are made of.
    pub(in crate::features::accounts) fn texts(&self) -> PersonTexts<'_> {
        let Self { first_name, last_name, email, phone, .. } = self;
        PersonTexts { first_name, last_name, email, phone: phone.as_deref() }
    }

    /// What their password must not be made of.
    pub(in crate::features::accounts) fn password_owner<'a>(&'a self, viewer: &'a Viewer) -> Owner<'a> {
        let hospital = viewer.hospital();
        Owner {
            first_name: &self.first_name,
            last_name: &self.last_name,
            email: &self.email,
            hospital: hospital.map_or("", |hospital| &hospital.name),
        }
    }

    /// Whether the form must not be left without one.
    pub(in crate::features::accounts) fn needs_date_of_birth(&self) -> bool {
        self.is_of_patient()
    }

    /// The record that stands on a patient's profile, sealed until it is recorded that they opened it; none of anybody else.
    pub(in crate::features::accounts) fn record(&self, viewer: &Viewer) -> Option<Accessed<Self>> {
        let ViewerKind::Patient { patient_id, .. } = viewer.kind else { return None };
        Some(Accessed::new(AuditSubject::Patient, patient_id, self.clone()).telling("part", "profile"))
    }
}

/// The field in which people choose which mail comes.
pub(in crate::features::accounts) const MAIL: &str = "mail";

/// The person with this `user.id`, of that role.
fn own(user_id: i64, role: Role) -> Select<user::Entity> {
    let join = if role == Role::Patient { JoinType::InnerJoin } else { JoinType::LeftJoin };
    let waits = |column: address_link::Column| {
        let newest = address_link::Entity::find()
            .select_only()
            .column(column)
            .filter(address_link::Column::UserId.eq(user_id))
            .filter(address_link::Column::Purpose.eq(AddressLinkPurpose::Change))
            .filter(address_link::Column::EndedAt.is_null())
            .order_by_desc(address_link::Column::Id)
            .limit(1);
        Expr::SubQuery(None, Box::new(newest.into_query().into()))
    };
    let found = user::Entity::find_by_id(user_id)
        .expr_as(waits(address_link::Column::Address), "waiting_address")
        .expr_as(waits(address_link::Column::ExpiresAt), "waiting_until")
        .join(join, user::Relation::Patient.def());
    StatedFacts::select_cols(found)
}

/// The viewer's own account, with what their password is compared with.
#[derive(FromQueryResult)]
pub(in crate::features::accounts) struct OwnAccount {
    #[sea_orm(nested)]
    pub(in crate::features::accounts) profile: Profile,
    pub(in crate::features::accounts) password_hash: String,
}

/// The viewer's own account.
pub(in crate::features::accounts) async fn account(viewer: &Viewer, reader: &Reader) -> Result<OwnAccount, AppError> {
    let statement = own(viewer.user_id, viewer.role());
    let topic = Topic::Account(viewer.user_id);
    let row = reader.run(topic, async |conn| statement.clone().into_model().one(conn).await).await?;
    row.ok_or_else(|| AppError::Internal(format!("user {} is signed in and has no row", viewer.user_id)))
}

/// The viewer's own profile in a unit of work, until whose end nobody changes it or what a patient's record says: what it is compared with is what is
/// changed.
pub(in crate::features::accounts) async fn profile_held(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
) -> Result<Option<Profile>, DbErr> {
    let mut held = own(viewer.user_id, viewer.role());
    let both = [user::Entity.table_ref(), patient::Entity.table_ref()];
    let tables: Vec<TableRef> = both.into_iter().take(if viewer.role() == Role::Patient { 2 } else { 1 }).collect();
    QuerySelect::query(&mut held).lock_with_tables(LockType::NoKeyUpdate, tables);
    held.into_model().one(conn).await
}

/// The viewer's own profile.
pub(in crate::features::accounts) async fn profile(viewer: &Viewer, reader: &Reader) -> Result<Profile, AppError> {
    account(viewer, reader).await.map(|account| account.profile)
}
