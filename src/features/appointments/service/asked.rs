//! What asked somebody for an answer about a visit, once it is answered: by whomever, and whatever the answer is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::enums::{AppointmentStatus, NotificationKind};
use sea_orm::DbErr;

use super::super::queries::{self, AppointmentState};
use crate::{db::UnitOfWork, features::notifications};

/// Marks as read, for everybody whom it was told, what asked for something about the visit as it stood `before` it moved on: to decide a request, to
/// answer a proposal, to see who waits; and where that `ends_wish`, to answer the patient's wish, which also whoever has come may still have. Before
/// anything new is told. One statement where anything was asked; and where there was a wish, one to learn who runs the hospital, and one of theirs.
pub(super) async fn is_answered(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    before: &AppointmentState,
    ends_wish: bool,
) -> Result<(), DbErr> {
    if let Some((kind, told)) = question(before) {
        notifications::answered(uow, at, (before.id, kind), told).await?;
    }
    if ends_wish && before.wished_starts_at.is_some() {
        wish_is_answered(uow, at, before).await?;
    }
    Ok(())
}

/// The same of a wish alone, of a visit that still stands: `user.id` of each who was asked. Two statements.
pub(super) async fn wish_is_answered(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    before: &AppointmentState,
) -> Result<BTreeSet<i64>, DbErr> {
    let mut asked = uow.read(async |conn| queries::administrators(conn, before.hospital_id).await).await?;
    asked.insert(before.doctor_user_id);
    notifications::answered(uow, at, (before.id, NotificationKind::TimeWished), asked.clone()).await?;
    Ok(asked)
}

/// What a visit asks for by how it stands, and whom.
fn question(visit: &AppointmentState) -> Option<(NotificationKind, BTreeSet<i64>)> {
    let doctor = visit.doctor_user_id;
    match visit.status {
        AppointmentStatus::Requested => Some((NotificationKind::AppointmentRequested, [doctor].into())),
        AppointmentStatus::Proposed => {
            Some((NotificationKind::AppointmentProposed, [visit.patient_user_id, visit.requested_by].into()))
        }
        AppointmentStatus::Waiting => Some((NotificationKind::PatientArrived, [doctor].into())),
        _ => None,
    }
}
