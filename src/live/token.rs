//! What a page shows, in a form that it can hand back: topics, stamps, until when; for one person alone.
//!
//! `v1.{body}.{mac}`, both in base64url. The same page has the same token, byte for byte. The body: 8 bytes of the epoch's digest, 8 of the moment
//! in milliseconds (0: none), the name of the zone and the names of topics each behind its length, each topic with the first 8 bytes of its stamp
//! (0: held, or not known).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::coherence::{Cursor, Stamp, Topic};
use crate::settings::SecretKey;
use crate::time_zone::Tz;
use crate::web::LiveMarks;

const VERSION: &str = "v1";
/// Of the MAC.
const MAC_LENGTH: usize = 16;
/// A page that shows more topics has no token, and is not live.
const MOST_TOPICS: usize = 64;
/// None that was made here is longer.
const LONGEST: usize = 4_096;

/// Makes tokens, and knows its own again. Clones are the same.
#[derive(Clone)]
pub struct Tokens(Hmac<Sha256>);

/// What a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken {
    epoch: u64,
    until: i64,
    zone: Tz,
    stamps: Vec<(Topic, u64)>,
}

impl Tokens {
    /// Tokens under a key of the site's own.
    #[must_use]
    pub fn new(key: &SecretKey) -> Self {
        Self(Hmac::new(&key.derive("live").into()))
    }

    /// The token of what `viewer` (`user.id`) is shown, in `zone`.
    #[must_use]
    pub fn of(&self, viewer: i64, zone: Tz, shown: &Cursor) -> Option<String> {
        let body = PageToken::new(zone, shown)?.encode()?;
        let mac = self.mac(viewer, &body).finalize().into_bytes();
        let mac = BASE64_URL_SAFE_NO_PAD.encode(mac.get(..MAC_LENGTH)?);
        Some(format!("{VERSION}.{}.{mac}", BASE64_URL_SAFE_NO_PAD.encode(&body)))
    }

    /// The token in `text`, if it was made here, for `viewer`.
    #[must_use]
    pub fn read(&self, viewer: i64, text: &str) -> Option<PageToken> {
        if text.len() > LONGEST {
            return None;
        }
        let (body, mac) = text.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')?;
        let (body, mac) = (BASE64_URL_SAFE_NO_PAD.decode(body).ok()?, BASE64_URL_SAFE_NO_PAD.decode(mac).ok()?);
        let is_ours = mac.len() == MAC_LENGTH && self.mac(viewer, &body).verify_truncated_left(&mac).is_ok();
        is_ours.then(|| PageToken::decode(&body))?
    }

    fn mac(&self, viewer: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(&viewer.to_be_bytes());
        mac.update(body);
        mac
    }
}

impl LiveMarks for Tokens {
    fn mark(&self, viewer: i64, zone: Tz, shown: &Cursor) -> Option<String> {
        self.of(viewer, zone, shown)
    }
}

impl PageToken {
    pub(super) fn new(zone: Tz, shown: &Cursor) -> Option<Self> {
        let stamps = shown.stamps.iter().map(|(topic, stamp)| (*topic, stamp.as_ref().map_or(0, head))).collect();
        let until = shown.until.map_or(0, |until| until.timestamp_millis().saturating_add(1));
        (shown.stamps.len() <= MOST_TOPICS).then(|| Self { epoch: digest(&shown.epoch), until, zone, stamps })
    }

    /// The zone in which its times are told.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The first moment at which the page looks different by itself; a millisecond later at most.
    #[must_use]
    pub fn until(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.until).filter(|_| self.until != 0)
    }

    /// What it shows.
    pub fn topics(&self) -> impl Iterator<Item = Topic> + '_ {
        self.stamps.iter().map(|(topic, _)| *topic)
    }

    /// Whether it shows who is in the room of a visit, or a call that is held there.
    pub(super) fn is_of_a_visit(&self) -> bool {
        self.topics().any(|topic| matches!(topic, Topic::Visit(_) | Topic::Call(_)))
    }

    /// Whether it shows something else of `topic` than has this stamp now. While it is held nobody knows.
    #[must_use]
    pub fn differs(&self, topic: Topic, epoch: &Bytes, now: &Stamp) -> bool {
        let Stamp::Current(now) = now else { return false };
        let shown = self.stamps.iter().filter(|(known, _)| *known == topic);
        shown.into_iter().any(|(_, stamp)| *stamp != head(now) || self.epoch != digest(epoch))
    }

    fn encode(&self) -> Option<Vec<u8>> {
        let mut body = Vec::with_capacity(256);
        body.extend(self.epoch.to_be_bytes());
        body.extend(self.until.to_be_bytes());
        push(&mut body, self.zone.name())?;
        for (topic, stamp) in &self.stamps {
            push(&mut body, &topic.to_string())?;
            body.extend(stamp.to_be_bytes());
        }
        Some(body)
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let (epoch, rest) = body.split_first_chunk::<8>()?;
        let (until, rest) = rest.split_first_chunk::<8>()?;
        let (zone, mut rest) = text(rest)?;
        let mut stamps = Vec::new();
        while !rest.is_empty() {
            let (name, after) = text(rest)?;
            let (stamp, after) = after.split_first_chunk::<8>()?;
            stamps.push((Topic::parse(name)?, u64::from_be_bytes(*stamp)));
            rest = after;
        }
        let (epoch, until) = (u64::from_be_bytes(*epoch), i64::from_be_bytes(*until));
        Some(Self { epoch, until, zone: zone.parse().ok()?, stamps })
    }
}

