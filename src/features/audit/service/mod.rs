//! Writing the trail, and sealing it.

mod redacting;
mod refusals;
mod sealing;

pub(crate) use redacting::{Redaction, personal_lines, redact};
pub use refusals::record_refusals;
pub(crate) use refusals::record_refusals_forever;
pub use sealing::Sealer;

use chrono::{DateTime, Utc};
use entity::audit_entry;
use sea_orm::{ActiveValue::NotSet, DbErr, Set};
use serde_json::Value;

use super::{Actor, AuditEvent};
use crate::db::{Recorded, UnitOfWork};

/// Writes that `actor` did `event` at the instant `at`, in the unit of work of the act itself:
/// `Ok(audit::record(uow, now, viewer, AuditEvent::new(Cancelled, Appointment, id)).await?.with(id))`. What it returns is the proof without
/// which the unit of work is not committed. One statement.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub async fn record(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    actor: impl Into<Actor>,
    event: AuditEvent,
) -> Result<Recorded, DbErr> {
    let actor = actor.into();
    let entry = audit_entry::ActiveModel {
        id: NotSet,
        at: Set(at),
        actor_id: Set(actor.id),
        actor_name: Set(audit_entry::NO_NAME.to_owned()),
        actor_role: Set(actor.role),
        hospital_id: Set(event.hospital_id.or(actor.hospital_id)),
        ip: Set(actor.address.map(|address| address.to_string())),
        action: Set(event.action),
        subject_kind: Set(event.subject_kind),
        subject_id: Set(event.subject_id),
        detail: Set(Value::Object(event.detail)),
        created_at: Set(at),
        updated_at: Set(at),
    };
    uow.record(entry).await
}
