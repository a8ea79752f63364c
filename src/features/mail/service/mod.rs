//! Putting mail into the outbox, and sending it.

mod outbox;
mod postman;

pub(crate) use outbox::{Errand, queue};
pub use postman::{Postman, Round, Words, Writer};
