//! Moving a visit that stands to another time of its doctor's: the same visit, with what was said of it and how it came about.
//!
//! Whoever had promised to come had promised another time, so it stands as if it had just been booked, and is as long as visits of its hospital are
//! now. A visit that is over is not moved: what came of it is said, and another is booked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::{AppointmentStatus, AuditAction, AuditSubject, EventKind, NotificationKind},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        appointment::status_tag,
        forms::Move,
        queries::{self, AppointmentRow, AppointmentState},
    },
    booking::{self, NotBooked, instant, wrong},
    bounds,
    guests::keep_guests,
    standing::{doctor_is_gone, shut_out},
};
use crate::{
    access::{ActingViewer, Viewer},
    db::{Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
        schedules::{self, Rules, span},
    },
    state::AppState,
    web::{AppError, Present},
};

/// A visit, and when it is from now on.
struct Moved {
    before: AppointmentState,
    starts_at: DateTime<Utc>,
    rules: Rules,
    /// Whether another visit has that time.
    overbooks: bool,
}

/// Moves the visit `id`, and tells its patient and its doctor. Seven statements, of which two tell the others, and one more for guests.
///
/// # Errors
/// Why it is not moved: [`AppError::NotFound`] when it is not the viewer's to see.
pub(in crate::features::appointments) async fn reschedule(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    change: &Move,
) -> Result<(), NotBooked> {
    let acting = viewer.acting(state.clock.now());
    let done = state
        .db
        .write(async |uow| {
            let moved = judge(state, uow, acting, (id, change)).await?;
            write(uow, acting, &moved, change).await
        })
        .await;
    match done {
        Err(refused) => judge_again(state, viewer, (id, change), refused).await,
        moved => moved,
    }
}

/// What is to be said of a move that was `refused`: perhaps because the same form, or somebody else, has moved the visit a moment ago, and it is in its own
/// way where it is now. One statement.
async fn judge_again(
    state: &AppState,
    viewer: &Viewer,
    (id, change): (i64, &Move),
    refused: NotBooked,
) -> Result<(), NotBooked> {
    let Some(last) = queries::last_step(viewer, &state.db.reader(), id).await? else { return Err(refused) };
    let is_same = last.is_same(viewer, (EventKind::Rescheduled, change.version), change.note.as_ref());
    let is_done = is_same && last.local_starts_at == Some(change.local);
    match refused {
        NotBooked::Field(..) | NotBooked::Taken(_) | NotBooked::Failed(AppError::Conflict(_)) if is_done => Ok(()),
        NotBooked::Field(..) | NotBooked::Taken(_) if last.version != change.version => {
            Err(AppError::Conflict(STALE.to_owned()).into())
        }
        refused => Err(refused),
    }
}

/// Until the unit of work ends nobody records an absence of the doctor. Two statements.
async fn judge(
    state: &AppState,
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    (id, change): (i64, &Move),
) -> Result<Moved, NotBooked> {
    let viewer = acting.viewer;
    let before = uow.read(async |conn| queries::appointment_state_held(viewer, conn, id).await).await?;
    let before = before.ok_or(AppError::NotFound)?;
    let present = Present::new(acting.now, None);
    may_be_moved(Movable::from(&before), &present)?;
    if before.version != change.version {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    let rules = schedules::rules(viewer, before.slot_minutes, before.booking_lead_hours);
    let starts_at = instant(change.local, rules).map_err(|sentence| wrong("starts_at", sentence))?;
    bounds::within_horizon(state, viewer, starts_at)?;
    if starts_at == before.starts_at {
        return Err(wrong("starts_at", "That is the time at which the visit is. Choose another."));
    }
    let within = span(change.local.date(), 1, rules.zone);
    let attendees = before.attendees();
    let schedule = uow.read(async |conn| schedules::schedule_now(conn, attendees, within).await).await?;
    // Its own time is in nobody's way once it is moved.
    let schedule = schedule.without(before.stretch());
    let has_reason = change.overbook_reason.is_some();
    let overbooks = booking::overbooks(&schedule, starts_at, (viewer, rules), (&present, has_reason))?;
    Ok(Moved { before, starts_at, rules, overbooks })
}

/// What of a visit decides whether it can be moved.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::appointments) struct Movable {
    pub(in crate::features::appointments) status: AppointmentStatus,
    pub(in crate::features::appointments) ends_at: DateTime<Utc>,
    pub(in crate::features::appointments) doctor_active: bool,
    pub(in crate::features::appointments) patient_active: bool,
}

