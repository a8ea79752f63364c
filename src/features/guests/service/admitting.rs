//! The doctor lets a guest in, or removes one.

use entity::{
    enums::{AuditAction, AuditSubject},
    visit_guest::{self, ActiveModel, Column},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        calls::{self, GuestStanding, VisitGuestId},
        guests::queries::{self, GuestState},
    },
    state::AppState,
    web::AppError,
};

const OVER: &str =
    "The link of this guest leads nowhere any more. Look at the room to see where the visit stands, and who there is.";

const NOT_HERE: &str =
    "This guest is not here: their page is not open, or was closed just now. You can let them in as soon as they wait.";

/// Lets the guest into the call, from now on and as long as the visit is under way. Who was let in already, is. Three statements.
///
/// # Errors
/// [`AppError::NotFound`] when the viewer is not the doctor of the visit, or the guest is not one of it; [`AppError::Conflict`] when the link is over, or nobody
/// waits with it: who it is that comes is the doctor's to see.
pub(in crate::features::guests) async fn admit(
    state: &AppState,
    viewer: &Viewer,
    which: VisitGuestId,
) -> Result<(), AppError> {
    let acting = viewer.acting(state.clock.now());
    let now = acting.now;
    let admitting = async |uow: &UnitOfWork| {
        let found = held(uow, viewer, which).await?;
        if found.standing(now) == GuestStanding::Over {
            return Err(AppError::Conflict(OVER.to_owned()));
        }
        if found.guest.admitted_at.is_some() {
            return Ok(Recorded::unchanged(()));
        }
        if found.guest.here_until.is_none_or(|until| until <= now) {
            return Err(AppError::Conflict(NOT_HERE.to_owned()));
        }
        let by = Set(Some(viewer.user_id));
        let row = ActiveModel { admitted_at: Set(Some(now)), admitted_by: by, ..Default::default() };
        Ok(keep(uow, acting, which, (row, "admitted")).await?)
    };
    state.db.write(admitting).await
}

/// Removes the guest: the link leads nowhere any more, and their page is out of the call. Who was removed already, is. Seven statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when the viewer is not the doctor of the visit, or the guest is not one of it.
pub(in crate::features::guests) async fn remove(
    state: &AppState,
    viewer: &Viewer,
    which: VisitGuestId,
) -> Result<(), AppError> {
    let acting = viewer.acting(state.clock.now());
    let now = acting.now;
    let removing = async |uow: &UnitOfWork| {
        if held(uow, viewer, which).await?.guest.revoked_at.is_some() {
            return Ok(Recorded::unchanged(()));
        }
        calls::put_guest_out(uow, now, which).await?;
        let row = ActiveModel { revoked_at: Set(Some(now)), ..Default::default() };
        Ok::<_, AppError>(keep(uow, acting, which, (row, "removed")).await?)
    };
    state.db.write(removing).await
}

/// The guest, until the unit of work ends.
async fn held(uow: &UnitOfWork, viewer: &Viewer, which: VisitGuestId) -> Result<GuestState, AppError> {
    let found = uow.read(async |conn| queries::guest_held(viewer, conn, which).await).await?;
    found.ok_or(AppError::NotFound)
}

/// Keeps what has changed of the guest, and in the trail what the doctor has done.
async fn keep(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    which: VisitGuestId,
    (row, what): (ActiveModel, &'static str),
) -> Result<Recorded<()>, DbErr> {
    let row = ActiveModel { updated_at: Set(now), ..row };
    let update = visit_guest::Entity::update_many().set(row).filter(Column::Id.eq(which.guest));
    uow.update_where(update, Topic::Visit(which.visit)).await?;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, which.visit);
    audit::record(uow, now, viewer, event.word("guest", what).number("guest_id", which.guest)).await
}
