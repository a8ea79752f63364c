//! A page that was kept: its bytes in three encodings, and what it stands on.

use std::io::{Read as _, Write as _};
use std::sync::OnceLock;

use actix_web::http::header::HeaderValue;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::coherence::{Basis, Topic};

/// A compression that browsers understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Identity,
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
}

/// One page.
#[derive(Debug)]
pub(super) struct Entry {
    basis: Basis,
    made_at: DateTime<Utc>,
    brotli: OnceLock<Variant>,
    gzip: OnceLock<Variant>,
    identity: Variant,
    cache_control: HeaderValue,
}

/// The page as it goes out in one encoding.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    /// The bytes.
    pub(super) body: Bytes,
    /// Strong: other bytes have another tag.
    pub(super) etag: HeaderValue,
}

impl Entry {
    /// A page that was made at `made_at`.
    #[must_use]
    pub(super) fn new(basis: Basis, made_at: DateTime<Utc>, (body, cache_control): (Bytes, HeaderValue)) -> Self {
        Self {
            basis,
            made_at,
            identity: Variant { etag: etag(&body, ""), body },
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
            cache_control,
        }
    }

    /// What it was made from.
    #[must_use]
    pub(super) fn basis(&self) -> &Basis {
        &self.basis
    }

    /// Whether the clock alone still lets it look as it does, and it is not older than `lifetime`.
    #[must_use]
    pub(super) fn is_in_time(&self, now: DateTime<Utc>, lifetime: chrono::TimeDelta) -> bool {
        self.made_at <= now && now < self.made_at + lifetime && self.basis.until.is_none_or(|until| now < until)
    }

    /// The page as it is.
    #[must_use]
    pub(super) fn body(&self) -> &Bytes {
        &self.identity.body
    }

    /// What browsers and proxies may do with it.
    #[must_use]
    pub(super) fn cache_control(&self) -> &HeaderValue {
        &self.cache_control
    }

    /// The page in an encoding; compressed when it is first asked for, once.
    pub(super) fn variant(&self, encoding: Encoding) -> &Variant {
        match encoding {
            Encoding::Identity => &self.identity,
            Encoding::Brotli => self.brotli.get_or_init(|| compressed(self.body(), brotli(self.body()), "br")),
            Encoding::Gzip => self.gzip.get_or_init(|| compressed(self.body(), gzip(self.body()), "gz")),
        }
    }

    /// What it takes of memory, compressed forms included whether they were made or not, in bytes: these are a quarter of the page
    /// each at most, as measured on all kinds of pages.
    #[must_use]
    pub(super) fn weight(&self) -> u32 {
        let body = self.body().len();
        u32::try_from(body + body / 2 + self.basis.stamps.len() * 128 + 600).unwrap_or(u32::MAX)
    }

    /// For the shared store: lines of what it stands on, an empty line, and the page, compressed.
    #[must_use]
    pub(super) fn encode(&self) -> Vec<u8> {
        let instant = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_micros().to_string()).unwrap_or_default();
        let mut text = format!("{VERSION}\n{}\n{}\n", instant(Some(self.made_at)), instant(self.basis.until));
        text.push_str(&format!("{}\n", String::from_utf8_lossy(self.cache_control.as_bytes())));
        text.push_str(&format!("{}\n", String::from_utf8_lossy(&self.basis.epoch)));
        for (topic, stamp) in &self.basis.stamps {
            text.push_str(&format!("{topic} {}\n", String::from_utf8_lossy(stamp)));
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.variant(Encoding::Brotli).body);
        bytes
    }

    /// What [`Self::encode`] made, if it is that.
    #[must_use]
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n")?;
        let mut lines = std::str::from_utf8(bytes.get(..end)?).ok()?.split('\n');
        if lines.next()? != VERSION {
            return None;
        }
        let made_at = DateTime::from_timestamp_micros(lines.next()?.parse().ok()?)?;
        let until = match lines.next()? {
            "" => None,
            micros => Some(DateTime::from_timestamp_micros(micros.parse().ok()?)?),
        };
        let cache_control = HeaderValue::from_str(lines.next()?).ok()?;
        let epoch = Bytes::copy_from_slice(lines.next()?.as_bytes());
        let stamp = |line: &str| {
            let (topic, stamp) = line.split_once(' ')?;
            Some((Topic::parse(topic)?, Bytes::copy_from_slice(stamp.as_bytes())))
        };
        let stamps = lines.map(stamp).collect::<Option<Vec<_>>>()?;
        let body = unbrotli(bytes.get(end + 2..)?)?;
        Some(Self::new(Basis { epoch, stamps, until }, made_at, (body, cache_control)))
    }
}

