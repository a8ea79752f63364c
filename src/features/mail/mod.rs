//! E-mail: what is to be sent, and the sending of it.
//!
//! Owns `mail`, the outbox: a row is written in the transaction of what it tells ([`Errand`], [`queue`]), so no act waits
//! for a mail server and none is told that did not happen. A [`Postman`] on each instance sends what is due. What a mail says is
//! not known here: the features that queue one also write it ([`Writer`]), at the moment it is sent, from what is stored then.
//!
//! # What is promised
//! - **Nothing is lost**: a mail waits until the mail server took it, refused it for good, or what it says is no longer so.
//! - **Nothing old is told**: who wrote it answers with no [`Words`] when the visit has changed or the link is over, and the
//!   mail is cancelled.
//! - **Once**: an instance claims a mail before it sends it (compare and set on when it is due). Only if it dies between the
//!   mail server's yes and the note of it, the mail is sent again when the claim runs out, under the same `Message-ID`.
//! - **Nothing clinical**: no symptoms, no reasons, and no patient's name to anybody but the patient, for mail is read by
//!   whoever carries it.

mod queries;
mod service;

pub use queries::Recipient;
pub(crate) use service::{Errand, queue};
pub use service::{Postman, Round, Words, Writer};
