//! Managing schedules. Each act is one unit of work with its line in the trail.

mod whole_week;

pub(super) use whole_week::set_week;

use chrono::TimeDelta;
use entity::{
    availability, doctor,
    enums::{AuditAction, AuditSubject, NotificationKind},
    time_off,
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};

use super::{
    forms::{NewAbsence, NewWindow},
    free::Stretch,
    queries::{self, ConcernedPerson},
};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::{Topic, Topics},
    db::{Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
    },
    state::AppState,
    time_zone::ClockHours,
    web::AppError,
};

/// A button that is pressed again after so long is no second click.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// Adds a window to the week of `doctor_id`, once however often the form is sent: hours that are there already, to the minute, stay. Four statements.
///
/// # Errors
/// [`AppError::Conflict`], with the sentence, when it overlaps another; else the database's.
pub(super) async fn add_window(
    state: &AppState,
    viewer: &Viewer,
    doctor_id: i64,
    new: NewWindow,
) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            hold(uow, doctor_id).await?;
            let week = week(uow, doctor_id).await?;
            if week.iter().any(|row| (row.weekday, hours(row)) == (new.weekday, new.hours)) {
                return Ok(Recorded::unchanged(()));
            }
            if let Some(weekday) = overlapped(&week, new) {
                let whose =
                    if weekday == new.weekday { "others of that day" } else { "those of the day before or after" };
                return Err(AppError::Conflict(format!("These hours overlap {whose}.")));
            }
            let row = availability_of(viewer.acting(now), doctor_id, new);
            let row = uow.insert(row, Topic::Schedule(doctor_id)).await?;
            record(uow, viewer.acting(now), doctor_id, (AuditAction::Created, AuditSubject::Availability, row.id)).await
        })
        .await
}

fn availability_of(
    ActingViewer { now, .. }: ActingViewer<'_>,
    doctor_id: i64,
    new: NewWindow,
) -> availability::ActiveModel {
    let (start_time, end_time, end_minute) = new.hours.to_store();
    availability::ActiveModel {
        id: NotSet,
        doctor_id: Set(doctor_id),
        weekday: Set(new.weekday),
        start_time: Set(start_time),
        end_time: Set(end_time),
        end_minute: Set(end_minute),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Holds the doctor's row until the unit of work ends: of two forms that are sent at once, the second sees what the first has stored. These forms
/// carry no token, for hours, an absence or a delay that are there already say the same twice.
///
/// # Errors
/// The database's.
pub(crate) async fn hold(uow: &UnitOfWork, doctor_id: i64) -> Result<(), DbErr> {
    let row = doctor::Entity::find_by_id(doctor_id).select_only().column(doctor::Column::Id).lock_exclusive();
    uow.read(async |conn| row.into_tuple::<i64>().one(conn).await).await.map(drop)
}

/// A week has some dozen windows, and nights go over its end: so all are looked at.
async fn week(uow: &UnitOfWork, doctor_id: i64) -> Result<Vec<availability::Model>, DbErr> {
    let week = availability::Entity::find().filter(availability::Column::DoctorId.eq(doctor_id));
    uow.read(async |conn| week.all(conn).await).await
}

fn hours(row: &availability::Model) -> ClockHours {
    ClockHours::stored(row.start_time, row.end_time, row.end_minute)
}

/// The weekday of a window that the new one overlaps.
fn overlapped(week: &[availability::Model], new: NewWindow) -> Option<i16> {
    let meets = |row: &&availability::Model| ClockHours::overlap((row.weekday, hours(row)), (new.weekday, new.hours));
    week.iter().find(meets).map(|row| row.weekday)
}

/// Removes a window; one that is gone already stays so. Two statements.
///
/// # Errors
/// The database's.
pub(super) async fn remove_window(state: &AppState, viewer: &Viewer, doctor_id: i64, id: i64) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let those = availability::Entity::delete_many()
                .filter(availability::Column::Id.eq(id))
                .filter(availability::Column::DoctorId.eq(doctor_id));
            if uow.delete_where(those, Topic::Schedule(doctor_id)).await? == 0 {
                return Ok(Recorded::unchanged(()));
            }
            record(uow, viewer.acting(now), doctor_id, (AuditAction::Removed, AuditSubject::Availability, id)).await
        })
        .await
}

