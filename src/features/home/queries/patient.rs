//! What a patient's dashboard finds.

use chrono::NaiveDate;
use entity::{
    appointment,
    care_relation::{self, Entity as CareRelation},
    enums::AppointmentStatus,
};
use sea_orm::{ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, QueryFilter};

use super::lists::{ListedVisit, Unread, open, unread};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{InList, Reader, SideBySide},
    features::visits::{CheckedPerson, InRoom, LateDoctor, Rooms, checked_people, in_rooms, late_doctors},
};

/// Everything there is for a patient to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundForPatient {
    /// What lists say of the rooms of these visits.
    pub rooms: Rooms,
    /// All that is open.
    pub open: Vec<ListedVisit>,
    /// `doctor.id` of whom the patient waits for.
    pub awaited: Vec<i64>,
    pub unread: Vec<Unread>,
    /// Visits that took place.
    pub completed: i64,
    /// Doctors with whom they took place.
    pub doctors: i64,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "here_"))]
    here: InList<InRoom>,
    #[sea_orm(nested(prefix = "check_"))]
    check: InList<CheckedPerson>,
    #[sea_orm(nested(prefix = "late_"))]
    late: InList<LateDoctor>,
    #[sea_orm(nested(prefix = "open_"))]
    open: InList<OpenVisit>,
    #[sea_orm(nested(prefix = "unread_"))]
    unread: InList<Unread>,
    #[sea_orm(nested(prefix = "care_"))]
    care: InList<Care>,
}

/// A visit with its doctor.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
struct OpenVisit {
    doctor_id: i64,
    #[sea_orm(nested)]
    listed: ListedVisit,
}

/// A doctor of the patient's.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "CareRelation")]
struct Care {
    completed: i64,
}

/// What `viewer`, a patient, has open, and how many visits with how many doctors took place; which of their doctors run late on `date`. One statement.
pub(crate) async fn of_patient(viewer: &Viewer, reader: &Reader, date: NaiveDate) -> Result<FoundForPatient, DbErr> {
    let ViewerKind::Patient { patient_id, .. } = viewer.kind else { return Ok(FoundForPatient::default()) };
    let care = CareRelation::find()
        .filter(care_relation::Column::PatientId.eq(patient_id))
        .filter(care_relation::Column::Completed.gt(0));
    let lists = SideBySide::default()
        .list::<LateDoctor>("late", late_doctors(viewer, date))
        .list::<InRoom>("here", in_rooms(viewer))
        .list::<CheckedPerson>("check", checked_people(viewer, None))
        .list::<Unread>("unread", unread(viewer))
        .list::<Care>("care", care)
        .list::<OpenVisit>("open", open(viewer));
    let topics = viewer.visit_topics().and([Topic::Inbox(viewer.user_id)]);
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut found = FoundForPatient::default();
    for row in rows {
        found.rooms.add(row.here.0, row.check.0, row.late.0);
        if let Some(OpenVisit { doctor_id, listed }) = row.open.0 {
            found.awaited.extend((listed.status == AppointmentStatus::Waiting).then_some(doctor_id));
            found.open.push(listed);
        }
        found.unread.extend(row.unread);
        found.doctors += i64::from(row.care.0.is_some());
        found.completed += row.care.0.map_or(0, |care| care.completed);
    }
    Ok(found)
}
