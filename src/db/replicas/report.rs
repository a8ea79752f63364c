//! How replicas are, for operators: in readiness and in `telemedicine check`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;

use super::Replicas;
use super::figures::lag;
use super::history::Place;
use super::replica::Replica;
use super::standing::ReplicaState;
use crate::db::{Database, postgres};
use crate::settings;

/// How one replica is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// From 1, as they stand in `DATABASE_REPLICA_URLS`.
    pub number: usize,
    /// `host:port/name`.
    pub address: String,
    /// How many bytes of the primary's log it has not replayed; or why it is not used, in words that follow its name.
    pub behind: Result<i64, String>,
    /// Reads that it has answered.
    pub reads: u64,
}

impl Database {
    /// How each replica was when the watch saw it last; nothing if there are none.
    #[must_use]
    pub fn replica_reports(&self) -> Vec<Report> {
        self.replicas().map(Replicas::reports).unwrap_or_default()
    }

    /// Looks at each replica now: for `telemedicine check`.
    pub async fn examine_replicas(&self, settings: &settings::DatabaseSettings) -> Vec<Report> {
        let Some(replicas) = self.replicas() else { return Vec::new() };
        let primary = self.place(|_, _| {}).await.ok().flatten();
        join_all(replicas.all.iter().map(|replica| replica.examine(primary, settings))).await
    }
}

impl Replicas {
    fn reports(&self) -> Vec<Report> {
        let last = self.history().last();
        self.all.iter().map(|replica| replica.report(replica.standing(), last)).collect()
    }
}

impl Replica {
    async fn examine(&self, primary: Option<Place>, settings: &settings::DatabaseSettings) -> Report {
        let mut looked = postgres::reach(settings, &self.url).await.map(|()| ReplicaState::Unknown);
        // What was written a moment ago is on its way.
        for _ in 0..10 {
            if looked.is_ok() {
                looked = self.look(primary.map(|primary| primary.of)).await;
            }
            if primary.is_none_or(|primary| self.may_show(primary)) || !matches!(looked, Ok(ReplicaState::Follows(_))) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        match looked {
            Ok(standing) => self.report(standing, primary),
            Err(why) => Report { behind: Err(why), ..self.report(ReplicaState::Away, primary) },
        }
    }

    fn report(&self, standing: ReplicaState, primary: Option<Place>) -> Report {
        let behind = match (standing, primary) {
            (ReplicaState::Follows(replayed), Some(primary)) => Ok(lag(primary.lsn, replayed)),
            (ReplicaState::Unfit(why), _) => Err(why.says()),
            (ReplicaState::Away, _) => Err("is away"),
            (_, None) => Err("is not used: the primary does not say how far its log goes"),
            (ReplicaState::Unknown, _) => Err("was not looked at yet"),
        };
        let (address, behind) = (self.url.address().to_owned(), behind.map_err(str::to_owned));
        Report { number: self.number, address, behind, reads: self.reads.load(Ordering::Relaxed) }
    }
}
