//! What pages ask and say about calls. All of it is for programs.

pub(crate) mod answers;
pub(super) mod ending;
pub(super) mod joining;
pub(super) mod relays;
pub(super) mod reporting;
pub(super) mod signals;
