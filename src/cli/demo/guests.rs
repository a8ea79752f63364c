//! Who is invited to visits of a demo that are to come or go on by video: to one in twelve somebody, whose link nobody has.

use chrono::{DateTime, Duration, Utc};
use entity::{enums::GuestKind, visit_guest};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};
use sha2::{Digest as _, Sha256};

use super::{
    stories,
    visits::{DemoVisit, StoredVisit},
};

/// Of the `visits` with their `appointment.id` and the `user.id` of their doctor.
pub(super) fn rows(
    visits: &[StoredVisit<'_>],
    now: DateTime<Utc>,
    doctor: impl Fn(&DemoVisit) -> Result<i64, DbErr>,
) -> Result<Vec<visit_guest::ActiveModel>, DbErr> {
    let by_video = visits.iter().filter(|stored| stories::awaits_a_call(stored.visit));
    let invited = by_video.filter_map(|stored| Some((*stored, guest(stored.visit)?)));
    invited.map(|(stored, guest)| Ok(row(stored, doctor(stored.visit)?, (guest, now)))).collect()
}

fn guest(visit: &DemoVisit) -> Option<(&'static str, GuestKind)> {
    match visit.dice % 24 {
        5 => Some(("Interpreter of the day", GuestKind::Interpreter)),
        17 => Some(("The patient's daughter", GuestKind::Family)),
        _ => None,
    }
}

fn row(
    StoredVisit { visit, id }: StoredVisit<'_>,
    doctor: i64,
    ((name, kind), now): ((&str, GuestKind), DateTime<Utc>),
) -> visit_guest::ActiveModel {
    let at = (visit.starts_at - Duration::hours(2)).max(visit.asked_at).min(now);
    visit_guest::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        name: Set(Some(name.to_owned())),
        kind: Set(kind),
        // The digest of a link that there is not.
        token_hash: Set(Sha256::digest(id.to_be_bytes()).to_vec()),
        form_token: Set(format!("demo {id}")),
        invited_by: Set(doctor),
        expires_at: Set(visit.starts_at.max(at) + Duration::hours(5)),
        here_since: Set(None),
        here_until: Set(None),
        admitted_at: Set(None),
        admitted_by: Set(None),
        revoked_at: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
    }
}
