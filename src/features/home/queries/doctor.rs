//! What a doctor's dashboard finds.

use chrono::{DateTime, Utc};
use entity::{
    appointment::Column,
    doctor_tally::{self, Entity as DoctorTally},
    enums::AppointmentStatus,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::lists::{ListedVisit, Unread, between, open, unread};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_one_of},
    features::home::sections::MANY,
};

/// Everything there is for a doctor to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundForDoctor {
    /// All that is open.
    pub open: Vec<ListedVisit>,
    /// What was done and missed, and is of the day that was asked for.
    pub done: Vec<ListedVisit>,
    pub unread: Vec<Unread>,
    pub patients_seen: i64,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "open_"))]
    open: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "done_"))]
    done: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "unread_"))]
    unread: InList<Unread>,
    #[sea_orm(nested(prefix = "tally_"))]
    tally: InList<PatientsSeen>,
}

#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "DoctorTally")]
struct PatientsSeen {
    patients_seen: i64,
}

/// What `viewer`, a doctor, has open, and what began between the two instants of `day` and is over. One statement.
pub(crate) async fn of_doctor(
    viewer: &Viewer,
    reader: &Reader,
    day: (DateTime<Utc>, DateTime<Utc>),
) -> Result<FoundForDoctor, DbErr> {
    let ViewerKind::Doctor { doctor_id, .. } = viewer.kind else { return Ok(FoundForDoctor::default()) };
    let over = [AppointmentStatus::Completed, AppointmentStatus::NoShow];
    let done = between(viewer, day).filter(is_one_of(Column::Status, over)).order_by_asc(Column::StartsAt).limit(MANY);
    let tally = DoctorTally::find().filter(doctor_tally::Column::DoctorId.eq(doctor_id));
    let lists = SideBySide::default()
        .list::<PatientsSeen>("tally", tally)
        .list::<Unread>("unread", unread(viewer))
        .list::<ListedVisit>("done", done)
        .list::<ListedVisit>("open", open(viewer));
    let topics = viewer.visit_topics().and([Topic::Inbox(viewer.user_id)]);
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut found = FoundForDoctor::default();
    for row in rows {
        found.open.extend(row.open);
        found.done.extend(row.done);
        found.unread.extend(row.unread);
        found.patients_seen += row.tally.0.map_or(0, |tally| tally.patients_seen);
    }
    Ok(found)
}
