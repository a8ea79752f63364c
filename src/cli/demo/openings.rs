//! What was asked at the beginning of a demo's visits of late: the doctor knew the patient, or heard name and date of birth.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AppointmentStatus, IdentityCheck, Modality},
    visit,
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{
    notes::WRITTEN_SINCE,
    stories,
    visits::{DemoVisit, StoredVisit},
};

/// Of each of the `visits` that has a note, with its `appointment.id` and the `user.id` of its doctor.
pub(super) fn rows(
    visits: &[StoredVisit<'_>],
    now: DateTime<Utc>,
    doctor: impl Fn(&DemoVisit) -> Result<i64, DbErr>,
) -> Result<Vec<visit::ActiveModel>, DbErr> {
    let lately = visits.iter().filter(|stored| stored.visit.starts_at > now - WRITTEN_SINCE);
    let held = lately.filter(|stored| stored.visit.status == AppointmentStatus::Completed);
    held.map(|stored| Ok(row(*stored, doctor(stored.visit)?))).collect()
}

fn row(StoredVisit { visit, id }: StoredVisit<'_>, doctor: i64) -> visit::ActiveModel {
    let at = visit.starts_at;
    let is_remote = stories::modality(visit) != Modality::InPerson;
    let identity = if visit.dice.is_multiple_of(3) { IdentityCheck::NameAndDob } else { IdentityCheck::Known };
    visit::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        location_now: Set(is_remote.then(|| "At home".to_owned())),
        call_back: Set(None),
        others_present: Set(None),
        consented_at: Set(is_remote.then_some(at)),
        consent_version: Set(is_remote.then_some(1)),
        identity: Set(Some(identity)),
        checked_by: Set(Some(doctor)),
        checked_at: Set(Some(at)),
        skipped_reason: Set(None),
        version: Set(1),
        created_at: Set(at),
        updated_at: Set(at),
    }
}
