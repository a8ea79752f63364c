//! What people see of their own account.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{enums::Role, user};
use sea_orm::{DbErr, EntityTrait, FromQueryResult};
use sha2::{Digest as _, Sha256};

use super::Owner;
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{PersonTexts, ReadConnection, Reader},
    web::AppError,
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
}

impl Profile {
    /// What a form carries to tell whether the profile has been changed since. Signing in is no change.
    pub(in crate::features::accounts) fn version(&self) -> String {
        let digest = Sha256::digest(format!("{:?}", self.values()));
        digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }

    /// As the form shows it.
    pub(in crate::features::accounts) fn values(&self) -> [(&'static str, String); 4] {
        [
            ("first_name", self.first_name.clone()),
            ("last_name", self.last_name.clone()),
            ("phone", self.phone.clone().unwrap_or_default()),
            ("date_of_birth", self.date_of_birth_text()),
        ]
    }

    /// What the keys of the account are made of.
    pub(in crate::features::accounts) fn texts(&self) -> PersonTexts<'_> {
        let Self { first_name, last_name, email, phone, .. } = self;
        PersonTexts { first_name, last_name, email, phone: phone.as_deref() }
    }

    /// `YYYY-MM-DD`, or empty.
    pub(in crate::features::accounts) fn date_of_birth_text(&self) -> String {
        self.date_of_birth.map(|date| date.to_string()).unwrap_or_default()
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
        self.role == Role::Patient
    }
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
    let statement = user::Entity::find_by_id(viewer.user_id);
    let topic = Topic::Account(viewer.user_id);
    let row = reader.run(topic, async |conn| statement.clone().into_model().one(conn).await).await?;
    row.ok_or_else(|| AppError::Internal(format!("user {} is signed in and has no row", viewer.user_id)))
}

/// The profile of the person `user_id`, as it stands in a unit of work.
pub(in crate::features::accounts) async fn profile_now(
    conn: &ReadConnection<'_>,
    user_id: i64,
) -> Result<Option<Profile>, DbErr> {
    user::Entity::find_by_id(user_id).into_model().one(conn).await
}

/// The viewer's own profile.
pub(in crate::features::accounts) async fn profile(viewer: &Viewer, reader: &Reader) -> Result<Profile, AppError> {
    account(viewer, reader).await.map(|account| account.profile)
}
