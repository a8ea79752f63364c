//! Reading the outbox. These belong to no viewer: nobody looks at it, a [`super::MailSender`] empties it.

use chrono::{DateTime, Utc};
use entity::{
    enums::{MailChoice, MailKind, MailStatus, NotificationKind, Role, SecurityEvent},
    hospital,
    mail::{Column, Entity, Model},
    user,
};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, Iterable, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationTrait,
    sea_query::{CaseStatement, Expr, ExprTrait as _, Func},
};

use super::service::is_wanted;
use crate::{coherence::Topics, db::Reader, time_zone::Tz};

/// Reads and writes of mail touch no page. Once there are replicas, mail must be read where it is written all the same: a visit
/// that is behind would look as if it had changed, and true mail be cancelled.
pub(super) const NO_PAGE: Topics = Topics::exempt("no page shows mail");

/// What `mail.last_error` begins with when it is not about that mail.
pub(super) const AWAY: &str = "away: ";

/// Who gets a mail, as they are now.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Recipient {
    /// Their address.
    pub(crate) email: String,
    /// What they are.
    pub(crate) role: Role,
    active: bool,
    mail_choice: MailChoice,
    /// The name of their hospital; none for platform administrators.
    pub(crate) hospital: Option<String>,
    time_zone: Option<String>,
}

impl Recipient {
    /// Whether they may sign in: nobody else is written to.
    pub(super) fn may_enter(&self) -> bool {
        self.active
    }

    /// Whether they have chosen to get that mail.
    pub(super) fn wants(&self, mail: &Model) -> bool {
        is_wanted(self.mail_choice, mail)
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
        .columns([user::Column::Email, user::Column::Role, user::Column::Active, user::Column::MailChoice])
        .column_as(hospital::Column::Name, "hospital")
        .column_as(hospital::Column::TimeZone, "time_zone")
        .join(JoinType::LeftJoin, user::Relation::Hospital.def());
    reader.run(NO_PAGE, async |conn| statement.clone().into_model().one(conn).await).await
}

/// How many mails about the security of their account the person was sent after the instant `since`.
pub(crate) async fn told_since(reader: &Reader, user_id: i64, since: DateTime<Utc>) -> Result<u64, DbErr> {
    let told = Entity::find()
        .filter(Column::RecipientId.eq(user_id))
        .filter(Column::Kind.eq(MailKind::Security))
        .filter(Column::Status.eq(MailStatus::Sent))
        .filter(Column::FinishedAt.gt(since));
    reader.run(NO_PAGE, async |conn| told.clone().count(conn).await).await
}

/// How many mails with this news the person was sent after the instant `since`.
pub(crate) async fn news_since(
    reader: &Reader,
    (user_id, news): (i64, NotificationKind),
    since: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let told = Entity::find()
        .filter(Column::RecipientId.eq(user_id))
        .filter(Column::Notice.eq(news))
        .filter(Column::Status.eq(MailStatus::Sent))
        .filter(Column::FinishedAt.gt(since));
    reader.run(NO_PAGE, async |conn| told.clone().count(conn).await).await
}

/// Whether a later reminder tells the same person of the same visit at the same time: it was moved away, and back. One statement.
pub(crate) async fn is_repeated(reader: &Reader, mail: &Model) -> Result<bool, DbErr> {
    let later = Entity::find()
        .filter(Column::AppointmentId.eq(mail.appointment_id))
        .filter(Column::RecipientId.eq(mail.recipient_id))
        .filter(Column::Kind.eq(MailKind::Reminder))
        .filter(Column::VisitStartsAt.eq(mail.visit_starts_at))
        .filter(Column::Id.gt(mail.id));
    Ok(reader.run(NO_PAGE, async |conn| later.clone().count(conn).await).await? > 0)
}

/// How many mails about unread messages of the visit the person was sent since the instant `since`.
pub(crate) async fn told_of_messages(
    reader: &Reader,
    (user_id, appointment_id): (i64, i64),
    since: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let told = Entity::find()
        .filter(Column::RecipientId.eq(user_id))
        .filter(Column::Kind.eq(MailKind::Messages))
        .filter(Column::AppointmentId.eq(appointment_id))
        .filter(Column::Status.eq(MailStatus::Sent))
        .filter(Column::FinishedAt.gte(since));
    reader.run(NO_PAGE, async |conn| told.clone().count(conn).await).await
}

/// Whether a mail about unread messages of the visit waits for the person: a part of another statement.
pub(crate) fn is_queued_for_messages(user_id: i64, appointment_id: i64) -> Expr {
    let waiting = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::RecipientId.eq(user_id))
        .filter(Column::Kind.eq(MailKind::Messages))
        .filter(Column::AppointmentId.eq(appointment_id))
        .filter(Column::Status.eq(MailStatus::Waiting));
    Expr::exists(waiting.into_query())
}

