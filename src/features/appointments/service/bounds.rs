//! How much may be asked for: who may ask at all, how many requests may be open, and how far ahead.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AppointmentStatus, Role},
    patient,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::booking::{NotBooked, wrong};
use crate::{
    access::Viewer,
    db::{Reader, UnitOfWork},
    features::accounts,
    state::AppState,
};

/// Of a request that nobody has decided, or whose decision the patient has yet to accept.
const OPEN: [AppointmentStatus; 2] = [AppointmentStatus::Requested, AppointmentStatus::Proposed];

/// Whether the viewer may ask for visits: a patient whose address nobody has proved may be anybody, in somebody else's name. Where no
/// mail is sent nobody can prove one, and the desk is asked about it. One statement for a patient.
///
/// # Errors
/// [`NotBooked::Unproved`].
pub(super) async fn may_ask(state: &AppState, viewer: &Viewer, reader: &Reader) -> Result<(), NotBooked> {
    if viewer.role() != Role::Patient || !state.outgoing_mail.is_on() || accounts::is_proved(viewer, reader).await? {
        return Ok(());
    }
    Err(NotBooked::Unproved)
}

/// Whether a visit at that instant is within the horizon, for patients and staff alike: one in another century is a slip of the keyboard, or
/// worse.
///
/// # Errors
/// `Field`, with the last day.
pub(super) fn within_horizon(state: &AppState, viewer: &Viewer, starts_at: DateTime<Utc>) -> Result<(), NotBooked> {
    let last = state.clock.now() + state.settings.booking.horizon;
    if starts_at <= last {
        return Ok(());
    }
    let last = last.with_timezone(&viewer.zone()).format("%-d %B %Y");
    Err(wrong("starts_at", format!("Visits can be booked until {last}.")))
}

/// Whether a patient has as many open requests as one may have. The patient's row is held until the unit of work ends, so that of many sent at
/// once each is counted. Two statements.
///
/// # Errors
/// The database's.
pub(super) async fn has_too_many(
    uow: &UnitOfWork,
    state: &AppState,
    (patient_id, now): (i64, DateTime<Utc>),
) -> Result<bool, DbErr> {
    let row = patient::Entity::find_by_id(patient_id).lock_exclusive();
    uow.read(async |conn| row.one(conn).await).await?;
    let open = appointment::Entity::find()
        .filter(Column::PatientId.eq(patient_id))
        .filter(Column::Status.is_in(OPEN))
        .filter(Column::StartsAt.gt(now));
    let open = uow.read(async |conn| open.count(conn).await).await?;
    Ok(open >= state.settings.booking.max_open_requests)
}

/// What is said to whoever has too many.
pub(super) fn too_many(state: &AppState) -> NotBooked {
    let most = state.settings.booking.max_open_requests;
    wrong("", format!("You have {most} requests that are not decided yet. Wait for a decision, or cancel one of them."))
}
