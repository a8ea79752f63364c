//! Putting mail into the outbox, and sending it.

mod outbox;
mod outcome;
mod postman;
mod stopper;

pub(crate) use outbox::{Errand, queue};
pub use outcome::Round;
pub use postman::{Postman, Words, Writer};
pub use stopper::Stopper;
