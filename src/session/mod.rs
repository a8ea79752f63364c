//! Who is signed in: a session is a row of `user_session`, with a fast copy in front of it.
//!
//! The cookie holds a random key of 256 bits; rows and copies hold only its SHA-256. The row is the session. The copy (in
//! Redis, or in this process when there is no Redis) spares reading it: when it is missing, or Redis is away, the row
//! is read and the copy made again, so that nothing that happens to Redis signs anybody out.
//!
//! # Limits
//! A session ends when it was not used for `SESSION_IDLE_MINUTES`, and `SESSION_MAX_HOURS` after it began. Its use is noted at most
//! once a minute, in row and copy, so an idle session may end up to a minute early, never late. No page waits for that. What a page asks for by
//! itself is no use ([`automatically`]).
//!
//! # Why a revocation holds
//! Sign-out, signing others out, a new password, deactivation: the row is marked in a unit of work that touches the topic of the person,
//! [`Topic::Account`](crate::coherence::Topic::Account), and a copy is believed only while that topic has the stamp that it had before
//! the row was read. So the copies of a session end as pages do, on every instance before whoever asked is answered
//! ([`crate::coherence`]), and nothing has to be removed. Copies only ever spare the question whether there is a session: the statement
//! with which every page that is not served from the cache finds out who asks (`access`) joins the row itself, not revoked and not expired.
//!
//! Copies that leave the process are signed: whoever can write to Redis cannot make one.
//!
//! A session begins in the unit of work that lets its person in ([`Sessions::open`]): whatever ends the person's sessions comes before it, and then the
//! account is not as it was, or after it, and finds it. The key goes out with the answer ([`begin`]). A key that a client brings is never adopted, and
//! [`DurableStore`] creates nothing.
//!
//! Owns the table `user_session`. Features call [`begin`], [`end`] and [`Sessions`]; only [`Sessions::middleware`] is wired.

mod automatic;
mod changes;
mod cookies;
mod copies;
mod copy;
mod durable;
mod key;
mod naming;
mod rows;
mod standing;
mod state;
mod sweep;
mod touches;

use std::sync::Arc;

use actix::Arbiter;
use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_web::cookie::{Key, SameSite, time};
use chrono::{DateTime, TimeDelta, Utc};
use entity::user_session;
use sea_orm::DbErr;

pub use self::automatic::{automatically, is_automatic};
pub use self::changes::{MOST, NewSession};
pub use self::cookies::{CookieNames, CookieRefusal, OwnCookies};
use self::copies::Copies;
pub use self::copy::SessionCopy;
pub use self::durable::DurableStore;
pub use self::key::{KeyHash, NewKey};
pub use self::rows::Ended;
pub use self::standing::Standing;
pub use self::state::{HOSPITAL_ID, KEY_HASH, SESSION_ID, USER_ID, begin, end};
pub use self::sweep::sweep;
use self::touches::Touches;
use crate::coherence::Store;
use crate::db::{Database, Reader};
use crate::integrations::clock::Clock;
use crate::redis::Redis;
use crate::settings::Settings;

/// Ends everybody's sessions, and lets every page be made anew: for a database that was put back from a backup, while no server
/// runs on it. How many had not ended. What Redis keeps of sessions is to be removed before.
///
/// # Errors
/// The database's.
pub async fn end_all(database: &Database, now: DateTime<Utc>) -> Result<u64, DbErr> {
    rows::revoke_every(database, now).await
}

/// How often the use of a session is noted.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);

/// Everybody's sessions. Cheap to clone; one per process, shared by its workers.
#[derive(Clone)]
pub struct Sessions(Arc<Inner>);

struct Inner {
    copies: Copies,
    database: Database,
    clock: Clock,
    limits: Limits,
    touches: Touches,
    cookie_key: Key,
    /// Keys by the values of cookies in which their signature was found to be ours.
    names: naming::Names,
    cookie_names: CookieNames,
    is_https: bool,
}

#[derive(Clone, Copy)]
struct Limits {
    idle: TimeDelta,
    max: TimeDelta,
    touch_every: TimeDelta,
}

