//! Which pooled connections may be trusted without asking them.
//!
//! A connection that was idle for long is pinged before use, others are not: that would cost a round trip a statement. When
//! a statement finds its connection dead, though, the pool may hold more dead ones (a restart, a failover, a pooler that
//! dropped them all), so from that moment each connection that was idle already is pinged before it is used again. A retry
//! therefore never meets a second dead connection of the same incident.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::sqlx::pool::PoolConnectionMetadata;
use sea_orm::sqlx::{Connection, Error, PgConnection};

/// A connection idle for longer is pinged before use.
const IDLE_PING: Duration = Duration::from_secs(30);
/// A ping without an answer: the network swallows packets, or a statement that nobody waits for still runs.
const PING_PATIENCE: Duration = Duration::from_secs(1);
/// A server that only reads may go on so for long: connections to it are replaced no more often than this, lest each write that it refuses
/// has all of them opened anew. Another server that has taken its place is found as soon.
const NEXT_RENEWAL: Duration = Duration::from_secs(5);
/// Backends end one after the other; connections returned this soon after the first was found dead are asked as well.
const INCIDENT: Duration = Duration::from_secs(1);

/// When a connection was last found dead; shared by the pool's hooks and those who run statements.
#[derive(Debug)]
pub(crate) struct Liveness {
    origin: Instant,
    /// Milliseconds since `origin` of the last incident; 0 = none.
    incident: AtomicU64,
    /// Milliseconds since `origin` before which a connection must have been opened to be of no use any more; 0 = none.
    outdated: AtomicU64,
}

impl Liveness {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { origin: Instant::now(), incident: AtomicU64::new(0), outdated: AtomicU64::new(0) })
    }

    /// What every connection that is open now knows of the server is no longer so: none of them is used again.
    pub(crate) fn renew(&self) {
        self.outdated.fetch_max(self.now().max(1), Ordering::AcqRel);
    }

    /// The same, unless it was so a moment ago: what was opened since then is met as it is.
    pub(crate) fn renew_now_and_then(&self) {
        let last = self.outdated.load(Ordering::Acquire);
        if last == 0 || self.now().saturating_sub(last) >= millis(NEXT_RENEWAL) {
            self.renew();
        }
    }

    /// True if a connection that was opened `age` ago is not to be used again.
    fn is_outdated(&self, age: Duration) -> bool {
        let outdated = self.outdated.load(Ordering::Acquire);
        outdated != 0 && self.now().saturating_sub(millis(age)) <= outdated
    }

    /// A connection was found dead just now.
    pub(crate) fn suspect(&self) {
        self.incident.fetch_max(self.now().max(1), Ordering::AcqRel);
    }

    /// True if a connection that rested for `idle` must be asked before it is used.
    pub(crate) fn must_ask(&self, idle: Duration) -> bool {
        if idle >= IDLE_PING {
            return true;
        }
        let incident = self.incident.load(Ordering::Acquire);
        let resting_since = self.now().saturating_sub(millis(idle));
        incident != 0 && resting_since <= incident.saturating_add(millis(INCIDENT))
    }

    /// `before_acquire`: an error, or `false`, makes the pool discard the connection and open another.
    pub(crate) async fn before_use(
        &self,
        connection: &mut PgConnection,
        meta: PoolConnectionMetadata,
    ) -> Result<bool, Error> {
        if self.is_outdated(meta.age) {
            return Ok(false);
        }
        if self.must_ask(meta.idle_for) {
            ping(connection).await?;
        }
        Ok(true)
    }

    /// `after_release`: the driver pings what is given back, without a limit. During an incident that must not hold a place in
    /// the pool until the kernel gives up on the socket.
    pub(crate) async fn after_use(&self, connection: &mut PgConnection) -> Result<bool, Error> {
        if self.must_ask(Duration::ZERO) {
            ping(connection).await?;
        }
        Ok(true)
    }

    fn now(&self) -> u64 {
        millis(self.origin.elapsed())
    }
}

async fn ping(connection: &mut PgConnection) -> Result<(), Error> {
    match tokio::time::timeout(PING_PATIENCE, connection.ping()).await {
        Ok(answer) => answer,
        Err(_elapsed) => Err(Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_asked_when_it_rested_long_or_since_before_an_incident() {
        let liveness = Liveness::new();
        assert!(!liveness.must_ask(Duration::ZERO));
        assert!(!liveness.must_ask(Duration::from_secs(29)));
        assert!(liveness.must_ask(IDLE_PING));
        liveness.suspect();
        assert!(liveness.must_ask(Duration::from_millis(1)));
    }

    #[test]
    fn connections_to_a_server_that_only_reads_are_replaced_now_and_then() {
        let renewed = |ago: u64| {
            let origin = Instant::now() - Duration::from_secs(60);
            let (incident, outdated) = (AtomicU64::new(0), AtomicU64::new(60_000 - ago));
            let liveness = Liveness { origin, incident, outdated };
            liveness.renew_now_and_then();
            liveness.is_outdated(Duration::from_millis(1))
        };
        assert!(renewed(5_000) && renewed(60_000));
        assert!(!renewed(1_000) && !renewed(2));
    }

    #[test]
    fn an_incident_passes() {
        let origin = Instant::now() - Duration::from_secs(60);
        let liveness = Liveness { origin, incident: AtomicU64::new(10_000), outdated: AtomicU64::new(10_000) };
        assert!(liveness.is_outdated(Duration::from_secs(55)) && !liveness.is_outdated(Duration::from_secs(40)));
        assert!(!liveness.must_ask(Duration::from_secs(20)), "at rest since long after the incident");
    }
}
