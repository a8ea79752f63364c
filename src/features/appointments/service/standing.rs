//! Whether a visit can still be held: an absence, other hours, another visit or a shut account may have made it impossible since it was
//! asked for or agreed on. So each step by which somebody says that it will be asks again.

use entity::enums::Role;

use super::{
    super::{
        forms::StepCommand,
        queries::{self, AppointmentState},
        step::{Stage, Step},
    },
    steps::{may_take, take},
};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topics,
    db::UnitOfWork,
    features::schedules::{self, Attendees, SlotRefusal, span},
    state::AppState,
    web::AppError,
};

/// A visit that can be promised.
pub(super) struct Promisable {
    /// As it is now.
    pub(super) visit: AppointmentState,
    /// Whether something is in its way that the reason given for it overrules.
    pub(super) overbooks: bool,
}

/// The visit as it is held by the unit of work, for a step that promises it and can be taken. Until that ends nobody records an absence of its doctor: of a
/// promise and an absence at one moment the later knows of the other. One statement.
///
/// # Errors
/// [`AppError::Conflict`] with why it cannot be, and what to do instead.
pub(super) async fn promisable(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    visit: AppointmentState,
    command: &StepCommand,
) -> Result<Promisable, AppError> {
    let viewer = acting.viewer;
    may_take(command, &visit, acting)?;
    if !visit.doctor_active {
        return Err(doctor_is_gone());
    }
    if !visit.patient_active {
        return Err(nobody_to_tell(command.step));
    }
    let obstacles = obstacles(uow, viewer, &visit, command).await?;
    let is_waived = |refusal: &SlotRefusal| match refusal {
        SlotRefusal::PatientBusy => false,
        _ if command.overbook_reason.is_some() => true,
        // It was booked outside of the usual knowingly; that the doctor is away came later.
        refusal => visit.is_overbooked && *refusal != SlotRefusal::Away,
    };
    match obstacles.iter().find(|refusal| !is_waived(refusal)) {
        Some(refusal) => Err(impossible(*refusal, viewer.role(), command.step)),
        None => Ok(Promisable { overbooks: !obstacles.is_empty(), visit }),
    }
}

/// The visit `id` as it is now, if it is the viewer's to see.
pub(super) async fn current(state: &AppState, viewer: &Viewer, id: i64) -> Result<Option<AppointmentState>, AppError> {
    let topics = Topics::exempt("an act, which keeps no page");
    Ok(state.db.reader().run(topics, async |conn| queries::appointment_state(viewer, conn, id).await).await?)
}

/// What is in the way of the visit that the step would promise.
async fn obstacles(
    uow: &UnitOfWork,
    viewer: &Viewer,
    visit: &AppointmentState,
    command: &StepCommand,
) -> Result<Vec<SlotRefusal>, AppError> {
    let Some(promised) = command.step.promised(&Stage::of(visit, viewer.zone())) else { return Ok(Vec::new()) };
    let rules = schedules::rules(viewer, visit.slot_minutes, visit.booking_lead_hours);
    let within = span(promised.starts_at.with_timezone(&rules.zone).date_naive(), 1, rules.zone);
    let attendees = Attendees { doctor_id: visit.doctor_id, patient_id: Some(visit.patient_id) };
    let schedule = uow.read(async |conn| schedules::schedule_now(conn, attendees, within).await).await?;
    let hours = schedule.obstacle(promised, rules);
    // A visit that is promised again is itself among the busy ones.
    let taken = (command.step != Step::Confirm).then(|| schedule.taken_by(promised)).flatten();
    Ok(taken.into_iter().chain(hours).collect())
}

/// That the step would be promised to somebody who cannot come in, and is told nothing.
pub(super) fn nobody_to_tell(step: Step) -> AppError {
    let instead = match step {
        Step::Approve | Step::Propose => "Decline the request, or ask the desk to let them in again.",
        _ => "Let them in again, or cancel the visit.",
    };
    shut_out(instead)
}

