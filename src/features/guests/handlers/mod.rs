//! Guests: what their doctor does about them, their page, and what it asks.

pub(super) mod admitting;
pub(super) mod call;
pub(super) mod page;
