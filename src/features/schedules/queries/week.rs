//! A doctor's week as it is managed: windows, absences, and the visits to come, of which some may no longer fit.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{appointment, enums::AppointmentStatus, patient, user};
use sea_orm::{ColumnTrait, DbErr, DerivePartialModel, FromQueryResult, JoinType, QuerySelect, RelationTrait};

use super::{
    super::{
        forms::NewWindow,
        free::{ByDay, Rules, Schedule, SlotRefusal, Stretch, Window},
    },
    Absence, Away, Working, absences, in_state, windows,
};
use crate::{
    coherence::{Topic, Topics},
    db::{InList, Reader, SideBySide},
};

/// A visit that is planned with the doctor.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
struct Planned {
    id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    status: AppointmentStatus,
    #[sea_orm(nested)]
    patient: PlannedPatient,
}

#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
struct PlannedPatient {
    #[sea_orm(nested)]
    user: PlannedPerson,
}

#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct PlannedPerson {
    first_name: String,
    last_name: String,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "working_"))]
    working: InList<Working>,
    #[sea_orm(nested(prefix = "away_"))]
    away: InList<Away>,
    #[sea_orm(nested(prefix = "planned_"))]
    planned: InList<Planned>,
}

/// A visit that is planned with the doctor, or asked for: when, and with whom.
#[derive(Clone, Debug)]
pub(in super::super) struct PlannedVisit {
    /// `appointment.id`
    pub(in super::super) id: i64,
    pub(in super::super) stretch: Stretch,
    pub(in super::super) patient: String,
    /// Whether it has that time; a request has not.
    is_busy: bool,
    /// Whether the patient is there: nobody has to be told of anything.
    is_under_way: bool,
}

/// A doctor's week with what is planned in it.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Week {
    /// The windows and the absences; no visit.
    schedule: Schedule,
    pub(in super::super) absences: Vec<Absence>,
    /// Earliest first.
    planned: Vec<PlannedVisit>,
}

/// The week of the doctor, as far as absences and visits touch `within`. One statement.
pub(in super::super) async fn week(reader: &Reader, doctor_id: i64, within: Stretch) -> Result<Week, DbErr> {
    let planned = in_state(appointment::Column::DoctorId.eq(doctor_id), &AppointmentStatus::OPEN, within)
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .join(JoinType::InnerJoin, patient::Relation::User.def());
    let lists = SideBySide::default()
        .list::<Working>("working", windows(&[doctor_id]))
        .list::<Away>("away", absences(&[doctor_id], within))
        .list::<Planned>("planned", planned);
    let topics = Topics::from([Topic::Schedule(doctor_id), Topic::Agenda(doctor_id)]);
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut week = Week::default();
    for Row { working, away, planned } in rows {
        week.schedule.windows.extend(working.into_iter().map(Window::from));
        week.absences.extend(away.into_iter().map(Absence::from));
        week.planned.extend(planned.into_iter().map(PlannedVisit::from));
    }
    week.absences.sort_by_key(|absence| (absence.stretch, absence.id));
    week.schedule.absences.extend(week.absences.iter().map(|absence| absence.stretch));
    week.schedule.windows.sort_by_key(|window| (window.weekday, window.hours, window.id));
    week.planned.sort_by_key(|visit| (visit.stretch, visit.id));
    Ok(week)
}

impl From<Planned> for PlannedVisit {
    fn from(row: Planned) -> Self {
        let PlannedPerson { first_name, last_name } = row.patient.user;
        let stretch = Stretch { starts_at: row.starts_at, ends_at: row.ends_at };
        let patient = format!("{first_name} {last_name}");
        Self { id: row.id, stretch, patient, is_busy: row.status.is_busy(), is_under_way: row.status.is_under_way() }
    }
}

impl Week {
    pub(in super::super) fn windows(&self) -> &[Window] {
        &self.schedule.windows
    }

    /// The visits and the requests that lie in an absence, whole or in part.
    pub(in super::super) fn in_absence(&self, absence: &Absence) -> impl Iterator<Item = &PlannedVisit> {
        let stretch = absence.stretch;
        self.planned.iter().filter(move |visit| visit.stretch.overlaps(stretch))
    }

    fn busy(&self) -> impl Iterator<Item = &PlannedVisit> {
        self.planned.iter().filter(|visit| visit.is_busy)
    }

    /// The visits in the hours of a window.
    pub(in super::super) fn in_window(&self, window: &Window, rules: Rules) -> impl Iterator<Item = &PlannedVisit> {
        let alone = Schedule { windows: vec![*window], ..Schedule::default() };
        self.busy().filter(move |visit| alone.obstacle(visit.stretch, rules).is_none())
    }

    /// `appointment.id` of the visits that lie in the hours now and would lie outside of them, were the hours by day these.
    pub(in super::super) fn left_out(&self, by_day: &[NewWindow], rules: Rules) -> BTreeSet<i64> {
        let new = by_day.iter().map(|new| Window { id: 0, weekday: new.weekday, hours: new.hours });
        let windows = ByDay::new(self.schedule.windows.clone()).others.into_iter().chain(new).collect();
        let then = Self { schedule: Schedule { windows, ..self.schedule.clone() }, ..self.clone() };
        let is_outside_now = |visit: &&PlannedVisit| self.outside(rules).any(|other| other.id == visit.id);
        then.outside(rules).filter(|visit| !is_outside_now(visit)).map(|visit| visit.id).collect()
    }

    /// The visits that lie in no window, and in no absence either; but those of patients who are there.
    pub(in super::super) fn outside(&self, rules: Rules) -> impl Iterator<Item = &PlannedVisit> {
        let lies_outside = |refusal| matches!(refusal, Some(SlotRefusal::NotWorking | SlotRefusal::OutOfHours));
        let nowhere = self.schedule.windows.is_empty();
        let is_away = |visit: &PlannedVisit| self.schedule.absences.iter().any(|away| away.overlaps(visit.stretch));
        self.busy().filter(move |visit| {
            !visit.is_under_way
                && !is_away(visit)
                && (nowhere || lies_outside(self.schedule.obstacle(visit.stretch, rules)))
        })
    }
}
