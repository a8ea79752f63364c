//! Stores a demo: many rows a statement, everything in one unit of work.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use entity::{
    appointment, appointment_event, doctor,
    enums::{AppointmentStatus, EventKind},
    hospital, message, notification, patient, user,
};
use sea_orm::{ActiveValue::NotSet, DbErr, EntityTrait, QuerySelect, Set, prelude::DateTimeUtc};

use super::{
    calendar::SLOT,
    calls, checks, documents, guests, hours,
    messages::Talk,
    notes, openings,
    people::{Cast, DemoPerson},
    stories::{self, StoryActor, StoryStep},
    visits::{Booker, DemoVisit, StoredVisit},
};
use crate::coherence::Topic;
use crate::db::{Database, UnitOfWork, Unrecorded};

/// Notifications are made of what happened lately; older ones would have been read and forgotten.
const NOTIFIED_SINCE: Duration = Duration::days(10);
/// What happened within this time has not been read yet.
const UNREAD_SINCE: Duration = Duration::days(2);

const MADE_UP: Unrecorded = Unrecorded::of_everything("nobody did what the people of a demo have done");

/// The ids that a stored cast was given, by place.
struct Ids {
    hospitals: Vec<i64>,
    admins: Vec<i64>,
    /// `doctor.id` and `user.id`.
    doctors: Vec<(i64, i64)>,
    /// `patient.id` and `user.id`.
    patients: Vec<(i64, i64)>,
}

/// Stores everything and says how many appointments that were.
pub(super) async fn everything(
    db: &Database,
    cast: &Cast,
    (visits, now): (&[DemoVisit], DateTime<Utc>),
) -> Result<usize, DbErr> {
    db.write_unrecorded(MADE_UP, async |uow| {
        let ids = people(uow, cast).await?;
        hours::store(uow, &ids.doctors, (ids.hospitals.len(), now)).await?;
        let appointments = appointments(uow, &ids, (visits, now)).await?;
        let stored = visits.iter().zip(appointments).map(|(visit, id)| StoredVisit { visit, id });
        let stored: Vec<StoredVisit<'_>> = stored.collect();
        let events = stored.iter().map(|stored| events(*stored, &ids, now)).collect::<Result<Vec<_>, _>>()?;
        uow.insert_many(events.into_iter().flatten(), Topic::Everything).await?;
        let doctor = |visit: &DemoVisit| user_of(StoryActor::Doctor, visit, &ids);
        uow.insert_many(calls::rows(&stored, now, doctor)?, Topic::Everything).await?;
        uow.insert_many(guests::rows(&stored, now, doctor)?, Topic::Everything).await?;
        uow.insert_many(openings::rows(&stored, now, doctor)?, Topic::Everything).await?;
        let patient = |visit: &DemoVisit| user_of(StoryActor::Patient, visit, &ids);
        uow.insert_many(checks::rows(&stored, now, patient)?, Topic::Everything).await?;
        uow.insert_many(notes::rows(&stored, now, doctor)?, Topic::Everything).await?;
        talks(uow, (&stored, now), &ids).await?;
        let place = |visit: &DemoVisit| Ok((at(&ids.hospitals, visit.hospital)?, doctor(visit)?));
        uow.insert_many(documents::rows(&stored, now, place)?, Topic::Everything).await?;
        // As in life, a later one has the higher id.
        let notifications = stored.iter().map(|stored| notifications(*stored, &ids, now));
        let mut notifications = notifications.collect::<Result<Vec<_>, _>>()?.concat();
        notifications.sort_by_key(|row| *row.created_at.as_ref());
        uow.insert_many(notifications, Topic::Everything).await?;
        Ok(stored.len())
    })
    .await
}

async fn people(uow: &UnitOfWork, cast: &Cast) -> Result<Ids, DbErr> {
    uow.insert_many(cast.hospitals.clone(), Topic::Everything).await?;
    let rows = ids_by::<hospital::Entity, String>(uow, (hospital::Column::Id, hospital::Column::Name)).await?;
    let hospitals = cast.hospitals.iter().map(|row| id_by(&rows, row.name.as_ref())).collect::<Result<Vec<_>, _>>()?;

    let doctors = cast.doctors.iter().map(|(member, _)| member);
    let patients = cast.patients.iter().map(|(member, _)| member);
    let members = cast.admins.iter().chain(doctors).chain(patients);
    let users = members.map(|member| in_hospital(member, &hospitals)).collect::<Result<Vec<_>, _>>()?;
    uow.insert_many(std::iter::once(cast.super_admin.clone()).chain(users), Topic::Everything).await?;
    let users = ids_by::<user::Entity, String>(uow, (user::Column::Id, user::Column::Email)).await?;
    let user_id = |member: &DemoPerson| id_by(&users, member.user.email.as_ref());

    Ok(Ids {
        hospitals,
        admins: cast.admins.iter().map(user_id).collect::<Result<_, _>>()?,
        doctors: doctors_of(uow, cast, user_id).await?,
        patients: patients_of(uow, cast, user_id).await?,
    })
}

