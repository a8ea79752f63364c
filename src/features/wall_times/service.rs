//! Moving what is to come to where it belongs.

mod moving;

use chrono::{DateTime, Utc};
use entity::enums::{AuditAction, AuditSubject, Role};
use sea_orm::DbErr;

pub(crate) use self::moving::Retold;
use self::moving::{Findings, Reanchoring, carry_out, find, retell};
use super::{plan::Course, queries};
use crate::{
    access::ActingViewer,
    coherence::Topics,
    db::{Database, Recorded, UnitOfWork},
    features::audit::{self, Actor, Attribution, AuditEvent},
    time_zone::{Tables, Tz},
};

/// Most visits that are moved while somebody waits for a page, in one transaction.
const MOST_AT_ONCE: usize = 5_000;
/// Visits of one transaction of the command.
const BATCH: usize = 500;

const CLOCK_STAYS: &str = "The hospital's time zone was corrected; the time on the clock stays.";
const MOMENT_STAYS: &str =
    "The hospital's time zone was corrected; the moment stays, and the clock shows another time.";

/// What is to stay when a hospital's zone changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// What the clock shows: the instants move.
    ClockTimes,
    /// The instants: the clock shows something else.
    Instants,
}

/// A hospital gets another zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ZoneChange {
    pub(crate) hospital_id: i64,
    pub(crate) from: Tz,
    pub(crate) into: Tz,
    /// None: nobody has been asked yet.
    pub(crate) keep: Option<Keep>,
}

/// Why it is not changed.
#[derive(Debug)]
pub(crate) enum ZoneNotChanged {
    /// So many visits and absences are to come, and nobody has said what is to stay.
    Ask {
        visits: usize,
        absences: usize,
    },
    /// There are too many to move at once.
    TooMany(usize),
    Failed(DbErr),
}

impl From<DbErr> for ZoneNotChanged {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

/// What was done, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reanchored {
    /// Visits that were moved.
    pub visits: usize,
    /// Absences that were moved.
    pub absences: usize,
    /// `appointment.id` of those that stay where they are, because somebody would be at two places.
    pub in_the_way: Vec<i64>,
    /// Rows that had no time on the wall and got one.
    pub completed: usize,
}

/// Moves what is to come of a hospital whose zone changes, in the unit of work that changes it; with it the visits that stay, and that the clock
/// shows at another time than was promised. Two statements and, for each that moves, at most two more.
///
/// # Errors
/// Why not; nothing was written then.
pub(crate) async fn change_zone(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    change: ZoneChange,
) -> Result<(Reanchored, Vec<Retold>), ZoneNotChanged> {
    let findings = find(uow, change.hospital_id, now).await?;
    let (visits, absences) = (findings.to_come(now), findings.absences.len());
    if visits + absences == 0 {
        return Ok((Reanchored::default(), Vec::new()));
    }
    let Some(keep) = change.keep else { return Err(ZoneNotChanged::Ask { visits, absences }) };
    if visits > MOST_AT_ONCE {
        return Err(ZoneNotChanged::TooMany(visits));
    }
    let keeps_clock_times = keep == Keep::ClockTimes;
    let course = Course { written_in: change.from, into: Some(change.into), keeps_clock_times };
    let why = if keeps_clock_times { CLOCK_STAYS } else { MOMENT_STAYS };
    let how = Reanchoring { course, actor_id: viewer.user_id, now, most: usize::MAX, why };
    let done = carry_out(uow, &findings, how).await?.done;
    let retold = if keeps_clock_times { Vec::new() } else { retell(uow, &findings, how).await? };
    Ok((done, retold))
}

/// What the command is told.
#[derive(Clone, Debug, Default)]
pub struct ReanchorOptions {
    /// Only this hospital.
    pub hospital: Option<i64>,
    /// By which rules visits without a time on the wall were booked; none: those of this process.
    pub booked_by: Option<Tables>,
}