impl Sessions {
    /// Sessions in `database`, with copies in this process whose topics are in `store`, shared through `redis` if there is one.
    #[must_use]
    pub fn new(
        settings: &Settings,
        clock: Clock,
        database: Database,
        (store, redis): (Arc<dyn Store>, Option<Redis>),
    ) -> Self {
        let copies = Copies::new(store, redis, &settings.secret_key.derive("copies of sessions"));
        let idle = TimeDelta::from_std(settings.session.idle).unwrap_or(TimeDelta::MAX);
        let limits = Limits {
            idle,
            max: TimeDelta::from_std(settings.session.max).unwrap_or(TimeDelta::MAX),
            touch_every: TOUCH_EVERY.min(idle / 10),
        };
        let cookie_key = Key::from(&settings.secret_key.derive("session cookie"));
        let is_https = settings.server.public_url.scheme() == "https";
        let touches = Touches::default();
        let (names, cookie_names) = (naming::names(), CookieNames::of(is_https));
        Self(Arc::new(Inner { copies, database, clock, limits, touches, cookie_key, names, cookie_names, is_https }))
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
            .cookie_name(self.0.cookie_names.session.to_owned())
            .cookie_content_security(CookieContentSecurity::Signed)
            .cookie_secure(self.0.is_https)
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_path("/".to_owned())
            .session_lifecycle(lifecycle)
            .build()
    }

    /// A person's live sessions, the most recently used first.
    ///
    /// # Errors
    /// The database's.
    pub async fn list(&self, reader: &Reader, user_id: i64) -> Result<Vec<user_session::Model>, DbErr> {
        rows::live_of(reader, user_id, self.now(), self.0.limits.idle).await
    }

    /// Notes in the row that the session's person has given their password or a code once more; whether the session still stands.
    ///
    /// # Errors
    /// The database's.
    pub async fn prove(&self, session_id: i64) -> Result<bool, DbErr> {
        rows::prove(&self.0.database, session_id, self.now()).await
    }

    fn now(&self) -> DateTime<Utc> {
        // Whether a session is live is asked for each page that is served, kept or not.
        self.0.clock.now_unwatched()
    }

    fn limits(&self) -> Limits {
        self.0.limits
    }

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn copies(&self) -> &Copies {
        &self.0.copies
    }

    fn is_live(&self, copy: &SessionCopy, now: DateTime<Utc>) -> bool {
        now < copy.expires_at && now - copy.last_seen_at < self.0.limits.idle
    }

    /// Whether a session is live by a copy that may be believed; its use is noted if that is due.
    fn used(&self, hash: &KeyHash, copy: &SessionCopy) -> bool {
        let now = self.now();
        let is_live = self.is_live(copy, now);
        if is_live && now - copy.last_seen_at >= self.0.limits.touch_every && !is_automatic() {
            self.touch_later(hash, copy, now);
        }
        is_live
    }

    /// Notes in the row, then in the copy, that the session is in use: in a task of its own, so that no page waits for
    /// it or counts it. One at a time for each session.
    fn touch_later(&self, hash: &KeyHash, copy: &SessionCopy, now: DateTime<Utc>) {
        let Some(turn) = self.0.touches.turn(copy.session_id) else {
            return;
        };
        // Somebody may have noted it since this copy was looked up.
        if self.0.copies.here(hash).is_some_and(|newest| newest.last_seen_at > copy.last_seen_at) {
            return;
        }
        let (sessions, hash, copy) = (self.clone(), hash.clone(), copy.clone());
        actix_web::rt::spawn(async move {
            let _turn = turn;
            match rows::touch(sessions.database(), copy.session_id, now).await {
                Ok(true) => sessions.put(&hash, SessionCopy { last_seen_at: now, ..copy }).await,
                Ok(false) => sessions.copies().forget(&hash).await,
                Err(error) => {
                    log::debug!("session {} is in use, which could not be noted: {error}", copy.session_id);
                }
            }
        });
    }

    /// Puts a copy for as long as it can be of use.
    async fn put(&self, hash: &KeyHash, copy: SessionCopy) {
        let now = self.now();
        let until_idle = copy.last_seen_at + self.0.limits.idle - now;
        let time = until_idle.min(copy.expires_at - now).to_std().unwrap_or_default();
        self.0.copies.put(hash, copy, time).await;
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}
