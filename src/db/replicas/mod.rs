//! Read replicas: which reads may use one, and how it is made sure that none of them makes a page stale.
//!
//! Why that is enough stands in [`crate::coherence`], *Reads that may be behind*; what is asked of whom, here.
//!
//! A cached page knows of each of its topics since when this process has seen the stamp that it stands on
//! ([`ReadSet::known_since`](crate::coherence::ReadSet::known_since)). Whatever was committed to the topic before that stamp was set was
//! committed before that moment. So a replica may answer a read if it has replayed all that the **primary** had committed at that moment:
//!
//! 1. The watch (`watch`) asks the primary how far its log goes (`pg_current_wal_insert_lsn`), and notes when the question was **sent**
//!    (`history`). The first place that was asked for after the moment is behind each of those commits: the record of a COMMIT is in
//!    the log before COMMIT is answered, whatever `synchronous_commit` says. As long as nothing was asked since, the primary is read.
//! 2. The read is run on the replica in one transaction (`replica`), whose first statement asks the same session of the same server: are you
//!    a standby, of the primary's cluster, on its timeline, and have you replayed up to that place? What is visible there only grows
//!    within the session, so the statements after it see it too. If not, and whatever else goes wrong there, the primary is read.
//!
//! Nothing is concluded from what was seen over another connection: that a replica had replayed a place is forgotten when it crashes and comes back with
//! less, and behind one address may be several, or another one since, or a pooler. What the watch sees of a replica only decides whether it is worth
//! trying. It takes one round trip to begin and one to ask, which a page from the cache does not pay.
//!
//! The place does not come with the stamp, though that is the first idea. The writer would have to ask for it after each COMMIT, one statement
//! more for every write everywhere; of several holders the last to release need not have committed last; a stamp that takes the place of a
//! lost one has none; and servers of the release before set stamps without. When a process learnt of a stamp is known
//! without any of this, nothing changes in Redis, and what it costs is that for up to [`watch::SOONEST`] after a change the pages that show it are made from
//! the primary.
//!
//! # What reads the primary
//!
//! Whatever is no page that may be kept: units of work and what is read around them, signing in, sessions and who the viewer is
//! ([`Reader::from_primary`](super::Reader::from_primary)), commands, background work, forms. And of cached pages: what is held, exempt or cannot be told
//! at all (Redis is away), what stands in the outbox, and what has changed just now.
//!
//! # When a replica fails
//!
//! It costs nothing but load. Whatever it answers instead of rows, the read is run again on the primary, within the same request. A replica that does
//! not answer holds up a read for `PATIENCE` once; then it is left alone until the watch, which looks on a connection of its own, has
//! seen it again. One that falls silent in the middle of a long read is given up as soon as the watch finds it so.
//!
//! # What is taken for granted
//!
//! That who is in recovery, of the primary's cluster and on its timeline, has the primary's log. The number of a timeline says so
//! unless two copies were promoted from the same one, and a replica then follows the one that is not the primary.

mod figures;
mod history;
mod replica;
mod report;
mod standing;
mod watch;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::time::sleep;

pub use self::report::Report;

use self::figures::Reason;
use self::history::{History, Place};
use self::replica::{Missed, Replica};
use self::standing::ReplicaState;
use super::accounting::SlowLog;
use super::read::ReadConnection;
use super::{ConnectError, Database};
use crate::settings;

/// Statements that belong to the keeping of replicas rather than to the work; they are not counted.
pub(super) const BOOKKEEPING: [&str; 2] = [standing::STANDING, watch::WRITTEN];

/// See the module.
pub(super) struct Replicas {
    all: Vec<Replica>,
    history: Mutex<History>,
    /// Somebody would like to know how far the primary's log goes.
    wanted: Notify,
    /// Whose turn it is.
    turn: AtomicUsize,
}

impl Replicas {
    /// `None`: there are none. They may be away: that is found out later.
    pub(super) async fn open(
        settings: &settings::DatabaseSettings,
        application_name: &str,
        slow_log: &Arc<SlowLog>,
    ) -> Result<Option<Self>, ConnectError> {
        let mut all = Vec::new();
        for url in (1..).zip(&settings.replicas) {
            all.push(Replica::open(settings, url, application_name, slow_log).await?);
        }
        let is_any = !all.is_empty();
        let (history, wanted, turn) = (Mutex::default(), Notify::new(), AtomicUsize::new(0));
        Ok(is_any.then_some(Self { all, history, wanted, turn }))
    }

    /// What `read` finds on a replica that shows everything committed before `since`, by the boot clock. `None`: it is to be run on the primary.
    pub(super) async fn read<T>(
        &self,
        since: Option<Duration>,
        read: &impl AsyncFn(&ReadConnection<'_>) -> Result<T, DbErr>,
    ) -> Option<T> {
        let (replica, place) = self.choose(since).inspect_err(|why| figures::passed(*why)).ok()?;
        let result = tokio::select! {
            result = replica.read(place, read) => result,
            // For as long as the read takes it is looked whether the replica is still there.
            never = self.keep_wanting(replica) => never,
            () = replica.gone() => Err(Missed::Away),
        };
        match result {
            Ok(found) => {
                figures::used(replica);
                Some(found)
            }
            Err(why) => {
                figures::missed(replica, why);
                None
            }
        }
    }

    /// Which replica to try, and up to where it must have replayed.
    fn choose(&self, since: Option<Duration>) -> Result<(&Replica, Place), Reason> {
        let since = since.ok_or(Reason::Uncertain)?;
        let Some(place) = self.history().after(since) else {
            self.want();
            return Err(Reason::Recent);
        };
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let in_turn = self.all.iter().cycle().skip(turn % self.all.len().max(1)).take(self.all.len());
        let mut shows = in_turn.clone().filter(|replica| replica.may_show(place)).peekable();
        let is_any = shows.peek().is_some();
        // Where all connections are in use it is not waited for one: the primary may have one.
        let found = shows.find(|replica| !replica.is_full());
        found.map(|replica| (replica, place)).ok_or_else(|| {
            self.want();
            if is_any {
                return Reason::Busy;
            }
            let is_there = |replica: &Replica| matches!(replica.standing(), ReplicaState::Follows(_));
            if in_turn.clone().any(is_there) { Reason::Behind } else { Reason::Away }
        })
    }

    fn want(&self) {
        self.wanted.notify_one();
        self.all.iter().for_each(|replica| replica.wanted.notify_one());
    }

    async fn keep_wanting<N>(&self, replica: &Replica) -> N {
        loop {
            replica.wanted.notify_one();
            sleep(watch::SOONEST).await;
        }
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        join_all(self.all.iter().map(Replica::close)).await;
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Database {
    /// Whether there are replicas, and so something to watch ([`Self::watch_replicas_forever`]).
    #[must_use]
    pub fn has_replicas(&self) -> bool {
        self.replicas().is_some()
    }
}
