//! Which visits the list is asked for, in what order, and when the clock alone makes them others.

use chrono::{DateTime, Days, TimeDelta, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::{AppointmentStatus, Role},
    patient, user,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{
    needs_outcome, not_over, note_to_sign, of_absent_parties, scope, to_come, upcoming, wish_lapses_at, with_open_wish,
    without_doctor,
};
use crate::{
    access::Viewer,
    db::{Reach, is_one_of, is_person, is_word},
    features::appointments::{
        appointment::StatusFilter,
        forms::{ListFilter, When},
    },
    text::Term,
    time_zone::Tz,
    web::{Present, start_of_day},
};

/// Visits that begin sooner than this are near.
pub(super) const NEAR: TimeDelta = TimeDelta::hours(24);

/// What the list is made of.
pub(super) struct WantedVisits {
    pub(super) among: Condition,
    /// The same on the other side of today, if the list is of one.
    pub(super) beside: Option<Condition>,
    /// As soon as this moment is over, a visit comes onto the list or leaves it.
    pub(super) ends: Option<SelectStatement>,
    /// The same, a day before this one.
    pub(super) nears: Option<SelectStatement>,
    pub(super) order: Order,
}

impl WantedVisits {
    pub(super) fn new(viewer: &Viewer, filter: &ListFilter, present: &Present) -> Self {
        let all = Self::in_status(viewer, present, filter.status, scope(viewer).add(matching(viewer, filter)));
        let Some(when) = filter.when else { return all };
        let today = today(viewer, present);
        let (coming, gone) = (Column::StartsAt.gte(today), Column::StartsAt.lt(today));
        let (here, there, order) = match when {
            When::ToCome => (coming, gone, Order::Asc),
            When::Past => (gone, coming, Order::Desc),
        };
        Self { among: all.among.clone().add(here), beside: Some(all.among.add(there)), order, ..all }
    }

    /// Of the visits `among` those that `status` asks for.
    fn in_status(viewer: &Viewer, present: &Present, status: Option<StatusFilter>, among: Condition) -> Self {
        let now = present.instant();
        let plain = |among| Self { among, beside: None, ends: None, nears: None, order: Order::Desc };
        let work = |those: Condition| Self { order: Order::Asc, ..plain(among.clone().add(those)) };
        let ending = |those: Condition, until: Condition| Self {
            ends: Some(first(Column::EndsAt, among.clone().add(until))),
            ..work(those)
        };
        match status {
            None => plain(among),
            Some(StatusFilter::Is(status)) => plain(among.add(is_word(Column::Status, status))),
            Some(StatusFilter::NeedsOutcome) => ending(needs_outcome(now), not_over(now)),
            Some(StatusFilter::ToCome) => ending(to_come(now), to_come(now)),
            Some(StatusFilter::Upcoming) => ending(upcoming(now), upcoming(now)),
            Some(StatusFilter::WithoutDoctor) => ending(without_doctor(viewer, now), of_absent_parties(viewer, now)),
            Some(StatusFilter::Wished) => {
                let lapse =
                    of_visits(among.clone().add(with_open_wish(viewer, now))).expr(wish_lapses_at().min()).to_owned();
                Self { ends: Some(lapse), ..work(with_open_wish(viewer, now)) }
            }
            Some(StatusFilter::NotesToSign) => work(note_to_sign(viewer, today(viewer, present))),
            Some(StatusFilter::Standing) => {
                work(Condition::all().add(is_one_of(Column::Status, AppointmentStatus::standing())))
            }
            Some(StatusFilter::Next24Hours) => {
                let from = |moment| among.clone().add(busy_from(moment));
                Self {
                    ends: Some(first(Column::StartsAt, from(now))),
                    nears: Some(first(Column::StartsAt, from(now + NEAR))),
                    ..work(busy_from(now).add(Column::StartsAt.lt(now + NEAR)))
                }
            }
        }
    }
}

/// The first instant of today, where the viewer is.
fn today(viewer: &Viewer, present: &Present) -> DateTime<Utc> {
    start_of_day(present.date(viewer.zone()), viewer.zone())
}

fn busy_from(moment: DateTime<Utc>) -> Condition {
    let busy = is_one_of(Column::Status, AppointmentStatus::BUSY);
    Condition::all().add(busy).add(Column::StartsAt.gte(moment))
}

pub(super) fn of_visits(condition: Condition) -> SelectStatement {
    Query::select().from(appointment::Entity).cond_where(condition).to_owned()
}

/// The first `moment` of theirs.
fn first(moment: Column, condition: Condition) -> SelectStatement {
    of_visits(condition).expr(Expr::col((appointment::Entity, moment)).min()).to_owned()
}

/// What the filter asks for besides the status.
fn matching(viewer: &Viewer, filter: &ListFilter) -> Condition {
    let mut condition = Condition::all();
    if let Some(doctor_id) = filter.doctor_id {
        condition = condition.add(Column::DoctorId.eq(doctor_id));
    }
    if let Some(patient_id) = filter.patient_id {
        condition = condition.add(Column::PatientId.eq(patient_id));
    }
    condition = condition.add(days(filter, viewer.zone()));
    condition.add(party_is(viewer, filter.search.terms()))
}

/// From the first instant of the first day to the last of the last, in `zone`.
fn days(filter: &ListFilter, zone: Tz) -> Condition {
    let mut condition = Condition::all();
    if let Some(from) = filter.from {
        condition = condition.add(Column::StartsAt.gte(start_of_day(from, zone)));
    }
    if let Some(to) = filter.to {
        let end = start_of_day(to + Days::new(1), zone);
        condition = condition.add(Column::StartsAt.lt(end));
    }
    condition
}

/// Whether all `terms` find one whom the viewer would look for: the other party, to an administrator either. Not one of them by one word and the other by
/// another: those of a doctor's name are no part of a patient's.
fn party_is(viewer: &Viewer, terms: &[Term]) -> Condition {
    let all = |side: &dyn Fn(&Term) -> Expr| terms.iter().fold(Condition::all(), |all, term| all.add(side(term)));
    let patient = |term: &Term| {
        let found = found((patient::Entity, patient::Column::Id, patient::Column::UserId), (viewer, term));
        Column::PatientId.in_subquery(found)
    };
    let doctor = |term: &Term| {
        let found = found((doctor::Entity, doctor::Column::Id, doctor::Column::UserId), (viewer, term));
        Column::DoctorId.in_subquery(found)
    };
    match viewer.role() {
        _ if terms.is_empty() => Condition::all(),
        Role::Doctor => all(&patient),
        Role::Patient => all(&doctor),
        Role::HospitalAdmin | Role::SuperAdmin => Condition::any().add(all(&patient)).add(all(&doctor)),
    }
}

/// The ids of those of one side, in the viewer's hospital, whom `term` finds. A patient does not see how doctors are reached.
fn found<E: EntityTrait>(
    (side, id, user_id): (E, E::Column, E::Column),
    (viewer, term): (&Viewer, &Term),
) -> SelectStatement {
    let hospital_id = viewer.hospital().map(|hospital| hospital.id);
    Query::select()
        .column((side, id))
        .from(side)
        .inner_join(user::Entity, Expr::col((user::Entity, user::Column::Id)).equals((side, user_id)))
        .and_where(user::Column::HospitalId.eq(hospital_id))
        .cond_where(is_person(term, Reach::of(viewer.role() != Role::Patient)))
        .to_owned()
}
