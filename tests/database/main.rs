//! The database layer against real databases: SQLite always, Postgres where `TEST_DATABASE_URL` names a server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and is told its servers by the environment"
)]

mod accounting;
mod announcing;
mod connecting;
mod dropped;
mod failover;
mod pair;
#[path = "../web/support/ports.rs"]
mod ports;
mod postgres;
mod silence;
mod sqlite;
mod state;
mod support;
mod writing;
