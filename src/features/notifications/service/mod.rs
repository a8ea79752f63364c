//! Leaving notifications, and marking them as read.

mod reading;
mod telling;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::NotificationKind,
    notification::{self, Column},
};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set, UpdateMany,
    sea_query::{Expr, ExprTrait},
};

pub(crate) use reading::{NewsSubject, UnreadNews, look_at, open, unread_news};
pub(crate) use telling::{SpokenNews, send_untold, told_by_phone};

use super::notification::ToldTimes;
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{Database, SWEEP_BATCH, Swept, UnitOfWork, Unrecorded},
    features::mail::{self, QueuedMail},
    state::AppState,
    web::AppError,
};

/// How long before a visit its patient is reminded of it.
const REMINDED: TimeDelta = TimeDelta::hours(24);

const OWN: Unrecorded =
    Unrecorded::of(&["notification"], "that somebody has read their own notifications changes no record");

const READ: Unrecorded =
    Unrecorded::of(&["notification"], "notifications that were read long ago are removed by the clock");

/// What happened to an appointment, and whom it is told.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// What happened.
    pub(crate) kind: NotificationKind,
    /// `appointment.id`
    pub(crate) appointment_id: i64,
    /// `appointment.version` after it happened.
    pub(crate) version: i32,
    /// The times it is about.
    pub(crate) times: ToldTimes,
    /// `user.id` of each who is told.
    pub(crate) recipients: BTreeSet<i64>,
    /// When it settled the time of a visit: the patient's `user.id`, and when the visit is, UTC. They are told again the day
    /// before.
    pub(crate) visit: Option<(i64, DateTime<Utc>)>,
    /// `user.id` of whoever did it themselves, if they are told by e-mail all the same: for their calendar, which knows nothing of it.
    pub(crate) by_mail: Option<i64>,
}

/// Tells `news` of the instant `at`, on the page and by e-mail, in the unit of work of what happened. Two statements, or none
/// if there is nobody to tell.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn notify(uow: &UnitOfWork, at: DateTime<Utc>, news: &News) -> Result<(), DbErr> {
    notify_each(uow, at, std::slice::from_ref(news)).await
}

/// Tells of what happened to one visit, which is not the same to each whom it concerns. As many statements.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn notify_each(uow: &UnitOfWork, at: DateTime<Utc>, news: &[News]) -> Result<(), DbErr> {
    tell(uow, at, news).await?;
    mail::queue(uow, at, news.iter().flat_map(|news| news.mails(at))).await
}

/// Tells `news` on the page alone: to those who sit before it all day. One statement, or none if there is nobody to tell.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn notify_on_page(uow: &UnitOfWork, at: DateTime<Utc>, news: &News) -> Result<(), DbErr> {
    tell(uow, at, std::slice::from_ref(news)).await
}

/// Tells `news` as [`notify`] does, and `besides` as [`notify_on_page`] does. Two statements.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn notify_and_show(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    news: &News,
    besides: &News,
) -> Result<(), DbErr> {
    tell(uow, at, &[news.clone(), besides.clone()]).await?;
    mail::queue(uow, at, news.mails(at)).await
}

/// Tells of what happened to many visits at once: everybody of each on the page, and by e-mail of the first that is theirs, for who has many reads one
/// mail. Two statements for some thousand.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn notify_of_many(uow: &UnitOfWork, at: DateTime<Utc>, news: &[News]) -> Result<(), DbErr> {
    tell(uow, at, news).await?;
    let mut written_to = BTreeSet::new();
    let mails: Vec<_> = news.iter().flat_map(|news| news.mails(at)).filter(|(id, _)| written_to.insert(*id)).collect();
    mail::queue(uow, at, mails).await
}

/// On the page. One statement for some thousand.
async fn tell(uow: &UnitOfWork, at: DateTime<Utc>, news: &[News]) -> Result<(), DbErr> {
    let each = || news.iter().flat_map(|news| news.recipients.iter().map(move |recipient_id| (news, recipient_id)));
    let topics = Topics::each(each().map(|(_, recipient_id)| Topic::Inbox(*recipient_id)));
    let rows = each().map(|(news, recipient_id)| notification::ActiveModel {
        id: NotSet,
        recipient_id: Set(*recipient_id),
        kind: Set(news.kind),
        appointment_id: Set(Some(news.appointment_id)),
        local_starts_at: Set(news.times.starts_at),
        proposed_local_starts_at: Set(news.times.proposed),
        read_at: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
    });
    uow.insert_many(rows, topics).await?;
    Ok(())
}

