//! `telemedicine cache`: looks into the cache that instances share in Redis, and sets small values by hand.
//!
//! Values live under `{prefix}:kv:{key}`. Pages ([`crate::page_cache`]) are counted and can be removed, and every instance is told that what it
//! keeps in its own memory is worth nothing ([`crate::coherence`]). Sessions are counted, never touched.

use std::collections::BTreeMap;

use clap::Subcommand;

use super::{Failure, output, shared};
use crate::coherence::Topic;
use crate::redis::{Command, Error, Redis, Reply};
use crate::settings::Settings;

/// The kind of the keys that `get` and `set` use.
const VALUES: &str = "kv";
/// The kinds of keys that hold cached things: what `clear` removes. Losing them costs time, nothing else.
const CACHED: [&str; 2] = [VALUES, "page"];
/// Keys asked for, or removed, in one command.
const BATCH: i32 = 1000;
/// The longest time to live: a year.
const YEAR: u64 = 31_536_000;

#[derive(Debug, Subcommand)]
pub(super) enum CacheCommand {
    /// Print the value of KEY; exit code 1 when there is none
    Get { key: String },
    /// Set KEY to VALUE
    Set {
        key: String,
        value: String,
        /// Seconds that it lives [default: CACHE_TIMEOUT]
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=YEAR))]
        ttl: Option<u64>,
    },
    /// Print what Redis says of its memory, hits and misses, how many keys of each kind are ours, and which servers share them
    Stats,
    /// Remove what is cached: every page is made anew; sessions stay
    Clear,
}

pub(super) async fn run(settings: &Settings, action: CacheCommand) -> Result<(), Failure> {
    let Some(options) = &settings.redis else {
        return Err(Failure::new(
            "the cache lives in the server's own process, where no command reaches it; set REDIS_URL to share one in Redis",
        ));
    };
    let prefix = &settings.cache.key_prefix;
    let redis = Redis::open(options, prefix).map_err(Failure::new)?;
    match action {
        CacheCommand::Get { key } => get(&redis, &key).await,
        CacheCommand::Set { key, value, ttl } => {
            let seconds = ttl.unwrap_or(settings.cache.timeout.as_secs());
            set(&redis, &key, &value, seconds).await
        }
        CacheCommand::Stats => stats(&redis, prefix).await,
        CacheCommand::Clear => clear(&redis, settings).await,
    }
}

async fn get(redis: &Redis, key: &str) -> Result<(), Failure> {
    let command = Command::new("GET").arg(redis.key(VALUES, key));
    let value = say(redis, command).await?.into_bytes().map_err(|error| failed(redis, &error))?;
    match value {
        Some(value) => output::line(value),
        None => Err(Failure::new(format_args!("the cache holds nothing under {key:?}"))),
    }
}

async fn set(redis: &Redis, key: &str, value: &str, seconds: u64) -> Result<(), Failure> {
    let command = Command::new("SET").arg(redis.key(VALUES, key)).arg(value).arg("EX").int(seconds);
    say(redis, command).await?;
    output::line(format!("set for {seconds} s"))
}

async fn clear(redis: &Redis, settings: &Settings) -> Result<(), Failure> {
    let prefix = &settings.cache.key_prefix;
    let mut removed = 0;
    for kind in CACHED {
        removed += remove(redis, &format!("{prefix}:{kind}:*")).await?;
    }
    // What instances have in their own memory they give up when they hear that everything has changed, and this returns when all have.
    let coherence = shared::coherence(redis, settings);
    coherence.renew(&[Topic::Everything].into()).await.map_err(Failure::new)?;
    output::line(format!("{removed} keys removed"))
}

/// Removes the keys of this pattern; how many.
///
/// # Errors
/// When Redis is away or refuses.
pub(super) async fn remove(redis: &Redis, pattern: &str) -> Result<i64, Failure> {
    let mut removed = 0;
    for keys in batches(redis, pattern).await? {
        let command = Command::new("UNLINK").args(keys);
        removed += say(redis, command).await?.into_int().map_err(|error| failed(redis, &error))?;
    }
    Ok(removed)
}

async fn stats(redis: &Redis, prefix: &str) -> Result<(), Failure> {
    let info = say(redis, Command::new("INFO")).await?.into_bytes().map_err(|error| failed(redis, &error))?;
    let info = String::from_utf8_lossy(&info.unwrap_or_default()).into_owned();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for key in batches(redis, &format!("{prefix}:*")).await?.concat() {
        *kinds.entry(kind_of(&key, prefix)).or_default() += 1;
    }
    output::line(report(redis.server(), &Info(&info), prefix, &kinds))?;
    instances(redis).await
}

/// Which processes share the cache, and how long they may answer from their own memory.
async fn instances(redis: &Redis) -> Result<(), Failure> {
    let sequence = say(redis, Command::new("GET").arg(redis.key_of("sequence"))).await?.into_bytes();
    let sequence = sequence.map_err(|error| failed(redis, &error))?.unwrap_or_default();
    output::line(format!("changes  up to number {}", String::from_utf8_lossy(&sequence)))?;
    let now = server_clock(redis).await?;
    let registered = until(redis, "processes").await?;
    let leases = until(redis, "leases").await?;
    output::line(format!("servers  {}:", registered.len()))?;
    for (process, until) in registered {
        let is_there = if until > now { "there" } else { "missing" };
        // A process notes a lease while its listener hears itself, and has none else.
        let answers = match leases.get(&process).map_or(0, |until| until - now) {
            lease if lease > 0 => format!(", answers from memory for {lease} ms"),
            _ if until > now => ", asks Redis for each page".to_owned(),
            _ => String::new(),
        };
        output::line(format!("         {process} {is_there}{answers}"))?;
    }
    Ok(())
}

