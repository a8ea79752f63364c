//! A patient's wish for another time of a visit that stands, and what is answered.
//!
//! The visit keeps its time, its doctor and where it stands, and carries the wish until the clinic accepts it, which moves the visit as any other move does,
//! or leaves it where it is; or until the patient takes the wish back. A new wish takes the place of the one before. Whatever else becomes of the visit's
//! time, its doctor or where it stands settles the wish: each such act writes it away with its own change.

mod answering;
mod writing;

use chrono::{DateTime, NaiveDate, Utc};
use entity::enums::{AppointmentStatus, EventKind};

use super::{
    super::{
        appointment::status_tag,
        forms::Move,
        queries::{self, AppointmentState},
        wishes::Wish,
    },
    booking::{self, NotBooked, instant, wrong},
    bounds,
    moving::{self, STALE},
};
use crate::{
    access::{ActingViewer, Viewer},
    db::UnitOfWork,
    features::schedules::{self, Rules},
    state::AppState,
    web::{AppError, Present},
};

pub(in crate::features::appointments) use answering::{Answered, answer};

/// Asks for another time of the visit `id`, once however often the form is sent. Eight statements, of which three tell the clinic.
///
/// # Errors
/// Why it cannot be asked for: [`AppError::NotFound`] when the visit is not the viewer's to see.
pub(in crate::features::appointments) async fn wish(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    change: &Move,
) -> Result<(), NotBooked> {
    let acting = viewer.acting(state.clock.now());
    let done = state
        .db
        .write(async |uow| {
            let (before, wished) = judge(state, uow, acting, (id, change)).await?;
            writing::wish(uow, acting, &before, (wished, change.note.as_ref())).await
        })
        .await;
    match done {
        Err(refused) => judge_again(state, viewer, (id, change), refused).await,
        wished => wished,
    }
}

/// What is to be said of a wish that was `refused`: perhaps because the same form has stored it a moment ago. One statement.
async fn judge_again(
    state: &AppState,
    viewer: &Viewer,
    (id, change): (i64, &Move),
    refused: NotBooked,
) -> Result<(), NotBooked> {
    let Some(last) = queries::last_step(viewer, &state.db.reader(), id).await? else { return Err(refused) };
    let wished = last.wished_starts_at.map(|at| viewer.zone().local(at));
    let is_same = last.is_same(viewer, (EventKind::Wished, change.version), change.note.as_ref());
    match refused {
        NotBooked::Field(..) | NotBooked::Taken(_) | NotBooked::Failed(AppError::Conflict(_))
            if is_same && wished == Some(change.local) =>
        {
            Ok(())
        }
        NotBooked::Field(..) | NotBooked::Taken(_) if last.version != change.version => {
            Err(AppError::Conflict(STALE.to_owned()).into())
        }
        refused => Err(refused),
    }
}

/// The visit as it stands, and the time that is asked for, which is free. Two statements.
async fn judge(
    state: &AppState,
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    (id, change): (i64, &Move),
) -> Result<(AppointmentState, DateTime<Utc>), NotBooked> {
    let viewer = acting.viewer;
    let before = uow.read(async |conn| queries::appointment_state_held(viewer, conn, id).await).await?;
    let before = before.ok_or(AppError::NotFound)?;
    let present = Present::new(acting.now, None);
    let rules = schedules::rules(viewer, before.slot_minutes, before.booking_lead_hours);
    may_wish(&before, rules, &present)?;
    if before.version != change.version {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    let wished = instant(change.local, rules).map_err(|sentence| wrong("starts_at", sentence))?;
    bounds::within_horizon(state, viewer, wished)?;
    if wished == before.starts_at {
        return Err(wrong("starts_at", "That is the time at which your visit is. Choose another."));
    }
    if Wish::from(&before).wished() == Some(wished) {
        return Err(wrong(
            "starts_at",
            "You have asked for that time already. Choose another, or wait for the answer.",
        ));
    }
    is_free(uow, &before, (change.local.date(), wished, rules), (viewer, &present)).await?;
    Ok((before, wished))
}

/// Whether the visit could be then, if it were nowhere else. One statement.
async fn is_free(
    uow: &UnitOfWork,
    before: &AppointmentState,
    (date, wished, rules): (NaiveDate, DateTime<Utc>, Rules),
    (viewer, present): (&Viewer, &Present),
) -> Result<(), NotBooked> {
    let schedule = moving::schedule_without(uow, before, (before.doctor_id, date, rules)).await?;
    booking::overbooks(schedule.judge(wished, rules, present), (viewer, rules), (false, false)).map(drop)
}

/// Whether its patient may ask for another time of the visit: it stands, and is not nearer than visits are booked ahead.
///
/// # Errors
/// [`AppError::Conflict`] with why not, and what to do instead.
pub(in crate::features::appointments) fn may_wish(
    visit: &AppointmentState,
    rules: Rules,
    present: &Present,
) -> Result<(), AppError> {
    let is_now = status_tag(visit.status).label.to_lowercase();
    Err(AppError::Conflict(if !AppointmentStatus::AGREED.contains(&visit.status) {
        let stands = "Another time can be asked for of a visit that stands and has not begun";
        format!("{stands}: the status of this one is {is_now}.")
    } else if present.has_come(visit.starts_at) {
        "The time of this visit has come. Call the hospital.".to_owned()
    } else if present.is_past(visit.starts_at - rules.lead) {
        let hours = rules.lead_hours();
        format!("Another time can be asked for until {hours} hours before the visit. For sooner, call the hospital.")
    } else if !visit.doctor_active {
        "The doctor does not practise here any more. Call the hospital for another.".to_owned()
    } else {
        return Ok(());
    }))
}
