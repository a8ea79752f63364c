//! Stamps and shared pages in Redis.
//!
//! `{prefix}:topic:{topic}` is a stamp, or while somebody holds the topic `!` and the holders:
//! `!{holder},{until}` with more of them after `;`, `until` in milliseconds of the server's clock. All holders are kept,
//! not the last alone: a topic is free when the last of them is done, whatever the order in which they commit.
//! `{prefix}:page:{name}` is a sealed page.
//!
//! Stamps are read over the worker's actor, in one command with whatever else the worker's requests read at that moment.
//! Holds and new stamps go over the pool, as one script for all topics of a unit of work. Every script names the epoch
//! that this process believes, and does nothing on a server that has another: a hold on a server that has been replaced
//! would hold nobody up.
//!
//! A script that sets a stamp makes it of a random number **and the moment it runs**. A connection that breaks may leave a
//! command with the server that is carried out later, after the same was said again: it must not bring a stamp back.

use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Stamp, Stamps, Store, Unavailable, random};
use crate::cache::topic::Keys;
use crate::redis::{Command, Error, Redis};

/// How long a stamp that nobody writes stays. Pages do not live that long; when it is gone they are rendered anew.
const STAMP_FOR: Duration = Duration::from_secs(24 * 3600);

/// The last of `KEYS` is the epoch, the last of `ARGV` what it has to be: else 1, and nothing is done.
const GUARD: &str = "\
if redis.call('GET', table.remove(KEYS)) ~= table.remove(ARGV) then return 1 end \
local time = redis.call('TIME') \
local function stamp(random) return string.sub(redis.sha1hex(random .. time[1] .. '.' .. time[2]), 1, 32) end ";

/// Other holders in a value, those whose time is over left out. `me` may be empty.
const OTHERS: &str = "\
local function others(value, me, now) \
if not value or string.sub(value, 1, 1) ~= '!' then return '', 0 end \
local kept, last = '', 0 \
for holder, untl in string.gmatch(string.sub(value, 2), '([^,;]+),(%d+)') do \
if holder ~= me and tonumber(untl) > now then \
kept = kept .. (kept == '' and '' or ';') .. holder .. ',' .. untl \
if tonumber(untl) > last then last = tonumber(untl) end end end \
return kept, last end \
local now = time[1] * 1000 + math.floor(time[2] / 1000) ";

/// `ARGV` = holder, milliseconds. Adds the holder to each of `KEYS`.
const HOLD: &str = "\
local untl = now + tonumber(ARGV[2]) \
for _, key in ipairs(KEYS) do \
local kept, last = others(redis.call('GET', key), ARGV[1], now) \
if kept ~= '' then kept = kept .. ';' end \
if last < untl then last = untl end \
redis.call('SET', key, '!' .. kept .. ARGV[1] .. ',' .. string.format('%d', untl), 'PX', last - now) end \
return 0";

/// `ARGV` = holder, a random number, milliseconds a stamp stays. Whatever stood at a key that nobody else holds is replaced: a hold of
/// ours, and also what came into its place if it was evicted or flushed meanwhile.
const RENEW: &str = "\
for _, key in ipairs(KEYS) do \
local kept, last = others(redis.call('GET', key), ARGV[1], now) \
if kept == '' then redis.call('SET', key, stamp(ARGV[2]), 'PX', ARGV[3]) \
else redis.call('SET', key, '!' .. kept, 'PX', last - now) end end \
return 0";

/// `ARGV` = a random number, milliseconds. Sets those of `KEYS` that are missing or hold no stamp, and returns what stands at each.
const ENSURE: &str = "\
for _, key in ipairs(KEYS) do \
local value = redis.call('GET', key) \
if not value or (string.sub(value, 1, 1) ~= '!' and not (#value == 32 and string.match(value, '^%x+$'))) then \
redis.call('SET', key, stamp(ARGV[1]), 'PX', ARGV[2]) end end \
return redis.call('MGET', unpack(KEYS))";

/// See the module documentation.
#[derive(Clone, Debug)]
pub struct RedisStore {
    redis: Redis,
    prefix: String,
}

