//! What lists say of the rooms of visits: who is there, how late their doctors run, and the way in. For `home`, which reads it beside its own lists.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use entity::{
    appointment::{self, Column},
    doctor, doctor_delay,
    enums::{AppointmentStatus, Role},
    patient, user, visit_presence,
};
use sea_orm::{
    ColumnTrait, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationTrait,
    Select,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use serde::Serialize;

use crate::{
    access::{Viewer, ViewerKind},
    db::is_one_of,
    features::appointments::{AppointmentRow, scope},
    web::{Moment, Present},
};

/// So long before a visit begins lists lead into its room.
const OPENS_BEFORE: Duration = Duration::minutes(30);

/// Whom a list names, the patient or to a patient the doctor, as the room of the visit knows them.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "visit_presence::Entity")]
pub(crate) struct InRoom {
    appointment_id: i64,
    user_id: i64,
    here_since: DateTime<Utc>,
    here_until: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
}

/// A doctor who runs late.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "doctor_delay::Entity")]
pub(crate) struct LateDoctor {
    doctor_id: i64,
    minutes: i32,
}

/// Who is in the rooms of the viewer's visits, without the viewer. For a list beside others; told of by `Viewer::visit_topics`.
pub(crate) fn in_rooms(viewer: &Viewer) -> Select<visit_presence::Entity> {
    let of_visit = visit_presence::Entity::find()
        .join(JoinType::InnerJoin, visit_presence::Relation::Appointment.def())
        .filter(scope(viewer))
        .filter(is_one_of(Column::Status, AppointmentStatus::BUSY));
    if viewer.role() == Role::Patient {
        return of_visit.filter(visit_presence::Column::UserId.ne(viewer.user_id));
    }
    let is_patient = appointment::Relation::Patient.def().on_condition(|_, patient| {
        Expr::col((patient, patient::Column::UserId))
            .equals((visit_presence::Entity, visit_presence::Column::UserId))
            .into_condition()
    });
    of_visit.join(JoinType::InnerJoin, is_patient)
}

/// Whoever of the viewer's doctors runs late on `day`. For a list beside others; told of by `Viewer::visit_topics`.
pub(crate) fn late_doctors(viewer: &Viewer, day: NaiveDate) -> Select<doctor_delay::Entity> {
    let late = doctor_delay::Entity::find()
        .filter(doctor_delay::Column::Day.eq(day))
        .filter(doctor_delay::Column::Minutes.gt(0));
    match &viewer.kind {
        ViewerKind::Doctor { doctor_id, .. } => late.filter(doctor_delay::Column::DoctorId.eq(*doctor_id)),
        ViewerKind::HospitalAdmin { hospital } => late
            .join(JoinType::InnerJoin, doctor_delay::Relation::Doctor.def())
            .join(JoinType::InnerJoin, doctor::Relation::User.def())
            .filter(user::Column::HospitalId.eq(hospital.id)),
        ViewerKind::Patient { .. } | ViewerKind::SuperAdmin => {
            let doctors = appointment::Entity::find()
                .select_only()
                .column(Column::DoctorId)
                .filter(scope(viewer))
                .filter(is_one_of(Column::Status, AppointmentStatus::BUSY));
            late.filter(doctor_delay::Column::DoctorId.in_subquery(doctors.into_query()))
        }
    }
}

/// All that lists know of rooms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rooms {
    /// By `appointment.id`.
    people: BTreeMap<i64, InRoom>,
    /// Minutes by `doctor.id`.
    late: BTreeMap<i64, i32>,
}

/// What a list says of the room of one visit.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RoomMark {
    /// The way in, when it is time and the viewer is one of the two.
    href: Option<String>,
    who: Option<Who>,
    /// By how many minutes its doctor runs late, while it is awaited.
    late: Option<i32>,
}

#[derive(Clone, Debug, Serialize)]
struct Who {
    /// `user.id`
    user: i64,
    /// here or away
    state: &'static str,
    /// What that means, before the moment.
    words: &'static str,
    since: Moment,
}

impl Rooms {
    /// With what was found beside other lists.
    pub(crate) fn add(&mut self, person: Option<InRoom>, late: Option<LateDoctor>) {
        self.people.extend(person.map(|person| (person.appointment_id, person)));
        self.late.extend(late.map(|late| (late.doctor_id, late.minutes)));
    }

    /// In how many rooms is whom lists name.
    pub(crate) fn here(&self, present: &Present) -> i64 {
        let here = self.people.values().filter(|person| !present.has_come(person.here_until)).count();
        i64::try_from(here).unwrap_or(i64::MAX)
    }

    /// By how many minutes the doctor runs late today.
    pub(crate) fn late(&self, doctor_id: i64) -> Option<i32> {
        self.late.get(&doctor_id).copied()
    }

    /// What is said of the room of `row`; nothing of one in which there is nothing to wait for.
    pub(crate) fn of(&self, (viewer, present): (&Viewer, &Present), row: &AppointmentRow) -> Option<RoomMark> {
        let has_begun = matches!(row.status, AppointmentStatus::Waiting | AppointmentStatus::InProgress);
        let is_near = has_begun || (row.status.is_busy() && present.has_come(row.starts_at - OPENS_BEFORE));
        if !is_near {
            return None;
        }
        let is_party = matches!(viewer.role(), Role::Doctor | Role::Patient);
        let is_today = viewer.zone().local(row.starts_at).date() == present.date(viewer.zone());
        let late = self.late(row.doctor_id).filter(|_| is_today && row.status != AppointmentStatus::InProgress);
        Some(RoomMark {
            href: is_party.then(|| format!("/appointments/{}/room", row.id)),
            who: self.people.get(&row.id).map(|person| Who::new((viewer, present), person)),
            late: late.filter(|_| viewer.role() != Role::Doctor),
        })
    }
}

impl Who {
    fn new((viewer, present): (&Viewer, &Present), person: &InRoom) -> Self {
        let is_here = !present.has_come(person.here_until);
        let (state, words) = if is_here { ("here", "in the room since") } else { ("away", "left the room at") };
        let since = if is_here { person.here_since } else { person.left_at.unwrap_or(person.here_until) };
        Self { user: person.user_id, state, words, since: Moment::new(since, viewer.zone()) }
    }
}