async fn until(redis: &Redis, kind: &str) -> Result<BTreeMap<String, i64>, Failure> {
    let found = say(redis, Command::new("HGETALL").arg(redis.key_of(kind))).await?.into_array();
    let mut words = found.map_err(|error| failed(redis, &error))?.into_iter().map(|item| {
        let bytes = item.into_bytes().ok().flatten().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let mut all = BTreeMap::new();
    while let (Some(process), Some(until)) = (words.next(), words.next()) {
        if process != "#" {
            all.insert(process, until.parse().unwrap_or_default());
        }
    }
    Ok(all)
}

/// In milliseconds.
async fn server_clock(redis: &Redis) -> Result<i64, Failure> {
    let parts = say(redis, Command::new("TIME")).await?.into_array().map_err(|error| failed(redis, &error))?;
    let mut parts = parts.into_iter().map(|part| {
        let bytes = part.into_bytes().ok().flatten().unwrap_or_default();
        String::from_utf8_lossy(&bytes).parse::<i64>().unwrap_or_default()
    });
    Ok(parts.next().unwrap_or_default() * 1000 + parts.next().unwrap_or_default() / 1000)
}

fn report(server: &str, info: &Info<'_>, prefix: &str, kinds: &BTreeMap<String, usize>) -> String {
    let limit = match info.value("maxmemory_human") {
        "0B" => "no limit".to_owned(),
        limit => format!("limit {limit}, when full: {}", info.value("maxmemory_policy")),
    };
    let (hits, misses) = (info.number("keyspace_hits"), info.number("keyspace_misses"));
    let rate = (hits * 100).checked_div(hits + misses).map_or_else(|| "-".to_owned(), |rate| format!("{rate} %"));
    let mut lines = vec![
        format!("server   {server}, Redis {}", info.value("redis_version")),
        format!("memory   {} ({limit})", info.value("used_memory_human")),
        format!(
            "lookups  {hits} hits, {misses} misses, hit rate {rate} (of everyone on this server, since it started)"
        ),
        format!("evicted  {} keys", info.number("evicted_keys")),
        format!("keys     {} under {prefix}:", kinds.values().sum::<usize>()),
    ];
    lines.extend(kinds.iter().map(|(kind, count)| format!("         {count} {kind}")));
    lines.join("\n")
}

/// What `INFO` says, line by line.
struct Info<'a>(&'a str);

impl Info<'_> {
    fn value(&self, name: &str) -> &str {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map_or("unknown", str::trim)
    }

    fn number(&self, name: &str) -> u64 {
        self.value(name).parse().unwrap_or_default()
    }
}

/// The part after the prefix: what the key is for.
fn kind_of(key: &[u8], prefix: &str) -> String {
    let key = String::from_utf8_lossy(key);
    let rest = key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(':')).unwrap_or(&key);
    rest.split(':').next().unwrap_or_default().to_owned()
}

/// Every key of this pattern that stays while we look, in batches; none of them empty.
async fn batches(redis: &Redis, pattern: &str) -> Result<Vec<Vec<Vec<u8>>>, Failure> {
    let mut batches = Vec::new();
    let mut cursor = b"0".to_vec();
    loop {
        let command = Command::new("SCAN").arg(&cursor).arg("MATCH").arg(pattern).arg("COUNT").int(BATCH);
        let (next, keys) = page(say(redis, command).await?).map_err(|error| failed(redis, &error))?;
        if !keys.is_empty() {
            batches.push(keys);
        }
        if next == b"0" {
            return Ok(batches);
        }
        cursor = next;
    }
}

/// `SCAN`'s answer: where to go on, and some keys.
fn page(reply: Reply) -> Result<(Vec<u8>, Vec<Vec<u8>>), Error> {
    let mut parts = reply.into_array()?.into_iter();
    let (Some(next), Some(keys)) = (parts.next(), parts.next()) else {
        return Err(Error::Unexpected("a shorter array"));
    };
    let keys = keys.into_array()?.into_iter().map(Reply::into_bytes);
    let keys: Vec<Option<Vec<u8>>> = keys.collect::<Result<_, _>>()?;
    Ok((next.into_bytes()?.unwrap_or_default(), keys.into_iter().flatten().collect()))
}

async fn say(redis: &Redis, command: Command) -> Result<Reply, Failure> {
    redis.run_in_background(command).await.map_err(|error| failed(redis, &error))
}

fn failed(redis: &Redis, error: &Error) -> Failure {
    Failure::new(format_args!("Redis at {} (REDIS_URL) does not do it: {error}", redis.server()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_says_what_redis_says() {
        let info = "redis_version:7.0.15\r\nused_memory_human:1.20M\r\nmaxmemory_human:0B\r\nkeyspace_hits:9\r\nkeyspace_misses:1\r\nevicted_keys:0\r\n";
        let kinds = BTreeMap::from([("kv".to_owned(), 2), ("session".to_owned(), 3)]);
        let report = report("localhost:6379", &Info(info), "site", &kinds);
        for part in [
            "Redis 7.0.15",
            "1.20M (no limit)",
            "9 hits, 1 misses, hit rate 90 %",
            "keys     5 under site:",
            "2 kv",
            "3 session",
        ] {
            assert!(report.contains(part), "{part} in {report}");
        }
    }

    #[test]
    fn a_key_tells_what_it_is_for() {
        assert_eq!(kind_of(b"site:session:ab:c", "site"), "session");
        assert_eq!(kind_of(b"site:epoch", "site"), "epoch");
    }
}
