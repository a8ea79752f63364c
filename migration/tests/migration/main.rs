//! The changes and the command, on SQLite and, when `TEST_DATABASE_URL` gives a Postgres server's
//! address, there as well.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on should stop right there")]

mod changes;
mod command;
mod heads;
mod history;
mod in_use;
mod roles;
mod support;
mod trail;
