//! Pages that change by themselves.
//!
//! The stamps that vouch for a page are what it is told by: a page carries a [`PageToken`] of its topics and their stamps, and `GET /live?on=…` answers
//! with a stream of events that says `changed` as soon as one of them is another. The page then asks for **its own address** again, which is cached,
//! judged by the same permission, and never stale, and puts what differs in its place (`static/js/live.js`).
//!
//! 1. **Nothing is lost between page and stream**: a stream is entered into the [`Hub`] first, and its stamps are compared with those of the store
//!    after that. So no event has a number, and none is ever sent again: a page that comes back shows the token of what it shows.
//! 2. **Nothing waits for a slow reader**: a stream is a handful of bits ([`Stream`]). Ten changes before the socket takes any are one event.
//! 3. **What was missed is found**: every five seconds, and when the listener has begun anew, the hub compares the stamps of all that is watched.
//!    While Redis is away the outbox tells of changes.
//! 4. **Nothing is claimed that is not so**: a stream beats only while this process hears of changes; a page that hears no beat says that it is not live.
//! 5. **A stream is no use of the session** and ends with it, on each instance: the hub watches the person's own topic and the session's limits.
//!
//! A stream says *that* something has changed, and never what. Knows no feature; owns no table.

mod handlers;
mod hub;
mod stream;
mod token;
#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]
mod walk;
mod watching;

pub use self::handlers::routes;
pub use self::hub::Hub;
pub use self::stream::{Ending, LiveBody, Stream};
pub use self::token::{PageToken, Tokens};
pub use self::watching::Watcher;
