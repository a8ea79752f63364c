//! Proposing another time than the one that was asked for.

use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::enums::{AppointmentStatus, Role};

use super::{
    super::{
        forms::StepCommand,
        queries::{self, AppointmentState},
        step::{Stage, Step},
    },
    booking::{AHEAD, NotBooked, instant, sentence, wrong},
    bounds,
    standing::nobody_to_tell,
    steps::may_take,
};
use crate::{
    access::Viewer,
    coherence::Topics,
    features::schedules::{self, Attendees, DayOfTimes, FreeTimes as _, Rules, Schedule, SlotRefusal, span},
    state::AppState,
    web::{AppError, Present},
};

/// Whether its doctor may propose any other time for a visit as it stands.
///
/// # Errors
/// [`AppError::Conflict`] with why not.
pub(in crate::features::appointments) fn may_propose(
    viewer: &Viewer,
    visit: &AppointmentState,
    present: &Present,
) -> Result<(), AppError> {
    if !Step::Propose.may_follow(&Stage::of(visit, viewer.zone()), present) {
        return Err(AppError::Conflict(NOT_OPEN.to_owned()));
    }
    if visit.patient_active { Ok(()) } else { Err(nobody_to_tell(Step::Propose)) }
}

const NOT_OPEN: &str = "This request is not open any more. The page of the visit says where it stands.";

/// Whether the doctor of the visit `id` may propose the time in `command` for it: as an instant, with where the visit stands.
///
/// # Errors
/// [`AppError::NotFound`] when the visit is not theirs; why the time cannot be proposed, with the nearest that can.
pub(in crate::features::appointments) async fn proposable(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    command: &StepCommand,
) -> Result<(DateTime<Utc>, AppointmentState), NotBooked> {
    let local = command.local.unwrap_or_default();
    let reader = state.db.reader();
    let topics = Topics::exempt("an act, which keeps no page");
    let visit = reader.run(topics, async |conn| queries::appointment_state(viewer, conn, id).await).await?;
    let visit = visit.ok_or(AppError::NotFound)?;
    may_take(command, &visit, viewer.acting(state.clock.now()))?;
    if !visit.patient_active {
        return Err(nobody_to_tell(command.step).into());
    }
    let rules = schedules::rules(viewer, visit.slot_minutes, visit.booking_lead_hours);
    let starts_at = instant(local, rules).map_err(|sentence| wrong("starts_at", sentence))?;
    bounds::within_horizon(state, viewer, starts_at)?;
    if starts_at == visit.starts_at {
        return Err(wrong("starts_at", "That is the time the patient asked for: approve the request instead."));
    }
    let attendees = Attendees { doctor_id: visit.doctor_id, patient_id: Some(visit.patient_id) };
    let schedule = schedules::schedule(&reader, attendees, span(local.date(), AHEAD, rules.zone)).await?;
    let present = Present::new(state.clock.now(), None);
    let Err(refusal) = schedule.judge(starts_at, rules, &present) else { return Ok((starts_at, visit)) };
    if refusal == SlotRefusal::Past {
        return Err(wrong("starts_at", sentence(refusal, viewer, rules)));
    }
    let free = free_then(&schedule, local.date(), rules, &present);
    if refusal == SlotRefusal::Taken {
        return Err(NotBooked::Taken(format!("You have another visit at that time. {free}")));
    }
    Err(wrong("starts_at", format!("{} {free}", sentence(refusal, viewer, rules))))
}

/// So many free times are offered in the place of one that cannot be had.
const INSTEAD: usize = 6;

/// Free times that the doctor of the visit `id` can propose with one click after one of `steps` was refused; none to anybody else, and
/// none when it was no approval. Two statements.
///
/// # Errors
/// The database's.
pub(in crate::features::appointments) async fn free_instead(
    state: &AppState,
    viewer: &Viewer,
    (id, steps): (i64, &[Step]),
    present: &Present,
) -> Result<Vec<DayOfTimes>, AppError> {
    if viewer.role() != Role::Doctor || !steps.contains(&Step::Approve) {
        return Ok(Vec::new());
    }
    let reader = state.db.reader();
    let topics = Topics::exempt("a refused act, whose page is not kept");
    let visit = reader.run(topics, async |conn| queries::appointment_state(viewer, conn, id).await).await?;
    let Some(visit) = visit.filter(|visit| visit.status == AppointmentStatus::Requested && visit.patient_active) else {
        return Ok(Vec::new());
    };
    let rules = schedules::rules(viewer, visit.slot_minutes, visit.booking_lead_hours);
    let from = visit.starts_at.with_timezone(&rules.zone).date_naive().max(present.date(rules.zone));
    let attendees = Attendees { doctor_id: visit.doctor_id, patient_id: Some(visit.patient_id) };
    let schedule = schedules::schedule(&reader, attendees, span(from, AHEAD, rules.zone)).await?;
    let mut free = schedule.nearest((from, AHEAD), rules, (present, INSTEAD));
    for (_, slots) in &mut free {
        slots.retain(|slot| slot.starts_at != visit.starts_at);
    }
    free.retain(|(_, slots)| !slots.is_empty());
    Ok(schedules::days(free, rules.zone))
}

/// The nearest free times from `date` on, in words.
fn free_then(schedule: &Schedule, date: NaiveDate, rules: Rules, present: &Present) -> String {
    let nearest = schedule.nearest((date, AHEAD), rules, (present, 4));
    let times: Vec<String> = nearest
        .into_iter()
        .flat_map(|(_, slots)| slots)
        .map(|slot| slot.starts_at.with_timezone(&rules.zone).format("%A %-d %B, %H:%M").to_string())
        .collect();
    if times.is_empty() {
        let until = date + Days::new(AHEAD);
        return format!("There is no free time before {}.", until.format("%-d %B %Y"));
    }
    format!("Free are: {}.", times.join("; "))
}