/// Stores the doctors' own rows; their ids and their users'.
async fn doctors_of(
    uow: &UnitOfWork,
    cast: &Cast,
    user_id: impl Fn(&DemoPerson) -> Result<i64, DbErr>,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let users = cast.doctors.iter().map(|(member, _)| user_id(member)).collect::<Result<Vec<_>, _>>()?;
    let rows = cast.doctors.iter().zip(&users);
    uow.insert_many(
        rows.map(|((_, row), user)| doctor::ActiveModel { user_id: Set(*user), ..row.clone() }),
        Topic::Everything,
    )
    .await?;
    let ids = ids_by::<doctor::Entity, i64>(uow, (doctor::Column::Id, doctor::Column::UserId)).await?;
    users.into_iter().map(|user| Ok((id_by(&ids, &user)?, user))).collect()
}

/// Stores the patients' own rows; their ids and their users'.
async fn patients_of(
    uow: &UnitOfWork,
    cast: &Cast,
    user_id: impl Fn(&DemoPerson) -> Result<i64, DbErr>,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let users = cast.patients.iter().map(|(member, _)| user_id(member)).collect::<Result<Vec<_>, _>>()?;
    let rows = cast.patients.iter().zip(&users);
    uow.insert_many(
        rows.map(|((_, row), user)| patient::ActiveModel { user_id: Set(*user), ..row.clone() }),
        Topic::Everything,
    )
    .await?;
    let ids = ids_by::<patient::Entity, i64>(uow, (patient::Column::Id, patient::Column::UserId)).await?;
    users.into_iter().map(|user| Ok((id_by(&ids, &user)?, user))).collect()
}

