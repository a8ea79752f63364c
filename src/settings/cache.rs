//! What is kept to be served again.

use std::time::Duration;

use super::reader::{SettingsReader, shown};

#[derive(Clone, Debug)]
pub struct CacheSettings {
    /// First part of every key in Redis. Letters, digits, `_`, `-` and `.`.
    pub key_prefix: String,
    /// Longest time that a page is kept; zero: none is.
    pub page_lifetime: Duration,
    /// How long this process answers from memory after it has proved that it hears of every change; zero: it asks Redis
    /// for each request. The same on every instance.
    pub lease: Duration,
    /// How long a value lives that was set without a time of its own.
    pub timeout: Duration,
    /// Most memory for pages kept in this process, in bytes.
    pub memory_bytes: u64,
    /// Render each page that the cache serves again and compare.
    pub verify: bool,
}

impl CacheSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            key_prefix: key_prefix(reader),
            page_lifetime: reader.seconds("CACHE_PAGE_SECONDS", 0..=86_400),
            lease: lease(reader),
            timeout: reader.seconds("CACHE_TIMEOUT", 1..=31_536_000),
            memory_bytes: reader.number::<u64>("CACHE_MEMORY_MB", 1..=1_048_576) * 1024 * 1024,
            verify: reader.flag("CACHE_VERIFY"),
        }
    }
}

/// A fifth of it must be longer than the way to Redis and back.
const SHORTEST_LEASE: Duration = Duration::from_millis(300);

fn lease(reader: &mut SettingsReader<'_>) -> Duration {
    let lease = reader.milliseconds("CACHE_LEASE_MS", 0..=10_000);
    if !lease.is_zero() && lease < SHORTEST_LEASE {
        let says = format!("must be 0 or at least {}, not {}", SHORTEST_LEASE.as_millis(), lease.as_millis());
        reader.problem("CACHE_LEASE_MS", says);
    }
    lease
}

/// A prefix that cannot be mistaken for a pattern or for two parts of a key.
fn key_prefix(reader: &mut SettingsReader<'_>) -> String {
    let text = reader.text("CACHE_KEY_PREFIX").unwrap_or_default();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !plain || text.len() > 100 {
        let says = format!("must be at most 100 letters, digits, '_', '-' or '.', not {}", shown(text));
        reader.problem("CACHE_KEY_PREFIX", says);
    }
    text.to_owned()
}
