//! What the fast copy of a session holds.

use chrono::{DateTime, Utc};
use entity::user_session;

/// A session as far as a request needs it. Times are whole seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// `user_session.id`.
    pub session_id: i64,
    /// `user.id`.
    pub user_id: i64,
    /// As in the row when the copy was made.
    pub last_seen_at: DateTime<Utc>,
    /// The absolute limit.
    pub expires_at: DateTime<Utc>,
}

/// First field: a copy of another layout is not one.
const VERSION: &str = "1";

impl Copy {
    pub(super) fn of(row: &user_session::Model) -> Self {
        Self { session_id: row.id, user_id: row.user_id, last_seen_at: row.last_seen_at, expires_at: row.expires_at }
    }

    /// One line of text; `epoch` is the one under which the row was read.
    pub(super) fn encode(&self, epoch: &str) -> String {
        let (seen, expires) = (self.last_seen_at.timestamp(), self.expires_at.timestamp());
        format!("{VERSION} {epoch} {} {} {seen} {expires}", self.session_id, self.user_id)
    }

    /// The copy in `bytes` if it is one that was checked under `epoch`.
    pub(super) fn decode(bytes: &[u8], epoch: &str) -> Option<Self> {
        let mut fields = std::str::from_utf8(bytes).ok()?.split(' ');
        if fields.next()? != VERSION || fields.next()? != epoch {
            return None;
        }
        let mut number = || fields.next()?.parse::<i64>().ok();
        let (session_id, user_id, seen, expires) = (number()?, number()?, number()?, number()?);
        Some(Self {
            session_id,
            user_id,
            last_seen_at: DateTime::from_timestamp(seen, 0)?,
            expires_at: DateTime::from_timestamp(expires, 0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_one_only_under_its_epoch() {
        let copy = Copy {
            session_id: 7,
            user_id: 5,
            last_seen_at: DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default(),
            expires_at: DateTime::from_timestamp(1_900_040_000, 0).unwrap_or_default(),
        };
        let line = copy.encode("e1");
        assert_eq!(Copy::decode(line.as_bytes(), "e1"), Some(copy));
        for (bytes, epoch) in [(line.as_str(), "e2"), ("-", "e1"), ("", ""), ("1 e1 7 5", "e1"), ("2 e1 7 5 1 2", "e1")]
        {
            assert_eq!(Copy::decode(bytes.as_bytes(), epoch), None, "{bytes:?} {epoch:?}");
        }
    }
}
