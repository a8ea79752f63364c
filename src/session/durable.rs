//! The store behind the session middleware: rows first, fast copies in front of them.

use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time;

use super::copies::NoCopy;
use super::{KeyHash, NewKey, SessionCopy, Sessions, key, rows, state};

type State = HashMap<String, String>;

/// See [`super`].
#[derive(Clone)]
pub struct DurableStore(pub(super) Sessions);

/// What a request is told about the session of its cookie.
pub(super) enum SessionVerdict {
    Live(Arc<SessionCopy>),
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
            SessionVerdict::Live(copy) => Some(state::of(&copy, &hash)),
            SessionVerdict::Over => None,
            SessionVerdict::Unknown => Some(state::of_nobody(&hash)),
        })
    }

    /// Hands out the key of the session that was begun for the person in the state ([`Sessions::open`]), and makes its copy. Creates nothing: what the
    /// request has done is done by now. Nobody in it: the key that is handed back opens nothing.
    async fn save(&self, state: State, _: &time::Duration) -> Result<SessionKey, SaveError> {
        let (Some(user_id), Some(begun)) = (state::user_id(&state), state::new_key(&state)) else {
            return key::for_cookie(NewKey::random().text().to_owned());
        };
        let key = key::for_cookie(begun)?;
        let hash = KeyHash::of(&key);
        // Before the row is read: whatever ends the session later gives the topic another stamp. Without a copy the next request makes one.
        if let Some(basis) = self.0.copies().basis(user_id).await
            && let Ok(Some(found)) = rows::find(self.0.database(), &hash).await
            && found.row.revoked_at.is_none()
        {
            self.0.put(&hash, SessionCopy::of(&found, basis)).await;
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
        rows::revoke_by_hash(self.0.database(), &KeyHash::of(key), self.0.now()).await?;
        Ok(())
    }
}

impl DurableStore {
    pub(super) async fn verdict(&self, hash: &KeyHash) -> SessionVerdict {
        let missed = match self.0.copies().get(hash).await {
            Ok(copy) if self.0.used(hash, &copy) => return SessionVerdict::Live(copy),
            // It may have been used elsewhere since.
            Ok(copy) => NoCopy { user_id: Some(copy.user_id), is_store_away: false },
            Err(missed) => missed,
        };
        self.judge_by_row(hash, missed).await.unwrap_or_else(|error| {
            log::warn!("a session has no copy and its row cannot be read: {error}");
            SessionVerdict::Unknown
        })
    }

    /// Judges by the row, and makes the copy again. What the copy stands on is read before the row; of whom it is not known yet whose
    /// session it is, the row is read once more.
    async fn judge_by_row(&self, hash: &KeyHash, missed: NoCopy) -> Result<SessionVerdict, sea_orm::DbErr> {
        let mut basis = match missed.user_id.filter(|_| !missed.is_store_away) {
            Some(user_id) => self.0.copies().basis(user_id).await,
            None => None,
        };
        let mut found = rows::find(self.0.database(), hash).await?;
        if let (None, false, Some(first)) = (missed.user_id, missed.is_store_away, &found) {
            basis = self.0.copies().basis(first.row.user_id).await;
            if basis.is_some() {
                found = rows::find(self.0.database(), hash).await?;
            }
        }
        let Some(found) = found.filter(|found| found.row.revoked_at.is_none()) else {
            return Ok(SessionVerdict::Over);
        };
        // Without one it can be believed now and must not be kept.
        let is_cacheable = basis.is_some();
        let none = crate::coherence::Basis { epoch: bytes::Bytes::new(), stamps: Vec::new(), until: None };
        let copy = SessionCopy::of(&found, basis.unwrap_or(none));
        if !self.0.is_live(&copy, self.0.now()) {
            return Ok(SessionVerdict::Over);
        }
        if is_cacheable {
            self.0.put(hash, copy.clone()).await;
        }
        self.0.used(hash, &copy);
        Ok(SessionVerdict::Live(Arc::new(copy)))
    }
}