/// The first `most` mails that are due at `now`: links first, for somebody sits before their mailbox and the link is over soon;
/// then news; reminders, which come by the hundred, last. What a later release has words for is left to it: nothing else would be sent meanwhile.
pub(super) async fn due(reader: &Reader, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>, DbErr> {
    let rank = |kind: MailKind| match kind {
        MailKind::PasswordLink | MailKind::AddressLink => 0,
        MailKind::Security => 1,
        MailKind::Notice | MailKind::Messages => 2,
        MailKind::Reminder => 3,
    };
    let by_rank =
        MailKind::iter().fold(CaseStatement::new(), |case, kind| case.case(Column::Kind.eq(kind), rank(kind)));
    let statement = Entity::find()
        .filter(Column::Status.eq(MailStatus::Waiting))
        .filter(Column::DueAt.lte(now))
        .filter(Column::Kind.is_in(MailKind::iter()))
        .filter(Column::Notice.is_null().or(Column::Notice.is_in(NotificationKind::iter())))
        .filter(Column::SecurityEvent.is_null().or(Column::SecurityEvent.is_in(SecurityEvent::iter())))
        .order_by_asc(Expr::Case(Box::new(by_rank)))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(most);
    reader.run(NO_PAGE, async |conn| statement.clone().all(conn).await).await
}

/// What waits although it should have gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct Backlog {
    /// Mails that were tried in vain.
    pub(super) retried: i64,
    /// Those of them whose server was away.
    pub(super) away: i64,
    /// Mails that nobody has tried, though they have been due for long.
    pub(super) forgotten: i64,
    /// Since when the oldest of what is due or was tried in vain has waited. Of a reminder nobody knows any more once it was postponed.
    pub(super) oldest: Option<DateTime<Utc>>,
}

/// What waits at `now`, in one statement. `since`: what was due before that should have been tried.
pub(super) async fn backlog(reader: &Reader, (now, since): (DateTime<Utc>, DateTime<Utc>)) -> Result<Backlog, DbErr> {
    // NULL, which is what a case is that does not apply, is not counted.
    let those = |which: Expr| Func::count(Expr::Case(Box::new(CaseStatement::new().case(which, 1))));
    let in_vain = Column::LastError.is_not_null().and(Column::Kind.ne(MailKind::Reminder));
    let waits_since = CaseStatement::new()
        .case(Column::DueAt.lte(now), Expr::col((Entity, Column::DueAt)))
        .case(in_vain, Expr::col((Entity, Column::CreatedAt)));
    let statement = Entity::find()
        .select_only()
        .expr_as(Func::min(Expr::Case(Box::new(waits_since))), "oldest")
        .expr_as(those(Column::LastError.is_not_null()), "retried")
        .expr_as(those(Column::LastError.starts_with(AWAY)), "away")
        .expr_as(those(Column::DueAt.lt(since)), "forgotten")
        .filter(Column::Status.eq(MailStatus::Waiting));
    let found = reader.run(NO_PAGE, async |conn| statement.clone().into_model::<Backlog>().one(conn).await).await?;
    found.ok_or_else(|| DbErr::RecordNotFound("a count".to_owned()))
}
