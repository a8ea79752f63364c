//! Taking back what was recorded of a visit by mistake: an arrival, a beginning, an outcome. The visit stands as it did before; its history is added to,
//! and keeps both.
//!
//! Whoever recorded it may, for a quarter of an hour; who runs the hospital at any time, and says why. What was told of a slip of a moment, and was neither
//! marked as read nor sent, is withdrawn as if it had not been; else whoever knows of it is told that it was a mistake.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::{AppointmentStatus, AuditAction, AuditSubject, CallEnd, EventKind, NotificationKind, Role},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        appointment::status_tag,
        forms::Correction,
        queries::{self, AppointmentState, RecordedStep},
    },
    asked,
    calls::{CallEnding, end_call},
    holding::STALE,
    standing::shut_out,
};
use crate::{
    access::{ActingViewer, Viewer},
    db::{Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        audit::{self, AuditEvent},
        mail::{self, ToldNews},
        notifications::{self, News},
    },
    state::AppState,
    web::{AppError, Present},
};

/// So long whoever recorded something takes it back without a reason.
const AT_ONCE: TimeDelta = TimeDelta::minutes(15);

/// Why nothing was taken back.
#[derive(Debug)]
pub(in crate::features::appointments) enum NotCorrected {
    /// It is not done without a reason: somebody else recorded it, it is long ago, or another visit has its time. What is said of it.
    NoReason(&'static str),
    Failed(AppError),
}

impl<E: Into<AppError>> From<E> for NotCorrected {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// On what terms somebody takes a step back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::appointments) enum CorrectionTerms {
    Freely,
    WithReason,
}

/// On what terms `viewer` may take the step back now, if they may.
pub(in crate::features::appointments) fn terms(
    viewer: &Viewer,
    step: &RecordedStep,
    present: &Present,
) -> Option<CorrectionTerms> {
    let is_own = step.actor_id == viewer.user_id && !present.has_come(step.at + AT_ONCE);
    let may_always = viewer.role() == Role::HospitalAdmin;
    if is_own { Some(CorrectionTerms::Freely) } else { may_always.then_some(CorrectionTerms::WithReason) }
}

/// Takes back what was recorded last of the visit `id`. Four statements; two more withdraw what was told of a slip, two tell others, and of somebody who
/// is not there after all one to three end a call.
///
/// # Errors
/// Why it is not taken back: [`AppError::NotFound`] when the visit is not the viewer's to see.
pub(in crate::features::appointments) async fn correct(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    change: &Correction,
) -> Result<(), NotCorrected> {
    let acting = viewer.acting(state.clock.now());
    let mut done = state.db.write(async |uow| apply(uow, acting, id, change).await).await;
    if matches!(done, Err(NotCorrected::NoReason(OVERLAPS))) && change.reason.is_some() {
        let change = Correction { overbooks: true, ..change.clone() };
        done = state.db.write(async |uow| apply(uow, acting, id, &change).await).await;
    }
    match done {
        Err(NotCorrected::Failed(AppError::Conflict(_))) if was_done(state, viewer, id, change).await? => Ok(()),
        done => done,
    }
}

/// Whether the same form has done it a moment ago. One statement.
async fn was_done(state: &AppState, viewer: &Viewer, id: i64, change: &Correction) -> Result<bool, AppError> {
    let Some(last) = queries::last_step(viewer, &state.db.reader(), id).await? else { return Ok(false) };
    Ok(last.is_same(viewer, (EventKind::Corrected, change.version), change.reason.as_ref()))
}

async fn apply(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    id: i64,
    change: &Correction,
) -> Result<Recorded, NotCorrected> {
    let ActingViewer { viewer, now } = acting;
    let found = uow.read(async |conn| queries::visit_to_correct(viewer, conn, id).await).await?;
    let found = found.ok_or(AppError::NotFound)?;
    let step = judge(acting, (&found.state, found.step()), change)?;
    let before = &found.state;
    let row = appointment::ActiveModel {
        status: Set(step.from_status),
        overbook_reason: change.reason.clone().filter(|_| change.overbooks).map_or(NotSet, |reason| Set(Some(reason))),
        // Of somebody who has not come after all it is as before.
        wished_starts_at: if before.status == AppointmentStatus::Waiting { NotSet } else { Set(None) },
        version: Set(before.version + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    let update = appointment::Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(before.status))
        .filter(Column::Version.eq(before.version));
    if uow.update_where(update, before.topics()).await.map_err(|error| overlaps(viewer, error))? == 0 {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    uow.insert_many([event(acting, before, (step, change))], before.topics()).await?;
    tell(uow, acting, (before, step)).await?;
    let ending = CallEnding { at: now, why: CallEnd::Finished };
    // Nobody goes on calling a patient who is not there.
    let is_left = before.status.is_under_way() && !step.from_status.is_under_way();
    let ended = if is_left { end_call(uow, ending, before).await? } else { None };
    let act = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id)
        .changed(&["status"])
        .word("from", status_tag(before.status).code)
        .word("to", status_tag(step.from_status).code);
    let act = ended.iter().fold(act, |act, call| call.tell(act));
    Ok(audit::record(uow, now, viewer, act).await?)
}

/// The step that is taken back.
fn judge(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (visit, step): (&AppointmentState, Option<RecordedStep>),
    change: &Correction,
) -> Result<RecordedStep, NotCorrected> {
    if visit.version != change.version {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    let Some(step) = step else {
        let is_now = status_tag(visit.status).label.to_lowercase();
        return Err(AppError::Conflict(format!("{NOTHING} Its status is: {is_now}.")).into());
    };
    if !visit.patient_active {
        let first = if viewer.role() == Role::HospitalAdmin { LET_IN } else { HAVE_LET_IN };
        return Err(shut_out(first).into());
    }
    match terms(viewer, &step, &Present::new(now, None)) {
        None => Err(AppError::Conflict(NOT_YOURS.to_owned()).into()),
        Some(CorrectionTerms::WithReason) if change.reason.is_none() => Err(NotCorrected::NoReason(WHY)),
        Some(_) => Ok(step),
    }
}

const NOTHING: &str = "There is nothing to take back: of a visit an arrival, its beginning and its outcome can be.";
const NOT_YOURS: &str =
    "Whoever recorded it can take it back, for fifteen minutes, and the desk at any time, with a reason: call it.";
const WHY: &str = "Say why: the patient and the doctor will read it.";
const LET_IN: &str = "Let them in again first.";
const HAVE_LET_IN: &str = "Ask the desk to let them in again first.";
const OVERLAPS: &str = "Another visit has that time by now. Say why this one stands there again all the same.";
const DESK_OVERLAPS: &str =
    "Another visit has that time by now. The desk can take it back all the same, with a reason: call it.";
const PATIENT_OVERLAPS: &str =
    "The patient has another visit at that time by now, so this one cannot stand there again.";

/// Somebody else may have been given the time of a visit that was over.
fn overlaps(viewer: &Viewer, error: DbErr) -> NotCorrected {
    match violation(&error) {
        Some(broken) if broken.kind != ViolationKind::Overlap => error.into(),
        None => error.into(),
        Some(broken) if broken.constraint.contains("patient") => AppError::Conflict(PATIENT_OVERLAPS.to_owned()).into(),
        Some(_) if viewer.role() == Role::HospitalAdmin => NotCorrected::NoReason(OVERLAPS),
        Some(_) => AppError::Conflict(DESK_OVERLAPS.to_owned()).into(),
    }
}

/// Tells whoever recorded it, if that was somebody else, and whoever knows what was recorded.
async fn tell(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (before, step): (&AppointmentState, RecordedStep),
) -> Result<(), DbErr> {
    let was_told = match step.kind {
        EventKind::Arrived => Some((NotificationKind::PatientArrived, before.doctor_user_id)),
        EventKind::NoShow => Some((NotificationKind::AppointmentNoShow, before.patient_user_id)),
        _ => None,
    };
    let mut recipients = BTreeSet::from([step.actor_id]);
    if let Some((kind, recipient_id)) = was_told {
        let told = ToldNews { kind, appointment_id: before.id, version: before.version, recipient_id };
        // What was no slip of a moment they have seen on their pages. A mail that has not gone out stays away in any case: the visit has another version.
        let was_slip = terms(viewer, &step, &Present::new(now, None)) == Some(CorrectionTerms::Freely);
        if !was_slip || !withdraw(uow, now, told).await? {
            recipients.insert(recipient_id);
        }
        if !was_slip && kind == NotificationKind::PatientArrived {
            asked::is_answered(uow, now, before, false).await?;
        }
    }
    recipients.remove(&viewer.user_id);
    let news = News {
        kind: NotificationKind::AppointmentCorrected,
        appointment_id: before.id,
        version: before.version + 1,
        times: before.told_times(None),
        recipients,
        visit: None,
        by_mail: None,
    };
    notifications::notify(uow, now, &news).await
}

/// Withdraws what somebody was told; whether they had not marked it as read, and nobody had begun to send them the mail. Two statements.
async fn withdraw(uow: &UnitOfWork, now: DateTime<Utc>, told: ToldNews) -> Result<bool, DbErr> {
    let was_unread = notifications::withdraw(uow, (told.kind, told.appointment_id), told.recipient_id).await?;
    Ok(was_unread && mail::withdraw(uow, now, told).await?)
}

fn event(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    before: &AppointmentState,
    (step, change): (RecordedStep, &Correction),
) -> appointment_event::ActiveModel {
    appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(before.id),
        actor_id: Set(viewer.user_id),
        kind: Set(EventKind::Corrected),
        from_status: Set(Some(before.status)),
        to_status: Set(step.from_status),
        note: Set(change.reason.clone()),
        local_starts_at: Set(before.told_times(None).starts_at),
        proposed_local_starts_at: Set(None),
        from_doctor_id: Set(None),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// What is taken back, in words.
pub(in crate::features::appointments) fn what(step: EventKind) -> &'static str {
    match step {
        EventKind::Arrived => "the arrival",
        EventKind::Started => "the beginning of the visit",
        EventKind::NoShow => "that the patient did not attend",
        _ => "that the visit took place",
    }
}

/// What `viewer` is asked before it is taken back, where a slip would cost somebody something: what will be.
pub(in crate::features::appointments) fn asked(viewer: &Viewer, step: EventKind) -> Option<&'static str> {
    match step {
        EventKind::Started => Some("The patient waits again, as before the visit began."),
        EventKind::Arrived if viewer.role() == Role::Patient => Some(
            "The doctor no longer sees that you wait. When you say again that you have arrived, your turn comes after those who wait by then.",
        ),
        _ => None,
    }
}

/// The same of the state to which it had led.
pub(in crate::features::appointments) fn what_led_to(status: AppointmentStatus) -> &'static str {
    what(match status {
        AppointmentStatus::Waiting => EventKind::Arrived,
        AppointmentStatus::InProgress => EventKind::Started,
        AppointmentStatus::NoShow => EventKind::NoShow,
        _ => EventKind::Completed,
    })
}
