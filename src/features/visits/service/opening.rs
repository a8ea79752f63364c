//! What is asked at the beginning of a visit: said by the patient, checked by the doctor, or gone without for a reason.

use entity::{
    enums::{AppointmentStatus, AuditAction, AuditSubject, Modality},
    visit::{self, Column},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{Recorded, UnitOfWork},
    features::{
        appointments::{PatientAnswers, keep_answers},
        audit::{self, AuditEvent},
        visits::{
            forms::OpeningCheck,
            queries::{self, OpeningState},
        },
    },
    state::AppState,
    web::AppError,
};

/// Why nothing was kept.
#[derive(Debug)]
pub(in crate::features::visits) enum NotChecked {
    /// Fields that are missing, each with the sentence beside it.
    Missing(Vec<(&'static str, &'static str)>),
    Failed(AppError),
}

impl<E: Into<AppError>> From<E> for NotChecked {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

const STALE: &str =
    "The patient changed something after you opened the page. Look at it again: what is said now stands below.";
const TOO_EARLY: &str = "This is asked when the patient is there. Below is what can be done now.";
const OTHERS: &str = "This form was made for another patient. Nothing was kept.";
const CHECKED: &str = "Your doctor has looked at your answers already. Tell your doctor what has changed.";
const NOT_NOW: &str = "Nobody looks at these answers now: the visit is over, or has not come yet.";

/// The patient says where they are, how they are reached and who is with them. Five statements.
///
/// # Errors
/// [`AppError::NotFound`] when the visit is not theirs; [`AppError::Conflict`] once the doctor has checked it, or before they have arrived.
pub(in crate::features::visits) async fn answer(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    answers: &PatientAnswers,
) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let before = uow.read(async |conn| queries::opening_state_held(viewer, conn, id).await).await?;
            let OpeningState { visit, opening } = before.ok_or(AppError::NotFound)?;
            if !visit.status.is_under_way() {
                return Err(AppError::Conflict(NOT_NOW.to_owned()));
            }
            if !keep_answers(uow, now, (id, opening.map(|row| row.id)), answers).await? {
                return Err(AppError::Conflict(CHECKED.to_owned()));
            }
            let act = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("opening", "answered");
            Ok(audit::record(uow, now, viewer, act).await?)
        })
        .await
}

/// The doctor has made sure of it, or says why it was gone without. Five statements.
///
/// # Errors
/// What is missing; [`AppError::NotFound`] when the visit is not theirs; [`AppError::Conflict`] when it is no time for it, when somebody was faster, or
/// when the form is another patient's.
pub(in crate::features::visits) async fn check(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    check: &OpeningCheck,
) -> Result<(), NotChecked> {
    let now = state.clock.now();
    state.db.write(async |uow| apply(uow, viewer.acting(now), id, check).await).await
}

async fn apply(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    id: i64,
    check: &OpeningCheck,
) -> Result<Recorded, NotChecked> {
    let before = uow.read(async |conn| queries::opening_state_held(viewer, conn, id).await).await?;
    let OpeningState { visit, opening } = before.ok_or(AppError::NotFound)?;
    if check.patient_id.is_some_and(|patient_id| patient_id != visit.patient_id) {
        return Err(AppError::Conflict(OTHERS.to_owned()).into());
    }
    // After the outcome as well: what was forgotten on a busy day is said late, and the note waits for it.
    let may = [AppointmentStatus::Waiting, AppointmentStatus::InProgress, AppointmentStatus::Completed];
    if !may.contains(&visit.status) {
        return Err(AppError::Conflict(TOO_EARLY.to_owned()).into());
    }
    let missing = check.missing(visit.modality != Modality::InPerson);
    if !missing.is_empty() {
        return Err(NotChecked::Missing(missing));
    }
    if opening.as_ref().is_some_and(|row| is_done(row, viewer, check)) {
        return Ok(Recorded::unchanged(()));
    }
    if !store(uow, viewer.acting(now), (id, opening), check).await? {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    let how = if check.skipped_reason.is_some() { "skipped" } else { "checked" };
    let act = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("opening", how);
    Ok(audit::record(uow, now, viewer, act).await?)
}

/// Whether the same form has done it already.
fn is_done(row: &visit::Model, viewer: &Viewer, check: &OpeningCheck) -> bool {
    let stored = OpeningCheck {
        location_now: row.location_now.clone(),
        call_back: row.call_back.clone(),
        others_present: row.others_present.clone(),
        identity: row.identity,
        skipped_reason: row.skipped_reason.clone(),
        version: check.version,
        patient_id: check.patient_id,
    };
    row.checked_by == Some(viewer.user_id) && stored == *check
}

/// Keeps it if the opening is still as the doctor saw it; whether it was.
async fn store(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (id, opening): (i64, Option<visit::Model>),
    check: &OpeningCheck,
) -> Result<bool, AppError> {
    if check.version != opening.as_ref().map_or(0, |row| row.version) {
        return Ok(false);
    }
    let row = visit::ActiveModel {
        location_now: Set(check.location_now.clone()),
        call_back: Set(check.call_back.clone()),
        others_present: Set(check.others_present.clone()),
        identity: Set(check.identity),
        checked_by: Set(Some(viewer.user_id)),
        checked_at: Set(Some(now)),
        skipped_reason: Set(check.skipped_reason.clone()),
        version: Set(check.version + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    let topic = Topic::Visit(id);
    let Some(opening) = opening else {
        let row = visit::ActiveModel {
            id: NotSet,
            appointment_id: Set(id),
            consented_at: Set(None),
            consent_version: Set(None),
            created_at: Set(now),
            ..row
        };
        uow.insert_many([row], topic).await?;
        return Ok(true);
    };
    let update = visit::Entity::update_many().set(row).filter(Column::Id.eq(opening.id));
    Ok(uow.update_where(update.filter(Column::Version.eq(opening.version)), topic).await? > 0)
}
