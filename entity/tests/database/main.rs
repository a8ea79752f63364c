//! The entities against the schema that the `migration` crate makes, on SQLite and, when
//! `TEST_DATABASE_URL` gives a Postgres server's address, there as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop right there"
)]

mod append_only;
mod attachments;
mod call_rows;
mod closed_sets;
mod documents;
mod erasure_rows;
mod instants;
mod integrity;
mod lengths;
mod mails;
mod messages;
mod notes;
mod overlap;
mod passkey_rows;
mod round_trip;
mod rows;
mod stored_counts;
mod support;
mod visit_rows;
mod visits;
