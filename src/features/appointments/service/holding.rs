//! Holding a visit in another way than was agreed: by telephone when the picture fails, by video when nobody can come.
//!
//! It is done on the day alone, while both look at the visit: whoever is to come on another day would not learn of it.

use std::collections::BTreeSet;

use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::{AuditAction, AuditSubject, CallEnd, EventKind, Modality, NotificationKind},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        forms::ModalityChange,
        queries::{self, AppointmentState},
        step::Stage,
    },
    calls::{CallEnding, end_call},
};
use crate::{
    access::{ActingViewer, Viewer},
    db::{Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        modalities::modality_code,
        notifications::{self, News},
    },
    state::AppState,
    web::{AppError, Present},
};

/// The ways to which it can be changed: nobody can be made to come.
const REMOTE: [Modality; 2] = [Modality::Phone, Modality::Video];

/// In which other ways the visit can be held from now on.
pub(in crate::features::appointments) fn alternatives(
    (stage, modality): (&Stage, Modality),
    present: &Present,
) -> Vec<Modality> {
    let goes_on = stage.status.is_under_way();
    let may = goes_on || (stage.status.is_busy() && stage.is_today(present));
    REMOTE.into_iter().filter(|other| may && *other != modality).collect()
}

/// Changes how the visit `id` is held, and tells its patient; a call that goes on ends when it moves to the telephone. Eight statements, and two more that
/// end it.
///
/// # Errors
/// [`AppError::NotFound`] when it is not the viewer's to see; [`AppError::Conflict`] with why it cannot be.
pub(in crate::features::appointments) async fn change_modality(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    change: &ModalityChange,
) -> Result<(), AppError> {
    let now = state.clock.now();
    let changed = state.db.write(async |uow| apply(uow, viewer.acting(now), id, change).await).await;
    match changed {
        Err(AppError::Conflict(_)) if was_done(state, viewer, id, change).await? => Ok(()),
        other => other,
    }
}

async fn apply(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    id: i64,
    change: &ModalityChange,
) -> Result<Recorded, AppError> {
    let before = uow.read(async |conn| queries::appointment_state(viewer, conn, id).await).await?;
    let before = before.ok_or(AppError::NotFound)?;
    if let Some(why) = refusal(viewer.acting(now), &before, change) {
        return Err(AppError::Conflict(why.to_owned()));
    }
    let row = appointment::ActiveModel {
        modality: Set(change.modality),
        version: Set(before.version + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    let update = appointment::Entity::update_many().set(row).filter(Column::Id.eq(id));
    let update = update.filter(Column::Version.eq(before.version));
    if uow.update_where(update, before.topics()).await? == 0 {
        return Err(AppError::Conflict(STALE.to_owned()));
    }
    uow.insert_many([event(viewer.acting(now), &before, change)], before.topics()).await?;
    notifications::notify(uow, now, &news(&before)).await?;
    let is_by_phone = change.modality == Modality::Phone;
    let ending = CallEnding { at: now, why: CallEnd::MovedToPhone };
    let ended = if is_by_phone { end_call(uow, ending, &before).await? } else { None };
    let act = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id)
        .changed(&["modality"])
        .word("from", modality_code(before.modality))
        .word("to", modality_code(change.modality));
    let act = ended.iter().fold(act, |act, call| call.tell(act));
    Ok(audit::record(uow, now, viewer, act).await?)
}

/// Why it cannot be changed.
fn refusal(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    before: &AppointmentState,
    change: &ModalityChange,
) -> Option<&'static str> {
    let stage = Stage::of(before, viewer.zone());
    let others = alternatives((&stage, before.modality), &Present::new(now, None));
    if before.version != change.version {
        return Some(STALE);
    }
    (!others.contains(&change.modality)).then(|| impossible(before, change))
}

/// Said of a visit that has changed since its page was opened.
pub(super) const STALE: &str = "Somebody changed this visit after you opened the page. Look at it again, then decide.";

fn impossible(before: &AppointmentState, change: &ModalityChange) -> &'static str {
    match change.modality {
        Modality::InPerson => "A visit can be changed to telephone or video. To have the patient come, book it anew.",
        modality if modality == before.modality => "The visit is held in that way already.",
        _ if before.status.is_busy() => "How a visit is held can be changed on its day.",
        _ => "How this visit is held cannot be changed any more, or not yet.",
    }
}

/// The patient is told: whoever is on the way must not be, and whoever waits for a picture waits by the telephone.
fn news(before: &AppointmentState) -> News {
    News {
        kind: NotificationKind::ModalityChanged,
        appointment_id: before.id,
        version: before.version + 1,
        times: before.told_times(None),
        recipients: BTreeSet::from([before.patient_user_id]),
        visit: None,
        by_mail: None,
    }
}

/// The line of the history: nothing but how it is held has changed.
fn event(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    before: &AppointmentState,
    change: &ModalityChange,
) -> appointment_event::ActiveModel {
    let times = before.told_times(None);
    appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(before.id),
        actor_id: Set(viewer.user_id),
        kind: Set(EventKind::ModalityChanged),
        from_status: Set(Some(before.status)),
        to_status: Set(before.status),
        note: Set(Some(change.reason.clone())),
        local_starts_at: Set(times.starts_at),
        proposed_local_starts_at: Set(times.proposed),
        from_doctor_id: Set(None),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Whether the same form has done it a moment ago. One statement.
async fn was_done(state: &AppState, viewer: &Viewer, id: i64, change: &ModalityChange) -> Result<bool, AppError> {
    let Some(last) = queries::last_step(viewer, &state.db.reader(), id).await? else { return Ok(false) };
    Ok(last.is_same(viewer, (EventKind::ModalityChanged, change.version), Some(&change.reason)))
}

/// What is said once it is done.
pub(in crate::features::appointments) fn done(modality: Modality) -> &'static str {
    match modality {
        Modality::Phone => "The visit goes on by telephone. Call the patient.",
        _ => "The visit goes on by video.",
    }
}
