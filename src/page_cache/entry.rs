//! A page that was kept: its bytes, and what it stands on.

use std::io::{Read as _, Write as _};

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

/// One page. What is kept of it is its brotli form, a tenth of the page, which most browsers ask for and which is shared through Redis; the
/// others are made of it, and kept beside it once somebody asks for them.
#[derive(Clone, Debug)]
pub(super) struct CacheEntry {
    basis: Basis,
    made_at: DateTime<Utc>,
    brotli: Bytes,
    identity: Option<Bytes>,
    gzip: Option<Bytes>,
    /// Strong, one for each form: other bytes have another tag. In the order of [`Encoding`].
    etags: [HeaderValue; 3],
    cache_control: HeaderValue,
}

impl CacheEntry {
    /// A page that was made at `made_at`. `None` if it cannot be packed.
    #[must_use]
    pub(super) fn new(
        basis: Basis,
        made_at: DateTime<Utc>,
        (body, cache_control): (&[u8], HeaderValue),
    ) -> Option<Self> {
        let brotli = brotli(body)?.into();
        Some(Self { basis, made_at, brotli, identity: None, gzip: None, etags: etags(body), cache_control })
    }

    /// The same page, keeping its form in `encoding` as well; `body` is the page as it is.
    #[must_use]
    pub(super) fn with_form(mut self, encoding: Encoding, body: &[u8]) -> Self {
        match encoding {
            Encoding::Brotli => {}
            // Copied, for what a page was written into is larger than the page.
            Encoding::Identity => self.identity = Some(Bytes::copy_from_slice(body)),
            Encoding::Gzip => self.gzip = gzip(body).map(Bytes::from),
        }
        self
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

    /// The page as it is; unpacked, unless that form is kept.
    #[must_use]
    pub(super) fn body(&self) -> Bytes {
        self.identity.clone().or_else(|| unbrotli(&self.brotli)).unwrap_or_default()
    }

    /// What browsers and proxies may do with it.
    #[must_use]
    pub(super) fn cache_control(&self) -> &HeaderValue {
        &self.cache_control
    }

    /// Whether a browser may keep it, and ask whether it is still the one.
    #[must_use]
    pub(super) fn is_kept_by_browsers(&self) -> bool {
        self.cache_control != "no-store"
    }

    /// The page in an encoding, if that form is kept.
    #[must_use]
    pub(super) fn form(&self, encoding: Encoding) -> Option<&Bytes> {
        match encoding {
            Encoding::Identity => self.identity.as_ref(),
            Encoding::Brotli => Some(&self.brotli),
            Encoding::Gzip => self.gzip.as_ref(),
        }
    }

    /// The tag of the page in an encoding.
    #[must_use]
    pub(super) fn etag(&self, encoding: Encoding) -> &HeaderValue {
        let [identity, brotli, gzip] = &self.etags;
        match encoding {
            Encoding::Identity => identity,
            Encoding::Brotli => brotli,
            Encoding::Gzip => gzip,
        }
    }

    /// What it takes of memory, in bytes: the forms that are kept, the stamps, and what is around them.
    #[must_use]
    pub(super) fn weight(&self) -> u32 {
        let forms = [Some(&self.brotli), self.identity.as_ref(), self.gzip.as_ref()];
        let forms: usize = forms.into_iter().flatten().map(Bytes::len).sum();
        u32::try_from(forms + self.basis.stamps.len() * 128 + 800).unwrap_or(u32::MAX)
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
        bytes.extend_from_slice(&self.brotli);
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
        let brotli = Bytes::copy_from_slice(bytes.get(end + 2..)?);
        let etags = etags(&unbrotli(&brotli)?);
        let basis = Basis { epoch, stamps, until };
        Some(Self { basis, made_at, brotli, identity: None, gzip: None, etags, cache_control })
    }
}

/// Another layout is another version.
const VERSION: &str = "page 1";
/// No page is as large; a damaged entry must not fill the memory.
const LARGEST: u64 = 32 * 1024 * 1024;

fn etags(body: &[u8]) -> [HeaderValue; 3] {
    use base64::Engine as _;
    let digest = Sha256::digest(body);
    let short = digest.get(..16).unwrap_or_default();
    let name = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(short);
    ["", ".br", ".gz"].map(|suffix| {
        HeaderValue::from_str(&format!("\"{name}{suffix}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    })
}

/// How hard a page is compressed. From 4 on the encoder clears hash tables of megabytes for each page: a dashboard of 48 kB takes 0.6 ms,
/// with 5 even 8 ms, several times what rendering it takes; with 3 it takes 0.1 ms, and 5.4 kB instead of 4.8 go over the wire.
const QUALITY: u32 = 3;

/// With a window that is no larger than the page: the tables that come with one of a megabyte are many times what is kept.
fn brotli(body: &[u8]) -> Option<Vec<u8>> {
    let window = body.len().next_power_of_two().trailing_zeros().clamp(10, 18);
    let mut packed = Vec::with_capacity(body.len() / 4);
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, QUALITY, window);
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

    fn entry(until: Option<DateTime<Utc>>) -> CacheEntry {
        let basis = Basis {
            epoch: Bytes::from_static(b"e1"),
            stamps: vec![(Topic::Agenda(7), Bytes::from_static(b"s1")), (Topic::Inbox(5), Bytes::from_static(b"s2"))],
            until,
        };
        let body = Bytes::from("<p>Waiting since 10:05</p>".repeat(50));
        let entry = CacheEntry::new(basis, now(), (&body, HeaderValue::from_static("private, no-cache")));
        entry.unwrap_or_else(|| panic!("a page can be packed"))
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
            let back = CacheEntry::decode(&bytes).unwrap_or_else(|| entry(None));
            assert_eq!((back.basis(), back.made_at), (entry(until).basis(), now()));
            assert_eq!(back.body(), entry(None).body());
            for end in 0..bytes.len() {
                assert!(bytes.get(..end).and_then(CacheEntry::decode).is_none(), "cut at {end}");
            }
        }
        assert!(CacheEntry::decode(b"page 0\n\n").is_none());
    }

    #[test]
    fn each_encoding_has_its_own_tag_and_says_the_same() {
        let packed = entry(None);
        let body = packed.body();
        let all = packed.clone().with_form(Encoding::Gzip, &body).with_form(Encoding::Identity, &body);
        assert_eq!(packed.form(Encoding::Brotli).and_then(|form| unbrotli(form)).as_ref(), Some(&body));
        let mut plain = Vec::new();
        let gzip = all.form(Encoding::Gzip).cloned().unwrap_or_default();
        let read = flate2::read::GzDecoder::new(&*gzip).read_to_end(&mut plain);
        assert!(read.is_ok() && plain == body.as_ref());
        assert_eq!((all.form(Encoding::Identity), all.body()), (Some(&body), body.clone()));
        assert_ne!(all.etag(Encoding::Brotli), all.etag(Encoding::Gzip));
        assert_ne!(all.etag(Encoding::Brotli), all.etag(Encoding::Identity));
    }

    #[test]
    fn it_weighs_what_is_kept() {
        let packed = entry(None);
        let body = packed.body();
        let grown = packed.clone().with_form(Encoding::Identity, &body).weight() - packed.weight();
        assert_eq!(usize::try_from(grown).ok(), Some(body.len()));
        assert!(packed.form(Encoding::Identity).is_none() && packed.form(Encoding::Gzip).is_none());
    }
}