fn push(body: &mut Vec<u8>, text: &str) -> Option<()> {
    body.push(u8::try_from(text.len()).ok()?);
    body.extend(text.as_bytes());
    Some(())
}

fn text(body: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = body.split_first()?;
    let (text, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

/// The first half of a stamp.
fn head(stamp: &Bytes) -> u64 {
    let digits = stamp.get(..16).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_else(|| digest(stamp))
}

fn digest(text: &[u8]) -> u64 {
    Sha256::digest(text).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::Settings;

    fn tokens(secret: &str) -> Tokens {
        let vars = BTreeMap::from([("SECRET_KEY".to_owned(), secret.to_owned())]);
        let key = Settings::from_vars(&vars).map(|settings| settings.secret_key);
        key.map(|key| Tokens::new(&key)).unwrap_or_else(|problems| panic!("{problems}"))
    }

    fn shown(epoch: &'static str, stamp: &'static str) -> Cursor {
        let until = DateTime::from_timestamp_millis(1_900_000_000_123);
        let stamps = vec![(Topic::Everything, None), (Topic::Agenda(7), Some(Bytes::from_static(stamp.as_bytes())))];
        Cursor { epoch: Bytes::from_static(epoch.as_bytes()), stamps, until }
    }

    const A: &str = "0123456789abcdef0123456789abcdef";
    const B: &str = "1123456789abcdef0123456789abcdef";

    #[test]
    fn a_token_is_of_one_person_and_under_one_key() {
        let ours = tokens("one");
        let zone: Tz = "Asia/Kathmandu".parse().unwrap_or_default();
        let text = ours.of(5, zone, &shown("e", A)).unwrap_or_default();
        assert_eq!(ours.of(5, zone, &shown("e", A)), Some(text.clone()), "the same page has the same");
        let read = ours.read(5, &text);
        assert_eq!(read.as_ref().map(PageToken::zone), Some(zone));
        assert_eq!(read, PageToken::new(zone, &shown("e", A)));
        assert_eq!(ours.read(6, &text), None, "another person's");
        assert_eq!(tokens("two").read(5, &text), None, "another site's");
        for at in 3..text.len() {
            let forged: String = text
                .char_indices()
                .map(|(place, letter)| if place == at { if letter == 'A' { 'B' } else { 'A' } } else { letter })
                .collect();
            assert_eq!(ours.read(5, &forged), None, "{forged}");
        }
        for broken in ["", "v1", "v1.", "v1..", "v2.a.b", &text[..text.len() - 4], &"a".repeat(9_000)] {
            assert_eq!(ours.read(5, broken), None, "{broken}");
        }
    }

    #[test]
    fn it_differs_from_another_stamp_and_another_epoch_and_from_no_hold() {
        let token = PageToken::new(Tz::UTC, &shown("e", A)).unwrap_or_else(|| panic!("a token"));
        let now = |stamp: &'static str| Stamp::Current(Bytes::from_static(stamp.as_bytes()));
        let epoch = Bytes::from_static(b"e");
        assert!(!token.differs(Topic::Agenda(7), &epoch, &now(A)));
        assert!(token.differs(Topic::Agenda(7), &epoch, &now(B)));
        assert!(token.differs(Topic::Agenda(7), &Bytes::from_static(b"f"), &now(A)));
        assert!(!token.differs(Topic::Agenda(7), &epoch, &Stamp::Held));
        assert!(!token.differs(Topic::Agenda(8), &epoch, &now(B)), "which it does not show");
        assert!(token.differs(Topic::Everything, &epoch, &now(A)), "of which it did not know the stamp");
        assert!(token.until() >= shown("e", A).until);
    }
}
