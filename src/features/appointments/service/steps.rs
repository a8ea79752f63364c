//! Taking the steps of an appointment's life.
//!
//! Each is a compare-and-set on the appointment's id, state and version. Its line in the history, the
//! notifications and its line in the trail are written in the same unit of work: all of it or nothing.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::{AppointmentStatus, AuditSubject, CallEnd, NotificationKind, Role},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        appointment::status_tag,
        forms::StepCommand,
        queries::{self, AppointmentState},
        step::{Stage, Step},
    },
    answers::keep_answers,
    asked,
    calls::{CallEnding, end_call},
    standing::{self, Promisable},
};
use crate::{
    access::{ActingViewer, Viewer},
    db::{Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
        schedules::SlotRefusal,
    },
    state::AppState,
    web::{AppError, Present},
};

/// Takes a step with the appointment `id`. Six statements, of which two tell the others; one that promises a visit asks first whether
/// it can be held, of what was asked one more is read, and three more end the call of a visit that is over.
///
/// # Errors
/// [`AppError::NotFound`] when it is not the viewer's to see; [`AppError::Conflict`], with the state
/// it is in, when that state or its version is another than the one they saw, or when the time it
/// would take was taken; else the database's.
pub(in crate::features::appointments) async fn take(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    command: &StepCommand,
) -> Result<(), AppError> {
    let acting = viewer.acting(state.clock.now());
    state
        .db
        .write(async |uow| {
            if command.step.is_promise() {
                let held = uow.read(async |conn| queries::appointment_state_held(viewer, conn, id).await).await?;
                return promise(uow, acting, held.ok_or(AppError::NotFound)?, command).await;
            }
            // What was seen already need not be read again: its version is compared when it is changed.
            let before = match &command.proposes {
                Some((_, seen)) => seen.clone(),
                None => uow
                    .read(async |conn| queries::appointment_state(viewer, conn, id).await)
                    .await?
                    .ok_or(AppError::NotFound)?,
            };
            may_take(command, &before, acting)?;
            set(uow, acting, before, &command.clone().overbooking(false)).await
        })
        .await
}

/// Takes a step that promises the visit, which the unit of work holds.
pub(super) async fn promise(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    held: AppointmentState,
    command: &StepCommand,
) -> Result<Recorded, AppError> {
    let Promisable { visit, overbooks } = standing::promisable(uow, acting, held, command).await?;
    // A reason for what is in nobody's way is none: the visit would be held to no rule from then on.
    set(uow, acting, visit, &command.clone().overbooking(overbooks)).await
}

/// Takes the step from where the visit was `before`.
async fn set(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    before: AppointmentState,
    command: &StepCommand,
) -> Result<Recorded, AppError> {
    if compare_and_set(uow, acting, &before, command).await? {
        return record(uow, acting, &before, command).await;
    }
    // Another unit of work was committed between the two statements.
    let (viewer, id) = (acting.viewer, before.id);
    let current = uow.read(async |conn| queries::appointment_state(viewer, conn, id).await).await?.unwrap_or(before);
    Err(moved_on(command, &current, acting))
}

/// Whether the step may be taken with the visit as it stands.
///
/// # Errors
/// [`AppError::Conflict`] with why not.
pub(super) fn may_take(
    command: &StepCommand,
    visit: &AppointmentState,
    acting: ActingViewer<'_>,
) -> Result<(), AppError> {
    let stage = Stage::of(visit, acting.viewer.zone());
    let may_follow = command.step.may_follow(&stage, &Present::new(acting.now, None));
    if may_follow && visit.version == command.version { Ok(()) } else { Err(moved_on(command, visit, acting)) }
}

/// Changes the appointment if it is still as it was `before`; whether it was.
async fn compare_and_set(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    before: &AppointmentState,
    command: &StepCommand,
) -> Result<bool, AppError> {
    let update = appointment::Entity::update_many()
        .set(changes(before, command, acting))
        .filter(Column::Id.eq(before.id))
        .filter(Column::Status.eq(before.status))
        .filter(Column::Version.eq(before.version));
    match uow.update_where(update, before.topics()).await {
        Ok(changed) => Ok(changed == 1),
        Err(error) => Err(taken(acting.viewer.role(), command.step, error)),
    }
}

