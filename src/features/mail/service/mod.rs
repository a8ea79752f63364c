//! Putting mail into the outbox, and sending it.

mod outbox;
mod outcome;
mod sender;
mod stop_signal;

pub(crate) use outbox::{MovedVisit, QueuedMail, follow, queue};
pub use outcome::Round;
pub use sender::{EmailText, MailSender, Writer};
pub use stop_signal::StopSignal;
