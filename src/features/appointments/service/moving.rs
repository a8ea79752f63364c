//! Moving a visit that stands to another time of its doctor's, or handing it over to another doctor of the hospital: the same visit, with what was said of
//! it and how it came about.
//!
//! Whoever had promised to come had promised another time, so it stands as if it had just been booked, and is as long as visits of its hospital are
//! now. A visit that is over is not moved: what came of it is said, and another is booked.

mod writing;

use chrono::{DateTime, NaiveDate, Utc};
use entity::enums::{AppointmentStatus, EventKind};

use super::{
    super::{
        appointment::status_tag,
        forms::{Move, NO_DOCTOR},
        queries::{self, AppointmentRow, AppointmentState, ReceivingDoctor},
    },
    booking::{self, NotBooked, instant, wrong},
    bounds,
    standing::shut_out,
};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::{Topic, Topics},
    db::{Recorded, UnitOfWork},
    features::schedules::{self, Rules, Schedule, span},
    state::AppState,
    web::{AppError, Present},
};

/// A visit, and when and with whom it is from now on.
struct Moved {
    before: AppointmentState,
    /// Who has it from now on, if it is handed over.
    receiving: Option<ReceivingDoctor>,
    starts_at: DateTime<Utc>,
    rules: Rules,
    /// Whether another visit has that time.
    overbooks: bool,
}

impl Moved {
    /// `doctor.id` of who has it from now on.
    fn doctor_id(&self) -> i64 {
        self.receiving.as_ref().map_or(self.before.doctor_id, |doctor| doctor.id)
    }

    /// Whose lists it was on, and is.
    fn topics(&self) -> Topics {
        let AppointmentState { hospital_id, patient_id, .. } = self.before;
        Topics::from(self.before.topics()).and(Topic::of_visit(hospital_id, self.doctor_id(), patient_id))
    }
}

/// Moves the visit `id`, and tells its patient and its doctors; whether it is handed over. Seven statements, of which two tell the others, and one more for
/// guests. Who hands it over takes two more, and up to three for the mark of what was read: each is a row of another table that goes with it.
///
/// # Errors
/// Why it is not moved: [`AppError::NotFound`] when it is not the viewer's to see.
pub(in crate::features::appointments) async fn reschedule(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    change: &Move,
) -> Result<bool, NotBooked> {
    let acting = viewer.acting(state.clock.now());
    let done = state
        .db
        .write(async |uow| {
            let before = uow.read(async |conn| queries::appointment_state_held(viewer, conn, id).await).await?;
            carry_out(state, uow, acting, (before.ok_or(AppError::NotFound)?, change)).await
        })
        .await;
    match done {
        Err(refused) => judge_again(state, viewer, (id, change), refused).await,
        moved => moved,
    }
}

/// Moves the visit as it stands `before`, within the unit of work that holds it. Six statements, two more where its patient wishes another time, and what
/// [`reschedule`] says.
pub(super) async fn carry_out(
    state: &AppState,
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    (before, change): (AppointmentState, &Move),
) -> Result<Recorded<bool>, NotBooked> {
    let moved = judge(state, uow, acting, (before, change)).await?;
    writing::write(uow, acting, &moved, change).await
}

/// What is to be said of a move that was `refused`: perhaps because the same form, or somebody else, has moved the visit a moment ago, and it is in its own
/// way where it is now. One statement.
async fn judge_again(
    state: &AppState,
    viewer: &Viewer,
    (id, change): (i64, &Move),
    refused: NotBooked,
) -> Result<bool, NotBooked> {
    let Some(last) = queries::last_step(viewer, &state.db.reader(), id).await? else { return Err(refused) };
    let is_same = last.is_same(viewer, (EventKind::Rescheduled, change.version), change.note.as_ref());
    let is_there = last.local_starts_at == Some(change.local) && change.doctor_id.is_none_or(|id| id == last.doctor_id);
    let is_done = is_same && is_there;
    match refused {
        // Whoever handed it over does not see it any more.
        NotBooked::Failed(AppError::NotFound) if is_done => Ok(last.is_handed_over),
        NotBooked::Field(..) | NotBooked::Taken(_) | NotBooked::Failed(AppError::Conflict(_)) if is_done => {
            Ok(last.is_handed_over)
        }
        NotBooked::Field(..) | NotBooked::Taken(_) if last.version != change.version => {
            Err(AppError::Conflict(STALE.to_owned()).into())
        }
        refused => Err(refused),
    }
}

