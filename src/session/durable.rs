//! The store behind the session middleware: rows first, fast copies in front of them.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time;
use chrono::{DateTime, Utc};

use super::rows::{self, NewSession};
use super::store::Found;
use super::{Copy, KeyHash, Sessions, key, state};

type State = HashMap<String, String>;

/// See [`super`].
#[derive(Clone)]
pub struct DurableStore(pub(super) Sessions);

/// What a request is told about the session of its cookie.
enum Verdict {
    Live(Copy),
    /// Unknown, revoked, expired, or idle for too long.
    Over,
    /// There is no copy to believe, and the row cannot be read.
    Unknown,
}

impl SessionStore for DurableStore {
    /// Never fails. Of a session that nothing is known about, the state holds the hash alone: it lets nobody in, and the viewer's
    /// statement meets the same database and answers for it.
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let hash = KeyHash::of(key);
        Ok(match self.verdict(&hash).await {
            Verdict::Live(copy) => Some(state::of(&copy, &hash)),
            Verdict::Over => None,
            Verdict::Unknown => Some(state::of_nobody(&hash)),
        })
    }

    /// Begins a session for the person in the state, under a new key. Nobody in it: nothing is stored, and the key that is
    /// handed back opens nothing.
    async fn save(&self, state: State, _: &time::Duration) -> Result<SessionKey, SaveError> {
        let key = key::random()?;
        let Some(user_id) = state::user_id(&state) else {
            return Ok(key);
        };
        let now = self.0.now();
        let new = NewSession {
            key_hash: KeyHash::of(&key),
            user_id,
            ip: state::text(&state, state::IP, 45),
            user_agent: state::text(&state, state::USER_AGENT, 255),
            now,
            expires_at: now + self.0.limits().max,
        };
        let row = rows::insert(self.0.database(), &new).await.map_err(|error| SaveError::Other(error.into()))?;
        if let Ok(found) = self.0.copies().get(&new.key_hash).await {
            self.0.put(&found, Copy::of(&row)).await;
        }
        Ok(key)
    }

    /// Changes nothing and, above all, creates nothing: all that a session holds was decided when it began. So a slow request
    /// that ends after its session was signed out cannot bring it back.
    async fn update(&self, key: SessionKey, _: State, _: &time::Duration) -> Result<SessionKey, UpdateError> {
        Ok(key)
    }

    /// The limits move by themselves: see [`Self::load`].
    async fn update_ttl(&self, _: &SessionKey, _: &time::Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = KeyHash::of(key);
        // Before and after, as in `Sessions::revoke`: the browser may hang up in between.
        self.0.forget([hash.clone()]).await;
        rows::revoke_by_hash(self.0.database(), &hash, self.0.now()).await?;
        self.0.forget([hash]).await;
        Ok(())
    }
}

impl DurableStore {
    async fn verdict(&self, hash: &KeyHash) -> Verdict {
        let now = self.0.now();
        let found = match self.0.copies().get(hash).await {
            Ok(found) => Some(found),
            Err(error) => {
                log::debug!("a session is read from its row: {error}");
                None
            }
        };
        let copy = found.as_ref().and_then(Found::copy).filter(|copy| self.0.is_live(copy, now));
        if let Some(copy) = copy {
            if self.0.is_touch_due(&copy, now) {
                self.0.touch_later(copy.clone(), hash, found);
            }
            return Verdict::Live(copy);
        }
        self.judge_by_row(hash, found, now).await.unwrap_or_else(|error| {
            log::warn!("a session has no copy and its row cannot be read: {error}");
            Verdict::Unknown
        })
    }

    /// Judges by the row, and makes the copy again.
    async fn judge_by_row(
        &self,
        hash: &KeyHash,
        found: Option<Found>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, sea_orm::DbErr> {
        let row = rows::find(self.0.database(), hash).await?;
        let Some(row) = row.filter(|row| row.revoked_at.is_none()) else {
            return Ok(Verdict::Over);
        };
        let copy = Copy::of(&row);
        if !self.0.is_live(&copy, now) {
            return Ok(Verdict::Over);
        }
        if self.0.is_touch_due(&copy, now) {
            self.0.touch_later(copy.clone(), hash, found);
        } else if let Some(found) = found {
            self.0.put(&found, copy.clone()).await;
        }
        Ok(Verdict::Live(copy))
    }
}
