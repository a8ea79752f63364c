//! Reading what is to come of a hospital, and writing where it belongs.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::EventKind,
    time_off,
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        plan::{AbsenceToCome, Course, Visit, WallPlace, moves},
        queries,
    },
    Reanchored,
};
use crate::{
    coherence::{Topic, Topics},
    db::UnitOfWork,
    features::mail::{self, MovedVisit},
};

/// No page shows the time that was promised, only the instant.
const UNSEEN: Topics = Topics::exempt("no page shows it");

/// What of a hospital is not over.
pub(super) struct Findings {
    pub(super) visits: Vec<Visit>,
    pub(super) absences: Vec<AbsenceToCome>,
}

/// What becomes of what is to come of a hospital: by which course, in whose name, when and why, and how many visits at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reanchoring {
    pub(super) course: Course,
    pub(super) actor_id: i64,
    pub(super) now: DateTime<Utc>,
    pub(super) most: usize,
    /// What the history of a visit says.
    pub(super) why: &'static str,
}

/// What was written.
pub(super) struct Outcome {
    pub(super) done: Reanchored,
    /// The visits that were moved: their id, from when and to when.
    pub(super) moved: Vec<(i64, DateTime<Utc>, DateTime<Utc>)>,
    /// How many rows.
    pub(super) written: usize,
    /// Whether nothing is left to do.
    pub(super) is_all: bool,
}

/// What of the hospital is not over at `now`. Two statements.
pub(super) async fn find(uow: &UnitOfWork, hospital_id: i64, now: DateTime<Utc>) -> Result<Findings, DbErr> {
    let visits = uow.read(async |conn| queries::visits(conn, hospital_id, now).await).await?;
    let absences = uow.read(async |conn| queries::absences(conn, hospital_id, now).await).await?;
    Ok(Findings { visits, absences })
}

impl Findings {
    /// How many visits are to come.
    pub(super) fn to_come(&self, now: DateTime<Utc>) -> usize {
        self.movable(now).len()
    }

    /// Those that have not begun: what has begun stays where it is.
    fn movable(&self, now: DateTime<Utc>) -> Vec<&Visit> {
        let is_to_come = |visit: &&Visit| visit.starts_at > now || visit.proposed_starts_at.is_some_and(|at| at > now);
        self.visits.iter().filter(is_to_come).collect()
    }

    /// What would be done.
    pub(super) fn drift(&self, course: Course, now: DateTime<Utc>) -> Reanchored {
        let (moving, staying) = self.moves(course, now);
        let incomplete = |absence: &&AbsenceToCome| absence.local_starts_at.is_none();
        Reanchored {
            visits: moving.len(),
            absences: self.absences.iter().filter(|absence| absence_moves(course, absence)).count(),
            in_the_way: staying.iter().map(|visit| visit.id).collect(),
            completed: self.movable(now).iter().filter(|visit| !visit.is_complete()).count()
                + self.absences.iter().filter(incomplete).count(),
        }
    }

    fn moves(&self, course: Course, now: DateTime<Utc>) -> (Vec<(&Visit, WallPlace)>, Vec<&Visit>) {
        let (mut moving, mut staying) = moves(&self.visits, course);
        let movable = self.movable(now);
        let is_movable = |visit: &Visit| movable.iter().any(|other| other.id == visit.id);
        moving.retain(|(visit, _)| is_movable(visit));
        staying.retain(|visit| is_movable(visit));
        (moving, staying)
    }
}

fn absence_moves(course: Course, absence: &AbsenceToCome) -> bool {
    course.span(absence).map(|(_, at)| at) != [absence.starts_at, absence.ends_at]
}

