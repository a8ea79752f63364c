//! Clearing an absence: the visits that lie in it are moved, cancelled or left, as was chosen for each.
//!
//! Each is an act of its own, as it would be on the page of the visit: one that cannot be done is told of, and undoes no other.

use chrono::NaiveDateTime;
use entity::enums::AppointmentStatus;

use super::{
    super::{
        appointment::status_tag,
        back::Back,
        forms::{ChosenVisit, ChosenVisits, Move, StepCommand, VisitChoice},
        queries::{self, AppointmentRow},
        step::Step,
    },
    booking::NotBooked,
    moving::reschedule,
    standing::take_once,
};
use crate::{access::Viewer, features::schedules::ManagedAbsence, state::AppState, web::AppError};

/// What became of a visit for which something was chosen.
#[derive(Debug)]
pub(in crate::features::appointments) enum Cleared {
    Moved(NaiveDateTime),
    Cancelled,
    Left,
    /// It is as it was: why, and what to do.
    NotDone(String),
}

/// A visit with what became of it.
#[derive(Debug)]
pub(in crate::features::appointments) struct ClearedVisit {
    /// As it was when the form came.
    pub(in crate::features::appointments) before: AppointmentRow,
    pub(in crate::features::appointments) choice: VisitChoice,
    pub(in crate::features::appointments) cleared: Cleared,
}

/// Does what was chosen, the earliest visit first. One statement, and those of each act.
///
/// # Errors
/// [`AppError::Conflict`], before anything is done, when one of the visits is not the viewer's to see, or another doctor's by now.
pub(in crate::features::appointments) async fn clear(
    state: &AppState,
    viewer: &Viewer,
    absence: &ManagedAbsence,
    chosen: &ChosenVisits,
) -> Result<Vec<ClearedVisit>, AppError> {
    let ids = chosen.visits.iter().map(|visit| visit.id).collect();
    let found = queries::visits(viewer, &state.db.reader(), ids).await?;
    let mut visits = Vec::new();
    for visit in &chosen.visits {
        let its_doctors = found.get(&visit.id).filter(|row| row.doctor_id == absence.doctor.id);
        visits.push((visit, its_doctors.ok_or_else(|| AppError::Conflict(ELSEWHERE.to_owned()))?.clone()));
    }
    visits.sort_by_key(|(_, row)| (row.starts_at, row.id));
    let mut cleared = Vec::new();
    for (visit, before) in visits {
        let done = clear_one(state, viewer, (visit, &before), chosen.message.as_ref()).await;
        cleared.push(ClearedVisit { before, choice: visit.choice, cleared: told(done)? });
    }
    Ok(cleared)
}

/// One act, which waits for no other.
async fn clear_one(
    state: &AppState,
    viewer: &Viewer,
    (visit, before): (&ChosenVisit, &AppointmentRow),
    message: Option<&String>,
) -> Result<Cleared, NotBooked> {
    let ChosenVisit { id, version, choice } = *visit;
    match choice {
        VisitChoice::Leave => Ok(Cleared::Left),
        VisitChoice::Move(local) => {
            let change = Move { version, doctor_id: None, local, overbook_reason: None, note: message.cloned() };
            reschedule(state, viewer, id, &change).await.map(|_handed_over| Cleared::Moved(local))
        }
        VisitChoice::Cancel if before.status.is_under_way() => Err(AppError::Conflict(has_come(before.status)).into()),
        VisitChoice::Cancel => {
            let command = cancellation(version, message);
            Ok(take_once(state, viewer, id, &command).await.map(|()| Cleared::Cancelled)?)
        }
    }
}

/// Why a visit that is under way is not cancelled with others: whoever is there already is not sent home by one of forty choices.
pub(in crate::features::appointments) fn has_come(status: AppointmentStatus) -> String {
    let is_now = status_tag(status).label.to_lowercase();
    format!("The patient has come: the status is {is_now}. Decide about this one on its page.")
}

fn cancellation(version: i32, message: Option<&String>) -> StepCommand {
    StepCommand {
        step: Step::Cancel,
        version,
        reason: message.cloned(),
        local: None,
        proposes: None,
        overbook_reason: None,
        back: Back::Page,
        answers: None,
    }
}

/// What is said of one act: that it could not be done ends no other.
fn told(done: Result<Cleared, NotBooked>) -> Result<Cleared, AppError> {
    match done {
        Ok(cleared) => Ok(cleared),
        Err(NotBooked::Taken(_)) => Ok(Cleared::NotDone(TAKEN.to_owned())),
        Err(NotBooked::Field(_, why) | NotBooked::Used(why) | NotBooked::Failed(AppError::Conflict(why))) => {
            Ok(Cleared::NotDone(why))
        }
        Err(NotBooked::Failed(AppError::NotFound)) => Ok(Cleared::NotDone(GONE.to_owned())),
        Err(NotBooked::Failed(AppError::Unavailable(cause))) => {
            log::warn!("a visit of an absence is left as it was: {cause}");
            Ok(Cleared::NotDone(LATER.to_owned()))
        }
        Err(NotBooked::Unproved) => Err(AppError::Forbidden),
        Err(NotBooked::Failed(error)) => Err(error),
    }
}

const ELSEWHERE: &str =
    "One of the visits is not with this doctor any more. Look at what is chosen for the others, and send it once more.";
const GONE: &str = "It is not with this doctor any more.";
const TAKEN: &str = "Somebody took that time meanwhile. Choose another.";
const LATER: &str = "That could not be stored just now. Choose it once more.";
