//! What is done about guests.

mod admitting;
mod inviting;
pub(super) mod presence;
mod sweep;

pub(super) use admitting::{admit, remove};
pub(crate) use inviting::{InvitedGuest, invite};
pub(crate) use sweep::sweep;