/// What the step changes. A proposal is over with whatever follows it.
fn changes(
    before: &AppointmentState,
    command: &StepCommand,
    ActingViewer { viewer, now }: ActingViewer<'_>,
) -> appointment::ActiveModel {
    let zone = viewer.zone();
    let mut change = appointment::ActiveModel {
        status: Set(command.step.to()),
        version: Set(before.version + 1),
        proposed_starts_at: Set(None),
        wished_starts_at: if command.step.settles_wish() { Set(None) } else { NotSet },
        updated_at: Set(now),
        ..Default::default()
    };
    match (command.step, before.proposed_starts_at) {
        (Step::AcceptProposal, Some(starts_at)) => {
            change.starts_at = Set(starts_at);
            change.ends_at = Set(starts_at + (before.ends_at - before.starts_at));
            let local = before.proposed_local_starts_at.unwrap_or_else(|| zone.local(starts_at));
            change.local_starts_at = Set(Some(local));
            change.proposed_local_starts_at = Set(None);
            change.displaced_at = Set(None);
            change.time_zone = Set(Some(zone.name().to_owned()));
        }
        (Step::Propose, _) => {
            change.proposed_starts_at = Set(command.proposes.as_ref().map(|(starts_at, _)| *starts_at));
            change.proposed_local_starts_at = Set(command.local);
        }
        (Step::RefuseProposal, _) => change.proposed_local_starts_at = Set(None),
        (Step::Approve, _) if command.overbook_reason.is_some() => {
            change.overbook_reason = Set(command.overbook_reason.clone());
        }
        (Step::Reject, _) => change.rejection_reason = Set(command.reason.clone()),
        (Step::Cancel, _) => change.cancellation_reason = Set(command.reason.clone()),
        _ => {}
    }
    change
}

/// Writes the history, the notifications and the trail.
async fn record(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    before: &AppointmentState,
    command: &StepCommand,
) -> Result<Recorded, AppError> {
    let (step, times) = (command.step, told_times(before, command));
    let event = appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(before.id),
        actor_id: Set(viewer.user_id),
        kind: Set(step.event()),
        from_status: Set(Some(before.status)),
        to_status: Set(step.to()),
        note: Set(command.reason.clone()),
        local_starts_at: Set(times.starts_at),
        proposed_local_starts_at: Set(times.proposed),
        from_doctor_id: Set(None),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    };
    uow.insert_many([event], before.topics()).await?;
    asked::is_answered(uow, now, before, step.settles_wish()).await?;
    if let Some((kind, recipients)) = notice(step, before) {
        let others = recipients.into_iter().filter(|recipient| *recipient != viewer.user_id);
        let visit = settled(step, before).map(|starts_at| (before.patient_user_id, starts_at));
        let (version, recipients) = (before.version + 1, others.collect());
        let by_mail = takes_out_of_own_calendar(step, before, viewer.user_id);
        let news = News { kind, appointment_id: before.id, version, times, recipients, visit, by_mail };
        notifications::notify(uow, now, &news).await?;
    }
    // Nobody says for a patient where they are, or agrees to anything in their name.
    if let Some(answers) = command.answers.as_ref().filter(|_| viewer.role() == Role::Patient) {
        keep_answers(uow, now, (before.id, before.visit_id), answers).await?;
    }
    // Nobody goes on calling in a visit that is over.
    let ending = CallEnding { at: now, why: CallEnd::Finished };
    let ended = if step.to().is_terminal() { end_call(uow, ending, before).await? } else { None };
    let act = ended.iter().fold(act(before, command), |act, call| call.tell(act));
    Ok(audit::record(uow, now, viewer, act).await?)
}

fn act(before: &AppointmentState, command: &StepCommand) -> AuditEvent {
    let step = command.step;
    let act = AuditEvent::new(step.action(), AuditSubject::Appointment, before.id)
        .word("from", status_tag(before.status).code)
        .word("to", status_tag(step.to()).code);
    if command.overbook_reason.is_some() { act.word("overbooked", "yes") } else { act }
}