/// What was written about visits.
async fn talks(uow: &UnitOfWork, (visits, now): (&[StoredVisit<'_>], DateTime<Utc>), ids: &Ids) -> Result<(), DbErr> {
    let talk = |stored: &StoredVisit<'_>| {
        let user = |actor| user_of(actor, stored.visit, ids);
        Ok::<_, DbErr>(Talk::of(*stored, now, (user(StoryActor::Doctor)?, user(StoryActor::Patient)?)))
    };
    let talks: Vec<Talk> = visits.iter().filter_map(|stored| talk(stored).transpose()).collect::<Result<_, _>>()?;
    uow.insert_many(talks.iter().flat_map(Talk::messages), Topic::Everything).await?;
    let by_token = ids_by::<message::Entity, String>(uow, (message::Column::Id, message::Column::Token)).await?;
    let marks = talks.iter().map(|talk| talk.marks(|token| id_by(&by_token, token))).collect::<Result<Vec<_>, _>>()?;
    uow.insert_many(marks.into_iter().flatten(), Topic::Everything).await.map(drop)
}

/// The ids of a table by another of its columns.
async fn ids_by<E, K>(uow: &UnitOfWork, (id, key): (E::Column, E::Column)) -> Result<HashMap<K, i64>, DbErr>
where
    E: EntityTrait,
    K: sea_orm::TryGetable + std::hash::Hash + Eq,
{
    let query = E::find().select_only().column(key).column(id);
    let rows: Vec<(K, i64)> = uow.read(async |conn| query.into_tuple().all(conn).await).await?;
    Ok(rows.into_iter().collect())
}

fn id_by<K: std::hash::Hash + Eq + ?Sized, Q: std::hash::Hash + Eq + std::borrow::Borrow<K>>(
    rows: &HashMap<Q, i64>,
    key: &K,
) -> Result<i64, DbErr> {
    rows.get(key).copied().ok_or_else(missing)
}

fn at<T: Copy>(list: &[T], place: usize) -> Result<T, DbErr> {
    list.get(place).copied().ok_or_else(missing)
}

fn missing() -> DbErr {
    DbErr::Custom("a row of the demo that was just stored is not there".to_owned())
}

fn in_hospital(member: &DemoPerson, hospitals: &[i64]) -> Result<user::ActiveModel, DbErr> {
    Ok(user::ActiveModel { hospital_id: Set(Some(at(hospitals, member.hospital)?)), ..member.user.clone() })
}

/// Stores the appointments and returns their ids in the order of `visits`.
async fn appointments(
    uow: &UnitOfWork,
    ids: &Ids,
    (visits, now): (&[DemoVisit], DateTime<Utc>),
) -> Result<Vec<i64>, DbErr> {
    let rows = visits.iter().map(|visit| appointment(visit, ids, now)).collect::<Result<Vec<_>, _>>()?;
    uow.insert_many(rows, Topic::Everything).await?;
    // A patient begins no two visits at one time, so these two name one.
    let stored: Vec<(i64, DateTimeUtc, i64)> = uow
        .read(async |conn| {
            appointment::Entity::find()
                .select_only()
                .columns([appointment::Column::PatientId, appointment::Column::StartsAt, appointment::Column::Id])
                .into_tuple()
                .all(conn)
                .await
        })
        .await?;
    let by_time: HashMap<(i64, DateTimeUtc), i64> =
        stored.into_iter().map(|(patient, starts_at, id)| ((patient, starts_at), id)).collect();
    visits.iter().map(|visit| id_by(&by_time, &(at(&ids.patients, visit.patient)?.0, visit.starts_at))).collect()
}

fn appointment(visit: &DemoVisit, ids: &Ids, now: DateTime<Utc>) -> Result<appointment::ActiveModel, DbErr> {
    let steps = stories::steps(visit, now);
    let reason = |status| (visit.status == status).then(|| stories::reason(visit).to_owned());
    let asked = match visit.booked_by {
        Booker::Patient => StoryActor::Patient,
        Booker::Admin => StoryActor::Admin,
        Booker::Doctor => StoryActor::Doctor,
    };
    Ok(appointment::ActiveModel {
        id: NotSet,
        hospital_id: Set(at(&ids.hospitals, visit.hospital)?),
        doctor_id: Set(at(&ids.doctors, visit.doctor)?.0),
        patient_id: Set(at(&ids.patients, visit.patient)?.0),
        starts_at: Set(visit.starts_at),
        ends_at: Set(visit.starts_at + SLOT),
        status: Set(visit.status),
        modality: Set(stories::modality(visit)),
        symptoms: Set(Some(visit.symptoms.to_owned())),
        requested_by: Set(user_of(asked, visit, ids)?),
        rejection_reason: Set(reason(AppointmentStatus::Rejected)),
        cancellation_reason: Set(reason(AppointmentStatus::Cancelled)),
        proposed_starts_at: Set(
            (visit.status == AppointmentStatus::Proposed).then(|| visit.starts_at + Duration::days(7))
        ),
        // Made of the instants by whoever re-anchors: the demo has no promises to keep.
        local_starts_at: Set(None),
        proposed_local_starts_at: Set(None),
        time_zone: Set(None),
        wished_starts_at: Set(stories::wish(visit, now)),
        displaced_at: Set(None),
        overbook_reason: Set(visit.is_walk_in.then(|| stories::WALKED_IN.to_owned())),
        booking_token: Set(None),
        version: Set(i32::try_from(steps.len().saturating_sub(1)).unwrap_or(0)),
        created_at: Set(visit.asked_at),
        updated_at: Set(steps.last().map_or(visit.asked_at, |step| step.at)),
    })
}

fn user_of(actor: StoryActor, visit: &DemoVisit, ids: &Ids) -> Result<i64, DbErr> {
    match actor {
        StoryActor::Patient => Ok(at(&ids.patients, visit.patient)?.1),
        StoryActor::Doctor => Ok(at(&ids.doctors, visit.doctor)?.1),
        StoryActor::Admin => at(&ids.admins, visit.hospital),
    }
}

fn events(
    StoredVisit { visit, id }: StoredVisit<'_>,
    ids: &Ids,
    now: DateTime<Utc>,
) -> Result<Vec<appointment_event::ActiveModel>, DbErr> {
    let event = |step: StoryStep| {
        let reason = match (step.kind, step.to) {
            (EventKind::ModalityChanged, _) => Some(stories::MOVED),
            (EventKind::Wished, _) => Some(stories::ELSEWHERE),
            (_, AppointmentStatus::Rejected | AppointmentStatus::Cancelled) => Some(stories::reason(visit)),
            _ => None,
        };
        Ok(appointment_event::ActiveModel {
            id: NotSet,
            appointment_id: Set(id),
            actor_id: Set(user_of(step.actor, visit, ids)?),
            kind: Set(step.kind),
            from_status: Set(step.from),
            to_status: Set(step.to),
            note: Set(reason.map(str::to_owned)),
            // As for visits: the demo has no promises to keep.
            local_starts_at: Set(None),
            proposed_local_starts_at: Set(None),
            from_doctor_id: Set(None),
            at: Set(step.at),
            created_at: Set(step.at),
            updated_at: Set(step.at),
        })
    };
    stories::steps(visit, now).into_iter().map(event).collect()
}

fn notifications(
    StoredVisit { visit, id }: StoredVisit<'_>,
    ids: &Ids,
    now: DateTime<Utc>,
) -> Result<Vec<notification::ActiveModel>, DbErr> {
    let lately = stories::steps(visit, now).into_iter().filter(|step| step.at > now - NOTIFIED_SINCE);
    let stored = lately
        .flat_map(|step| stories::notified(visit, &step).into_iter().map(move |(who, kind)| (step.at, who, kind)));
    stored
        .map(|(at, who, kind)| {
            Ok(notification::ActiveModel {
                id: NotSet,
                recipient_id: Set(user_of(who, visit, ids)?),
                kind: Set(kind),
                appointment_id: Set(Some(id)),
                local_starts_at: Set(None),
                proposed_local_starts_at: Set(None),
                read_at: Set((at < now - UNREAD_SINCE).then(|| at + Duration::hours(6))),
                created_at: Set(at),
                updated_at: Set(at),
            })
        })
        .collect()
}
