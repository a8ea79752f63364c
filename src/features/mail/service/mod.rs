//! Putting mail into the outbox, and sending it.

mod choice;
mod outbox;
mod outcome;
mod restored;
mod sender;
mod stop_signal;
mod sweep;
mod withdrawn;

pub(super) use choice::is_wanted;
pub(crate) use choice::{MailOption, code as choice_code, options as choices, parse_choice};
pub(crate) use outbox::{MovedVisit, QueuedMail, follow, queue};
pub use outcome::Round;
pub use restored::give_up_due;
pub use sender::{EmailText, MailSender, Writer, Written};
pub use stop_signal::StopSignal;
pub(crate) use sweep::sweep;
pub(crate) use withdrawn::{ToldNews, withdraw};
