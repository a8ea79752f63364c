//! What is answered to a wish, or to the doctor's proposal: both are answered at one address, and the visit tells which it carries.

use entity::enums::{AppointmentStatus, EventKind, Role};

use super::{
    super::{
        super::{
            forms::{Move, StepCommand},
            queries::{self, AppointmentState},
            step::Step,
            wishes::Wish,
        },
        booking::NotBooked,
        moving::{self, STALE},
        standing::current,
        steps,
    },
    writing,
};
use crate::{
    access::{ActingViewer, Viewer},
    state::AppState,
    web::{AppError, Present},
};

/// What an answer has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::appointments) enum Answered {
    /// It was a proposal: the step is taken.
    Stepped,
    /// The visit is where its patient wishes it.
    Moved,
    /// The visit stays at its time, as the clinic says.
    Left,
    /// The same, as its patient says after all.
    Kept,
}

/// Answers what was asked about the time of the visit `id`, be it the doctor's proposal or the patient's wish, once however often the form is sent: what
/// it has come to. One statement where nothing comes of it, beside those of what is tried.
///
/// # Errors
/// [`AppError::NotFound`] when it is not the viewer's to see; [`AppError::Forbidden`] when it is not theirs to answer; [`AppError::Conflict`] with why it cannot
/// be answered so.
pub(in crate::features::appointments) async fn answer(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    command: &StepCommand,
) -> Result<Answered, AppError> {
    let answered = match command.step {
        Step::AcceptProposal => accept(state, viewer, id, command).await,
        _ => leave(state, viewer, id, command).await,
    };
    match answered {
        Err(AppError::Conflict(why)) => {
            let done = answered_before(state, viewer, id, command).await?;
            done.ok_or(AppError::Conflict(why))
        }
        answered => answered,
    }
}

/// What the same form has answered a moment ago. One statement.
async fn answered_before(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    command: &StepCommand,
) -> Result<Option<Answered>, AppError> {
    let Some(last) = queries::last_step(viewer, &state.db.reader(), id).await? else { return Ok(None) };
    // The visit may have been moved by something else since, and not to where its patient wished it.
    let is_elsewhere = command.step == Step::AcceptProposal && !last.is_to_wish();
    let is = |kind| last.is_same(viewer, (kind, command.version), command.reason.as_ref());
    let (kind, answered) = match command.step {
        Step::AcceptProposal => (EventKind::Rescheduled, Answered::Moved),
        _ => (refusal_of(viewer.role()), refused(viewer.role())),
    };
    let is_step = || is(command.step.event()).then_some(Answered::Stepped);
    Ok(is(kind).then_some(answered).filter(|_| !is_elsewhere).or_else(is_step))
}

/// Takes the time that the doctor proposed, or moves the visit to where its patient wishes it, as any other move does: nine statements, or ten.
async fn accept(state: &AppState, viewer: &Viewer, id: i64, command: &StepCommand) -> Result<Answered, AppError> {
    let acting = viewer.acting(state.clock.now());
    state
        .db
        .write(async |uow| {
            let held = uow.read(async |conn| queries::appointment_state_held(viewer, conn, id).await).await?;
            let held = held.ok_or(AppError::NotFound)?;
            let is_wished = is_of_wish(viewer, &held)?;
            if !is_wished {
                return Ok(steps::promise(uow, acting, held, command).await?.with(Answered::Stepped));
            }
            let change = as_wished(&held, acting, command)?;
            let moved = moving::carry_out(state, uow, acting, (held, &change)).await.map_err(why_not)?;
            Ok(moved.with(Answered::Moved))
        })
        .await
}

/// Whether it is a wish that is accepted, and not a proposal.
///
/// # Errors
/// [`AppError::Forbidden`] of what the viewer asked for themselves; [`AppError::Conflict`] of a doctor without a wish to accept.
fn is_of_wish(viewer: &Viewer, visit: &AppointmentState) -> Result<bool, AppError> {
    match (Wish::from(visit).wished().is_some(), viewer.role()) {
        (true, Role::Patient) => Err(AppError::Forbidden),
        (false, Role::Doctor) => Err(nothing_to_answer(visit)),
        (is_wished, _) => Ok(is_wished),
    }
}