/// Writes where things belong: first those that move, at most as many as `how` says, then what else their rows should say.
pub(super) async fn carry_out(uow: &UnitOfWork, findings: &Findings, how: Reanchoring) -> Result<Outcome, DbErr> {
    let (moving, staying) = findings.moves(how.course, how.now);
    let is_all = moving.len() <= how.most;
    let mut outcome = Outcome {
        done: Reanchored { in_the_way: staying.iter().map(|visit| visit.id).collect(), ..Reanchored::default() },
        moved: Vec::new(),
        written: 0,
        is_all,
    };
    let mut events = Vec::new();
    for (visit, place) in moving.iter().take(how.most) {
        if write_visit(uow, visit, (place, how.course), Some(how.now)).await? {
            outcome.moved.push((visit.id, visit.starts_at, place.starts_at));
            events.push(event(visit, place, how));
        }
    }
    outcome.done.visits = outcome.moved.len();
    uow.insert_many(events, Topic::Everything).await?;
    let followed = outcome.moved.iter();
    let followed: Vec<MovedVisit> = followed
        .map(|(appointment_id, from, to)| MovedVisit { appointment_id: *appointment_id, from: *from, to: *to })
        .collect();
    mail::follow(uow, how.now, &followed).await?;
    let displaced = mark_displaced(uow, &staying, how.now).await?;
    if is_all {
        outcome.done.completed = complete(uow, findings, how, &moving).await?;
        outcome.done.absences = write_absences(uow, findings, how, &mut outcome.done.completed).await?;
    }
    outcome.written = outcome.done.visits + outcome.done.absences + outcome.done.completed + displaced;
    Ok(outcome)
}

/// What the rows of those that do not move should say, and do not yet: how many had no time.
async fn complete(
    uow: &UnitOfWork,
    findings: &Findings,
    how: Reanchoring,
    moving: &[(&Visit, WallPlace)],
) -> Result<usize, DbErr> {
    let mut written = 0;
    let course = how.course;
    for visit in findings.movable(how.now) {
        let place = course.place(visit);
        let says_all = visit.is_complete()
            && visit.zone == Some(course.zone(visit.zone))
            && visit.local_starts_at == Some(place.local_starts_at)
            && visit.proposed_local_starts_at == place.proposed_local_starts_at;
        if !says_all
            && !moving.iter().any(|(moved, _)| moved.id == visit.id)
            && write_visit(uow, visit, (&place, course), None).await?
        {
            written += 1;
        }
    }
    Ok(written)
}

/// Writes one row, if it is still as it was read; with the instants only if it moves, at the instant `moved`.
async fn write_visit(
    uow: &UnitOfWork,
    visit: &Visit,
    (place, course): (&WallPlace, Course),
    moved: Option<DateTime<Utc>>,
) -> Result<bool, DbErr> {
    let mut row = appointment::ActiveModel {
        local_starts_at: Set(Some(place.local_starts_at)),
        proposed_local_starts_at: Set(place.proposed_local_starts_at),
        time_zone: Set(Some(course.zone(visit.zone).name().to_owned())),
        ..Default::default()
    };
    if moved.is_some() || !course.keeps_clock_times {
        row.displaced_at = Set(None);
    }
    if let Some(now) = moved {
        row.starts_at = Set(place.starts_at);
        row.ends_at = Set(place.starts_at + (visit.ends_at - visit.starts_at));
        row.proposed_starts_at = Set(place.proposed_starts_at);
        row.wished_starts_at = Set(None);
        row.version = Set(visit.version + 1);
        row.updated_at = Set(now);
    }
    let update = appointment::Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(visit.id))
        .filter(Column::Version.eq(visit.version));
    let topics = if moved.is_some() { Topics::from(Topic::Everything) } else { UNSEEN };
    Ok(uow.update_where(update, topics).await? == 1)
}

/// The desk is shown visits that stay although they were promised for another time: how many it was not shown before. At most one statement.
async fn mark_displaced(uow: &UnitOfWork, staying: &[&Visit], now: DateTime<Utc>) -> Result<usize, DbErr> {
    if staying.is_empty() {
        return Ok(0);
    }
    let marked = appointment::Entity::update_many()
        .set(appointment::ActiveModel { displaced_at: Set(Some(now)), ..Default::default() })
        .filter(Column::Id.is_in(staying.iter().map(|visit| visit.id)))
        .filter(Column::DisplacedAt.is_null());
    Ok(usize::try_from(uow.update_where(marked, Topic::Everything).await?).unwrap_or_default())
}