/// Adds an absence of `doctor_id`, once however often the form is sent. Visits that fall into it stay: somebody has to speak with the patients, and
/// those who run the hospital are told. The absence's id, if visits lie in what of it is still to come. Six statements.
///
/// Whoever promises a time of the doctor holds the doctor's row meanwhile, and so does this, alone: what is promised after it sees it, and
/// what was promised before it is there when it is done.
///
/// # Errors
/// The database's.
pub(super) async fn add_absence(
    state: &AppState,
    viewer: &Viewer,
    doctor_id: i64,
    new: &NewAbsence,
) -> Result<Option<i64>, AppError> {
    let acting = viewer.acting(state.clock.now());
    let to_come = Stretch { starts_at: new.stretch.starts_at.max(acting.now), ..new.stretch };
    state
        .db
        .write(async |uow| {
            hold(uow, doctor_id).await?;
            let concerned = uow.read(async |conn| queries::concerned(conn, viewer, doctor_id, to_come).await).await?;
            let with_visits = |id| Some(id).filter(|_| !concerned.is_empty());
            let same = time_off::Entity::find()
                .filter(time_off::Column::DoctorId.eq(doctor_id))
                .filter(time_off::Column::StartsAt.eq(new.stretch.starts_at))
                .filter(time_off::Column::EndsAt.eq(new.stretch.ends_at));
            let same = uow.read(async |conn| same.all(conn).await).await?;
            if let Some(row) = same.iter().find(|row| row.reason == new.reason) {
                return Ok(Recorded::unchanged(with_visits(row.id)));
            }
            let row = uow.insert(row(acting, doctor_id, new), of_absence(viewer, doctor_id)).await?;
            tell(uow, acting, &concerned).await?;
            let act = (AuditAction::Created, AuditSubject::TimeOff, row.id);
            Ok(record(uow, acting, doctor_id, act).await?.with(with_visits(row.id)))
        })
        .await
}

fn row(ActingViewer { viewer, now }: ActingViewer<'_>, doctor_id: i64, new: &NewAbsence) -> time_off::ActiveModel {
    time_off::ActiveModel {
        id: NotSet,
        doctor_id: Set(doctor_id),
        starts_at: Set(new.stretch.starts_at),
        ends_at: Set(new.stretch.ends_at),
        local_starts_at: Set(Some(new.local.0)),
        local_ends_at: Set(Some(new.local.1)),
        time_zone: Set(Some(viewer.zone().name().to_owned())),
        reason: Set(new.reason.clone()),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Tells of an absence whom it concerns, but for whoever records it. One statement, or none.
async fn tell(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    concerned: &[ConcernedPerson],
) -> Result<(), DbErr> {
    let Some(first) = concerned.first() else { return Ok(()) };
    let news = News {
        kind: NotificationKind::AbsenceRecorded,
        appointment_id: first.appointment_id,
        version: first.version,
        times: ToldTimes::of(viewer.zone(), Some(first.starts_at), None),
        recipients: concerned.iter().map(|person| person.user_id).filter(|id| *id != viewer.user_id).collect(),
        visit: None,
        by_mail: None,
    };
    notifications::notify_on_page(uow, now, &news).await
}

/// Removes an absence; one that was removed a moment ago stays so. Two statements.
///
/// # Errors
/// [`AppError::NotFound`] when the doctor has, and had, no such absence; else the database's.
pub(super) async fn remove_absence(state: &AppState, viewer: &Viewer, doctor_id: i64, id: i64) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let those = time_off::Entity::delete_many()
                .filter(time_off::Column::Id.eq(id))
                .filter(time_off::Column::DoctorId.eq(doctor_id));
            if uow.delete_where(those, of_absence(viewer, doctor_id)).await? == 0 {
                let hospital_id = viewer.hospital().map(|hospital| hospital.id);
                let lately = (AuditAction::Removed, now - AGAIN);
                let was_there = audit::was_done(uow, hospital_id, (AuditSubject::TimeOff, id), lately).await?;
                return if was_there { Ok(Recorded::unchanged(())) } else { Err(AppError::NotFound) };
            }
            record(uow, viewer.acting(now), doctor_id, (AuditAction::Removed, AuditSubject::TimeOff, id)).await
        })
        .await
}

/// An absence stands beside the doctor's name on every visit that it touches, also on one that is being booked at this moment.
fn of_absence(viewer: &Viewer, doctor_id: i64) -> Topics {
    Topics::from(Topic::Schedule(doctor_id)).and(viewer.hospital().map(|hospital| Topic::Names(hospital.id)))
}

async fn record(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    doctor_id: i64,
    (action, subject, id): (AuditAction, AuditSubject, i64),
) -> Result<Recorded, AppError> {
    Ok(audit::record(uow, now, viewer, AuditEvent::new(action, subject, id).number("doctor_id", doctor_id)).await?)
}
