//! One stream: a handful of bits that the hub sets and the body takes, and nothing else. No queue, so a reader who is slow costs nothing.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use futures_util::task::AtomicWaker;

use super::hub::Hub;
use super::token::PageToken;
use crate::time_zone::Tz;

/// Between two beats, in seconds. A page that has heard nothing for twice as long, and five seconds, says so.
pub(super) const BEAT: u64 = 15;
/// The same where people meet: who waits in a room must not believe for long that nothing happens.
pub(super) const BEAT_OF_A_VISIT: u64 = 5;
/// Tokens of one stream.
pub(super) const MOST_TOKENS: usize = 3;

const READY: u32 = 1;
const BEATS: u32 = 1 << 1;
/// And the bits above it, one for each token.
const CHANGED: u32 = 1 << 8;

/// Why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The process ends: another one, or the next, takes the page over.
    Restart,
    /// Another page of the same session took its place.
    Superseded,
    /// The session is over.
    SignedOut,
}

impl Ending {
    const ALL: [Self; 3] = [Self::SignedOut, Self::Superseded, Self::Restart];

    fn bit(self) -> u32 {
        match self {
            Self::Restart => 1 << 2,
            Self::Superseded => 1 << 3,
            Self::SignedOut => 1 << 4,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Superseded => "superseded",
            Self::SignedOut => "signed-out",
        }
    }
}

/// What is to be told to one page.
#[derive(Debug, Default)]
pub struct Stream {
    bits: AtomicU32,
    waker: AtomicWaker,
}

impl Stream {
    /// What the page shows is what there is.
    pub fn ready(&self) {
        self.set(READY);
    }

    /// What the token of this number shows is no longer so.
    pub fn changed(&self, token: usize) {
        self.set(CHANGED.checked_shl(u32::try_from(token).unwrap_or(u32::MAX)).unwrap_or_default());
    }

    /// This process still hears of what changes.
    pub fn beat(&self) {
        self.set(BEATS);
    }

    /// It is over.
    pub fn end(&self, ending: Ending) {
        self.set(ending.bit());
    }

    /// Whether it is about to say that what the token of this number shows has changed.
    #[cfg(test)]
    pub(super) fn was_told(&self, token: usize) -> bool {
        self.bits.load(Ordering::Acquire) & (CHANGED << token) != 0
    }

    fn set(&self, bits: u32) {
        self.bits.fetch_or(bits, Ordering::AcqRel);
        self.waker.wake();
    }

    fn take(&self) -> u32 {
        self.bits.swap(0, Ordering::AcqRel)
    }
}

/// The body of the answer. Dropped when the connection is gone, and with it what the hub knows of it.
pub struct LiveBody {
    stream: std::sync::Arc<Stream>,
    hub: Hub,
    id: u64,
    zone: Tz,
    /// Seconds between two beats.
    beat: u64,
    has_ended: bool,
}

/// How often a stream of these is to beat.
pub(super) fn beat_of(tokens: &[PageToken]) -> u64 {
    if tokens.iter().any(PageToken::is_of_a_visit) { BEAT_OF_A_VISIT } else { BEAT }
}

impl LiveBody {
    /// That of the stream which `hub` knows as `id`.
    pub(super) fn new(hub: Hub, id: u64, (stream, tokens): (std::sync::Arc<Stream>, &[PageToken])) -> Self {
        let zone = tokens.first().map(PageToken::zone).unwrap_or_default();
        Self { stream, hub, id, zone, beat: beat_of(tokens), has_ended: false }
    }

    /// What is to be told to it.
    #[must_use]
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The events that the bits mean.
    fn events(&mut self, bits: u32) -> String {
        let mut text = String::new();
        let time = || self.hub.now().with_timezone(&self.zone).format("%H:%M:%S");
        if bits & READY != 0 {
            put(&mut text, "ready", format_args!("{{\"beat\":{},\"at\":\"{}\"}}", self.beat, time()));
        }
        for token in (0..MOST_TOKENS).filter(|token| bits & (CHANGED << token) != 0) {
            put(&mut text, "changed", format_args!("{token}"));
        }
        if bits & BEATS != 0 {
            put(&mut text, "beat", format_args!("{}", time()));
        }
        if let Some(ending) = Ending::ALL.into_iter().find(|ending| bits & ending.bit() != 0) {
            put(&mut text, "bye", format_args!("{}", ending.word()));
            self.has_ended = true;
        }
        text
    }
}

fn put(text: &mut String, event: &str, data: std::fmt::Arguments<'_>) {
    // Nothing fails to be written into a text.
    let _ = write!(text, "event: {event}\ndata: {data}\n\n");
}

impl MessageBody for LiveBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let body = self.get_mut();
        if body.has_ended {
            return Poll::Ready(None);
        }
        // First, so that what is set after the look wakes it.
        body.stream.waker.register(context.waker());
        match body.stream.take() {
            0 => Poll::Pending,
            bits => Poll::Ready(Some(Ok(body.events(bits).into()))),
        }
    }
}

impl Drop for LiveBody {
    fn drop(&mut self) {
        self.hub.leave(self.id);
    }
}
