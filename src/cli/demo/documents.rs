//! The documents of a demo's visits of late: prescriptions, sick notes, a letter; some were revoked.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{document, enums::AppointmentStatus};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{
    calendar::SLOT,
    notes::WRITTEN_SINCE,
    visits::{DemoVisit, StoredVisit},
};

/// Of so many visits one is without a document.
const WITHOUT: u32 = 3;
/// Of so many documents one was revoked.
const REVOKED: u32 = 7;

/// The documents of `visits`, each with its `appointment.id`, the `hospital.id` and the `user.id` of its doctor; numbered as they were issued.
pub(super) fn rows(
    visits: &[StoredVisit<'_>],
    now: DateTime<Utc>,
    place: impl Fn(&DemoVisit) -> Result<(i64, i64), DbErr>,
) -> Result<Vec<document::ActiveModel>, DbErr> {
    let given = |visit: &DemoVisit| {
        visit.status == AppointmentStatus::Completed
            && visit.starts_at > now - WRITTEN_SINCE
            && !visit.dice.is_multiple_of(WITHOUT)
    };
    let mut issued: Vec<_> = visits.iter().filter(|stored| given(stored.visit)).collect();
    issued.sort_by_key(|stored| (stored.visit.starts_at, stored.id));
    let mut numbers: BTreeMap<i64, i32> = BTreeMap::new();
    let numbered = |stored: &&StoredVisit<'_>| {
        let (hospital, doctor) = place(stored.visit)?;
        let number = numbers.entry(hospital).or_default();
        *number += 1;
        Ok(row(**stored, *number, (hospital, doctor)))
    };
    issued.iter().map(numbered).collect()
}

fn row(
    StoredVisit { visit, id }: StoredVisit<'_>,
    number: i32,
    (hospital_id, doctor): (i64, i64),
) -> document::ActiveModel {
    let (kind, body) = visit.condition.paper;
    let at = visit.starts_at + SLOT;
    let is_revoked = visit.dice.is_multiple_of(REVOKED);
    document::ActiveModel {
        id: NotSet,
        hospital_id: Set(hospital_id),
        appointment_id: Set(id),
        kind: Set(kind),
        number: Set(number),
        body: Set(body.to_owned()),
        token: Set(None),
        issued_at: Set(at),
        issued_by: Set(doctor),
        revoked_at: Set(is_revoked.then_some(at)),
        revoked_by: Set(is_revoked.then_some(doctor)),
        revoked_reason: Set(is_revoked.then(|| "It was written for another day.".to_owned())),
        version: Set(i32::from(is_revoked)),
        created_at: Set(at),
        updated_at: Set(at),
        // They are headed by what everybody is called.
        ..Default::default()
    }
}
