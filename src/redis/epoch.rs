//! The epoch: a value in Redis that says which server, with which dataset, is spoken to.
//!
//! Whoever keeps something that Redis vouches for keeps the epoch with it, and believes it only while the epoch is still
//! that one. An epoch is `{random}.{server}.{moment}`: 128 random bits; a digest of the server's `run_id` and
//! `master_replid`; and the server's clock, in milliseconds, when it was set. A new one is set by whoever first finds that
//! there is none (flushed, evicted), or that it was set on a server that is not this one: the process was restarted (perhaps
//! from an older snapshot), another one took over, or its dataset was replaced by another server's. What was removed or
//! renewed there may be back. Nothing else sets one: a process whose command failed doubts what it is connected to, asks once more, and
//! goes on; what it could not say is said again topic by topic ([`crate::coherence`]). So one bad line, of which
//! there is always one among many instances, costs the others nothing.
//!
//! The server is told apart by asking it within the script that reads, not by whether it knows a script: servers before
//! version 7 hand their scripts on to replicas, and a replica that took over would have passed for its master.
//!
//! That script costs the server more than twice what a plain `MGET` does, so for [`PROVED_FOR`] after each such proof plain
//! ones are used, if their **answer** arrives within it and no command of this process has failed since: no server ends and
//! another takes its place, unnoticed by any command under way, in less.
//!
//! The same script writes a key of its own, `{prefix}:alive`, and so also proves that the server takes writes. What is
//! stored may be believed only because writers mark it before they are answered. On a server that answers reads
//! and refuses writes (it was made a replica, its memory is full, its disk fails) no such mark arrives. The server itself is
//! there, so this is no outage: other commands go on.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sha1::{Digest as _, Sha1};

use super::{Command, Error, Redis, Reply, figures};

/// How long the server is taken to be the one that last proved to be the same, and to take writes.
const PROVED_FOR: Duration = Duration::from_millis(10);

/// Lua that sets `server` to the digest of who the server is and whose dataset it has.
pub const SERVER: &str = "\
local function info(section, name) return string.match(redis.call('INFO', section), name .. ':(%x+)') or '' end \
local server = string.sub(redis.sha1hex(info('server', 'run_id') .. info('replication', 'master_replid')), 1, 16) ";

/// `KEYS[1]` is the epoch, `KEYS[2]` the key to write; what stands there is of no use and soon gone. `ARGV[1]` is random.
const BODY: &str = "\
redis.call('SET', KEYS[2], '', 'PX', 1000) \
local epoch = redis.call('GET', KEYS[1]) \
if not epoch or string.match(epoch, '^%x+%.(%x+)%.%d+$') ~= server then \
local time = redis.call('TIME') \
redis.call('SET', KEYS[1], ARGV[1] .. '.' .. server .. '.' .. string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))) end \
return redis.call('MGET', unpack(KEYS))";

/// What [`Redis::read_trusted`] found.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// The epoch at the moment of reading. What is stored after this read carries it.
    pub epoch: Bytes,
    /// A value per key, in order.
    pub values: Vec<Option<Bytes>>,
}

impl Trusted {
    /// The values at these places, in this order.
    pub(super) fn pick(&self, places: &[usize]) -> Self {
        let values = places.iter().map(|place| self.values.get(*place).cloned().flatten()).collect();
        Self { epoch: self.epoch.clone(), values }
    }
}

/// What one process knows of it.
#[derive(Debug)]
pub(super) struct Epoch {
    key: String,
    alive: String,
    script: String,
    digest: String,
    /// The epoch that was read last.
    latest: RwLock<Bytes>,
    born: Instant,
    /// Microseconds after `born` until which the server counts as the same and as taking writes, …
    proved_until: AtomicU64,
    /// … if [`Breaker::failures`](super::Breaker::failures) is still this.
    proved_at: AtomicU64,
}

impl Epoch {
    pub(super) fn new(prefix: &str) -> Self {
        let script = format!("{SERVER}{BODY}");
        let digest = Sha1::digest(&script).iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            key: format!("{prefix}:epoch"),
            alive: format!("{prefix}:alive"),
            script,
            digest,
            latest: RwLock::default(),
            born: Instant::now(),
            proved_until: AtomicU64::new(0),
            proved_at: AtomicU64::new(0),
        }
    }

    /// Reads `keys` and the epoch at one moment, in one round trip as a rule. Gives up at `deadline`.
    pub(super) async fn read(&self, redis: &Redis, keys: &[Vec<u8>], deadline: Instant) -> Result<Trusted, Error> {
        let failures = redis.breaker().failures();
        if self.is_proved(failures) {
            let call = Command::new("MGET").arg(&self.key).arg(&self.alive).args(keys);
            let reply = redis.run_until(deadline, call).await;
            // A read that was said again over a new connection may have been answered by another server, and one that
            // was long under way by whatever took this one's place meanwhile.
            if self.is_proved(failures) && redis.breaker().failures() == failures {
                if let Some(trusted) = parse(reply)? {
                    return Ok(self.remembered(trusted));
                }
            } else {
                reply?;
            }
        }
        self.prove(redis, keys, deadline).await
    }

    fn is_proved(&self, failures: u64) -> bool {
        self.proved_at.load(SeqCst) == failures && micros(self.born.elapsed()) < self.proved_until.load(SeqCst)
    }

    /// Reads by the script, which the server may have to be given first.
    async fn prove(&self, redis: &Redis, keys: &[Vec<u8>], deadline: Instant) -> Result<Trusted, Error> {
        let failures = redis.breaker().failures();
        let asked = self.born.elapsed();
        let random = random();
        let mut reply = redis.run_until(deadline, self.call("EVALSHA", &self.digest, keys).arg(&random)).await;
        if matches!(&reply, Err(error) if error.code() == "NOSCRIPT") {
            reply = redis.run_until(deadline, self.call("EVAL", &self.script, keys).arg(&random)).await;
        }
        match parse(reply) {
            Ok(trusted) => {
                let trusted = self.remembered(trusted.ok_or(Error::Unexpected("no epoch"))?);
                if trusted.epoch.starts_with(random.as_bytes()) {
                    figures::epoch_set();
                }
                self.proved_at.store(failures, SeqCst);
                self.proved_until.store(micros(asked + PROVED_FOR), SeqCst);
                redis.0.writes.taken(redis.server());
                Ok(trusted)
            }
            Err(error) => {
                self.proved_until.store(0, SeqCst);
                Err(error)
            }
        }
    }

    fn remembered(&self, trusted: Trusted) -> Trusted {
        if *self.latest.read().unwrap_or_else(PoisonError::into_inner) != trusted.epoch {
            self.latest.write().unwrap_or_else(PoisonError::into_inner).clone_from(&trusted.epoch);
        }
        trusted
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The epoch that was read last; none was read yet if it is empty.
    pub(super) fn latest(&self) -> Bytes {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn call(&self, command: &str, script: &str, keys: &[Vec<u8>]) -> Command {
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX).saturating_add(2);
        Command::new(command).arg(script).int(count).arg(&self.key).arg(&self.alive).args(keys)
    }
}

/// The epoch and what follows the key that is only written. `None`: there is no epoch.
fn parse(reply: Result<Reply, Error>) -> Result<Option<Trusted>, Error> {
    let mut values = reply?.into_array()?.into_iter().map(|item| Ok(item.into_bytes()?.map(Bytes::from)));
    let epoch = values.next().transpose()?.flatten();
    let values = values.skip(1).collect::<Result<Vec<_>, Error>>()?;
    Ok(epoch.map(|epoch| Trusted { epoch, values }))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}