impl RedisStore {
    /// Keeps stamps and pages in this Redis, under its prefix.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        let prefix = redis.prefix().to_owned();
        Self { redis, prefix }
    }

    /// Runs a script over the pool, on the server whose epoch is believed. The epoch may have been replaced since it was last
    /// read, as each process does that starts: so it is asked for once more before the script counts as refused.
    async fn script(&self, body: &str, keys: &Keys, arguments: &[&str]) -> Result<(), Unavailable> {
        for again in [false, true] {
            let epoch = self.redis.trusted_epoch(again).await.map_err(unavailable)?;
            let call = self.guarded(&format!("{OTHERS}{body}"), keys).args(arguments).arg(epoch);
            let refused =
                self.redis.run_pooled(call).await.and_then(crate::redis::Reply::into_int).map_err(unavailable)?;
            if refused == 0 {
                return Ok(());
            }
        }
        Err(Unavailable("redis is not the server that was believed".to_owned()))
    }

    /// As text each time: it is short, and a server that has just been restarted knows none. What it has to find as the epoch
    /// comes as the last argument.
    fn guarded(&self, body: &str, keys: &Keys) -> Command {
        let count = u32::try_from(keys.names().len() + 1).unwrap_or(u32::MAX);
        Command::new("EVAL").arg(format!("{GUARD}{body}")).int(count).args(keys.names()).arg(self.redis.epoch_key())
    }

    async fn stamps(&self, keys: &Keys) -> Result<Stamps, Unavailable> {
        let names: Vec<&str> = keys.names().iter().map(String::as_str).collect();
        let trusted = self.redis.read_trusted(&names).await.map_err(unavailable)?;
        let found: Option<Vec<Stamp>> = trusted.values.into_iter().map(|value| value.and_then(stamp)).collect();
        let values = match found {
            Some(values) => values,
            None => self.ensured(keys, &trusted.epoch).await?,
        };
        Ok(Stamps { epoch: Bytes::from(trusted.epoch), values })
    }

    /// Sets stamps where there are none, on the server that has this epoch. What cannot be read as one is none.
    async fn ensured(&self, keys: &Keys, epoch: &str) -> Result<Vec<Stamp>, Unavailable> {
        let call = self.guarded(ENSURE, keys).arg(random()).int(millis(STAMP_FOR)).arg(epoch);
        let reply = self.redis.run(call).await.and_then(crate::redis::Reply::into_array).map_err(unavailable)?;
        let values = reply.into_iter().map(|value| value.into_bytes().ok().flatten());
        let values: Option<Vec<Stamp>> = values.map(|value| value.and_then(|value| stamp(value.into()))).collect();
        values.ok_or_else(|| Unavailable("a stamp that is none".to_owned()))
    }
}

/// What stands at a key, if it can be a stamp at all.
fn stamp(value: Bytes) -> Option<Stamp> {
    match value.first()? {
        b'!' => Some(Stamp::Held),
        _ if value.len() == 32 && value.iter().all(u8::is_ascii_hexdigit) => Some(Stamp::Current(value)),
        _ => None,
    }
}

fn unavailable(error: Error) -> Unavailable {
    Unavailable(error.to_string())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Store for RedisStore {
    fn read<'a>(&'a self, keys: &'a Keys) -> BoxFuture<'a, Result<Stamps, Unavailable>> {
        self.stamps(keys).boxed()
    }

    fn hold<'a>(&'a self, topics: &'a Keys, holder: &'a str, time: Duration) -> BoxFuture<'a, Result<(), Unavailable>> {
        async move { self.script(HOLD, topics, &[holder, &millis(time).to_string()]).await }.boxed()
    }

    fn renew<'a>(&'a self, topics: &'a Keys, holder: &'a str) -> BoxFuture<'a, Result<(), Unavailable>> {
        async move {
            let time = millis(STAMP_FOR).to_string();
            self.script(RENEW, topics, &[holder, &random(), &time]).await
        }
        .boxed()
    }

    fn distrust(&self) {
        self.redis.invalidate();
    }

    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Unavailable>> {
        async move {
            let call = Command::new("GET").arg(self.redis.key("page", name));
            let reply = self.redis.run_pooled(call).await.and_then(crate::redis::Reply::into_bytes);
            reply.map(|found| found.map(Bytes::from)).map_err(unavailable)
        }
        .boxed()
    }

    fn keep_page<'a>(
        &'a self,
        name: &'a str,
        sealed: Vec<u8>,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), Unavailable>> {
        async move {
            let call = Command::new("SET").arg(self.redis.key("page", name)).arg(sealed);
            let call = call.arg("PX").int(millis(time).max(1));
            self.redis.run_in_background(call).await.map(drop).map_err(unavailable)
        }
        .boxed()
    }

    fn prefix(&self) -> &str {
        &self.prefix
    }

    fn is_shared(&self) -> bool {
        true
    }
}
