//! What the metrics tell of replicas: by their number in `DATABASE_REPLICA_URLS`, never by their address.

use super::replica::{Missed, Replica};
use super::standing::ReplicaState;
use crate::metrics;

/// Why a read for a page is not tried on any replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The page is not kept, or a change to what it shows is under way.
    Uncertain,
    /// What it shows changed after the primary's log was looked at last.
    Recent,
    /// No replica is known to have replayed enough.
    Behind,
    /// None is there.
    Away,
    /// All connections to those that have are in use.
    Busy,
}

/// Counts a read that a replica answered.
pub(super) fn used(replica: &Replica) {
    count("db_replica_reads_total", "Reads that a replica answered", (&["replica"], &[&replica.number.to_string()]));
}

/// Counts a read that was tried on a replica and went to the primary.
pub(super) fn missed(replica: &Replica, why: Missed) {
    let (name, help) = ("db_replica_fallbacks_total", "Reads that a replica could not answer, by the reason");
    count(name, help, (&["replica", "reason"], &[&replica.number.to_string(), why.word()]));
}

/// Counts a read that was not tried on a replica.
pub(super) fn passed(why: Reason) {
    let word = match why {
        Reason::Uncertain => "uncertain",
        Reason::Recent => "recent",
        Reason::Behind => "behind",
        Reason::Away => "away",
        Reason::Busy => "busy",
    };
    count("db_primary_reads_total", "Reads that no replica was asked for, by the reason", (&["reason"], &[word]));
}

/// Shows how a replica is; `written` is how far the primary's log goes.
pub(super) fn show(replica: &Replica, standing: ReplicaState, written: Option<i64>) {
    let number = replica.number.to_string();
    set("db_replica_up", "1: the replica answers and follows the primary", &number, || {
        Some(i64::from(matches!(standing, ReplicaState::Follows(_))))
    });
    set("db_replica_lag_bytes", "How much of the primary's log the replica has not replayed", &number, || {
        match (standing, written) {
            (ReplicaState::Follows(replayed), Some(written)) => Some(lag(written, replayed)),
            _ => None,
        }
    });
}

/// How far a replica is behind.
pub(super) fn lag(written: i64, replayed: i64) -> i64 {
    written.saturating_sub(replayed).max(0)
}

fn count(name: &str, help: &str, (labels, values): (&[&str], &[&str])) {
    match metrics::counter(name, help, labels) {
        Ok(counter) => counter.with_label_values(values).inc(),
        Err(error) => log::warn!("{name} is not counted: {error}"),
    }
}

fn set(name: &str, help: &str, number: &str, value: impl FnOnce() -> Option<i64>) {
    match (metrics::gauge(name, help, &["replica"]), value()) {
        (Ok(gauge), Some(value)) => gauge.with_label_values(&[number]).set(value),
        (Ok(_), None) => {}
        (Err(error), _) => log::warn!("{name} is not shown: {error}"),
    }
}
