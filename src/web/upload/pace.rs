//! How slowly a form with a file may come. Any other comes within [`PATIENCE`] as a whole, and one with a file is larger than that allows: so of this one
//! each piece does that is as large as another form may be. Who sends a byte now and then is let go as soon as everywhere else.

use std::{io, time::Duration};

use actix_web::{error::PayloadError, web::Bytes};
use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Instant, timeout};

use crate::web::submitted::{LIMIT, PATIENCE};

/// What is `sent`, until it comes too slowly: then [`is_late`].
pub(super) fn in_pace<S>(sent: S) -> impl Stream<Item = Result<Bytes, PayloadError>>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    paced(sent, Pace::of(PATIENCE))
}

/// Whether it came too slowly.
pub(super) fn is_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Incomplete(Some(why)) if why.kind() == io::ErrorKind::TimedOut)
}

fn paced<S>(sent: S, pace: Pace) -> impl Stream<Item = Result<Bytes, PayloadError>>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let paced = stream::unfold((sent, pace), |(mut sent, mut pace)| async move {
        let began = Instant::now();
        let chunk = match timeout(pace.left, sent.next()).await {
            Ok(chunk) => chunk?,
            Err(_late) => Err(PayloadError::Incomplete(Some(io::ErrorKind::TimedOut.into()))),
        };
        pace.came(chunk.as_ref().map_or(0, Bytes::len), began.elapsed());
        Some((chunk, (sent, pace)))
    });
    // Whoever reads the parts may ask once more after the end.
    paced.fuse()
}

/// How long the client is still waited for. What the server waits for meanwhile is not counted.
#[derive(Debug)]
struct Pace {
    patience: Duration,
    left: Duration,
    /// Of this piece.
    bytes: usize,
}

impl Pace {
    const fn of(patience: Duration) -> Self {
        Self { patience, left: patience, bytes: 0 }
    }

    fn came(&mut self, bytes: usize, waited: Duration) {
        self.bytes += bytes;
        self.left = self.left.saturating_sub(waited);
        if self.bytes >= LIMIT {
            *self = Self::of(self.patience);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_has_its_time_however_many_bytes_come_at_once() {
        let mut pace = Pace::of(Duration::from_secs(15));
        pace.came(LIMIT - 1, Duration::from_secs(9));
        assert_eq!(pace.left, Duration::from_secs(6));
        pace.came(0, Duration::from_secs(2));
        assert_eq!(pace.left, Duration::from_secs(4));
        pace.came(1, Duration::from_secs(3));
        assert_eq!((pace.left, pace.bytes), (Duration::from_secs(15), 0));
        pace.came(1, Duration::from_secs(20));
        assert_eq!(pace.left, Duration::ZERO, "another byte gives no more time");
    }

    #[tokio::test]
    async fn what_is_there_comes_and_what_does_not_come_is_late() {
        let there = || stream::iter([Ok(Bytes::from_static(b"a")), Ok(Bytes::from_static(b"b"))]);
        let ended = paced(there(), Pace::of(Duration::ZERO)).collect::<Vec<_>>().await;
        assert_eq!(ended.into_iter().filter_map(Result::ok).collect::<Vec<_>>(), ["a", "b"]);
        let mut over = Box::pin(paced(stream::empty(), Pace::of(Duration::ZERO)));
        assert!(over.next().await.is_none() && over.next().await.is_none());
        let mut halting = Box::pin(paced(there().chain(stream::pending()), Pace::of(Duration::ZERO)));
        assert_eq!((&mut halting).take(2).filter_map(async |chunk| chunk.ok()).count().await, 2);
        assert!(halting.next().await.is_some_and(|late| late.is_err_and(|error| is_late(&error))));
        assert!(!is_late(&PayloadError::Overflow));
    }
}
