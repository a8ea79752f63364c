//! E-mail: what is to be sent, and the sending of it.
//!
//! Owns `mail`, the outbox: a row is written in the transaction of what it tells (`QueuedMail`, `queue`), so no act waits
//! for a mail server and none is told that did not happen. A [`MailSender`] on the instance that leads, or on each, sends what is due. What a mail says is
//! not known here: the features that queue one also write it ([`Writer`]), at the moment it is sent, from what is stored then.
//!
//! # What is promised
//! - **Nothing is lost**: a mail waits until the mail server took it, said that there is no such recipient, or what it says is
//!   no longer so; news of a visit for seven days, when it is none any more.
//! - **Nothing old is told**: who wrote it answers that it is so no longer ([`Written`]) when the visit has changed or the link is over, and the
//!   mail is cancelled.
//! - **Nothing is told that is not so now**: a reminder of a visit whose doctor is away, or news to somebody whose account is shut, is held. It goes
//!   if that is taken back in time, and is cancelled when its time is over.
//! - **Once**, as far as that can be had: an instance claims a mail before it sends it (compare and set on when it is due), and
//!   one that stops finishes what it has in hand. If the mail server's yes gets lost, on the way or because the database cannot
//!   be told of it, the mail is sent again when the claim runs out, under the same `Message-ID`.
//! - **Nothing unwanted**: what somebody has chosen not to get on their profile is not sent, also when it was queued before (`service/choice.rs`). Mail about
//!   their account always is.
//! - **Nothing clinical**: no symptoms, no reasons, and no name but the doctor's, for mail is read by whoever carries it.
//! - **One mail holds up no other**: what cannot be written or is not taken is tried later, each time later; only a mail server
//!   that is away ends a round.

mod queries;
mod service;

pub use queries::Recipient;
pub(crate) use queries::{is_queued_for_messages, is_repeated, news_since, told_of_messages, told_since};
pub use service::{EmailText, MailSender, Round, StopSignal, Writer, Written, give_up_due};
pub(crate) use service::{
    MailOption, MovedVisit, QueuedMail, ToldNews, choice_code, choices, follow, parse_choice, queue, sweep, withdraw,
};
