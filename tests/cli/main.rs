//! The `telemedicine` command as an operator meets it: exit codes, messages, and what it must never print.
//!
//! Each test runs the real program in an empty folder of its own, with no variable of ours in its environment. Tests that need
//! Postgres or Redis use `TEST_DATABASE_URL` and `TEST_REDIS_URL`; without them they say so and pass.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads where its services are"
)]

mod audit;
mod cache;
mod check;
mod erase;
mod export;
mod hostile;
mod logging;
#[path = "../web/support/ports.rs"]
mod ports;
mod postgres;
mod program;
#[path = "../web/support/redis_server.rs"]
#[expect(dead_code, reason = "the web tests use more of it")]
mod redis_server;
#[path = "../web/support/relay.rs"]
mod relay;
mod restored;
mod serve;
mod settings;
mod streams;
mod super_admin;
mod zones;
