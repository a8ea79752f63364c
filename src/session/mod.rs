//! Who is signed in: a session is a row of `user_session`, with a fast copy in front of it.
//!
//! The cookie holds a random key of 256 bits; rows and copies hold only its SHA-256. The row is the session. The copy (in
//! Redis, or in this process when there is no Redis) spares reading it: when it is missing, or Redis is away, the row
//! is read and the copy made again, so that nothing that happens to Redis signs anybody out.
//!
//! # Limits
//! A session ends when it was not used for `SESSION_IDLE_MINUTES`, and `SESSION_MAX_HOURS` after it began. Its use is noted at most
//! once a minute, in row and copy, so an idle session may end up to a minute early, never late. No page waits for that.
//!
//! # Why a revocation holds
//! Sign-out, signing others out, a new password, deactivation: the row is marked in a transaction, and after its commit,
//! before the answer, the copy is replaced by a mark that cannot be overwritten ([`store`]). Then
//!
//! - a request that read the row before it was marked cannot put its copy back: [`FastCopy::put`] stores only where
//!   nothing has changed since the copy was looked for;
//! - if Redis cannot be reached, this process believes no copy, and tries every second to set a new [epoch](crate::redis), which
//!   makes every instance check every copy against its row; so does a Redis that comes back from an older snapshot,
//!   and a process that starts;
//! - whatever remains (this process dies before Redis is back, and none is started) ends within a minute, because noting the
//!   use of a session fails if its row was marked, and then its copy is removed;
//! - and copies only ever spare the question whether there is a session: the statement with which every page that is not
//!   served from the cache finds out who asks (`access`) joins the row itself, not revoked and not expired.
//!
//! A key that a client brings is never adopted: [`DurableStore`] begins sessions under keys of its own only, and its `update`
//! creates nothing.
//!
//! Owns the table `user_session`. Features call [`begin`], [`end`] and [`Sessions`]; only [`Sessions::middleware`] is wired.

mod copy;
mod durable;
mod key;
mod peek;
mod rows;
mod state;
pub mod store;
mod touches;

use std::sync::Arc;
use std::time::Duration;

use actix::Arbiter;
use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_web::cookie::{Key, SameSite, time};
use chrono::{DateTime, TimeDelta, Utc};
use entity::user_session;
use sea_orm::{ColumnTrait as _, Condition, DbErr};

pub use self::copy::Copy;
pub use self::durable::DurableStore;
pub use self::key::KeyHash;
pub use self::state::{KEY_HASH, SESSION_ID, USER_ID, begin, end};
use self::store::{FastCopy, Found, MemoryStore, RedisStore};
use self::touches::Touches;
use crate::db::{Database, Reader, UnitOfWork};
use crate::integrations::clock::Clock;
use crate::redis::Redis;
use crate::settings::Settings;

/// How often the use of a session is noted.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);
/// Rows are kept this long after their session has ended.
const KEEP_ENDED: TimeDelta = TimeDelta::days(30);
/// How many `Cookie` headers are remembered.
const COOKIES: u64 = 20_000;
/// Not at once, when everything else is starting.
const FIRST_SWEEP: Duration = Duration::from_secs(60);
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Everybody's sessions. Cheap to clone; one per process, shared by its workers.
#[derive(Clone)]
pub struct Sessions(Arc<Inner>);

struct Inner {
    copies: Box<dyn FastCopy>,
    database: Database,
    clock: Clock,
    limits: Limits,
    touches: Touches,
    cookie_key: Key,
    /// Keys by the `Cookie` headers in which their signature was found to be ours.
    cookies: moka::sync::Cache<Box<[u8]>, KeyHash>,
    is_https: bool,
}

#[derive(Clone, Copy)]
struct Limits {
    idle: TimeDelta,
    max: TimeDelta,
    touch_every: TimeDelta,
}

/// Sessions whose rows were marked in a unit of work. Their copies are still there: after the commit,
/// [`Sessions::forget`] removes them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the copies are removed by `Sessions::forget`, after the commit"]
pub struct Revoked {
    hashes: Vec<KeyHash>,
    live: usize,
}

impl Revoked {
    /// How many sessions were ended: those that had ended by idling are marked as well, and not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether there was none to end.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }
}

impl IntoIterator for Revoked {
    type Item = KeyHash;
    type IntoIter = std::vec::IntoIter<KeyHash>;

    fn into_iter(self) -> Self::IntoIter {
        self.hashes.into_iter()
    }
}

impl Sessions {
    /// Sessions in `database`, with their copies in `redis` or, without it, in this process.
    #[must_use]
    pub fn new(settings: &Settings, clock: Clock, database: Database, redis: Option<Redis>) -> Self {
        let copies: Box<dyn FastCopy> = match redis {
            Some(redis) => Box::new(RedisStore::new(redis)),
            None => Box::new(MemoryStore::default()),
        };
        let idle = TimeDelta::from_std(settings.session.idle).unwrap_or(TimeDelta::MAX);
        let limits = Limits {
            idle,
            max: TimeDelta::from_std(settings.session.max).unwrap_or(TimeDelta::MAX),
            touch_every: TOUCH_EVERY.min(idle / 10),
        };
        let cookie_key = Key::from(&settings.secret_key.derive("session cookie"));
        let is_https = settings.server.public_url.scheme() == "https";
        let touches = Touches::default();
        let cookies = moka::sync::Cache::new(COOKIES);
        Self(Arc::new(Inner { copies, database, clock, limits, touches, cookie_key, cookies, is_https }))
    }

