//! Looks again and again how far the primary's log goes and how far each replica has come.
//!
//! It looks often only while somebody reads: that a replica has replayed what nobody has changed since does not become less true.

use std::time::Duration;

use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::figures;
use super::history::Place;
use super::replica::Replica;
use super::standing::ReplicaState;
use super::{Database, Replicas};
use crate::coherence::{Topics, boot_clock};
use crate::db::identity::{Identity, identity};

/// How often it looks when nobody wants it to, …
const EVERY: Duration = Duration::from_secs(5);
/// … how often at most, …
pub(super) const SOONEST: Duration = Duration::from_millis(250);
/// … and how often at one that is not there.
const AWAY: Duration = Duration::from_secs(1);
/// How long the primary is waited for. What it says later is of no use.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far the log goes, and whose it is. The place where the next record will stand: what was written without waiting for the disk
/// (`synchronous_commit = off`) is before it too.
pub(super) const WRITTEN: &str = concat!(
    "SELECT CASE WHEN NOT pg_is_in_recovery() THEN (pg_current_wal_insert_lsn() - '0/0')::bigint END AS written, ",
    identity!()
);

const NO_PAGE: Topics = Topics::exempt("how far a log goes is on no page");

impl Database {
    /// Watches the replicas: for a task of its own, one a process. Calls `succeeded` whenever the primary has answered. Without it no
    /// replica is used.
    pub async fn watch_replicas_forever(self, succeeded: impl Fn()) {
        let Some(replicas) = self.replicas() else { return std::future::pending().await };
        let primary = async {
            loop {
                match timeout(PATIENCE, self.look_at_log(replicas)).await {
                    Ok(Ok(())) => succeeded(),
                    Ok(Err(error)) => log::debug!("the primary does not say how far its log goes: {error}"),
                    Err(_elapsed) => log::debug!("the primary does not say how far its log goes"),
                }
                pause(SOONEST, &replicas.wanted).await;
            }
        };
        join(primary, join_all(replicas.all.iter().map(|replica| replicas.watch(replica)))).await;
    }

    async fn look_at_log(&self, replicas: &Replicas) -> Result<(), DbErr> {
        if self.place(|began, place| replicas.note(began, place)).await?.is_some() {
            replicas.greet();
        }
        Ok(())
    }

    /// How far the primary's log goes, `None` if it does not tell; `note` is told first, with the moment before the question was sent.
    pub(super) async fn place(&self, note: impl FnOnce(Duration, Place)) -> Result<Option<Place>, DbErr> {
        if !self.discloses_identity().await? {
            return Ok(None);
        }
        let question = Statement::from_string(DbBackend::Postgres, WRITTEN);
        let began = boot_clock::now();
        let reader = self.reader_beside_pages();
        let row = reader.run(NO_PAGE, async |conn| conn.query_one_raw(question.clone()).await).await?;
        let Some(row) = row else { return Ok(None) };
        let (lsn, of): (Option<i64>, Identity) = (row.try_get("", "written")?, Identity::of(&row)?);
        let place = lsn.filter(|_| of.is_primary()).map(|lsn| Place { lsn, of });
        if let Some(place) = place {
            note(began, place);
        }
        Ok(place)
    }
}

impl Replicas {
    fn note(&self, began: Duration, place: Place) {
        self.history().note(began, place);
    }

    /// The primary was seen: has replicas judged of whom nobody could tell how they stand to it.
    fn greet(&self) {
        let is_unknown = |replica: &&Replica| replica.standing() == ReplicaState::Unknown;
        self.all.iter().filter(is_unknown).for_each(|replica| replica.wanted.notify_one());
    }

    async fn watch(&self, replica: &Replica) {
        loop {
            let last = self.history().last();
            let standing = replica.look(last.map(|last| last.of)).await.unwrap_or_else(|why| {
                log::debug!("replica {} {why}", replica.number);
                ReplicaState::Away
            });
            figures::show(replica, standing, self.history().last().map(|last| last.lsn));
            let soonest = if standing == ReplicaState::Away { AWAY } else { SOONEST };
            pause(soonest, &replica.wanted).await;
        }
    }
}

async fn pause(soonest: Duration, wanted: &Notify) {
    sleep(soonest).await;
    tokio::select! {
        () = sleep(EVERY) => {}
        () = wanted.notified() => {}
    }
}