/// One statement, or two when it is handed over.
async fn judge(
    state: &AppState,
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    (before, change): (AppointmentState, &Move),
) -> Result<Moved, NotBooked> {
    let viewer = acting.viewer;
    let present = Present::new(acting.now, None);
    may_be_moved(Movable::from(&before), &present)?;
    if before.version != change.version {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    let rules = schedules::rules(viewer, before.slot_minutes, before.booking_lead_hours);
    let starts_at = instant(change.local, rules).map_err(|sentence| wrong("starts_at", sentence))?;
    bounds::within_horizon(state, viewer, starts_at)?;
    let receiving = receiving(uow, &before, change).await?;
    if receiving.is_none() {
        stays(&before, starts_at)?;
    }
    let moved = Moved { before, receiving, starts_at, rules, overbooks: false };
    let where_to = (moved.doctor_id(), change.local.date(), rules);
    let schedule = schedule_without(uow, &moved.before, where_to).await?;
    let has_reason = change.overbook_reason.is_some();
    let judged = schedule.judge(starts_at, rules, &present);
    let overbooks = booking::overbooks(judged, (viewer, rules), (has_reason, false))?;
    Ok(Moved { overbooks, ..moved })
}

/// The doctor to whom the visit is handed over, if it is. One statement then.
async fn receiving(
    uow: &UnitOfWork,
    before: &AppointmentState,
    change: &Move,
) -> Result<Option<ReceivingDoctor>, NotBooked> {
    let Some(id) = change.doctor_id.filter(|id| *id != before.doctor_id) else { return Ok(None) };
    let found = uow.read(async |conn| queries::receiving_doctor(conn, before, id).await).await?;
    let doctor = found.ok_or_else(|| wrong("doctor_id", NO_DOCTOR))?;
    if !doctor.active {
        return Err(wrong("doctor_id", "This doctor does not practise here any more. Choose another."));
    }
    if doctor.has_writing {
        let why = if before.doctor_active { WRITTEN } else { WRITTEN_BY_GONE };
        return Err(AppError::Conflict(why.to_owned()).into());
    }
    Ok(Some(doctor))
}

/// Whether a visit that stays with its doctor can be moved to that time.
fn stays(before: &AppointmentState, starts_at: DateTime<Utc>) -> Result<(), NotBooked> {
    if !before.doctor_active {
        return Err(wrong("doctor_id", "The doctor of this visit does not practise here any more. Choose another."));
    }
    if starts_at == before.starts_at {
        return Err(wrong("starts_at", "That is the time at which the visit is. Choose another."));
    }
    Ok(())
}

/// What is in the way of the visit with that doctor (`doctor.id`) on that day, once it is no more where it is `before`. One statement.
pub(super) async fn schedule_without(
    uow: &UnitOfWork,
    before: &AppointmentState,
    (doctor_id, date, rules): (i64, NaiveDate, Rules),
) -> Result<Schedule, NotBooked> {
    let within = span(date, 1, rules.zone);
    let attendees = before.attendees_with(doctor_id);
    let schedule = uow.read(async |conn| schedules::schedule_now(conn, attendees, within).await).await?;
    Ok(before.moved_out_of(schedule, doctor_id))
}

/// What of a visit decides whether it can be moved.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::appointments) struct Movable {
    pub(in crate::features::appointments) status: AppointmentStatus,
    pub(in crate::features::appointments) ends_at: DateTime<Utc>,
    pub(in crate::features::appointments) patient_active: bool,
}

impl From<&AppointmentState> for Movable {
    fn from(visit: &AppointmentState) -> Self {
        let AppointmentState { status, ends_at, patient_active, .. } = *visit;
        Self { status, ends_at, patient_active }
    }
}

impl From<&AppointmentRow> for Movable {
    fn from(visit: &AppointmentRow) -> Self {
        Self { status: visit.status, ends_at: visit.ends_at, patient_active: visit.patient.user.active }
    }
}

/// Whether the visit stands, nobody has come yet and it is not over, and its patient would be told. Where its doctor is gone it can be handed over.
///
/// # Errors
/// [`AppError::Conflict`] with why it cannot be moved.
pub(in crate::features::appointments) fn may_be_moved(visit: Movable, present: &Present) -> Result<(), AppError> {
    let is_now = status_tag(visit.status).label.to_lowercase();
    if !AppointmentStatus::AGREED.contains(&visit.status) {
        let stands = "Only a visit that stands and has not begun can be moved";
        return Err(AppError::Conflict(format!("{stands}: the status of this one is {is_now}.")));
    }
    if present.has_come(visit.ends_at) {
        return Err(AppError::Conflict(OVER.to_owned()));
    }
    if visit.patient_active { Ok(()) } else { Err(shut_out("Let them in again, or cancel the visit.")) }
}

const OVER: &str = "The time of this visit is over. Record what came of it, and book another.";
const WRITTEN: &str =
    "The doctor of this visit has written about it already. Choose a time with them, or cancel it and book another.";
const WRITTEN_BY_GONE: &str =
    "The doctor of this visit has written about it already, and practises here no more. Cancel it, and book another.";
/// What is said of a visit that has changed since its page was opened.
pub(super) const STALE: &str =
    "Somebody changed this visit after you opened the page. Look at when it is now, then decide.";
