//! What a doctor's dashboard finds.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment::Column,
    doctor_tally::{self, Entity as DoctorTally},
    enums::{AppointmentStatus, NoteState},
    note,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select,
};

use super::lists::{ListedVisit, Unread, between, open, unread};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_one_of, is_word},
    features::{
        appointments::scope,
        home::sections::MANY,
        visits::{InRoom, LateDoctor, Rooms, in_rooms, late_doctors},
    },
};

/// Everything there is for a doctor to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundForDoctor {
    /// What lists say of the rooms of these visits.
    pub rooms: Rooms,
    /// All that is open.
    pub open: Vec<ListedVisit>,
    /// What was done and missed, and is of the day that was asked for.
    pub done: Vec<ListedVisit>,
    pub unread: Vec<Unread>,
    pub patients_seen: i64,
    /// Notes that were begun and are not signed, the oldest first.
    pub drafts: Vec<DraftNote>,
}

/// A note that its doctor has yet to sign.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "note::Entity")]
pub(crate) struct DraftNote {
    /// The visit it is about.
    pub appointment_id: i64,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "here_"))]
    here: InList<InRoom>,
    #[sea_orm(nested(prefix = "late_"))]
    late: InList<LateDoctor>,
    #[sea_orm(nested(prefix = "open_"))]
    open: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "done_"))]
    done: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "unread_"))]
    unread: InList<Unread>,
    #[sea_orm(nested(prefix = "draft_"))]
    draft: InList<DraftNote>,
    #[sea_orm(nested(prefix = "tally_"))]
    tally: InList<PatientsSeen>,
}

#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "DoctorTally")]
struct PatientsSeen {
    patients_seen: i64,
}

/// What `viewer`, a doctor, has open, what began between the two instants of `day` and is over, and by how much they run late on `date`. One statement.
pub(crate) async fn of_doctor(
    viewer: &Viewer,
    reader: &Reader,
    (date, day): (NaiveDate, (DateTime<Utc>, DateTime<Utc>)),
) -> Result<FoundForDoctor, DbErr> {
    let ViewerKind::Doctor { doctor_id, .. } = viewer.kind else { return Ok(FoundForDoctor::default()) };
    let over = [AppointmentStatus::Completed, AppointmentStatus::NoShow];
    let done = between(viewer, day).filter(is_one_of(Column::Status, over)).order_by_asc(Column::StartsAt).limit(MANY);
    let tally = DoctorTally::find().filter(doctor_tally::Column::DoctorId.eq(doctor_id));
    let lists = SideBySide::default()
        .list::<LateDoctor>("late", late_doctors(viewer, date))
        .list::<InRoom>("here", in_rooms(viewer))
        .list::<PatientsSeen>("tally", tally)
        .list::<DraftNote>("draft", drafts(viewer))
        .list::<Unread>("unread", unread(viewer))
        .list::<ListedVisit>("done", done)
        .list::<ListedVisit>("open", open(viewer));
    let topics = viewer.visit_topics().and([Topic::Inbox(viewer.user_id)]);
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut found = FoundForDoctor::default();
    for row in rows {
        found.rooms.add(row.here.0, row.late.0);
        found.open.extend(row.open);
        found.done.extend(row.done);
        found.unread.extend(row.unread);
        found.drafts.extend(row.draft);
        found.patients_seen += row.tally.0.map_or(0, |tally| tally.patients_seen);
    }
    Ok(found)
}

/// What the viewer has written and not signed, of visits that are theirs.
fn drafts(viewer: &Viewer) -> Select<note::Entity> {
    note::Entity::find()
        .join(JoinType::InnerJoin, note::Relation::Appointment.def())
        .filter(scope(viewer))
        .filter(note::Column::AuthorId.eq(viewer.user_id))
        .filter(is_word(note::Column::State, NoteState::Draft))
        .order_by_asc(note::Column::Id)
}
