//! The lists that several dashboards find.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AppointmentStatus, NotificationKind},
    notification,
};
use sea_orm::{
    ColumnTrait, DerivePartialModel, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Asterisk, Expr, ExprTrait as _},
};

use crate::{
    access::Viewer,
    db::is_one_of,
    features::{appointments::scope, notifications::ToldTimes, schedules::Stretch},
};

/// How many unread notifications and newest people are shown.
pub(super) const FEW: u64 = 5;

/// A visit as far as lists and counts are made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct ListedVisit {
    pub id: i64,
    pub status: AppointmentStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// How many rows there are, instead of the rows.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
pub(super) struct RowCount {
    #[sea_orm(from_expr = "Expr::col(Asterisk).count()")]
    pub(super) count: i64,
}

/// An unread notification.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "notification::Entity")]
pub(crate) struct Unread {
    pub id: i64,
    pub kind: NotificationKind,
    pub created_at: DateTime<Utc>,
    /// The visit it is about.
    pub appointment_id: Option<i64>,
    /// The times it was about.
    pub local_starts_at: Option<NaiveDateTime>,
    pub proposed_local_starts_at: Option<NaiveDateTime>,
}

impl Unread {
    /// The times it was about, if it keeps them.
    pub(crate) fn told_times(&self) -> ToldTimes {
        ToldTimes { starts_at: self.local_starts_at, proposed: self.proposed_local_starts_at }
    }
}

/// All of the viewer's visits that somebody still has to do something about.
pub(super) fn open(viewer: &Viewer) -> Select<appointment::Entity> {
    appointment::Entity::find().filter(scope(viewer)).filter(is_one_of(Column::Status, AppointmentStatus::OPEN))
}

/// Of the viewer's visits those that begin `within`.
pub(super) fn between(viewer: &Viewer, within: Stretch) -> Select<appointment::Entity> {
    let found = appointment::Entity::find().filter(scope(viewer));
    found.filter(Column::StartsAt.gte(within.starts_at)).filter(Column::StartsAt.lt(within.ends_at))
}

/// The newest of the viewer's unread notifications, of what this release has words for. A later one has the higher id.
pub(super) fn unread(viewer: &Viewer) -> Select<notification::Entity> {
    notification::Entity::find()
        .filter(notification::Column::RecipientId.eq(viewer.user_id))
        .filter(notification::Column::ReadAt.is_null())
        .filter(is_one_of(notification::Column::Kind, NotificationKind::iter()))
        .order_by_desc(notification::Column::Id)
        .limit(FEW)
}
