//! What the day book finds: which doctors there are with how many visits, and what of their time is shown.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{
    appointment::{self, Column},
    doctor,
    enums::{AppointmentStatus, Role},
    hospital, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationTrait,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use super::forms::{BookPlace, COLUMNS};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_word},
    features::{
        appointments::{AppointmentRow, patient_phone, scope, with_parties},
        schedules::{Away, DoctorTimes, Rules, Stretch, Working, absences, in_state, rules, windows},
    },
    text::doctor_name,
};

/// A doctor in the book, and how their hospital books.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct DoctorOfBook {
    /// `doctor.id`
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// Whether they practise there still.
    pub(super) active: bool,
    slot_minutes: i32,
    booking_lead_hours: i32,
    /// How many visits they have that touch the days that are shown.
    pub(super) visits: i64,
}

impl DoctorOfBook {
    /// As it is written everywhere.
    pub(super) fn name(&self) -> String {
        doctor_name(&self.first_name, &self.last_name)
    }

    /// The rules as they hold for `viewer`.
    pub(super) fn rules(&self, viewer: &Viewer) -> Rules {
        rules(viewer, self.slot_minutes, self.booking_lead_hours)
    }
}

/// The doctors of `place` by name: to an administrator those of the hospital, to a doctor themselves. Whose account is shut is among them only with
/// visits on these days, or if they are asked for.
pub(super) async fn doctors(viewer: &Viewer, reader: &Reader, place: BookPlace) -> Result<Vec<DoctorOfBook>, DbErr> {
    let own = match &viewer.kind {
        ViewerKind::HospitalAdmin { .. } => None,
        ViewerKind::Doctor { doctor_id, .. } => Some(*doctor_id),
        ViewerKind::Patient { .. } | ViewerKind::SuperAdmin => return Ok(Vec::new()),
    };
    let Some(hospital) = viewer.hospital() else { return Ok(Vec::new()) };
    let mut found = doctor::Entity::find()
        .select_only()
        .column(doctor::Column::Id)
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::Active])
        .columns([hospital::Column::SlotMinutes, hospital::Column::BookingLeadHours])
        .expr_as(visits_of_each(viewer, place.span(viewer.zone())), "visits")
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .join(JoinType::InnerJoin, user::Relation::Hospital.def())
        .filter(user::Column::HospitalId.eq(hospital.id))
        .filter(is_word(user::Column::Role, Role::Doctor))
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(doctor::Column::Id);
    if let Some(id) = own {
        found = found.filter(doctor::Column::Id.eq(id));
    }
    let topics = viewer.visit_topics().and([Topic::Doctors(hospital.id), Topic::Hospital(hospital.id)]);
    let mut doctors: Vec<DoctorOfBook> =
        reader.run(topics, async |conn| found.clone().into_model().all(conn).await).await?;
    doctors.retain(|doctor| doctor.active || doctor.visits > 0 || Some(doctor.id) == place.doctor_id);
    Ok(doctors)
}

/// How many visits the doctor of the row has that touch `within`.
fn visits_of_each(viewer: &Viewer, within: Stretch) -> SimpleExpr {
    let of_row = Expr::col((appointment::Entity, Column::DoctorId)).equals((doctor::Entity, doctor::Column::Id));
    let visits = in_state(of_row, &AppointmentStatus::standing(), within)
        .select_only()
        .filter(scope(viewer))
        .expr(Column::Id.count());
    Expr::from(visits.into_query())
}

/// A visit as the book shows it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(super) struct VisitOfBook {
    #[sea_orm(nested)]
    pub(super) row: AppointmentRow,
    /// How the patient is reached.
    #[sea_orm(from_expr = "patient_phone()")]
    pub(super) phone: Option<String>,
    /// Whether it was booked although the time was taken.
    #[sea_orm(from_expr = "has_overbook_reason()")]
    pub(super) was_overbooked: bool,
}

impl VisitOfBook {
    /// Whether it has, or had, the doctor's time; a request has not.
    pub(super) fn has_time(&self) -> bool {
        self.row.status.is_busy() || AppointmentStatus::OVER.contains(&self.row.status)
    }

    /// Its time.
    pub(super) fn stretch(&self) -> Stretch {
        Stretch { starts_at: self.row.starts_at, ends_at: self.row.ends_at }
    }
}

fn has_overbook_reason() -> SimpleExpr {
    Expr::col((appointment::Entity, Column::OverbookReason)).is_not_null()
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "working_"))]
    working: InList<Working>,
    #[sea_orm(nested(prefix = "away_"))]
    away: InList<Away>,
    #[sea_orm(nested(prefix = "visit_"))]
    visit: InList<VisitOfBook>,
}

/// What there is of the doctors who are shown.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundTime {
    /// How far ahead visits can be booked.
    pub(super) horizon: TimeDelta,
    pub(super) schedules: DoctorTimes,
    /// The visits of each, by `doctor.id`, the earliest first.
    pub(super) visits: BTreeMap<i64, Vec<VisitOfBook>>,
}

impl FoundTime {
    /// The same where visits can be booked so far ahead.
    pub(super) fn until(self, horizon: TimeDelta) -> Self {
        Self { horizon, ..self }
    }
}

/// The time of `doctors`, who are the viewer's to see, as far as it touches the days of `place`. One statement; none without doctors.
pub(super) async fn time_of(
    viewer: &Viewer,
    reader: &Reader,
    doctors: &[DoctorOfBook],
    place: BookPlace,
) -> Result<FoundTime, DbErr> {
    let mut found = FoundTime::default();
    let (Some(last), Some(hospital)) = (doctors.last(), viewer.hospital()) else { return Ok(found) };
    let mut ids: Vec<i64> = doctors.iter().map(|doctor| doctor.id).collect();
    // People who phone stand on no other list of visits: with their numbers the page depends on everything about the patients.
    let topics =
        viewer.visit_topics().and(ids.iter().copied().map(Topic::Schedule)).and([Topic::Patients(hospital.id)]);
    // However many are shown, it is one statement to prepare.
    ids.resize(usize::try_from(COLUMNS).unwrap_or_default().max(ids.len()), last.id);
    let Stretch { starts_at, ends_at } = place.span(viewer.zone());
    // The last time of a day may end on the next.
    let within = Stretch { starts_at, ends_at: ends_at + last.rules(viewer).slot };
    let lists = lists(viewer, &ids, within);
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    for Row { working, away, visit } in rows {
        found.schedules.add(working.0, away.0);
        let Some(visit) = visit.0 else { continue };
        if visit.row.status.is_busy() {
            found.schedules.take(visit.row.doctor_id, visit.stretch());
        }
        found.visits.entry(visit.row.doctor_id).or_default().push(visit);
    }
    for visits in found.visits.values_mut() {
        visits.sort_by_key(|visit| (visit.row.starts_at, visit.row.id));
    }
    Ok(found)
}

fn lists(viewer: &Viewer, ids: &[i64], within: Stretch) -> SideBySide {
    let visits = in_state(Column::DoctorId.is_in(ids.iter().copied()), &AppointmentStatus::standing(), within)
        .filter(scope(viewer));
    SideBySide::default()
        .list::<Away>("away", absences(ids, within))
        .list::<Working>("working", windows(ids))
        .list::<VisitOfBook>("visit", with_parties(visits, JoinType::InnerJoin))
}