/// That the patient cannot come in, and what to do `instead`.
pub(super) fn shut_out(instead: &str) -> AppError {
    AppError::Conflict(format!("The patient's account is shut, so nobody would tell them. {instead}"))
}

/// That nobody would be there for the patient.
pub(super) fn doctor_is_gone() -> AppError {
    let gone = "The doctor does not practise here any more.";
    AppError::Conflict(format!("{gone} Cancel the visit, and book with somebody else."))
}

/// That the step cannot be taken, said to somebody of `role`, and what they can do instead.
pub(super) fn impossible(refusal: SlotRefusal, role: Role, step: Step) -> AppError {
    AppError::Conflict(format!("{} {}", why(refusal, role), instead(step, refusal)))
}

fn why(refusal: SlotRefusal, role: Role) -> &'static str {
    match (refusal, role) {
        (SlotRefusal::Away, Role::Doctor) => "You are away then.",
        (SlotRefusal::Away, _) => "The doctor is away then.",
        (SlotRefusal::PatientBusy, Role::Patient) => "You already have another visit at that time.",
        (SlotRefusal::PatientBusy, _) => "The patient already has another visit at that time.",
        (SlotRefusal::Taken, Role::Doctor) => "You already have another visit at that time.",
        (SlotRefusal::Taken, _) => "The doctor already has another visit at that time.",
        (SlotRefusal::NotWorking, Role::Doctor) => "You do not work on that day any more.",
        (SlotRefusal::NotWorking, _) => "The doctor does not work on that day any more.",
        (_, Role::Doctor) => "That is outside your hours now.",
        (_, _) => "That is outside the doctor's hours now.",
    }
}

fn instead(step: Step, refusal: SlotRefusal) -> &'static str {
    match step {
        Step::Approve if refusal == SlotRefusal::PatientBusy => {
            "Propose one of the free times below, or decline the request with a reason."
        }
        Step::Approve => {
            "Propose one of the free times below, decline the request with a reason, or approve it all the same and say why."
        }
        Step::AcceptProposal => "Refuse it, so that the doctor can propose another.",
        _ => "Ask the hospital for another time, or cancel the visit.",
    }
}

/// Whether `viewer` may say what came of the visit `id` in its doctor's place: who runs the hospital may, once the doctor's account is
/// shut and they cannot.
///
/// # Errors
/// [`AppError::NotFound`] when it is not theirs to see; [`AppError::Forbidden`] when its doctor can say so.
pub(in crate::features::appointments) async fn may_stand_in(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
) -> Result<(), AppError> {
    if viewer.role() != Role::HospitalAdmin {
        return Ok(());
    }
    let visit = current(state, viewer, id).await?.ok_or(AppError::NotFound)?;
    if visit.doctor_active { Err(AppError::Forbidden) } else { Ok(()) }
}

/// Takes the step, once however often the form is sent. As `take`, and one statement more where it cannot be taken.
///
/// # Errors
/// Those of [`take`].
pub(in crate::features::appointments) async fn take_once(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    command: &StepCommand,
) -> Result<(), AppError> {
    match take(state, viewer, id, command).await {
        Err(AppError::Conflict(_)) if was_done(state, viewer, id, command).await? => Ok(()),
        taken => taken,
    }
}

/// Whether this very step was taken by `viewer` from the version that they saw: by the same click, sent twice. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::appointments) async fn was_done(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    command: &StepCommand,
) -> Result<bool, AppError> {
    let Some(last) = queries::last_step(viewer, &state.db.reader(), id).await? else { return Ok(false) };
    let proposed = last.proposed_starts_at.map(|at| at.with_timezone(&viewer.zone()).naive_local());
    let is_same = last.is_same(viewer, (command.step.event(), command.version), command.reason.as_ref());
    Ok(is_same && (!command.step.needs_time() || proposed == command.local))
}
