//! Whose calendar it is, and what is in it.

use chrono::{DateTime, Utc};
use entity::{
    appointment, calendar_link, doctor,
    enums::{AppointmentStatus, Modality, Role},
    hospital, patient, user,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
};

use crate::{access::Viewer, coherence::Topics, db::Reader, features::schedules::Stretch, text::doctor_name};

/// Programs ask for it, and nothing of it is kept.
const NOT_KEPT: Topics = Topics::exempt("calendars are read by programs, and never kept");
/// The visits of a calendar.
const MOST: u64 = 2_000;
/// The states in which the time is, or was, theirs.
const STANDING: [AppointmentStatus; 5] = [
    AppointmentStatus::Scheduled,
    AppointmentStatus::Confirmed,
    AppointmentStatus::Waiting,
    AppointmentStatus::InProgress,
    AppointmentStatus::Completed,
];

/// When the address of the viewer's own became what it is, if they have one that leads anywhere.
pub(super) async fn made_at(viewer: &Viewer, reader: &Reader) -> Result<Option<DateTime<Utc>>, DbErr> {
    let own = calendar_link::Entity::find()
        .select_only()
        .column(calendar_link::Column::MadeAt)
        .column(user::Column::BrowsersForgottenAt)
        .join(JoinType::InnerJoin, calendar_link::Relation::User.def())
        .filter(calendar_link::Column::UserId.eq(viewer.user_id));
    let found: Option<(DateTime<Utc>, Option<DateTime<Utc>>)> =
        reader.run(NOT_KEPT, async |conn| own.clone().into_tuple().one(conn).await).await?;
    Ok(found.filter(|(made, forgotten)| forgotten.is_none_or(|at| at <= *made)).map(|(made, _)| made))
}

/// Whose calendar it is, and by what its secret is known.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct CalendarOwner {
    pub(super) digest: Vec<u8>,
    /// `user.browsers_forgotten_at`
    pub(super) browsers_forgotten_at: Option<DateTime<Utc>>,
    pub(super) role: Role,
    active: bool,
    hospital_active: bool,
    /// The hospital's name.
    pub(super) hospital: String,
    doctor_id: Option<i64>,
    patient_id: Option<i64>,
}

impl CalendarOwner {
    /// Whether they may come in at all.
    pub(super) fn may_enter(&self) -> bool {
        self.active && self.hospital_active
    }

    /// Their visits.
    fn own(&self) -> Condition {
        let doctors =
            self.doctor_id.filter(|_| self.role == Role::Doctor).map(|id| appointment::Column::DoctorId.eq(id));
        let patients =
            self.patient_id.filter(|_| self.role == Role::Patient).map(|id| appointment::Column::PatientId.eq(id));
        match doctors.or(patients) {
            Some(own) => Condition::all().add(own),
            None => Condition::all().add(appointment::Column::Id.is_in(Vec::<i64>::new())),
        }
    }
}

/// Of the address with this `calendar_link.id`.
pub(super) async fn owner(reader: &Reader, id: i64) -> Result<Option<CalendarOwner>, DbErr> {
    let found = calendar_link::Entity::find_by_id(id)
        .select_only()
        .column(calendar_link::Column::Digest)
        .columns([user::Column::BrowsersForgottenAt, user::Column::Role, user::Column::Active])
        .column_as(hospital::Column::Active, "hospital_active")
        .column_as(hospital::Column::Name, "hospital")
        .column_as(doctor::Column::Id, "doctor_id")
        .column_as(patient::Column::Id, "patient_id")
        .join(JoinType::InnerJoin, calendar_link::Relation::User.def())
        .join(JoinType::InnerJoin, user::Relation::Hospital.def())
        .join(JoinType::LeftJoin, doctor::Relation::User.def().rev())
        .join(JoinType::LeftJoin, patient::Relation::User.def().rev());
    reader.run(NOT_KEPT, async |conn| found.clone().into_model().one(conn).await).await
}

/// A visit as a calendar has it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct VisitOfCalendar {
    pub(super) id: i64,
    pub(super) version: i32,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) modality: Modality,
    doctor_first_name: String,
    doctor_last_name: String,
}

impl VisitOfCalendar {
    pub(super) fn doctor(&self) -> String {
        doctor_name(&self.doctor_first_name, &self.doctor_last_name)
    }
}

/// The visits of `owner` that begin `within` and stand, the first one first. One statement.
pub(super) async fn visits(
    owner: &CalendarOwner,
    reader: &Reader,
    within: Stretch,
) -> Result<Vec<VisitOfCalendar>, DbErr> {
    use appointment::Column;
    let visits = appointment::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Version, Column::StartsAt, Column::EndsAt, Column::Modality])
        .column_as(user::Column::FirstName, "doctor_first_name")
        .column_as(user::Column::LastName, "doctor_last_name")
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(owner.own())
        .filter(Column::Status.is_in(STANDING))
        .filter(Column::StartsAt.gte(within.starts_at))
        .filter(Column::StartsAt.lt(within.ends_at))
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .limit(MOST);
    reader.run(NOT_KEPT, async |conn| visits.clone().into_model().all(conn).await).await
}