impl From<&AppointmentState> for Movable {
    fn from(visit: &AppointmentState) -> Self {
        let AppointmentState { status, ends_at, doctor_active, patient_active, .. } = *visit;
        Self { status, ends_at, doctor_active, patient_active }
    }
}

impl From<&AppointmentRow> for Movable {
    fn from(visit: &AppointmentRow) -> Self {
        let (doctor_active, patient_active) = (visit.doctor.user.active, visit.patient.user.active);
        Self { status: visit.status, ends_at: visit.ends_at, doctor_active, patient_active }
    }
}

/// Whether the visit stands, nobody has come yet and it is not over, and both who are to meet are there still.
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
    if !visit.doctor_active {
        return Err(doctor_is_gone());
    }
    if visit.patient_active { Ok(()) } else { Err(shut_out("Let them in again, or cancel the visit.")) }
}

const OVER: &str = "The time of this visit is over. Record what came of it, and book another.";
const STALE: &str = "Somebody changed this visit after you opened the page. Look at when it is now, then decide.";

async fn write(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    moved: &Moved,
    change: &Move,
) -> Result<Recorded, NotBooked> {
    let (before, now) = (&moved.before, acting.now);
    let update = appointment::Entity::update_many()
        .set(row(moved, change, now))
        .filter(Column::Id.eq(before.id))
        .filter(Column::Status.eq(before.status))
        .filter(Column::Version.eq(before.version));
    let changed = uow.update_where(update, before.topics()).await;
    if changed.map_err(|error| booking::refused(error, acting.viewer, moved.rules))? == 0 {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    uow.insert_many([event(acting, moved, change)], before.topics()).await?;
    if before.has_guests {
        keep_guests(uow, now, (before.id, moved.starts_at + moved.rules.slot)).await?;
    }
    notifications::notify(uow, now, &news(acting, moved)).await?;
    let act = AuditEvent::new(AuditAction::Rescheduled, AuditSubject::Appointment, before.id)
        .instant("from", before.starts_at)
        .instant("to", moved.starts_at);
    let act = if moved.overbooks { act.word("overbooked", "yes") } else { act };
    Ok(audit::record(uow, now, acting.viewer, act).await?)
}

fn row(moved: &Moved, change: &Move, now: DateTime<Utc>) -> appointment::ActiveModel {
    appointment::ActiveModel {
        status: Set(AppointmentStatus::Scheduled),
        version: Set(moved.before.version + 1),
        starts_at: Set(moved.starts_at),
        ends_at: Set(moved.starts_at + moved.rules.slot),
        local_starts_at: Set(Some(change.local)),
        time_zone: Set(Some(moved.rules.zone.name().to_owned())),
        displaced_at: Set(None),
        overbook_reason: Set(change.overbook_reason.clone().filter(|_| moved.overbooks)),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// The line of the history keeps both times, and what was said of it.
fn event(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    Moved { before, .. }: &Moved,
    change: &Move,
) -> appointment_event::ActiveModel {
    appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(before.id),
        actor_id: Set(viewer.user_id),
        kind: Set(EventKind::Rescheduled),
        from_status: Set(Some(before.status)),
        to_status: Set(AppointmentStatus::Scheduled),
        note: Set(change.note.clone()),
        local_starts_at: Set(Some(change.local)),
        proposed_local_starts_at: Set(before.told_times(None).starts_at),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Both who meet are told but for whoever did it; a doctor who did is sent the mail that moves it in their own calendar.
fn news(ActingViewer { viewer, .. }: ActingViewer<'_>, Moved { before, starts_at, rules, .. }: &Moved) -> News {
    let both = BTreeSet::from([before.doctor_user_id, before.patient_user_id]);
    News {
        kind: NotificationKind::AppointmentRescheduled,
        appointment_id: before.id,
        version: before.version + 1,
        times: ToldTimes::of(rules.zone, Some(*starts_at), None),
        by_mail: Some(viewer.user_id).filter(|actor| both.contains(actor)),
        recipients: both.into_iter().filter(|id| *id != viewer.user_id).collect(),
        visit: Some((before.patient_user_id, *starts_at)),
    }
}
