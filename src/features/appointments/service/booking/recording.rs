//! What is stored of a visit that is booked: the visit itself, its history, the news of it and the trail.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    appointment, appointment_event,
    enums::{AppointmentStatus, AuditAction, AuditSubject, EventKind, NotificationKind, Role},
};
use sea_orm::{ActiveValue::NotSet, Set};

use super::super::{
    super::forms::{Booking, WantedTime},
    slot::Slot,
};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{DbErr, Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
    },
};

/// Whose lists the visit is on.
pub(super) fn topics(slot: &Slot) -> [Topic; 3] {
    Topic::of_visit(slot.hospital_id, slot.doctor.id, slot.patient.id)
}

/// What a patient asks for is decided by the doctor; what staff book stands.
fn booked_as(viewer: &Viewer) -> AppointmentStatus {
    if viewer.role() == Role::Patient { AppointmentStatus::Requested } else { AppointmentStatus::Scheduled }
}

/// How it stands once it is booked: whoever is here now waits.
fn status(viewer: &Viewer, time: WantedTime) -> AppointmentStatus {
    if time == WantedTime::Now { AppointmentStatus::Waiting } else { booked_as(viewer) }
}

/// The visit as it is stored.
pub(super) fn row(viewer: &Viewer, now: DateTime<Utc>, slot: &Slot, booking: &Booking) -> appointment::ActiveModel {
    appointment::ActiveModel {
        id: NotSet,
        hospital_id: Set(slot.hospital_id),
        doctor_id: Set(slot.doctor.id),
        patient_id: Set(slot.patient.id),
        starts_at: Set(slot.starts_at),
        ends_at: Set(slot.ends_at),
        status: Set(status(viewer, booking.time)),
        modality: Set(booking.modality.unwrap_or(slot.doctor.default_modality)),
        symptoms: Set(booking.symptoms.clone()),
        requested_by: Set(viewer.user_id),
        rejection_reason: Set(None),
        cancellation_reason: Set(None),
        proposed_starts_at: Set(None),
        local_starts_at: Set(Some(slot.local)),
        proposed_local_starts_at: Set(None),
        time_zone: Set(Some(viewer.zone().name().to_owned())),
        wished_starts_at: Set(None),
        displaced_at: Set(None),
        overbook_reason: Set(booking.overbook_reason.clone().filter(|_| slot.overbooks)),
        booking_token: Set(booking.token.clone()),
        version: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Writes the history, the notifications and the trail.
pub(super) async fn record(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    (slot, id): (&Slot, i64),
    time: WantedTime,
) -> Result<Recorded, DbErr> {
    let ActingViewer { viewer, now } = acting;
    let (booked, is_now) = (booked_as(viewer), time == WantedTime::Now);
    let (kind, action) = match booked {
        AppointmentStatus::Requested => (EventKind::Requested, AuditAction::Requested),
        _ => (EventKind::Booked, AuditAction::Booked),
    };
    let first = event(acting, (slot, id), (kind, None, booked));
    let came = event(acting, (slot, id), (EventKind::Arrived, Some(booked), AppointmentStatus::Waiting));
    uow.insert_many([first].into_iter().chain(is_now.then_some(came)), topics(slot)).await?;
    notifications::notify(uow, now, &news(acting, (slot, id), time)).await?;
    let act = AuditEvent::new(action, AuditSubject::Appointment, id).instant("starts_at", slot.starts_at);
    let act = if slot.overbooks { act.word("overbooked", "yes") } else { act };
    let act = if is_now { act.word("walk_in", "yes") } else { act };
    audit::record(uow, now, viewer, act).await
}

fn event(
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (slot, id): (&Slot, i64),
    (kind, from, to): (EventKind, Option<AppointmentStatus>, AppointmentStatus),
) -> appointment_event::ActiveModel {
    appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        actor_id: Set(viewer.user_id),
        kind: Set(kind),
        from_status: Set(from),
        to_status: Set(to),
        note: Set(None),
        local_starts_at: Set(Some(slot.local)),
        proposed_local_starts_at: Set(None),
        from_doctor_id: Set(None),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Both who meet are told but for whoever did it; of somebody who is here now the doctor, that they wait.
fn news(ActingViewer { viewer, .. }: ActingViewer<'_>, (slot, id): (&Slot, i64), time: WantedTime) -> News {
    let both = BTreeSet::from([slot.doctor.user_id, slot.patient.user_id]);
    let (kind, whom) = match (time, booked_as(viewer)) {
        (WantedTime::Now, _) => (NotificationKind::PatientArrived, [slot.doctor.user_id].into()),
        (WantedTime::At(_), AppointmentStatus::Requested) => (NotificationKind::AppointmentRequested, both),
        (WantedTime::At(_), _) => (NotificationKind::AppointmentBooked, both),
    };
    News {
        kind,
        appointment_id: id,
        version: 0,
        times: ToldTimes { starts_at: Some(slot.local), proposed: None },
        recipients: whom.into_iter().filter(|id| *id != viewer.user_id).collect(),
        visit: (kind == NotificationKind::AppointmentBooked).then_some((slot.patient.user_id, slot.starts_at)),
        by_mail: None,
    }
}
