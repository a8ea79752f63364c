//! The hours by day of a whole week, saved at once.

use entity::{
    availability,
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{availability_of, hold, hours, overlapped, record, week};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{Recorded, UnitOfWork},
    features::schedules::{
        forms::{NewWeek, NewWindow, seen},
        free::{ByDay, Window},
    },
    state::AppState,
    web::AppError,
};

const CHANGED_MEANWHILE: &str = "Somebody changed these hours while the page was open. They are listed one by one below: look at both, and save again.";
const MEETS_A_NIGHT: &str = "These hours overlap others, such as those of a night, which are listed one by one below.";

/// Makes the hours by day of `doctor_id` those of `new`; nights stay. Once however often the form is sent. Three statements, two for each window that comes and one
/// for each that goes: each is a line of the trail, as it is when it comes or goes by itself.
///
/// # Errors
/// [`AppError::Conflict`], with the sentence, when the hours are not those any more that the form showed, or overlap those of a night; else the database's.
pub(in super::super) async fn set_week(
    state: &AppState,
    viewer: &Viewer,
    doctor_id: i64,
    new: &NewWeek,
) -> Result<(), AppError> {
    let acting = viewer.acting(state.clock.now());
    state
        .db
        .write(async |uow| {
            hold(uow, doctor_id).await?;
            let stored = week(uow, doctor_id).await?;
            let stands = ByDay::new(stored.iter().map(window).collect());
            let is_there = |new: &NewWindow| stands.by_day.iter().any(|window| is_same(window, new));
            let come: Vec<NewWindow> = new.windows.iter().filter(|window| !is_there(window)).copied().collect();
            let gone = stands.by_day.iter().filter(|window| !new.windows.iter().any(|new| is_same(window, new)));
            let gone: Vec<i64> = gone.map(|window| window.id).collect();
            if come.is_empty() && gone.is_empty() {
                return Ok(Recorded::unchanged(()));
            }
            if seen(&stands) != new.seen {
                return Err(AppError::Conflict(CHANGED_MEANWHILE.to_owned()));
            }
            let nights: Vec<_> = stored.into_iter().filter(|row| stands.others.contains(&window(row))).collect();
            if come.iter().any(|window| overlapped(&nights, *window).is_some()) {
                return Err(AppError::Conflict(MEETS_A_NIGHT.to_owned()));
            }
            replace(uow, acting, doctor_id, (&gone, &come)).await
        })
        .await
}

fn window(row: &availability::Model) -> Window {
    Window { id: row.id, weekday: row.weekday, hours: hours(row) }
}

fn is_same(window: &Window, new: &NewWindow) -> bool {
    (window.weekday, window.hours) == (new.weekday, new.hours)
}

/// Takes windows away and adds others, of which there is one at least.
async fn replace(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    doctor_id: i64,
    (gone, come): (&[i64], &[NewWindow]),
) -> Result<Recorded, AppError> {
    let mut recorded = Recorded::unchanged(());
    if !gone.is_empty() {
        let those = availability::Entity::delete_many()
            .filter(availability::Column::DoctorId.eq(doctor_id))
            .filter(availability::Column::Id.is_in(gone.iter().copied()));
        uow.delete_where(those, Topic::Schedule(doctor_id)).await?;
    }
    for id in gone {
        let act = (AuditAction::Removed, AuditSubject::Availability, *id);
        recorded = record(uow, acting, doctor_id, act).await?;
    }
    for new in come {
        let row = uow.insert(availability_of(acting, doctor_id, *new), Topic::Schedule(doctor_id)).await?;
        let act = (AuditAction::Created, AuditSubject::Availability, row.id);
        recorded = record(uow, acting, doctor_id, act).await?;
    }
    Ok(recorded)
}