/// Another layout is another version.
const VERSION: &str = "page 1";
/// No page is as large; a damaged entry must not fill the memory.
const LARGEST: u64 = 32 * 1024 * 1024;

fn etag(body: &[u8], suffix: &str) -> HeaderValue {
    use base64::Engine as _;
    let digest = Sha256::digest(body);
    let short = digest.get(..16).unwrap_or_default();
    let name = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(short);
    HeaderValue::from_str(&format!("\"{name}{suffix}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// `packed`, or the page as it is where compression failed, which it does not.
fn compressed(body: &Bytes, packed: Option<Vec<u8>>, suffix: &str) -> Variant {
    let packed = packed.map_or_else(|| body.clone(), Bytes::from);
    Variant { etag: etag(body, &format!(".{suffix}")), body: packed }
}

/// With a window that is no larger than the page: the tables that come with one of a megabyte are many times what is kept.
fn brotli(body: &[u8]) -> Option<Vec<u8>> {
    let window = body.len().next_power_of_two().trailing_zeros().clamp(10, 18);
    let mut packed = Vec::with_capacity(body.len() / 4);
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 5, window);
    writer.write_all(body).ok()?;
    drop(writer);
    packed.shrink_to_fit();
    Some(packed)
}

fn unbrotli(packed: &[u8]) -> Option<Bytes> {
    let mut body = Vec::with_capacity(packed.len() * 4);
    let read = brotli::Decompressor::new(packed, 4096).take(LARGEST).read_to_end(&mut body).ok()?;
    (u64::try_from(read).ok()? < LARGEST).then(|| body.into())
}

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 4), flate2::Compression::new(6));
    writer.write_all(body).ok()?;
    let mut packed = writer.finish().ok()?;
    packed.shrink_to_fit();
    Some(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(until: Option<DateTime<Utc>>) -> Entry {
        let basis = Basis {
            epoch: Bytes::from_static(b"e1"),
            stamps: vec![(Topic::Agenda(7), Bytes::from_static(b"s1")), (Topic::Inbox(5), Bytes::from_static(b"s2"))],
            until,
        };
        let body = Bytes::from("<p>Waiting since 10:05</p>".repeat(50));
        Entry::new(basis, now(), (body, HeaderValue::from_static("private, no-cache")))
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default()
    }

    #[test]
    fn it_is_in_time_until_its_look_changes_or_its_life_is_over() {
        let second = chrono::TimeDelta::seconds(1);
        let entry = entry(Some(now() + second * 10));
        assert!(entry.is_in_time(now(), second * 60) && entry.is_in_time(now() + second * 9, second * 60));
        assert!(!entry.is_in_time(now() + second * 10, second * 60));
        assert!(!entry.is_in_time(now() + second * 5, second * 5));
        assert!(!entry.is_in_time(now() - second, second * 60), "made in the future: the clock was set back");
    }

    #[test]
    fn what_was_shared_is_read_back_and_nothing_else_is() {
        for until in [None, Some(now() + chrono::TimeDelta::minutes(3))] {
            let bytes = entry(until).encode();
            let back = Entry::decode(&bytes).unwrap_or_else(|| entry(None));
            assert_eq!((back.basis(), back.made_at), (entry(until).basis(), now()));
            assert_eq!(back.body(), entry(None).body());
            for end in 0..bytes.len() {
                assert!(bytes.get(..end).and_then(Entry::decode).is_none(), "cut at {end}");
            }
        }
        assert!(Entry::decode(b"page 0\n\n").is_none());
    }

    #[test]
    fn each_encoding_has_its_own_tag_and_says_the_same() {
        let entry = entry(None);
        let brotli = entry.variant(Encoding::Brotli);
        assert_eq!(unbrotli(&brotli.body).as_ref(), Some(entry.body()));
        let mut plain = Vec::new();
        let read = flate2::read::GzDecoder::new(&*entry.variant(Encoding::Gzip).body).read_to_end(&mut plain);
        assert!(read.is_ok() && plain == entry.body().as_ref());
        assert_ne!(brotli.etag, entry.variant(Encoding::Gzip).etag);
        assert_ne!(brotli.etag, entry.variant(Encoding::Identity).etag);
    }
}
