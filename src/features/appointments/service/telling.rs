//! Patients without an e-mail address are told by telephone what others are told by mail. Who did so, and when, stands in the trail.

use entity::enums::{AuditAction, AuditSubject};

use super::super::queries::{self, AppointmentState};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::Recorded,
    features::{
        audit::{self, AuditEvent},
        notifications::{self, SpokenNews},
    },
    state::AppState,
    web::AppError,
};

/// The visit `id` of which somebody is told. One statement.
///
/// # Errors
/// [`AppError::NotFound`] when it is not the viewer's to see.
pub(in crate::features::appointments) async fn visit(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
) -> Result<AppointmentState, AppError> {
    let read = state.db.reader();
    let topics = Topics::exempt("an act, which keeps no page");
    let found = read.run(topics, async |conn| queries::appointment_state(viewer, conn, id).await).await?;
    found.ok_or(AppError::NotFound)
}

/// Notes that the patient was told of it, up to the notification `up_to`; whether anything was left to note. Two statements.
///
/// # Errors
/// The database's.
pub(in crate::features::appointments) async fn note(
    state: &AppState,
    viewer: &Viewer,
    (visit, up_to): (&AppointmentState, i64),
) -> Result<bool, AppError> {
    let now = state.clock.now();
    let told = SpokenNews { appointment_id: visit.id, recipient_id: visit.patient_user_id, up_to };
    let shown_by = || Topics::each(visit.topics().into_iter().chain([Topic::Inbox(visit.patient_user_id)]));
    state
        .db
        .write(async |uow| {
            if notifications::told_by_phone(uow, now, told, shown_by()).await? == 0 {
                return Ok(Recorded::unchanged(false));
            }
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, visit.id);
            Ok(audit::record(uow, now, viewer, event.word("told", "by phone")).await?.with(true))
        })
        .await
}
