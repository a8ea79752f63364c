//! The clinic's schema: one reversible change a file, the same meaning on Postgres and on SQLite.
//!
//! ```text
//! changes/   the changes, as the SQL they run          dialect   what the two databases write differently
//! change     how a change is applied and taken back    lock      two at once do not collide
//! effects    whom a statement keeps waiting                    scram   a password as Postgres stores it
//! runner     status, plan, up, down, fresh             grant     what the role of the servers may do
//! ```
//!
//! The server calls [`pending`] before it serves and, when embedded, [`up`]. People use the
//! `migration` command (`main.rs`). Nothing here knows the `entity` crate: a released change must
//! not move when an entity does. There are no seeds.

mod change;
mod changes;
mod dialect;
mod effects;
mod grant;
mod lock;
mod runner;
mod scram;

pub use grant::{ServerRole, grant, grants};
pub use runner::{Migrator, Planned, State, down, fresh, pending, plan, status, up};
pub use sea_orm_migration::sea_orm;