/// Why the command did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ReanchorError {
    /// Nobody of this address, or somebody who may not.
    #[error("no platform administrator signs in with this address")]
    NoAdministrator,
    /// By the rules of a zone that are not there nobody can say what was promised.
    #[error("{0} is not among the zone files by which visits are said to have been booked")]
    UnknownZone(&'static str),
    /// The database's.
    #[error("{0}")]
    Database(#[from] DbErr),
}

impl ReanchorOptions {
    fn course(&self, zone: Tz) -> Result<Course, ReanchorError> {
        let booked_by = match &self.booked_by {
            Some(tables) => tables.get(zone.name()).ok_or(ReanchorError::UnknownZone(zone.name()))?,
            None => zone,
        };
        Ok(Course { written_in: booked_by, into: None, keeps_clock_times: true })
    }

    /// What is to be done in each hospital whose zone is known, before anything is done in any.
    fn courses(&self, hospitals: Vec<queries::HospitalZone>) -> Result<Vec<(i64, String, Course)>, ReanchorError> {
        let known = hospitals.into_iter().filter_map(|hospital| Some((hospital.time_zone.parse().ok()?, hospital)));
        known.map(|(zone, hospital)| Ok((hospital.id, hospital.name, self.course(zone)?))).collect()
    }
}

/// How far off things are: for whoever checks. Changes nothing.
pub type Drift = Reanchored;

/// What [`reanchor`] would do, hospital by hospital: its id and name, and what.
///
/// # Errors
/// Why that cannot be said.
pub async fn drift(
    db: &Database,
    now: DateTime<Utc>,
    options: &ReanchorOptions,
) -> Result<Vec<(i64, String, Drift)>, ReanchorError> {
    let reader = db.reader();
    let nothing_kept = || Topics::exempt("a command, which keeps no page");
    let hospitals = reader.run(nothing_kept(), async |conn| queries::hospitals(conn, options.hospital).await).await?;
    let mut found = Vec::new();
    for (id, name, course) in options.courses(hospitals)? {
        let visits = reader.run(nothing_kept(), async |conn| queries::visits(conn, id, now).await).await?;
        let absences = reader.run(nothing_kept(), async |conn| queries::absences(conn, id, now).await).await?;
        let findings = Findings { visits, absences };
        found.push((id, name, findings.drift(course, now)));
    }
    Ok(found)
}

/// Moves what is to come back to its time on the wall, in the name of the platform administrator who signs in with `email`: hospital by hospital, in
/// transactions of 500 visits. What was done, hospital by hospital. Doing it again does nothing.
///
/// # Errors
/// Why not; what was done before stays done.
pub async fn reanchor(
    db: &Database,
    (email, now): (&str, DateTime<Utc>),
    options: &ReanchorOptions,
) -> Result<Vec<(i64, String, Reanchored)>, ReanchorError> {
    let exempt = || Topics::exempt("a command, which keeps no page");
    let person = db.reader().run(exempt(), async |conn| queries::administrator(conn, email).await).await?;
    let person = person.filter(|person| person.role == Role::SuperAdmin).ok_or(ReanchorError::NoAdministrator)?;
    let actor = Actor { id: person.id, role: person.role, hospital_id: None, address: None };
    let by = Attribution { actor: &actor, at: now };
    let hospitals = db.reader().run(exempt(), async |conn| queries::hospitals(conn, options.hospital).await).await?;
    let mut done = Vec::new();
    for (id, hospital, course) in options.courses(hospitals)? {
        let mut sum = Reanchored::default();
        loop {
            let (batch, is_last) = db.write(async |uow| batch(uow, by, (id, course)).await).await?;
            sum.add(batch);
            if is_last {
                break;
            }
        }
        done.push((id, hospital, sum));
    }
    Ok(done)
}

impl Reanchored {
    fn add(&mut self, batch: Self) {
        self.visits += batch.visits;
        self.absences += batch.absences;
        self.completed += batch.completed;
        // Each batch finds all that stay.
        self.in_the_way = batch.in_the_way;
    }
}

/// One transaction of the command; whether it was the last.
async fn batch(
    uow: &UnitOfWork,
    Attribution { actor, at: now }: Attribution<'_>,
    (hospital_id, course): (i64, Course),
) -> Result<Recorded<(Reanchored, bool)>, DbErr> {
    let findings = find(uow, hospital_id, now).await?;
    let how = Reanchoring {
        course,
        actor_id: actor.id,
        now,
        most: BATCH,
        why: "The rules of the time zone have changed; the time on the clock stays.",
    };
    let outcome = carry_out(uow, &findings, how).await?;
    let value = |outcome: moving::Outcome| (outcome.done, outcome.is_all);
    if outcome.written == 0 {
        return Ok(Recorded::unchanged(value(outcome)));
    }
    for (id, from, to) in &outcome.moved {
        let event = AuditEvent::new(AuditAction::Rescheduled, AuditSubject::Appointment, *id).in_hospital(hospital_id);
        let _line = audit::record(uow, now, actor.clone(), event.instant("from", *from).instant("to", *to)).await?;
    }
    let counted = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Hospital, hospital_id)
        .in_hospital(hospital_id)
        .number("visits_moved", counted(outcome.done.visits))
        .number("visits_in_the_way", counted(outcome.done.in_the_way.len()))
        .number("absences_moved", counted(outcome.done.absences))
        .number("wall_times_recorded", counted(outcome.done.completed));
    Ok(audit::record(uow, now, actor.clone(), event).await?.with(value(outcome)))
}
