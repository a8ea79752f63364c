//! How what is kept stays true: topics, stamps, holds, and the lease under which a process answers from its own memory.
//!
//! **The promise**: whatever is served from something that was kept shows every write whose writer was answered before the request
//! arrived, on any number of processes. There is no exception. This module knows nothing of HTTP; who keeps pages ([`crate::page_cache`])
//! or copies of sessions ([`crate::session`]) asks it whether they may be believed.
//!
//! # Words
//!
//! - A [`Topic`] is a slice of the clinic's data: the agenda of one doctor, the inbox of one person. Each read names the topics
//!   that cover whatever it may find ([`crate::db::Reader::run`]), each write those it changes ([`crate::db::UnitOfWork`]); neither
//!   compiles without.
//! - A **stamp** is the value of a topic: 128 random bits, new each time the topic changes, never used again. Not a counter: one that
//!   is lost and starts anew would come to values that were used before.
//! - While a unit of work is being committed its topics are **held**: in the place of the stamp stand the holders.
//! - The **epoch** says which server, with which dataset, stamps come from ([`crate::redis`]). Another epoch makes all of them worthless.
//! - A [`Basis`] is what something was made from: the epoch, and the stamps its topics had **before** the first read.
//! - The **map** is what a process knows of topics without asking; the **lease** is the time for which it may believe it.
//! - The **sequence** numbers all that is published, in the order in which it was done.
//!
//! # Reading
//!
//! 1. While something is made, its [`ReadSet`] gets the stamp of each topic **before** the read that depends on it. Any held topic, a
//!    store that cannot be asked, a read that says it is not to be kept: it is not kept.
//! 2. It may be served if, after the request arrived, the stamps of all its topics are those of its basis, under the same epoch: as the map
//!    says under a valid lease, else as Redis says. A topic that is missing gets a new stamp; one that is held equals nothing.
//! 3. What Redis is asked carries the sequence of that moment, and fills the map; but the map never goes back: per topic the larger
//!    sequence counts, and nothing is filled by a question that was sent before everything was dropped.
//!
//! # Writing ([`Coherence`], `db::invalidation`)
//!
//! 1. HOLD, in one script on the server whose epoch is believed: the holder is put into the place of each stamp, the sequence goes on,
//!    "held" is published, and the answer names the **live leases** with the time they have left. The writer's own map takes it at once.
//! 2. COMMIT is allowed when **every other live process has acknowledged the hold, or its lease is over**; and when less than half of
//!    the hold's time is gone. Postgres itself ends a transaction whose process makes no sound for longer.
//! 3. RENEW, after COMMIT or ROLLBACK: the holder is taken out, each topic that nobody else holds gets a new stamp whatever stood there,
//!    and that is published. If the hold had stood all the time the writer is answered. If it was gone (flushed, evicted, said twice), somebody
//!    may have set a stamp meanwhile, and filled a map and made a page under it: then the writer is answered only when every live process has
//!    acknowledged the **new stamp**, or its lease is over.
//! 4. From HOLD to RENEW it runs in a task of its own, which nobody who hangs up can end.
//! 5. Nobody knows whether it was committed: the topics stay held, and the hold is prolonged behind the answer, until the
//!    database can tell that the transaction is over.
//!
//! # Listening (`store::redis::listener`)
//!
//! One connection a process is subscribed to what is published, and applies it in order. Every fifth of a lease the process has Redis note its
//! lease and publish a nonce. When the nonce **comes back over the subscription**, it believes its map until *the moment of sending* + lease −
//! margin, by a clock that goes on while the machine sleeps: what arrives shows that the subscription lives and that everything published
//! before has been applied. A number that is missing in the sequence, another epoch, a new subscription: the map is dropped, the lease is
//! over. No second nonce is sent before the first has come back, so a process that hears nothing is waited for no longer than one lease.
//!
//! # Why nothing stale is served
//!
//! Let W be committed, and a request R arrive at process P after whoever asked for W was answered. Suppose P served R something that does
//! not show W, though it depends on topic T, which W touched. Its basis has the stamp s of T. s was read before the data, the data before W's
//! COMMIT; so s stood before W's COMMIT. After it RENEW replaced what stood at T, and s is never set again.
//!
//! - *P asked Redis*, after R arrived: it found s′ ≠ s, or a holder. Not served.
//! - *P answered from its map* under a lease that is valid after R arrived. When W's hold was said, P's lease was noted at the server or not.
//!   - It was: W waited until P had applied the hold, or until the lease, as the server knows it, was over. The server counts from a later moment
//!     than P does, so P's own was over earlier. So before COMMIT P's map held T, or P believed nothing.
//!   - It was not, because the server had lost it: then the epoch is a new one, or the leases had lost the mark of the epoch, and W waited for
//!     as long as any lease from before may go on (the **grace**).
//!   - It was not, because P noted it later: the nonce came after the hold, and P applied the hold before it believed anything.
//!
//!   From then on P's map says of T "held", or a stamp that a message or an answer with a larger sequence has brought. Could that be s? Only a
//!   RENEW or a missing stamp's replacement sets one, each a new one; an answer that carries s was given before the hold, with a smaller
//!   sequence, or after a hold that was lost: then RENEW found it gone, and waited until P had heard of s′. Not served. ∎
//!
//! Between W's COMMIT and its answer T is held, so nobody sees W on one page and not on another; what is made while T is held is not kept. A
//! write that is rolled back costs a miss. Losing stamps costs misses.
//!
//! # Reads that may be behind
//!
//! A page that is being made may be read from a copy of the database that follows it (`db::replicas`). What is read there may lack what was committed
//! **before** the read, so "the data before W's COMMIT" above has to be shown anew.
//!
//! 1. A process notes for each topic since when it has known its present stamp ([`ReadSet::known_since`]): the moment at which the message or the
//!    answer was here, by its own clock. The same stamp seen again does not make it later. A hold, another stamp, or a map that was dropped ends it:
//!    after another epoch or a lost subscription the same stamp is known since it was seen anew.
//! 2. A read under the stamp s of T, known since t, may be answered by a copy if that has replayed the database's log up to a place
//!    that the database itself named when it was asked after t.
//!
//! Suppose the read lacks W, which touches T. Then the record of W's COMMIT lies behind that place, so it was not written when the question was sent, and
//! W was committed after t. s stood at t, since it was here. So s stood before W's COMMIT, as above, and all that follows from it holds: after
//! it RENEW replaced what stood at T, and s is never set again. Nothing is said of *which* stamp: one that took the place of a lost one, or
//! was set by a server of another release, is as good as any. ∎
//!
//! The epoch matters: a Redis that came back with less may show s again under a new one, long after W replaced it. Then t is a moment after
//! that, and so after W.
//!
//! A page that is made of several reads may show one part from a copy and another from the database. If the first lacks W and the second shows it,
//! T has not the stamp s any more when the page is finished, and it is made once more, as it is when W comes between two reads of the database. So is one
//! that shows W a moment before the database itself does, for the record of a COMMIT is sent before it takes effect: T is held then.
//!
//! # When Redis cannot be told
//!
//! The topics go into the database's outbox in the same transaction, and others believe Redis and their maps only as long as they can know that
//! nobody does so, or have just read the outbox. How that is known, without one exception, is told in [`Membership`].
//! Pages go on while the database is away for everybody: then nothing can be committed, and nobody is missing in the registry. They go on for
//! [`ROW_LEASE`], as long as pages live.
//!
//! # What is taken for granted
//!
//! - Clocks count seconds alike, up to [`MARGIN`]. What time they show does not matter.
//! - A machine that is suspended finds its boot-time clock gone on. (A virtual machine that is frozen together with that clock, for longer than a
//!   lease, goes on believing for what was left of it.)
//! - One master takes writes at a time. After a failover that the old one has not noticed, Redis itself has to prevent two: with
//!   `min-replicas-to-write 1` and a `min-replicas-max-lag` no longer than a lease.
//! - A COMMIT is answered, or given up by the database, within the time of a hold.
//! - A copy of the database that says so follows it: `db::replicas` has what that means.
//! - `CACHE_LEASE_MS` is the same on all processes: a new epoch's grace is one's own lease.
//!
//! `tests/protocol` checks a model of this in every reachable state of a small world; `tests/coherence` checks the thing itself.

pub mod boot_clock;
mod hold;
mod membership;
mod read_set;
mod stamp;
pub mod store;
mod topic;
mod topic_map;

pub use self::hold::{Coherence, Hold};
pub(crate) use self::membership::DEAD;
pub use self::membership::{MARGIN, Membership, OUTBOX_LEASE, ROW_LEASE, Silence};
pub use self::read_set::{Cursor, ReadSet, Uncacheable};
pub use self::stamp::{Basis, Stamp, Stamps};
pub use self::store::{Change, MemoryStore, RedisStore, Store, Unavailable};
pub use self::topic::{Topic, Topics};

/// How many changes a receiver may be behind before it is told that it has missed some.
const CHANGES: usize = 4_096;
