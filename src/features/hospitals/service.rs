//! Managing hospitals: made, changed, closed and opened again, each with its line in the trail.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, NotificationKind},
    hospital,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::Expr};
use sha2::{Digest as _, Sha256};

use super::forms::{HospitalDetails, SentHospital};
use crate::{
    access::Viewer,
    coherence::Topics,
    db::{ChangedRow, DbErr, HospitalTexts, Reader, Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
        wall_times::{self, Keep, Reanchored, Retold, ZoneChange, ZoneNotChanged},
    },
    state::AppState,
    web::AppError,
};

/// Why nothing was stored.
#[derive(Debug)]
pub(super) enum HospitalNotSaved {
    /// Another hospital has the name.
    NameTaken,
    /// Somebody changed the hospital after the form was made.
    Stale,
    /// The zone changes, so many visits and absences are to come, and nobody has said what is to stay.
    AskWhatStays {
        visits: usize,
        absences: usize,
    },
    /// The zone changes, and so many visits are too many to move at once.
    TooManyToMove(usize),
    Failed(AppError),
}

/// What came of a changed hospital besides the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Saved {
    /// `appointment.id` of visits that should have moved with the zone, and would have met others.
    pub(super) in_the_way: Vec<i64>,
}

impl From<AppError> for HospitalNotSaved {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<ZoneNotChanged> for HospitalNotSaved {
    fn from(error: ZoneNotChanged) -> Self {
        match error {
            ZoneNotChanged::Ask { visits, absences } => Self::AskWhatStays { visits, absences },
            ZoneNotChanged::TooMany(visits) => Self::TooManyToMove(visits),
            ZoneNotChanged::Failed(error) => error.into(),
        }
    }
}

impl From<DbErr> for HospitalNotSaved {
    fn from(error: DbErr) -> Self {
        match violation(&error) {
            Some(broken) if broken.kind == ViolationKind::Unique => Self::NameTaken,
            // Somebody booked while visits were moved.
            Some(broken) if broken.kind == ViolationKind::Overlap => Self::Stale,
            _ => Self::Failed(error.into()),
        }
    }
}

/// What a form carries to tell whether the hospital has been changed since.
pub(super) fn version(row: &hospital::Model) -> String {
    let digest = Sha256::digest(format!("{:?}", HospitalDetails::of(row).values()));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// The hospital `id`, if it is the viewer's to manage: to its administrator their own, to the platform any.
pub(super) async fn find(viewer: &Viewer, reader: &Reader, id: i64) -> Result<hospital::Model, AppError> {
    if !viewer.runs_platform() && viewer.hospital().is_none_or(|hospital| hospital.id != id) {
        return Err(AppError::NotFound);
    }
    let found = reader.run(Topics::exempt("a form"), async |conn| hospital::Entity::find_by_id(id).one(conn).await);
    found.await?.ok_or(AppError::NotFound)
}

/// All but the key.
fn row(details: &HospitalDetails, now: DateTime<Utc>) -> hospital::ActiveModel {
    hospital::ActiveModel {
        name: Set(details.name.clone()),
        address: Set(details.address.clone()),
        phone: Set(details.phone.clone()),
        email: Set(details.email.clone()),
        time_zone: Set(details.time_zone.clone()),
        currency: Set(details.currency.clone()),
        appointment_fee: Set(details.appointment_fee),
        slot_minutes: Set(details.slot_minutes),
        booking_lead_hours: Set(details.booking_lead_hours),
        second_factor: Set(details.second_factor),
        default_modality: Set(details.default_modality),
        emergency_text: Set(details.emergency_text.clone()),
        message_days: Set(details.message_days),
        updated_at: Set(now),
        ..hospital::ActiveModel::default()
    }
}

/// The hospital that is as the form says, to the last field: made by the same form, a moment ago. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn made_before(reader: &Reader, details: &HospitalDetails) -> Result<Option<i64>, DbErr> {
    let named = hospital::Entity::find().filter(hospital::Column::Name.eq(details.name.as_str()));
    let found = reader.run(Topics::exempt("a form"), async |conn| named.clone().one(conn).await).await?;
    Ok(found.filter(|row| HospitalDetails::of(row).values() == details.values()).map(|row| row.id))
}

/// Makes a hospital: its id. Two statements.
///
/// # Errors
/// Why not.
pub(super) async fn create(
    state: &AppState,
    viewer: &Viewer,
    details: &HospitalDetails,
) -> Result<i64, HospitalNotSaved> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let name_key = HospitalTexts { name: &details.name }.keys().name_key;
            let new = hospital::ActiveModel { name_key, active: Set(true), created_at: Set(now), ..row(details, now) };
            let id = uow.insert(new, Topics::of_hospital(None)).await?.id;
            let event = AuditEvent::new(AuditAction::Created, AuditSubject::Hospital, id).in_hospital(id);
            Ok(audit::record(uow, now, viewer, event).await?.with(id))
        })
        .await
}

