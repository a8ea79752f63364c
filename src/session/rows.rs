//! Sessions as rows of `user_session`: every statement about them except the viewer's own join.

use chrono::{DateTime, TimeDelta, Utc};
use entity::user;
use entity::user_session::{ActiveModel, COLUMN, Column, Entity, Model, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, DbErr, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::KeyHash;
use crate::coherence::{Topic, Topics};
use crate::db::{Database, ReadConnection, Reader, Swept, UnitOfWork, Unrecorded};

/// Sessions are shown on one page, to their own person, which is not kept: it changes with each use.
const LIST_IS_NOT_CACHED: Topics = Topics::exempt("the list of sessions is not kept");

const USED: Unrecorded = Unrecorded::of(&["user_session"], "when a session was last used changes no record");
const PROVED: Unrecorded =
    Unrecorded::of(&["user_session"], "that somebody gave their own password once more changes no record");
const ENDED: Unrecorded = Unrecorded::of(&["user_session"], "the sign-out or sign-in that ends a session has its line");
const RESTORED: Unrecorded =
    Unrecorded::of(&["user_session"], "a backup that is put back holds sessions that have ended since");
const SWEPT: Unrecorded = Unrecorded::of(&["user_session"], "sessions that are over are removed by the clock");

/// What became of all sessions of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How many of them were live.
    pub live: i64,
    /// When the browsers that were known for the account were forgotten with them.
    pub browsers_forgotten_at: DateTime<Utc>,
}