/// Withdraws what `recipient_id` was told of a visit, unless they have marked it as read; whether they had not. One statement.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn withdraw(
    uow: &UnitOfWork,
    (kind, appointment_id): (NotificationKind, i64),
    recipient_id: i64,
) -> Result<bool, DbErr> {
    let unread = notification::Entity::delete_many()
        .filter(Column::AppointmentId.eq(appointment_id))
        .filter(Column::RecipientId.eq(recipient_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::ReadAt.is_null());
    Ok(uow.delete_where(unread, Topic::Inbox(recipient_id)).await? > 0)
}

/// Marks as read what `recipients` were told of a visit and asked of them: it is answered, and they need not look. One statement.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn answered(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    (appointment_id, kind): (i64, NotificationKind),
    recipients: BTreeSet<i64>,
) -> Result<(), DbErr> {
    let topics = Topics::each(recipients.iter().map(|recipient_id| Topic::Inbox(*recipient_id)));
    let unread = notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(at))
        .col_expr(Column::UpdatedAt, Expr::value(at))
        .filter(Column::AppointmentId.eq(appointment_id))
        .filter(Column::RecipientId.is_in(recipients))
        .filter(Column::Kind.eq(kind))
        .filter(Column::ReadAt.is_null());
    uow.update_where(unread, topics).await?;
    Ok(())
}

impl News {
    /// The mails that tell of it.
    fn mails(&self, at: DateTime<Utc>) -> impl Iterator<Item = (i64, QueuedMail)> {
        let Self { kind, appointment_id, version, .. } = *self;
        let notice = QueuedMail::Notice { kind, appointment_id, version };
        let reminder = self.visit.and_then(|(patient, starts_at)| {
            let due_at = starts_at - REMINDED;
            // Who books for today or tomorrow has just been told.
            (due_at > at).then_some((patient, QueuedMail::Reminder { appointment_id, starts_at, due_at }))
        });
        let told = self.recipients.iter().copied().chain(self.by_mail);
        told.map(move |recipient| (recipient, notice.clone())).chain(reminder)
    }
}

/// Marks everything unread of `viewer`'s as read, or what is not newer than the notification `newest`. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn mark_all_read(state: &AppState, viewer: &Viewer, newest: Option<i64>) -> Result<(), AppError> {
    let unread = own(state, viewer).filter(Column::ReadAt.is_null());
    // A later one has the higher id.
    let shown = newest.map(|newest| Column::Id.lte(newest));
    mark(state, viewer, shown.into_iter().fold(unread, QueryFilter::filter)).await?;
    Ok(())
}

/// Marks the notification `id` of `viewer`'s as read; one that was read before keeps its time.
/// `false` when they have no such notification. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn mark_read(state: &AppState, viewer: &Viewer, id: i64) -> Result<bool, AppError> {
    let marked = mark(state, viewer, own(state, viewer).filter(Column::Id.eq(id))).await?;
    Ok(marked > 0)
}

fn own(state: &AppState, viewer: &Viewer) -> UpdateMany<notification::Entity> {
    let now = state.clock.now();
    notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::col(Column::ReadAt).if_null(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::RecipientId.eq(viewer.user_id))
}

async fn mark(state: &AppState, viewer: &Viewer, update: UpdateMany<notification::Entity>) -> Result<u64, AppError> {
    let topic = Topic::Inbox(viewer.user_id);
    state.db.write_unrecorded(OWN, async |uow| Ok(uow.update_where(update.clone(), topic).await?)).await
}

/// Removes some of the notifications that were read before `before`.
///
/// # Errors
/// The database's.
pub(crate) async fn sweep(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    db.sweep_by(READ, async |uow| {
        // Without what they tell: a later release may have words for it that this one cannot read.
        let old = notification::Entity::find().select_only().columns([Column::Id, Column::RecipientId]);
        let old = old.filter(Column::ReadAt.lt(before)).limit(SWEEP_BATCH).into_tuple::<(i64, i64)>();
        let old = uow.read(async |conn| old.all(conn).await).await?;
        let topics = Topics::each(old.iter().map(|(_, recipient_id)| Topic::Inbox(*recipient_id)));
        let these = notification::Entity::delete_many().filter(Column::Id.is_in(old.iter().map(|(id, _)| *id)));
        uow.delete_where(these, topics).await
    })
    .await
}
