//! When the doctors of a demo work.

use chrono::{DateTime, Utc};
use entity::{availability, time_off};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{absences, calendar, visits, words};
use crate::coherence::Topic;
use crate::db::UnitOfWork;

/// The week of every doctor, and who is away. `doctors`: `doctor.id` and `user.id`, those of so many `hospitals` in turn.
pub(super) async fn store(
    uow: &UnitOfWork,
    doctors: &[(i64, i64)],
    (hospitals, now): (usize, DateTime<Utc>),
) -> Result<(), DbErr> {
    let week = |(place, (doctor, _)): (usize, &(i64, i64))| {
        let (doctor, zone) = (*doctor, visits::zone(place % hospitals.max(1)));
        calendar::week(zone, now).into_iter().map(move |(weekday, hours)| {
            let (start_time, end_time, end_minute) = hours.to_store();
            availability::ActiveModel {
                id: NotSet,
                doctor_id: Set(doctor),
                weekday: Set(weekday),
                start_time: Set(start_time),
                end_time: Set(end_time),
                end_minute: Set(end_minute),
                created_at: Set(now),
                updated_at: Set(now),
            }
        })
    };
    uow.insert_many(doctors.iter().enumerate().flat_map(week), Topic::Everything).await?;
    let off = doctors.iter().enumerate().filter_map(|(place, (doctor, _))| {
        let zone = visits::zone(place % hospitals.max(1));
        let (starts_at, ends_at) = absences::of((place, place / hospitals.max(1)), zone, now)?;
        Some(time_off::ActiveModel {
            local_starts_at: Set(None),
            local_ends_at: Set(None),
            time_zone: Set(None),
            id: NotSet,
            doctor_id: Set(*doctor),
            starts_at: Set(starts_at),
            ends_at: Set(ends_at),
            reason: Set(words::TIME_OFF.get(place % words::TIME_OFF.len()).map(|reason| (*reason).to_owned())),
            created_at: Set(now),
            updated_at: Set(now),
        })
    });
    uow.insert_many(off, Topic::Everything).await.map(|_stored| ())
}
