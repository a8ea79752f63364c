//! Sessions that begin and end with what else becomes of an account, in its unit of work.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::user_session;
use sea_orm::{ColumnTrait as _, Condition, DbErr};

use super::{Ended, NewKey, Sessions, rows, state};
use crate::db::UnitOfWork;

/// Most sessions of one person at a time: whoever signs in more often loses the one that was not used for longest.
pub const MOST: usize = 20;
/// So many sessions of a person are looked at when another begins, ended ones among them.
const REMEMBERED: u64 = 500;
/// So much is kept of what a browser calls itself.
const USER_AGENT_LENGTH: usize = 255;

/// What a session is begun with.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    /// Under which it is known.
    pub key: &'a NewKey,
    /// Where the browser comes from.
    pub ip: IpAddr,
    /// What the browser calls itself.
    pub user_agent: &'a str,
}

impl Sessions {
    /// Ends one session of a person: whether it was live, or had ended by idling and is marked all the same. Nothing if they have no
    /// such session, or it was ended before.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke(&self, uow: &UnitOfWork, user_id: i64, session_id: i64) -> Result<Option<bool>, DbErr> {
        let now = self.now();
        let which = of_user(user_id).add(user_session::Column::Id.eq(session_id));
        let last_seen = rows::revoke(uow, which, now).await?;
        Ok(last_seen.first().map(|last_seen| self.was_used_lately(*last_seen, now)))
    }

    /// Ends all sessions of a person, but for one if `except` names it, and forgets all browsers that were known for the account. Two statements.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke_all(&self, uow: &UnitOfWork, user_id: i64, except: Option<i64>) -> Result<Ended, DbErr> {
        let now = self.now();
        rows::forget_browsers(uow, user_id, now).await?;
        Ok(Ended { live: self.revoke_sessions(uow, user_id, except).await?, browsers_forgotten_at: now })
    }

    /// The same of the sessions alone, for whoever writes `user.browsers_forgotten_at` with what else becomes of the account, and before: a session that is
    /// about to begin is waited for at the account's row. How many were live.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke_sessions(&self, uow: &UnitOfWork, user_id: i64, except: Option<i64>) -> Result<i64, DbErr> {
        let mut which = of_user(user_id);
        if let Some(current) = except {
            which = which.add(user_session::Column::Id.ne(current));
        }
        let now = self.now();
        // Those that had ended by idling are marked as well, and not counted.
        let last_seen = rows::revoke(uow, which, now).await?;
        let live = last_seen.into_iter().filter(|last_seen| self.was_used_lately(*last_seen, now)).count();
        Ok(i64::try_from(live).unwrap_or(i64::MAX))
    }

    /// Begins a session of a person: in the unit of work that lets them in, after
    /// it has changed or locked their account. One statement.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(
        &self,
        uow: &UnitOfWork,
        user_id: i64,
        NewSession { key, ip, user_agent }: NewSession<'_>,
    ) -> Result<(), DbErr> {
        let now = self.now();
        let (ip, user_agent) = (ip.to_string(), state::cut(user_agent, USER_AGENT_LENGTH));
        let expires_at = now + self.limits().max;
        rows::insert(uow, rows::NewRow { key_hash: key.hash(), user_id, ip, user_agent, now, expires_at }).await
    }

    /// Makes room for one more session of a person: ends those beyond [`MOST`] that were not used for longest, and says how
    /// many. One statement, and one more when there are any to end.
    ///
    /// # Errors
    /// The database's.
    pub async fn make_room(&self, uow: &UnitOfWork, user_id: i64) -> Result<usize, DbErr> {
        let now = self.now();
        let all = uow.read(async |conn| rows::all_of(conn, user_id, REMEMBERED).await).await?;
        let open = all.iter().filter(|row| row.revoked_at.is_none() && row.expires_at > now);
        let beyond: Vec<i64> = open.skip(MOST - 1).map(|row| row.id).collect();
        if beyond.is_empty() {
            return Ok(0);
        }
        let which = of_user(user_id).add(user_session::Column::Id.is_in(beyond));
        Ok(rows::revoke(uow, which, now).await?.len())
    }

    fn was_used_lately(&self, last_seen: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now - last_seen < self.0.limits.idle
    }
}

fn of_user(user_id: i64) -> Condition {
    Condition::all().add(user_session::Column::UserId.eq(user_id))
}
