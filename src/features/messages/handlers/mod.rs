//! Threads, and what is done in them.

pub(super) mod acting;
pub(super) mod reading;
