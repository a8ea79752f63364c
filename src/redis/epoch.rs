//! The epoch: a random value in Redis under which copies were checked against the database.
//!
//! Whoever stores a copy of database rows in Redis stores the epoch with it, and believes the copy only while the epoch
//! is still that one. Setting a new epoch therefore makes every instance check every copy once more. An instance does
//! so before it believes anything
//!
//! - when it has just started,
//! - after any command of its own failed or timed out ([`Breaker::failures`](super::Breaker::failures) moved): a removal may
//!   not have arrived,
//! - when the server process is another than before, because it was restarted (perhaps from an older snapshot) or
//!   another one took over: what was removed may be back.
//!
//! The last is noticed without asking: copies are read by a script that carries this process's random name, and a server
//! process that has not been given that script says `NOSCRIPT`. It is given the script by the very call that sets the new
//! epoch, and scripts are neither replicated nor stored, so "the server knows my script" means "I have set an epoch on this
//! server process". A script costs the server more than twice what a plain `MGET` does, so for [`PROVED_FOR`] after each
//! such proof plain ones are used: no server ends and another takes its place, unnoticed by any command under way, in
//! less.
//!
//! Whoever writes what others believe has to write it to the server they read from: it names the epoch that its process last
//! believed ([`Redis::trusted_epoch`]), and its script does nothing where another one stands. A pooled connection that is
//! still open to a server that has been replaced is found out by this.
//!
//! The same script writes a key of its own, `{prefix}:alive`, and so also proves that the server takes writes. What is
//! stored may be believed only because writers remove or mark it before they are answered. On a server that answers reads
//! and refuses writes (it was made a replica, its memory is full, its disk fails) no such mark arrives, nor could the writers
//! that cannot place one tell us so by a new epoch: we would go on to believe what they have meanwhile overtaken. A
//! refused proof therefore ends the trust within [`PROVED_FOR`], and only a new epoch, which such a server does not
//! take, brings it back. The server itself is there, so this is no outage: other commands go on.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use sha1::{Digest as _, Sha1};
use tokio::sync::Mutex;

use super::{Breaker, Command, Error, Redis, Reply};

/// How long the server is taken to be the one that last proved to be the same, and to take writes.
const PROVED_FOR: Duration = Duration::from_millis(10);

/// `KEYS[1]` is the epoch, `KEYS[2]` the key to write; what stands there is of no use and soon gone. With `ARGV[1]` the
/// epoch is replaced by it. Also where none stands: a server that has lost it may be another one, and must not be given the
/// script without a new epoch.
const BODY: &str = "\
redis.call('SET', KEYS[2], '', 'PX', 1000) \
if ARGV[1] then redis.call('SET', KEYS[1], ARGV[1]) end \
return redis.call('MGET', unpack(KEYS))";

/// What [`Redis::read_trusted`] found.
#[derive(Debug)]
pub struct Trusted {
    /// The epoch at the moment of reading. What is stored after this read carries it.
    pub epoch: String,
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

/// The state of one process: its script, and up to which failure it has set an epoch.
#[derive(Debug)]
pub(super) struct Epoch {
    key: String,
    alive: String,
    script: String,
    digest: String,
    /// [`Breaker::failures`] as it was before the last new epoch was set; below it nothing is trusted.
    vouched: AtomicU64,
    setting: Mutex<()>,
    /// The epoch that was read last and believed.
    latest: RwLock<String>,
    born: Instant,
    /// Microseconds after `born` until which the server counts as the same and as taking writes.
    proved_until: AtomicU64,
}

impl Epoch {
    pub(super) fn new(prefix: &str) -> Self {
        let script = format!("-- {}\n{BODY}", random());
        let digest = Sha1::digest(&script).iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            key: format!("{prefix}:epoch"),
            alive: format!("{prefix}:alive"),
            script,
            digest,
            vouched: AtomicU64::new(0),
            setting: Mutex::new(()),
            latest: RwLock::default(),
            born: Instant::now(),
            proved_until: AtomicU64::new(0),
        }
    }

    /// Reads `keys` and the epoch at one moment, in one round trip unless a new epoch is due. Gives up at `deadline`.
    pub(super) async fn read(&self, redis: &Redis, keys: &[Vec<u8>], deadline: Instant) -> Result<Trusted, Error> {
        let failures = redis.breaker().failures();
        if self.vouched.load(SeqCst) == failures {
            let asked = self.born.elapsed();
            let is_proved = micros(asked) < self.proved_until.load(Relaxed);
            let call = if is_proved {
                Command::new("MGET").arg(&self.key).args(keys)
            } else {
                self.call("EVALSHA", &self.digest, keys)
            };
            let reply = redis.run_until(deadline, call).await;
            if !is_proved && reply.is_ok() {
                self.proved_until.fetch_max(micros(asked + PROVED_FOR), Relaxed);
            }
            // A plain read that was said again over a new connection may have been answered by another server.
            let is_undisturbed = redis.breaker().failures() == failures;
            match self.parse(reply, !is_proved) {
                Ok(Some(trusted)) if is_undisturbed => return Ok(self.remembered(trusted)),
                Ok(_) => {}
                Err(error) if error.code() == "NOSCRIPT" => {}
                Err(error) => {
                    if !is_proved && matches!(error, Error::Refused(_)) {
                        redis.breaker().distrust();
                    }
                    return Err(error);
                }
            }
        }
        self.set(redis, keys, deadline).await
    }

    /// Sets an epoch and reads under it. While one task does this, others are told [`Error::Untrusted`].
    async fn set(&self, redis: &Redis, keys: &[Vec<u8>], deadline: Instant) -> Result<Trusted, Error> {
        let Ok(_alone) = self.setting.try_lock() else {
            return Err(Error::Untrusted);
        };
        let failures = redis.breaker().failures();
        let call = self.call("EVAL", &self.script, keys).arg(random());
        let trusted = self.parse(redis.run_until(deadline, call).await, true)?.ok_or(Error::Untrusted)?;
        let trusted = self.remembered(trusted);
        self.vouched.store(failures, SeqCst);
        Ok(trusted)
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

    /// The epoch that was read last, while it is believed.
    pub(super) fn latest(&self, breaker: &Breaker) -> Option<String> {
        is_vouched(self, breaker).then(|| self.latest.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn call(&self, command: &str, script: &str, keys: &[Vec<u8>]) -> Command {
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX).saturating_add(2);
        Command::new(command).arg(script).int(count).arg(&self.key).arg(&self.alive).args(keys)
    }

    /// `None`: there is no epoch.
    fn parse(&self, reply: Result<Reply, Error>, of_script: bool) -> Result<Option<Trusted>, Error> {
        let mut values = reply?.into_array()?.into_iter().map(|item| Ok(item.into_bytes()?.map(Bytes::from)));
        let epoch = values.next().transpose()?.flatten();
        let values = values.skip(usize::from(of_script)).collect::<Result<Vec<_>, _>>()?;
        Ok(epoch.map(|epoch| Trusted { epoch: String::from_utf8_lossy(&epoch).into_owned(), values }))
    }
}

/// Whether this process would believe what it reads now, apart from the server's being another one.
pub(super) fn is_vouched(epoch: &Epoch, breaker: &Breaker) -> bool {
    epoch.vouched.load(SeqCst) == breaker.failures()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}