    /// The middleware for one worker, which begins to connect to Redis; clones of it go around each resource that wants to
    /// know who asks. A cookie of the browser's session, signed with a key that all instances derive from `SECRET_KEY`.
    #[must_use]
    pub fn middleware(&self) -> SessionMiddleware<DurableStore> {
        if let Some(arbiter) = Arbiter::try_current() {
            let sessions = self.clone();
            arbiter.spawn(async move { sessions.0.copies.warm_up().await });
        }
        let lifecycle = BrowserSession::default().state_ttl(time::Duration::seconds(self.0.limits.max.num_seconds()));
        SessionMiddleware::builder(DurableStore(self.clone()), self.0.cookie_key.clone())
            .cookie_name(self.cookie_name().to_owned())
            .cookie_content_security(CookieContentSecurity::Signed)
            .cookie_secure(self.0.is_https)
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_path("/".to_owned())
            .session_lifecycle(lifecycle)
            .build()
    }

    fn cookie_name(&self) -> &'static str {
        if self.0.is_https { "__Host-session" } else { "session" }
    }

    /// A person's live sessions, the most recently used first.
    ///
    /// # Errors
    /// The database's.
    pub async fn list(&self, reader: &Reader, user_id: i64) -> Result<Vec<user_session::Model>, DbErr> {
        rows::live_of(reader, user_id, self.now(), self.0.limits.idle).await
    }

    /// Ends one session of a person, if it is theirs and live. The caller commits, then calls [`Self::forget`].
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke(&self, uow: &UnitOfWork, user_id: i64, session_id: i64) -> Result<Revoked, DbErr> {
        let which = of_user(user_id).add(user_session::Column::Id.eq(session_id));
        self.revoke_those(uow, which).await
    }

    /// Ends all sessions of a person, but for one if `except` names it. The caller commits, then calls [`Self::forget`].
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke_all(&self, uow: &UnitOfWork, user_id: i64, except: Option<i64>) -> Result<Revoked, DbErr> {
        let mut which = of_user(user_id);
        if let Some(kept) = except {
            which = which.add(user_session::Column::Id.ne(kept));
        }
        self.revoke_those(uow, which).await
    }

    async fn revoke_those(&self, uow: &UnitOfWork, which: Condition) -> Result<Revoked, DbErr> {
        let now = self.now();
        let ended = rows::revoke(uow, which, now).await?;
        let hashes: Vec<KeyHash> = ended.iter().map(|(hash, _)| hash.clone()).collect();
        // Before the COMMIT as well as after it: the browser that asked may hang up, and then nothing more is done for it. A
        // copy that is removed sends its readers to the row, and cannot be put back in the time a COMMIT takes.
        self.forget(hashes.iter().cloned()).await;
        let live = ended.iter().filter(|(_, last_seen)| now - *last_seen < self.0.limits.idle).count();
        Ok(Revoked { hashes, live })
    }

    /// Removes the copies of sessions whose revocation was committed. Waits for Redis no longer than a page does; if it
    /// cannot be reached, no copy is believed until it was checked.
    pub async fn forget(&self, revoked: impl IntoIterator<Item = KeyHash>) {
        let hashes: Vec<KeyHash> = revoked.into_iter().collect();
        if hashes.is_empty() {
            return;
        }
        if let Err(error) = self.0.copies.remove(&hashes).await {
            log::warn!("{} copies of ended sessions stay for now, all copies will be checked: {error}", hashes.len());
        }
    }

    /// Deletes rows of sessions that ended over 30 days ago; how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep(&self) -> Result<u64, DbErr> {
        rows::delete_ended(&self.0.database, self.now() - KEEP_ENDED).await
    }

    /// Sweeps now and then for ever: for a task of its own, one per process.
    pub async fn sweep_forever(self) {
        let mut pause = FIRST_SWEEP;
        loop {
            tokio::time::sleep(pause).await;
            pause = SWEEP_EVERY;
            match self.sweep().await {
                Ok(0) => {}
                Ok(count) => {
                    log::info!("rows of sessions that ended long ago were deleted: {count}")
                }
                Err(error) => log::warn!("rows of ended sessions could not be deleted: {error}"),
            }
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    fn limits(&self) -> Limits {
        self.0.limits
    }

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn copies(&self) -> &dyn FastCopy {
        &*self.0.copies
    }

    fn is_live(&self, copy: &Copy, now: DateTime<Utc>) -> bool {
        now < copy.expires_at && now - copy.last_seen_at < self.0.limits.idle
    }

    fn is_touch_due(&self, copy: &Copy, now: DateTime<Utc>) -> bool {
        now - copy.last_seen_at >= self.0.limits.touch_every
    }

    /// Puts a copy for as long as it can be of use; that it cannot be put does not matter.
    async fn put(&self, found: &Found, copy: Copy) {
        let now = self.now();
        let until_idle = copy.last_seen_at + self.0.limits.idle - now;
        let ttl = until_idle.min(copy.expires_at - now).to_std().unwrap_or_default();
        if let Err(error) = self.0.copies.put(found, copy, ttl).await {
            log::debug!("the copy of a session is not stored: {error}");
        }
    }
}

fn of_user(user_id: i64) -> Condition {
    Condition::all().add(user_session::Column::UserId.eq(user_id))
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}
