//! The visits in an absence of their doctor, and what has to be known to find other times for them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::AppointmentStatus,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, SimpleExpr},
};

use super::{AppointmentRow, patient_phone, scope, with_parties};
use crate::{
    access::Viewer,
    coherence::Topics,
    db::{InList, Reader, SideBySide},
    features::schedules::{Away, DoctorTimes, Schedule, Stretch, Working, absences, in_state, windows},
    web::Paging,
};

/// A visit that lies in an absence.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(in crate::features::appointments) struct VisitInAbsence {
    #[sea_orm(nested)]
    pub(in crate::features::appointments) row: AppointmentRow,
    /// How the patient is reached.
    #[sea_orm(from_expr = "patient_phone()")]
    pub(in crate::features::appointments) phone: Option<String>,
    #[sea_orm(from_expr = "on_all_pages()")]
    total: i64,
}

/// How many there are, whichever page is read. Entities know no window functions.
fn on_all_pages() -> SimpleExpr {
    Expr::cust("count(*) OVER ()")
}

/// A visit that takes the time of its doctor, or of its patient.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
struct TakenTime {
    doctor_id: i64,
    patient_id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "working_"))]
    working: InList<Working>,
    #[sea_orm(nested(prefix = "away_"))]
    away: InList<Away>,
    #[sea_orm(nested(prefix = "visit_"))]
    visit: InList<VisitInAbsence>,
    #[sea_orm(nested(prefix = "patient_"))]
    patient: InList<TakenTime>,
    #[sea_orm(nested(prefix = "busy_"))]
    busy: InList<TakenTime>,
}

/// Where visits are looked for, and where other times for them.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::appointments) struct AbsencePlace {
    /// `doctor.id`
    pub(in crate::features::appointments) doctor_id: i64,
    /// What of the absence is not over.
    pub(in crate::features::appointments) within: Stretch,
    /// Where free times are looked for.
    pub(in crate::features::appointments) around: Stretch,
}

/// What was found.
#[derive(Debug, Default)]
pub(in crate::features::appointments) struct FoundInAbsence {
    /// On all pages.
    pub(in crate::features::appointments) total: u64,
    /// Those of this page, the earliest first.
    pub(in crate::features::appointments) visits: Vec<VisitInAbsence>,
    /// Of the doctor, around the absence.
    pub(in crate::features::appointments) schedule: Schedule,
    /// The busy visits of each patient there, by `patient.id`.
    patients: BTreeMap<i64, Vec<Stretch>>,
}

impl FoundInAbsence {
    /// When the patient has no time.
    pub(in crate::features::appointments) fn busy(&self, patient_id: i64) -> &[Stretch] {
        self.patients.get(&patient_id).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The open visits and requests of the doctor that touch the absence. One statement, with the schedule of the doctor and the time of the patients.
pub(in crate::features::appointments) async fn visits_in_absence(
    viewer: &Viewer,
    reader: &Reader,
    place: AbsencePlace,
    paging: Paging,
) -> Result<FoundInAbsence, DbErr> {
    let lists = lists(viewer, place, paging);
    let topics = Topics::exempt("a form, whose page is not kept");
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let (mut found, mut times) = (FoundInAbsence::default(), DoctorTimes::default());
    for Row { working, away, visit, patient, busy } in rows {
        times.add(working.0, away.0);
        for TakenTime { doctor_id, starts_at, ends_at, .. } in busy {
            times.take(doctor_id, Stretch { starts_at, ends_at });
        }
        for TakenTime { patient_id, starts_at, ends_at, .. } in patient {
            found.patients.entry(patient_id).or_default().push(Stretch { starts_at, ends_at });
        }
        found.visits.extend(visit);
    }
    found.schedule = times.of(place.doctor_id).schedule;
    found.visits.sort_by_key(|visit| (visit.row.starts_at, visit.row.id));
    found.total = found.visits.first().map_or(0, |visit| u64::try_from(visit.total).unwrap_or(0));
    Ok(found)
}

fn lists(viewer: &Viewer, AbsencePlace { doctor_id, within, around }: AbsencePlace, paging: Paging) -> SideBySide {
    let visits = || open_visits(viewer, doctor_id, within);
    let on_page =
        visits().order_by_asc(Column::StartsAt).order_by_asc(Column::Id).limit(paging.size).offset(paging.offset());
    let patients = visits().select_only().column(Column::PatientId).into_query();
    let busy = |whose| in_state(whose, &AppointmentStatus::BUSY, around);
    SideBySide::default()
        .list::<Away>("away", absences(&[doctor_id], around))
        .list::<Working>("working", windows(&[doctor_id]))
        .list::<VisitInAbsence>("visit", with_parties(on_page, JoinType::InnerJoin))
        .list::<TakenTime>("patient", busy(Column::PatientId.in_subquery(patients)))
        .list::<TakenTime>("busy", busy(Column::DoctorId.eq(doctor_id)))
}

fn open_visits(viewer: &Viewer, doctor_id: i64, within: Stretch) -> Select<appointment::Entity> {
    in_state(Column::DoctorId.eq(doctor_id), &AppointmentStatus::OPEN, within).filter(scope(viewer))
}
