//! Somebody hangs up: the call is over, and the visit is not.

use entity::enums::{AuditAction, AuditSubject, CallEnd};

use crate::{
    access::{ActingViewer, Viewer},
    db::{Recorded, UnitOfWork},
    features::{
        appointments::{CallEnding, open_call_held},
        audit::{self, AuditEvent},
        calls::{
            participant::{Participant, PeerOfVisit},
            queries,
        },
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// Ends the call that goes on in the visit `id`. Both may do so at once: it ends once. A page whose place another has taken (`peer`) ends nothing.
/// Six statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when the viewer is not one of the two who meet; [`AppError::TooManyRequests`] after too many in a minute.
pub(in crate::features::calls) async fn hang_up(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    peer: Option<&str>,
) -> Result<(), AppError> {
    let _counted = state.kit.rate_limiter.attempt(&Key::hang_up(viewer.user_id)).await?;
    let acting = viewer.acting(state.clock.now());
    state.db.write(async |uow| end(uow, acting, (id, peer)).await).await
}

async fn end(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (id, peer): (i64, Option<&str>),
) -> Result<Recorded, AppError> {
    let who = Participant::Party(viewer);
    let visit = uow.read(async |conn| queries::visit_of_call(who, conn, id).await).await?;
    let visit = visit.ok_or(AppError::NotFound)?;
    // As it is when nobody joins it and no page says any more that it is connected.
    let open = uow.read(async |conn| open_call_held(conn, id).await).await?;
    let Some(call) = open else { return Ok(Recorded::unchanged(())) };
    if let Some(key) = peer {
        let page = PeerOfVisit { visit: id, key };
        let page = uow.read(async |conn| queries::standing(who, conn, page, ("", now)).await).await?;
        if !page.is_some_and(|page| page.takes_part()) {
            return Ok(Recorded::unchanged(()));
        }
    }
    let why = if call.connected_at.is_some() { CallEnd::HungUp } else { CallEnd::NotAnswered };
    let Some(ended) = call.end(uow, CallEnding { at: now, why }, visit.seen_by(id)).await? else {
        return Ok(Recorded::unchanged(()));
    };
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).number("call_id", call.id);
    Ok(audit::record(uow, now, viewer, ended.tell(event)).await?)
}
