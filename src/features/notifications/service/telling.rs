//! Somebody without an e-mail address has no account, so what is told them on a page they read nowhere: it waits there, unread, until somebody has told
//! them by telephone.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    appointment,
    enums::NotificationKind,
    notification::{self, Column},
    user,
};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, Iterable as _, JoinType, QueryFilter, QueryOrder as _, QuerySelect, QueryTrait,
    RelationTrait as _,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    coherence::Topics,
    db::{UnitOfWork, is_one_of, without_address},
    features::mail::{self, QueuedMail},
};

/// What somebody was told of a visit by telephone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpokenNews {
    /// `appointment.id`
    pub(crate) appointment_id: i64,
    /// `user.id` of whom it was told.
    pub(crate) recipient_id: i64,
    /// `notification.id` of the last that they were told: what came since, nobody has said.
    pub(crate) up_to: i64,
}

/// Notes as read what somebody without an address was told, `topics` of the visit; how much of it was unread. One statement.
///
/// # Errors
/// The database's.
pub(crate) async fn told_by_phone(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    told: SpokenNews,
    topics: Topics,
) -> Result<u64, DbErr> {
    // Whoever has an address reads it themselves.
    let theirs = user::Entity::find_by_id(told.recipient_id)
        .select_only()
        .column(user::Column::Id)
        .filter(without_address(Expr::col((user::Entity, user::Column::Email))));
    let unread = notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(at))
        .col_expr(Column::UpdatedAt, Expr::value(at))
        .filter(Expr::col((notification::Entity, Column::RecipientId)).in_subquery(theirs.into_query()))
        .filter(Column::AppointmentId.eq(told.appointment_id))
        .filter(Column::Id.lte(told.up_to))
        .filter(Column::ReadAt.is_null());
    uow.update_where(unread, topics).await
}

/// Of so many news at most somebody is told who gets their first address.
const MOST: u64 = 200;

/// Sends what waited to be told by telephone to `recipient_id`, whose first address it is: of each visit to come the last. The desk is shown it no more.
/// Two statements.
///
/// # Errors
/// The database's.
pub(crate) async fn send_untold(uow: &UnitOfWork, at: DateTime<Utc>, recipient_id: i64) -> Result<(), DbErr> {
    let unread = notification::Entity::find()
        .select_only()
        .columns([Column::Kind, Column::AppointmentId])
        .column(appointment::Column::Version)
        .join(JoinType::InnerJoin, notification::Relation::Appointment.def())
        .filter(Column::RecipientId.eq(recipient_id))
        .filter(Column::ReadAt.is_null())
        .filter(is_one_of(Column::Kind, NotificationKind::iter()))
        .filter(appointment::Column::EndsAt.gt(at))
        .order_by_desc(Column::Id)
        .limit(MOST)
        .into_tuple::<(NotificationKind, i64, i32)>();
    let unread = uow.read(async |conn| unread.all(conn).await).await?;
    // The newest come first, and stay.
    let mut last = BTreeMap::new();
    for (kind, appointment_id, version) in unread {
        last.entry(appointment_id).or_insert(QueuedMail::Notice { kind, appointment_id, version });
    }
    mail::queue(uow, at, last.into_values().map(|notice| (recipient_id, notice))).await
}
