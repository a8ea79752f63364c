//! How a server that is named as a replica stands to the primary.

use sea_orm::{DbErr, QueryResult};

use crate::db::identity::Identity;

/// The first statement of each transaction: who answers, and how far it has replayed. The limit on statements, the refusal of
/// writes and what random reads cost are for this transaction alone, so that a pooler may stand before it. What the control file says of the timeline is that of the
/// last restart point, which for a while after a promotion is still the old one; what the receiver says is not, but is told only to roles with
/// `pg_read_all_stats`. The statements after it see at least what it saw only where each has a snapshot of its own: a server, role or address that
/// sets another isolation would show all of them what was there before it was asked.
pub(super) const STANDING: &str = "SELECT pg_is_in_recovery() AS recovers, \
(pg_last_wal_replay_lsn() - '0/0')::bigint AS replayed, \
(SELECT system_identifier FROM pg_control_system()) AS system, \
greatest((SELECT timeline_id FROM pg_control_checkpoint()), \
(SELECT min_recovery_end_timeline FROM pg_control_recovery()), \
(SELECT received_tli FROM pg_stat_wal_receiver)) AS timeline, \
current_setting('transaction_isolation') = 'read committed' AS reads_committed, \
set_config('statement_timeout', $1, true), set_config('transaction_read_only', 'on', true), set_config($2, $3, true)";

/// How a replica is, as far as was seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplicaState {
    /// It was not looked at yet, or the primary was not.
    Unknown,
    /// It has replayed the primary's log up to this byte.
    Follows(i64),
    /// It does not answer, or refuses to.
    Away,
    /// It is no copy that follows the primary.
    Unfit(UnfitReplica),
}

/// Why a server that answers is no replica of the primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnfitReplica {
    /// It was promoted, or is a primary.
    NotRecovering,
    /// Another cluster.
    OtherSystem,
    /// A copy that follows another server than the primary, or has not followed it yet over its last promotion.
    OtherTimeline,
    /// Its statements do not see what was replayed before each of them.
    OtherIsolation,
}

impl UnfitReplica {
    /// For operators.
    pub(super) fn says(self) -> &'static str {
        match self {
            Self::NotRecovering => "is no standby (it was promoted, or never was one)",
            Self::OtherSystem => "is a copy of another database server than DATABASE_URL's",
            Self::OtherTimeline => "is on another timeline than DATABASE_URL's server",
            Self::OtherIsolation => "has a default_transaction_isolation that is not 'read committed'",
        }
    }
}

/// What a server says of itself, in answer to [`STANDING`].
pub(super) struct Found {
    recovers: bool,
    replayed: Option<i64>,
    system: i64,
    timeline: Option<i32>,
    reads_committed: bool,
}

impl Found {
    pub(super) fn of(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            recovers: row.try_get("", "recovers")?,
            replayed: row.try_get("", "replayed")?,
            system: row.try_get("", "system")?,
            timeline: row.try_get("", "timeline")?,
            reads_committed: row.try_get("", "reads_committed")?,
        })
    }

    /// How it stands to this primary.
    pub(super) fn judge(&self, primary: Identity) -> ReplicaState {
        match self.replayed {
            _ if !primary.is_of(self.system) => ReplicaState::Unfit(UnfitReplica::OtherSystem),
            _ if !self.reads_committed => ReplicaState::Unfit(UnfitReplica::OtherIsolation),
            Some(replayed) if self.recovers && primary.leads(self.system, self.timeline) => {
                ReplicaState::Follows(replayed)
            }
            Some(_) if self.recovers => ReplicaState::Unfit(UnfitReplica::OtherTimeline),
            _ => ReplicaState::Unfit(UnfitReplica::NotRecovering),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_standby_of_the_primary_on_its_timeline_follows_it() {
        let primary = Identity::new(7, Some("00000001"));
        let found = |recovers, system, timeline| Found {
            recovers,
            replayed: Some(90),
            system,
            timeline: Some(timeline),
            reads_committed: true,
        };
        let judge = |recovers, system, timeline| found(recovers, system, timeline).judge(primary);
        assert_eq!(judge(true, 7, 1), ReplicaState::Follows(90));
        assert_eq!(judge(false, 7, 1), ReplicaState::Unfit(UnfitReplica::NotRecovering));
        assert_eq!(judge(false, 7, 2), ReplicaState::Unfit(UnfitReplica::NotRecovering));
        assert_eq!(judge(true, 7, 2), ReplicaState::Unfit(UnfitReplica::OtherTimeline));
        assert_eq!(judge(true, 8, 1), ReplicaState::Unfit(UnfitReplica::OtherSystem));
        let frozen = Found { reads_committed: false, ..found(true, 7, 1) };
        assert_eq!(frozen.judge(primary), ReplicaState::Unfit(UnfitReplica::OtherIsolation));
        let archive = Found { replayed: None, ..found(true, 7, 1) };
        assert_eq!(archive.judge(primary), ReplicaState::Unfit(UnfitReplica::NotRecovering), "it has replayed nothing");
    }
}