/// Changes a hospital that is still as it was `read`, with the version that the form was made for. A form that was sent twice is no conflict: what it
/// wants is stored.
///
/// # Errors
/// Why not.
pub(super) async fn update(
    state: &AppState,
    viewer: &Viewer,
    read: &hospital::Model,
    sent: &SentHospital,
) -> Result<Saved, HospitalNotSaved> {
    let saved = change(state, viewer, read, sent).await;
    if matches!(saved, Err(HospitalNotSaved::Stale)) {
        let stored = find(viewer, &state.db.reader(), read.id).await?;
        if HospitalDetails::of(&stored).values() == sent.details.values() {
            return Ok(Saved { in_the_way: Vec::new() });
        }
    }
    saved
}

/// Three statements at most; with another zone, what is to come moves in the same transaction, or nothing is changed.
async fn change(
    state: &AppState,
    viewer: &Viewer,
    read: &hospital::Model,
    sent: &SentHospital,
) -> Result<Saved, HospitalNotSaved> {
    let details = &sent.details;
    if version(read) != sent.version {
        return Err(HospitalNotSaved::Stale);
    }
    let (before, after) = (HospitalTexts { name: &read.name }, HospitalTexts { name: &details.name });
    let zones = zone_change(read, sent);
    let now = state.clock.now();
    let (old, new) = (HospitalDetails::of(read).values(), details.values());
    let changed: Vec<_> = old.iter().zip(&new).filter(|(old, new)| old != new).map(|(old, _)| old.0).collect();
    state
        .db
        .write(async |uow| {
            let name_key = after.keys_over(before).name_key;
            let row = hospital::ActiveModel { name_key, ..row(details, now) };
            let update = hospital::Entity::update_many().set(row).filter(hospital::Column::Id.eq(read.id));
            let update = update.filter(hospital::Column::UpdatedAt.eq(read.updated_at));
            if uow.update_where(update, Topics::of_hospital(Some(read.id))).await? == 0 {
                return Err(HospitalNotSaved::Stale);
            }
            after
                .keep_keys(uow, ChangedRow { id: read.id, topics: Topics::of_hospital(Some(read.id)) }, before)
                .await?;
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Hospital, read.id).in_hospital(read.id);
            let event = event.changed(&changed);
            let Some(change) = zones else {
                return Ok(audit::record(uow, now, viewer, event).await?.with(Saved { in_the_way: Vec::new() }));
            };
            let (moved, retold) = wall_times::change_zone(uow, viewer.acting(now), change).await?;
            tell(uow, now, &retold).await?;
            let event = told(event, change, &moved);
            Ok(audit::record(uow, now, viewer, event).await?.with(Saved { in_the_way: moved.in_the_way }))
        })
        .await
}

/// From which zone into which, if the form changes it. One that nobody knows, which only another hand can have stored, is left as UTC.
fn zone_change(read: &hospital::Model, sent: &SentHospital) -> Option<ZoneChange> {
    let into = sent.details.time_zone.parse().ok().filter(|_| read.time_zone != sent.details.time_zone)?;
    let from = read.time_zone.parse().unwrap_or_default();
    Some(ZoneChange { hospital_id: read.id, from, into, keep: sent.keep })
}

/// Tells doctors and patients of visits that the clock shows at another time than they were promised.
async fn tell(uow: &UnitOfWork, now: DateTime<Utc>, retold: &[Retold]) -> Result<(), DbErr> {
    let news = retold.iter().map(|visit| News {
        kind: NotificationKind::AppointmentRescheduled,
        appointment_id: visit.appointment_id,
        version: visit.version,
        times: ToldTimes { starts_at: Some(visit.local_starts_at), proposed: visit.proposed_local_starts_at },
        recipients: [visit.doctor_user_id, visit.patient_user_id].into(),
        visit: None,
        by_mail: None,
    });
    notifications::notify_of_many(uow, now, &news.collect::<Vec<_>>()).await
}

/// The line of the trail with both zones and what became of what was to come.
fn told(event: AuditEvent, change: ZoneChange, moved: &Reanchored) -> AuditEvent {
    let counted = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let event = event.word("from_zone", change.from.name()).word("to_zone", change.into.name());
    let event = match change.keep {
        Some(Keep::ClockTimes) => event.word("kept", "clock_times"),
        Some(Keep::Instants) => event.word("kept", "instants"),
        None => event,
    };
    event
        .number("visits_moved", counted(moved.visits))
        .number("absences_moved", counted(moved.absences))
        .number("visits_in_the_way", counted(moved.in_the_way.len()))
}

/// Takes a hospital out of the directory, or puts it back. Nobody can sign up with it meanwhile; its people go on as they are. Two statements.
///
/// # Errors
/// The database's.
pub(super) async fn set_active(state: &AppState, viewer: &Viewer, id: i64, active: bool) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let update = hospital::Entity::update_many()
                .col_expr(hospital::Column::Active, Expr::value(active))
                .col_expr(hospital::Column::UpdatedAt, Expr::value(now))
                .filter(hospital::Column::Id.eq(id))
                .filter(hospital::Column::Active.eq(!active));
            if uow.update_where(update, Topics::of_hospital(Some(id))).await? == 0 {
                return Ok(Recorded::unchanged(()));
            }
            let action = if active { AuditAction::Activated } else { AuditAction::Deactivated };
            let event = AuditEvent::new(action, AuditSubject::Hospital, id).in_hospital(id);
            Ok(audit::record(uow, now, viewer, event).await?)
        })
        .await
}