/// What a doctor is told who answers without a wish: what they proposed themselves is not theirs to answer.
fn nothing_to_answer(visit: &AppointmentState) -> AppError {
    if visit.status == AppointmentStatus::Proposed {
        return AppError::Forbidden;
    }
    AppError::Conflict(NO_WISH.to_owned())
}

/// The move to the time that is wished.
///
/// # Errors
/// [`AppError::Conflict`] when it is too late for that.
fn as_wished(
    visit: &AppointmentState,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    command: &StepCommand,
) -> Result<Move, AppError> {
    let wish = Wish::from(visit);
    let present = Present::new(now, None);
    let wished = wish.wished().filter(|_| !wish.has_lapsed(&present));
    let wished = wished.ok_or_else(|| AppError::Conflict(LAPSED.to_owned()))?;
    let (version, local) = (command.version, viewer.zone().local(wished));
    Ok(Move { version, doctor_id: None, local, overbook_reason: None, note: None })
}

/// Why the visit is not moved, and what to do instead: the page has no field for another time.
fn why_not(refused: NotBooked) -> AppError {
    match refused {
        NotBooked::Taken(_) => AppError::Conflict(format!("{TAKEN} {INSTEAD}")),
        NotBooked::Field(_, why) => AppError::Conflict(format!("{why} {INSTEAD}")),
        NotBooked::Used(why) => AppError::Conflict(why),
        NotBooked::Unproved => AppError::Forbidden,
        NotBooked::Failed(error) => error,
    }
}

/// Refuses the proposed time, or leaves the visit where its patient would not have it, or would after all.
async fn leave(state: &AppState, viewer: &Viewer, id: i64, command: &StepCommand) -> Result<Answered, AppError> {
    let visit = current(state, viewer, id).await?.ok_or(AppError::NotFound)?;
    if Wish::from(&visit).wished().is_some() {
        return refuse(state, viewer, &visit, command).await;
    }
    if viewer.role() == Role::Doctor {
        return Err(nothing_to_answer(&visit));
    }
    steps::take(state, viewer, id, command).await.map(|()| Answered::Stepped)
}

/// Leaves the visit at its time: the clinic says so, or the patient after all. Seven statements at most.
async fn refuse(
    state: &AppState,
    viewer: &Viewer,
    before: &AppointmentState,
    command: &StepCommand,
) -> Result<Answered, AppError> {
    if before.version != command.version {
        return Err(AppError::Conflict(STALE.to_owned()));
    }
    let acting = viewer.acting(state.clock.now());
    if viewer.role() != Role::Patient && Wish::from(before).has_lapsed(&Present::new(acting.now, None)) {
        return Err(AppError::Conflict(OVER.to_owned()));
    }
    state.db.write(async |uow| writing::refuse(uow, acting, before, command.reason.as_ref()).await).await?;
    Ok(refused(viewer.role()))
}

/// What the history says of a visit that `role` leaves at its time.
pub(super) fn refusal_of(role: Role) -> EventKind {
    if role == Role::Patient { EventKind::WishWithdrawn } else { EventKind::WishRefused }
}

fn refused(role: Role) -> Answered {
    if role == Role::Patient { Answered::Kept } else { Answered::Left }
}

const NO_WISH: &str = "No other time is asked for any more. Look at when the visit is now, then decide.";
const LAPSED: &str =
    "It is too late for the time that was asked for. Move the visit to another, or leave it where it is.";
const OVER: &str = "It is too late to answer: the time that was asked for is over, or the visit is.";
const TAKEN: &str = "Another visit has that time by now.";
const INSTEAD: &str = "Leave the visit at its time and say why, or move it to another time.";
