//! The room of a visit, and what is sent from it.

pub(super) mod delay;
pub(super) mod guests;
pub(super) mod opening;
pub(super) mod presence;
pub(super) mod room;
