//! What a move leaves behind: the visit itself, its history, the news of it and the trail.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::{AppointmentStatus, AuditAction, AuditSubject, EventKind, NotificationKind},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        super::forms::Move,
        asked,
        booking::{self, NotBooked},
        guests::keep_guests,
        threads::hand_mark_over,
    },
    Moved, STALE,
};
use crate::{
    access::ActingViewer,
    db::{Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
    },
    web::AppError,
};

/// Stores the visit where it is from now on, its history, who is told and the trail. Whether it is handed over.
pub(super) async fn write(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    moved: &Moved,
    change: &Move,
) -> Result<Recorded<bool>, NotBooked> {
    let (before, now) = (&moved.before, acting.now);
    let update = appointment::Entity::update_many()
        .set(row(moved, change, now))
        .filter(Column::Id.eq(before.id))
        .filter(Column::Status.eq(before.status))
        .filter(Column::Version.eq(before.version));
    let changed = uow.update_where(update, moved.topics()).await;
    if changed.map_err(|error| booking::refused(error, (acting.viewer, moved.rules), false))? == 0 {
        return Err(AppError::Conflict(STALE.to_owned()).into());
    }
    uow.insert_many([event(acting, moved, change)], moved.topics()).await?;
    if before.has_guests {
        let is_handed_over = moved.receiving.is_some();
        keep_guests(uow, now, (before.id, moved.starts_at + moved.rules.slot), is_handed_over).await?;
    }
    if let Some(receiving) = &moved.receiving {
        hand_mark_over(uow, now, (before.id, [before.doctor_user_id, receiving.user_id])).await?;
    }
    asked::is_answered(uow, now, before, true).await?;
    notifications::notify_each(uow, now, &news(acting, moved)).await?;
    let act = AuditEvent::new(AuditAction::Rescheduled, AuditSubject::Appointment, before.id)
        .instant("from", before.starts_at)
        .instant("to", moved.starts_at);
    let act = if moved.overbooks { act.word("overbooked", "yes") } else { act };
    let act = match &moved.receiving {
        Some(doctor) => act.number("from_doctor", before.doctor_id).number("to_doctor", doctor.id),
        None => act,
    };
    Ok(audit::record(uow, now, acting.viewer, act).await?.with(moved.receiving.is_some()))
}

fn row(moved: &Moved, change: &Move, now: DateTime<Utc>) -> appointment::ActiveModel {
    appointment::ActiveModel {
        doctor_id: Set(moved.doctor_id()),
        status: Set(AppointmentStatus::Scheduled),
        version: Set(moved.before.version + 1),
        starts_at: Set(moved.starts_at),
        ends_at: Set(moved.starts_at + moved.rules.slot),
        local_starts_at: Set(Some(change.local)),
        time_zone: Set(Some(moved.rules.zone.name().to_owned())),
        displaced_at: Set(None),
        // It was a wish for another time than the one that it had.
        wished_starts_at: Set(None),
        overbook_reason: Set(change.overbook_reason.clone().filter(|_| moved.overbooks)),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// The line of the history keeps both times, and what was said of it.
fn event(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    Moved { before, receiving, .. }: &Moved,
    change: &Move,
) -> appointment_event::ActiveModel {
    appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(before.id),
        actor_id: Set(viewer.user_id),
        kind: Set(EventKind::Rescheduled),
        from_status: Set(Some(before.status)),
        to_status: Set(AppointmentStatus::Scheduled),
        note: Set(change.note.clone()),
        local_starts_at: Set(Some(change.local)),
        proposed_local_starts_at: Set(before.told_times(None).starts_at),
        from_doctor_id: Set(receiving.as_ref().map(|_| before.doctor_id)),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Both who meet are told but for whoever did it, and who had the visit when it is handed over; a doctor who did is sent the mail that moves it in their
/// own calendar.
fn news(acting: ActingViewer<'_>, moved: &Moved) -> Vec<News> {
    let Moved { before, receiving, starts_at, .. } = moved;
    let patient = before.patient_user_id;
    let Some(receiving) = receiving else {
        let both = BTreeSet::from([before.doctor_user_id, patient]);
        let news = told(acting, moved, (NotificationKind::AppointmentRescheduled, both));
        return vec![News { visit: Some((patient, *starts_at)), ..news }];
    };
    let to_patient = told(acting, moved, (NotificationKind::AppointmentHandedOver, [patient].into()));
    let to_receiving = told(acting, moved, (NotificationKind::AppointmentBooked, [receiving.user_id].into()));
    let to_former = told(acting, moved, (NotificationKind::AppointmentHandedOver, [before.doctor_user_id].into()));
    // The patient reads the time of before where it is another.
    let times = ToldTimes {
        proposed: (*starts_at != before.starts_at).then_some(before.told_times(None).starts_at).flatten(),
        ..to_patient.times
    };
    vec![
        News { visit: Some((patient, *starts_at)), times, ..to_patient },
        to_receiving,
        // To them it was then.
        News { times: before.told_times(None), ..to_former },
    ]
}

fn told(
    ActingViewer { viewer, .. }: ActingViewer<'_>,
    Moved { before, starts_at, rules, .. }: &Moved,
    (kind, whom): (NotificationKind, BTreeSet<i64>),
) -> News {
    News {
        kind,
        appointment_id: before.id,
        version: before.version + 1,
        times: ToldTimes::of(rules.zone, Some(*starts_at), None),
        by_mail: Some(viewer.user_id).filter(|actor| whom.contains(actor)),
        recipients: whom.into_iter().filter(|id| *id != viewer.user_id).collect(),
        visit: None,
    }
}
