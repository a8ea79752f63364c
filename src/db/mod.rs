//! The database: one pool a process, and the only ways through it.
//!
//! - [`Reader::run`] reads. A read that meets a dropped connection is tried again on a live one.
//!   One for a cached page may be answered by a replica (`replicas`), if that has everything that the page has to show.
//!   [`Database::snapshot`] reads much as it stood at one moment.
//! - [`Database::write`] writes, inside one [`UnitOfWork`]: BEGIN, the work, COMMIT. The work returns [`Recorded`], which is had by writing the
//!   trail; what is nobody's act says so with a reason ([`Unrecorded`]).
//!
//! Queries and services get a [`ReadConnection`] or a [`UnitOfWork`], never a pool and never a bare transaction, so what a
//! request reads and writes can be counted ([`accounting`]), and is tied to the response cache here: a read names the topics it
//! depends on, a write those that it touches, or neither compiles.
//!
//! Nothing here relies on session state, so that a transaction pooler may stand between us and Postgres: no `SET` without
//! `LOCAL`, no session locks, no `LISTEN`. Owns no table. Used by queries, services, sessions, access and the commands.

pub mod accounting;
mod agreement;
mod clock_skew;
mod condition;
mod connect_error;
mod connection;
mod errors;
pub mod health;
mod identity;
mod instances;
mod invalidation;
mod keys;
mod lists;
mod liveness;
mod outbox;
mod outcome;
mod pool_use;
mod postgres;
mod read;
mod recorded;
mod replicas;
mod retries;
mod search;
mod snapshot;
mod sqlite;
mod sweeper;
mod sweeping;
mod unit_of_work;
mod write;

pub use agreement::{Agreement, Introduction};
pub use clock_skew::{ClockSkew, FURTHEST_APART};
pub use connect_error::ConnectError;
pub use connection::{Database, PoolState};
pub use errors::{
    Violation, ViolationKind, is_conflict, is_dropped, is_outdated, is_pooler_mismatch, is_unavailable, violation,
};
pub use keys::{ChangedRow, DoctorTexts, HospitalTexts, PersonTexts};
pub use lists::{
    COUNTED, InList, Selecting, SideBySide, count, counted, counting, is_not_word, is_one_of, is_word, without_address,
};
pub use read::{ReadConnection, Reader};
pub use recorded::{Recorded, Unrecorded};
pub use replicas::Report as ReplicaReport;
/// What the layers above name when a read or a write failed; they know nothing else of SeaORM.
pub use sea_orm::DbErr;
pub use search::{Reach, is_person, key_holds};
pub use sweeper::{SweepOutcome, SweepPart, Sweeper};
pub use sweeping::{SWEEP_BATCH, Swept};
pub use unit_of_work::UnitOfWork;