/// The times that the step is about: a proposal that is accepted makes another time of the visit's.
fn told_times(before: &AppointmentState, command: &StepCommand) -> ToldTimes {
    match command.step {
        Step::AcceptProposal => {
            let settled = before.told_times(before.proposed_starts_at);
            ToldTimes { starts_at: settled.proposed.or(settled.starts_at), proposed: None }
        }
        Step::Propose => before.told_times(command.proposes.as_ref().map(|(starts_at, _)| *starts_at)),
        _ => before.told_times(before.proposed_starts_at),
    }
}

/// When the visit is, if it is the step that settles it.
fn settled(step: Step, before: &AppointmentState) -> Option<DateTime<Utc>> {
    match step {
        Step::Approve => Some(before.starts_at),
        Step::AcceptProposal => before.proposed_starts_at,
        _ => None,
    }
}

/// Whoever calls off what stood, if it may be in a calendar of theirs: our own mails put it there.
fn takes_out_of_own_calendar(step: Step, before: &AppointmentState, actor: i64) -> Option<i64> {
    let is_party = [before.doctor_user_id, before.patient_user_id].contains(&actor);
    let stood = !matches!(before.status, AppointmentStatus::Requested | AppointmentStatus::Proposed);
    (step == Step::Cancel && stood && is_party).then_some(actor)
}

/// Who is told what; the one who acted among them, if they are a party.
fn notice(step: Step, appointment: &AppointmentState) -> Option<(NotificationKind, Vec<i64>)> {
    let (doctor, patient) = (appointment.doctor_user_id, appointment.patient_user_id);
    // Whoever asked for it is the patient, the doctor, or an administrator who wants to know.
    let asked = appointment.requested_by;
    Some(match step {
        Step::Approve => (NotificationKind::AppointmentApproved, vec![patient, asked]),
        Step::Propose => (NotificationKind::AppointmentProposed, vec![patient, asked]),
        Step::Reject => (NotificationKind::AppointmentRejected, vec![patient, asked]),
        Step::AcceptProposal => (NotificationKind::ProposalAccepted, vec![doctor, patient]),
        Step::RefuseProposal => (NotificationKind::ProposalRefused, vec![doctor, patient]),
        Step::Confirm => (NotificationKind::AppointmentConfirmed, vec![doctor]),
        Step::Arrive => (NotificationKind::PatientArrived, vec![doctor]),
        Step::MissVisit => (NotificationKind::AppointmentNoShow, vec![patient]),
        Step::Cancel => (NotificationKind::AppointmentCancelled, vec![doctor, patient, asked]),
        Step::Start | Step::Complete => return None,
    })
}

/// Why the step cannot be taken: somebody was faster, or it is not one for a visit like this.
fn moved_on(command: &StepCommand, visit: &AppointmentState, acting: ActingViewer<'_>) -> AppError {
    let is_now = status_tag(visit.status).label.to_lowercase();
    let (stage, present) = (Stage::of(visit, acting.viewer.zone()), Present::new(acting.now, None));
    let may_follow = command.step.may_follow(&stage, &present);
    AppError::Conflict(match (visit.version == command.version, may_follow) {
        (false, true) => format!(
            "Somebody changed this visit after you opened the page. Its status is now: {is_now}. Look at it again, then decide."
        ),
        (false, false) => {
            format!("This visit has moved on: its status is now {is_now}. Below is what can be done now.")
        }
        (true, _) => command.step.is_untimely(&stage, &present).map_or_else(
            || format!("That cannot be done with a visit whose status is: {is_now}. Below is what can be done."),
            str::to_owned,
        ),
    })
}

/// The time that the step would take is taken, if that is why the database refused.
fn taken(role: Role, step: Step, error: DbErr) -> AppError {
    let Some(broken) = violation(&error).filter(|broken| broken.kind == ViolationKind::Overlap) else {
        return error.into();
    };
    let refusal = if broken.constraint.contains("patient") { SlotRefusal::PatientBusy } else { SlotRefusal::Taken };
    standing::impossible(refusal, role, step)
}
