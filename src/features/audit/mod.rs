//! The trail: who did or opened what, when and from where. Owns the table `audit_entry`.
//!
//! The first of the features: every other may call it, it calls none.
//!
//! - [`record`] writes one line in the unit of work of the act it tells about: an act that cannot
//!   be recorded fails, and a line about an act that failed is never kept.
//! - [`Accessed`] holds a clinical record that was read and cannot be looked at before the reading
//!   is recorded.

mod accessed;
mod act;
mod service;

pub use accessed::Accessed;
pub use act::{Act, Actor};
pub use service::record;
