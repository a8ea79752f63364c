//! Calling off what is to come of a patient who is about to be erased.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::{AppointmentStatus, AuditAction, AuditSubject, CallEnd, EventKind, NotificationKind},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        appointment::status_tag,
        queries::{self, AppointmentState},
    },
    asked,
    calls::{CallEnding, end_call},
};
use crate::{
    coherence::Topics,
    db::{Database, Recorded, UnitOfWork},
    features::{
        audit::{self, Attribution, AuditEvent},
        notifications::{self, News},
    },
};

const REASON: &str = "The patient's record is erased.";

/// How many requests, proposals and visits of a patient are still to come. Those whose time is over, and which nobody has said the outcome of, are
/// not among them.
///
/// # Errors
/// The database's.
pub(crate) async fn count_to_come(db: &Database, patient_id: i64, now: DateTime<Utc>) -> Result<usize, DbErr> {
    Ok(to_come(db, patient_id, now).await?.len())
}

async fn to_come(db: &Database, patient_id: i64, now: DateTime<Utc>) -> Result<Vec<AppointmentState>, DbErr> {
    let topics = Topics::exempt("a command, which keeps no page");
    db.reader().run(topics, async |conn| queries::states_to_come(conn, patient_id, now).await).await
}

/// Cancels each of them that is still as it was, in the name of `by`; its doctor, and whoever asked for it, are told. A unit of work each,
/// so what was cancelled before something fails stays so. How many were.
///
/// # Errors
/// The database's.
pub(crate) async fn withdraw(db: &Database, by: Attribution<'_>, patient_id: i64) -> Result<u64, DbErr> {
    let mut cancelled = 0;
    for visit in to_come(db, patient_id, by.at).await? {
        let is_done = db.write(async |uow| cancel(uow, by, &visit).await).await?;
        cancelled += u64::from(is_done);
    }
    Ok(cancelled)
}

/// Cancels it if it is still as it was seen; whether it was.
async fn is_cancelled(uow: &UnitOfWork, now: DateTime<Utc>, visit: &AppointmentState) -> Result<bool, DbErr> {
    let change = appointment::ActiveModel {
        status: Set(AppointmentStatus::Cancelled),
        version: Set(visit.version + 1),
        proposed_starts_at: Set(None),
        wished_starts_at: Set(None),
        cancellation_reason: Set(Some(REASON.to_owned())),
        updated_at: Set(now),
        ..Default::default()
    };
    let update = appointment::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(visit.id))
        .filter(Column::Version.eq(visit.version));
    Ok(uow.update_where(update, visit.topics()).await? > 0)
}

async fn cancel(
    uow: &UnitOfWork,
    Attribution { actor, at: now }: Attribution<'_>,
    visit: &AppointmentState,
) -> Result<Recorded<bool>, DbErr> {
    let to = AppointmentStatus::Cancelled;
    if !is_cancelled(uow, now, visit).await? {
        return Ok(Recorded::unchanged(false));
    }
    let times = visit.told_times(visit.proposed_starts_at);
    let event = appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(visit.id),
        actor_id: Set(actor.id),
        kind: Set(EventKind::Cancelled),
        from_status: Set(Some(visit.status)),
        to_status: Set(to),
        note: Set(Some(REASON.to_owned())),
        local_starts_at: Set(times.starts_at),
        proposed_local_starts_at: Set(times.proposed),
        from_doctor_id: Set(None),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    };
    uow.insert_many([event], visit.topics()).await?;
    asked::is_answered(uow, now, visit, true).await?;
    let others = [visit.doctor_user_id, visit.requested_by].into_iter();
    let recipients = others.filter(|id| ![visit.patient_user_id, actor.id].contains(id)).collect();
    let kind = NotificationKind::AppointmentCancelled;
    let (appointment_id, version) = (visit.id, visit.version + 1);
    let news = News { kind, appointment_id, version, times, recipients, visit: None, by_mail: None };
    notifications::notify(uow, now, &news).await?;
    let ended = end_call(uow, CallEnding { at: now, why: CallEnd::Finished }, visit).await?;
    let act = AuditEvent::new(AuditAction::Cancelled, AuditSubject::Appointment, visit.id)
        .in_hospital(visit.hospital_id)
        .word("from", status_tag(visit.status).code)
        .word("to", status_tag(to).code);
    let act = ended.iter().fold(act, |act, call| call.tell(act));
    Ok(audit::record(uow, now, actor.clone(), act).await?.with(true))
}
