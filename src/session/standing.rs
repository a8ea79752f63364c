//! How long a session goes on if nothing more is done with it: for what lasts longer than a request.

use chrono::{DateTime, Utc};

use super::durable::SessionVerdict;
use super::{DurableStore, KeyHash, Sessions, automatically};

/// What is known of a session at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on until this moment, and longer if it is used.
    Until(DateTime<Utc>),
    /// It is over.
    Over,
    /// Neither a copy nor its row can be read.
    Unknown,
}

impl Sessions {
    /// The session of this hash is in use, though what says so was not asked for by hand: a call goes on in its browser.
    pub fn is_in_use(&self, hash: &KeyHash) {
        let Some(copy) = self.copies().here(hash) else { return };
        let now = self.now();
        if self.is_live(&copy, now) && now - copy.last_seen_at >= self.limits().touch_every {
            self.touch_later(hash, &copy, now);
        }
    }

    /// How the session of this hash stands. Being asked is not use.
    pub async fn standing(&self, hash: &KeyHash) -> Standing {
        match automatically(DurableStore(self.clone()).verdict(hash)).await {
            SessionVerdict::Live(copy) => Standing::Until(copy.expires_at.min(copy.last_seen_at + self.0.limits.idle)),
            SessionVerdict::Over => Standing::Over,
            SessionVerdict::Unknown => Standing::Unknown,
        }
    }
}
