//! The notes of a demo's visits of late: most were signed after the visit, some wait for it.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use chrono::{DateTime, Duration, Utc};
use entity::{
    enums::{AppointmentStatus, NoteState, NoteTemplate},
    note,
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{
    calendar::SLOT,
    visits::{DemoVisit, StoredVisit},
};

/// Of older visits there are none, so that a large demo is made as fast; but of all whose missing note a dashboard would ask for.
pub(super) const WRITTEN_SINCE: Duration = Duration::days(31);
/// One note in so many is still to be signed, …
const UNSIGNED: u64 = 60;
/// … and of each doctor those of the last visits, so many.
const NEWEST: usize = 2;

/// The notes of `visits`, each with its `appointment.id` and the `user.id` of its doctor.
pub(super) fn rows(
    visits: &[StoredVisit<'_>],
    now: DateTime<Utc>,
    doctor: impl Fn(&DemoVisit) -> Result<i64, DbErr>,
) -> Result<Vec<note::ActiveModel>, DbErr> {
    let lately = visits.iter().filter(|stored| stored.visit.starts_at > now - WRITTEN_SINCE);
    let written: Vec<_> = lately.filter(|stored| stored.visit.status == AppointmentStatus::Completed).collect();
    let newest = newest(&written);
    let row = |stored: &StoredVisit<'_>| Ok(row(*stored, doctor(stored.visit)?, newest.contains(&stored.id)));
    written.into_iter().map(row).collect()
}

/// `appointment.id` of the last visits of each doctor.
fn newest(visits: &[&StoredVisit<'_>]) -> HashSet<i64> {
    let mut sorted = visits.to_vec();
    sorted.sort_by_key(|stored| Reverse(stored.visit.starts_at));
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let is_new = |stored: &&&StoredVisit<'_>| {
        let count = counts.entry(stored.visit.doctor).or_default();
        *count += 1;
        *count <= NEWEST
    };
    sorted.iter().filter(is_new).map(|stored| stored.id).collect()
}

fn row(StoredVisit { visit, id }: StoredVisit<'_>, author_id: i64, is_new: bool) -> note::ActiveModel {
    let dice = u64::from(visit.dice);
    let [found, assessment, plan, summary] = visit.condition.note;
    let (begun, signed) = (visit.starts_at, visit.starts_at + SLOT);
    let is_signed = !is_new && !dice.is_multiple_of(UNSIGNED);
    note::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        author_id: Set(author_id),
        state: Set(if is_signed { NoteState::Signed } else { NoteState::Draft }),
        subjective: Set(Some(visit.symptoms.to_owned())),
        objective: Set(Some(found.to_owned())),
        assessment: Set(Some(assessment.to_owned())),
        plan: Set(Some(plan.to_owned())),
        summary: Set(is_signed.then(|| summary.to_owned())),
        template: Set(Some(NoteTemplate::General)),
        signed_at: Set(is_signed.then_some(signed)),
        signed_by: Set(is_signed.then_some(author_id)),
        // Made by the service that signs; nobody has.
        sha256: Set(None),
        withheld_reason: Set(None),
        version: Set(1),
        created_at: Set(begun),
        updated_at: Set(signed),
    }
}