/// A visit that the clock shows at another time than was promised.
#[derive(Clone, Debug)]
pub(crate) struct Retold {
    /// `appointment.id`
    pub(crate) appointment_id: i64,
    /// `appointment.version`, which stays: nothing of the visit changed but what is said of it.
    pub(crate) version: i32,
    /// The doctor's `user.id`, and the patient's.
    pub(crate) doctor_user_id: i64,
    pub(crate) patient_user_id: i64,
    /// What the clock shows now, also of a time that is proposed instead.
    pub(crate) local_starts_at: NaiveDateTime,
    pub(crate) proposed_local_starts_at: Option<NaiveDateTime>,
}

/// Writes into the history of each visit whose moment stays that the clock shows another time: which they are, in the order of time.
pub(super) async fn retell(uow: &UnitOfWork, findings: &Findings, how: Reanchoring) -> Result<Vec<Retold>, DbErr> {
    let (mut events, mut retold) = (Vec::new(), Vec::new());
    for visit in findings.movable(how.now) {
        let place = how.course.place(visit);
        let promised = visit.promised().unwrap_or_else(|| how.course.written_in.local(visit.starts_at));
        if promised == place.local_starts_at {
            continue;
        }
        events.push(event(visit, &place, how));
        let [doctor_user_id, patient_user_id] = visit.user_ids;
        retold.push(Retold {
            appointment_id: visit.id,
            version: visit.version,
            doctor_user_id,
            patient_user_id,
            local_starts_at: place.local_starts_at,
            proposed_local_starts_at: place.proposed_local_starts_at,
        });
    }
    uow.insert_many(events, Topic::Everything).await?;
    Ok(retold)
}

fn event(visit: &Visit, place: &WallPlace, how: Reanchoring) -> appointment_event::ActiveModel {
    appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(visit.id),
        actor_id: Set(how.actor_id),
        kind: Set(EventKind::Rescheduled),
        from_status: Set(Some(visit.status)),
        to_status: Set(visit.status),
        note: Set(Some(how.why.to_owned())),
        local_starts_at: Set(Some(place.local_starts_at)),
        proposed_local_starts_at: Set(place.proposed_local_starts_at),
        from_doctor_id: Set(None),
        at: Set(how.now),
        created_at: Set(how.now),
        updated_at: Set(how.now),
    }
}

/// Moves the absences: how many moved. Those that had no time are counted with `completed`.
async fn write_absences(
    uow: &UnitOfWork,
    findings: &Findings,
    Reanchoring { course, now, .. }: Reanchoring,
    completed: &mut usize,
) -> Result<usize, DbErr> {
    let mut moved = 0;
    for absence in &findings.absences {
        let [(local_starts_at, starts_at), (local_ends_at, ends_at)] = course.span(absence);
        let moves = absence_moves(course, absence);
        let says_all = (absence.local_starts_at, absence.local_ends_at) == (Some(local_starts_at), Some(local_ends_at))
            && absence.zone == Some(course.zone(absence.zone));
        if says_all && !moves {
            continue;
        }
        let row = time_off::ActiveModel {
            starts_at: Set(starts_at),
            ends_at: Set(ends_at),
            local_starts_at: Set(Some(local_starts_at)),
            local_ends_at: Set(Some(local_ends_at)),
            time_zone: Set(Some(course.zone(absence.zone).name().to_owned())),
            updated_at: Set(now),
            ..Default::default()
        };
        let update = time_off::Entity::update_many().set(row).filter(time_off::Column::Id.eq(absence.id));
        let topics = if moves { Topics::from(Topic::Everything) } else { UNSEEN };
        let written = usize::try_from(uow.update_where(update, topics).await?).unwrap_or_default();
        if moves {
            moved += written;
        } else {
            *completed += written;
        }
    }
    Ok(moved)
}
