//! Erasing a patient: what is personal goes for good, the skeleton of visits and the trail stay, and the trail's seals still tell.
//!
//! Owns `erasure`. The last of those that know the clinic's records: it empties rows of nearly all of them.
//!
//! 1. What is to come is cancelled, if the command says so; else it refuses.
//! 2. One transaction takes the person: name, address, telephone, birth, password, the clinical record, sessions, links, second factor,
//!    notifications, mails. It writes the line in the trail, and a row of `erasure` that is not finished yet.
//! 3. Batch by batch what they and others typed about their visits goes, and names and addresses in lines of the trail
//!    (`audit::redact`).
//! 4. The row is finished, and with it the exception that the database makes for it.
//!
//! Killed in between, it is run again and goes on; run once more when all is done, it finds nothing. What becomes of each column of each table
//! is in [`TABLES`], and a table or column that is not there fails `tests/web/erasures.rs`.

mod fate;
mod inventory;
mod queries;
mod service;

pub use fate::Fate;
pub use inventory::TABLES;
pub use queries::{ErasedPerson, Remaining};
pub use service::{ErasureError, ErasureMeans, ErasureOutcome, ErasureRequest, erase, preview};
