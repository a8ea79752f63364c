//! The trail: who did or opened what, when and from where. Owns the tables `audit_entry`,
//! `audit_seal` and `audit_redaction`.
//!
//! The first of the features: every other may call it, it calls none.
//!
//! - [`record`] writes one line in the unit of work of the act it tells about: an act that cannot
//!   be recorded fails, and a line about an act that failed is never kept. It returns the
//!   [`Recorded`](crate::db::Recorded) without which no unit of work is committed.
//! - [`Accessed`] holds a clinical record that was read and cannot be looked at before the reading
//!   is recorded. Then it is [`Clinical`](crate::web::Clinical), for pages that nobody keeps.
//! - [`record_refusals`] writes what was refused ([`crate::web::refusals`]), with whose account, once a minute.
//! - [`Sealer`] seals what is there, so that [`verify`] finds what was changed by other hands.

mod accessed;
mod chain;
mod event;
mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;
mod verification;
mod words;

pub use accessed::Accessed;
pub use event::{Actor, Attribution, AuditEvent};
pub(crate) use queries::was_done;
pub(crate) use service::{Redaction, personal_lines, record_refusals_forever, redact};
pub use service::{Sealer, record, record_refusals};
pub(crate) use verification::is_sealed_with;
pub use verification::{ChainEnd, ChainFinding, Verified, VerifyError, VerifyScope, verify};

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/audit", handlers::index);
    table.get("/record-access", handlers::openings);
}

/// A chain of seals in words: a hospital's, or the platform's.
fn chain_name(chain: Option<i64>) -> String {
    chain.map_or_else(|| "platform".to_owned(), |hospital_id| format!("hospital {hospital_id}"))
}

/// The beginning of a digest, to compare by eye.
fn short(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