/// What a new session starts with.
pub(super) struct NewRow {
    pub(super) key_hash: KeyHash,
    pub(super) user_id: i64,
    pub(super) ip: String,
    pub(super) user_agent: String,
    pub(super) now: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

pub(super) async fn insert(uow: &UnitOfWork, new: NewRow) -> Result<(), DbErr> {
    let row = ActiveModel {
        key_hash: Set(new.key_hash.as_str().to_owned()),
        user_id: Set(new.user_id),
        created_at: Set(new.now),
        updated_at: Set(new.now),
        last_seen_at: Set(new.now),
        expires_at: Set(new.expires_at),
        ip: Set(new.ip),
        user_agent: Set(new.user_agent),
        proved_at: Set(Some(new.now)),
        revoked_at: Set(None),
        ..ActiveModel::default()
    };
    uow.insert(row, LIST_IS_NOT_CACHED).await.map(drop)
}

/// The row of a session, and the hospital of its person.
#[derive(FromQueryResult)]
pub(super) struct StoredSession {
    #[sea_orm(nested)]
    pub(super) row: Model,
    pub(super) hospital_id: Option<i64>,
}

/// The session of this hash, whatever has become of it.
pub(super) async fn find(database: &Database, hash: &KeyHash) -> Result<Option<StoredSession>, DbErr> {
    let find = Entity::find()
        .column_as(user::Column::HospitalId, "hospital_id")
        .join(JoinType::InnerJoin, Relation::User.def())
        .filter(COLUMN.key_hash.eq(hash.as_str()));
    database.reader_beside_pages().run(LIST_IS_NOT_CACHED, async |conn| find.clone().into_model().one(conn).await).await
}

/// Notes that the session was used, in one statement. `false`: it has been revoked meanwhile.
pub(super) async fn touch(database: &Database, id: i64, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let changed = database
        .write_idempotent(USED, async |uow| {
            let touch = Entity::update_many()
                .col_expr(Column::LastSeenAt, Expr::value(now))
                .col_expr(Column::UpdatedAt, Expr::value(now))
                .filter(Column::Id.eq(id))
                .filter(Column::RevokedAt.is_null());
            uow.update_where(touch, LIST_IS_NOT_CACHED).await
        })
        .await?;
    Ok(changed > 0)
}

/// Notes that the session's person has shown once more who they are. `false`: it has been revoked meanwhile.
pub(super) async fn prove(database: &Database, id: i64, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let changed = database
        .write_idempotent(PROVED, async |uow| {
            let prove = Entity::update_many()
                .col_expr(Column::ProvedAt, Expr::value(now))
                .col_expr(Column::UpdatedAt, Expr::value(now))
                .filter(Column::Id.eq(id))
                .filter(Column::RevokedAt.is_null());
            uow.update_where(prove, LIST_IS_NOT_CACHED).await
        })
        .await?;
    Ok(changed > 0)
}

/// Marks the sessions among `which` as revoked that have neither expired nor been revoked; when they were last
/// seen. Idle ones too: a use that is just being noted must not bring them back.
pub(super) async fn revoke(
    uow: &UnitOfWork,
    which: Condition,
    now: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>, DbErr> {
    let which = which.add(Column::RevokedAt.is_null()).add(Column::ExpiresAt.gt(now));
    let mark = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(which);
    // Their people may not come in with them any more: no page of theirs is served until that was looked at.
    let theirs = |ended: &[Model]| Topics::each(ended.iter().map(|row| Topic::Account(row.user_id)));
    let ended = uow.update_returning(mark, theirs).await?;
    Ok(ended.into_iter().map(|row| row.last_seen_at).collect())
}

/// Forgets all browsers that were known for the account: whoever ends all sessions means whoever sits at any of them. It is no line of its
/// own in the trail, which tells that the sessions were ended.
pub(super) async fn forget_browsers(uow: &UnitOfWork, user_id: i64, now: DateTime<Utc>) -> Result<(), DbErr> {
    let forget = user::Entity::update_many()
        .col_expr(user::Column::BrowsersForgottenAt, Expr::value(now))
        .filter(user::Column::Id.eq(user_id));
    uow.update_where(forget, Topics::exempt("no page shows for whom a browser is known")).await.map(drop)
}

/// Marks one session as revoked, by the hash that its own cookie names. Twice does no harm.
pub(super) async fn revoke_by_hash(database: &Database, hash: &KeyHash, now: DateTime<Utc>) -> Result<(), DbErr> {
    database
        .write_idempotent(ENDED, async |uow| {
            let which = Condition::all().add(Column::KeyHash.eq(hash.as_str()));
            revoke(uow, which, now).await
        })
        .await
        .map(drop)
}

/// Marks every session as revoked; how many had not ended.
pub(super) async fn revoke_every(database: &Database, now: DateTime<Utc>) -> Result<u64, DbErr> {
    database
        .write_idempotent(RESTORED, async |uow| {
            let mark = Entity::update_many()
                .col_expr(Column::RevokedAt, Expr::value(now))
                .col_expr(Column::UpdatedAt, Expr::value(now))
                .filter(Column::RevokedAt.is_null())
                .filter(Column::ExpiresAt.gt(now));
            uow.touch(Topic::Everything);
            uow.update_where(mark, Topic::Everything).await
        })
        .await
}

/// A person's sessions that would still be let in, the most recently used first.
pub(super) async fn live_of(
    reader: &Reader,
    user_id: i64,
    now: DateTime<Utc>,
    idle: TimeDelta,
) -> Result<Vec<Model>, DbErr> {
    reader
        .run(LIST_IS_NOT_CACHED, async |conn| {
            Entity::find()
                .filter(Column::UserId.eq(user_id))
                .filter(Column::RevokedAt.is_null())
                .filter(Column::ExpiresAt.gt(now))
                .filter(Column::LastSeenAt.gt(now - idle))
                .order_by_desc(Column::LastSeenAt)
                .order_by_desc(Column::Id)
                .all(conn)
                .await
        })
        .await
}

/// A person's sessions as far as rows are kept, the most recently used first; at most `most`.
pub(super) async fn all_of(conn: &ReadConnection<'_>, user_id: i64, most: u64) -> Result<Vec<Model>, DbErr> {
    let theirs = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::LastSeenAt)
        .order_by_desc(Column::Id)
        .limit(most);
    theirs.all(conn).await
}

/// Removes some of the rows that ended before `before`. Each of the two has an index.
pub(super) async fn delete_ended(database: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    let ended = Condition::any().add(Column::ExpiresAt.lt(before)).add(Column::RevokedAt.lt(before));
    database.sweep::<Entity>(SWEPT, ended).await
}
