//! The database: one pool a process, and the only two ways through it.
//!
//! - [`Reader::run`] reads. A read that meets a dropped connection is tried again on a live one.
//!   One for a cached page may be answered by a replica (`replicas`), if that has everything that the page has to show.
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
mod condition;
mod connect_error;
mod connection;
mod errors;
pub mod health;
mod identity;
mod instances;
mod invalidation;
mod lists;
mod liveness;
mod outbox;
mod outcome;
mod postgres;
mod read;
mod recorded;
mod replicas;
mod retries;
mod search;
mod sqlite;
mod unit_of_work;
mod write;

pub use connect_error::ConnectError;
pub use connection::{Database, PoolState};
pub use errors::{
    Violation, ViolationKind, is_conflict, is_dropped, is_outdated, is_pooler_mismatch, is_unavailable, violation,
};
pub use lists::{InList, Selecting, SideBySide, is_one_of, is_word};
pub use read::{ReadConnection, Reader};
pub use recorded::{Recorded, Unrecorded};
pub use replicas::Report as ReplicaReport;
/// What the layers above name when a read or a write failed; they know nothing else of SeaORM.
pub use sea_orm::DbErr;
pub use search::contains_ignoring_case;
pub use unit_of_work::UnitOfWork;
