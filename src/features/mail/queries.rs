//! Reading the outbox. These belong to no viewer: nobody looks at it, a [`super::Postman`] empties it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use entity::{
    enums::{MailStatus, Role},
    hospital,
    mail::{Column, Entity, Model},
    user,
};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
};

use crate::{cache::Topics, db::Reader};

pub(super) const NO_PAGE: Topics = Topics::exempt("no page shows mail");

/// Who gets a mail, as they are now.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Recipient {
    /// First name.
    pub(crate) first_name: String,
    /// Last name.
    pub(crate) last_name: String,
    /// Their address.
    pub(crate) email: String,
    /// What they are.
    pub(crate) role: Role,
    active: bool,
    hospital_active: Option<bool>,
    /// The name of their hospital; none for platform administrators.
    pub(crate) hospital: Option<String>,
    time_zone: Option<String>,
}

impl Recipient {
    /// Full name.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// Whether they may sign in: nobody else is written to.
    pub(super) fn may_enter(&self) -> bool {
        self.active && self.hospital_active.unwrap_or(true)
    }

    /// The zone that times are told in.
    pub(crate) fn zone(&self) -> Tz {
        // A zone that nobody knows cannot be stored: forms take those of the same table.
        self.time_zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC)
    }
}

/// The person with this `user.id`.
pub(super) async fn recipient(reader: &Reader, user_id: i64) -> Result<Option<Recipient>, DbErr> {
    let statement = user::Entity::find_by_id(user_id)
        .select_only()
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::Email])
        .columns([user::Column::Role, user::Column::Active])
        .column_as(hospital::Column::Active, "hospital_active")
        .column_as(hospital::Column::Name, "hospital")
        .column_as(hospital::Column::TimeZone, "time_zone")
        .join(JoinType::LeftJoin, user::Relation::Hospital.def());
    reader.run(NO_PAGE, async |conn| statement.clone().into_model().one(conn).await).await
}

/// The first `most` mails that are due at `now`, the longest due first.
pub(super) async fn due(reader: &Reader, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>, DbErr> {
    let statement = Entity::find()
        .filter(Column::Status.eq(MailStatus::Waiting))
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(most);
    reader.run(NO_PAGE, async |conn| statement.clone().all(conn).await).await
}

/// How many mails could not be sent yet although it was tried.
pub(super) async fn retried(reader: &Reader) -> Result<i64, DbErr> {
    let statement =
        Entity::find().filter(Column::Status.eq(MailStatus::Waiting)).filter(Column::LastError.is_not_null());
    let count = reader.run(NO_PAGE, async |conn| statement.clone().count(conn).await).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
