//! What a doctor's dashboard finds.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    appointment::{self, Column},
    doctor_tally::{self, Entity as DoctorTally},
    enums::AppointmentStatus,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::lists::{ListedVisit, RowCount, Unread, WishedVisit, between, open, unread, wished};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_one_of, is_word},
    features::{
        appointments::{draft_notes, is_taken, scope, unwritten_notes},
        home::sections::{COUNTED, MANY, SHOWN},
        schedules::Stretch,
        visits::{CheckedPerson, InRoom, LateDoctor, Rooms, checked_people, in_rooms, late_doctors},
    },
};

/// Everything there is for a doctor to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundForDoctor {
    /// What lists say of the rooms of these visits.
    pub rooms: Rooms,
    /// What takes the doctor's time and is under way, or was agreed on and begins before the end of the days that were asked for, however long ago.
    pub busy: Vec<ListedVisit>,
    /// What was done and missed, and is of the days that were asked for.
    pub done: Vec<ListedVisit>,
    /// Of the requests those for the earliest times.
    pub requests: Vec<RequestedVisit>,
    /// How many requests there are.
    pub requests_count: i64,
    /// Visits of which the patient asks for another time: one more than are counted, if there are.
    pub wished: Vec<WishedVisit>,
    /// Whether anything at all is open.
    pub is_any_open: bool,
    pub unread: Vec<Unread>,
    pub patients_seen: i64,
    /// Visits whose note was begun and is not signed, the earliest first; one more than are counted, if there are.
    pub drafts: Vec<ListedVisit>,
    /// The same of visits that took place of late and have no note.
    pub unwritten: Vec<ListedVisit>,
}

/// A request.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct RequestedVisit {
    pub id: i64,
    /// Whether another visit has the time meanwhile.
    #[sea_orm(from_expr = "is_taken()")]
    pub is_taken: bool,
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
    open: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "under_way_"))]
    under_way: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "agreed_"))]
    agreed: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "request_"))]
    request: InList<RequestedVisit>,
    #[sea_orm(nested(prefix = "requests_"))]
    requests: InList<RowCount>,
    #[sea_orm(nested(prefix = "wished_"))]
    wished: InList<WishedVisit>,
    #[sea_orm(nested(prefix = "done_"))]
    done: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "unread_"))]
    unread: InList<Unread>,
    #[sea_orm(nested(prefix = "draft_"))]
    draft: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "unwritten_"))]
    unwritten: InList<ListedVisit>,
    #[sea_orm(nested(prefix = "tally_"))]
    tally: InList<PatientsSeen>,
}

#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "DoctorTally")]
struct PatientsSeen {
    patients_seen: i64,
}

/// What `viewer`, a doctor, has to do before `days` are over and what of them is done, what they are asked for at `now`, and by how much they run late on
/// `date`. One statement, whose answer does not grow with how many visits are planned.
pub(crate) async fn of_doctor(
    viewer: &Viewer,
    reader: &Reader,
    (now, date, days): (DateTime<Utc>, NaiveDate, Stretch),
) -> Result<FoundForDoctor, DbErr> {
    let ViewerKind::Doctor { doctor_id, .. } = viewer.kind else { return Ok(FoundForDoctor::default()) };
    let lists = lists(viewer, doctor_id, (now, date, days));
    let topics = viewer.visit_topics().and([Topic::Inbox(viewer.user_id)]);
    let rows: Vec<Row> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut found = FoundForDoctor::default();
    for row in rows {
        found.rooms.add(row.here.0, row.check.0, row.late.0);
        found.is_any_open |= row.open.0.is_some();
        found.busy.extend(row.under_way);
        found.busy.extend(row.agreed);
        found.done.extend(row.done);
        found.requests.extend(row.request);
        found.requests_count += row.requests.0.map_or(0, |requests| requests.count);
        found.wished.extend(row.wished);
        found.unread.extend(row.unread);
        found.drafts.extend(row.draft);
        found.unwritten.extend(row.unwritten);
        found.patients_seen += row.tally.0.map_or(0, |tally| tally.patients_seen);
    }
    Ok(found)
}

fn lists(viewer: &Viewer, doctor_id: i64, (now, date, days): (DateTime<Utc>, NaiveDate, Stretch)) -> SideBySide {
    let done = between(viewer, days)
        .filter(is_one_of(Column::Status, AppointmentStatus::OVER))
        .order_by_asc(Column::StartsAt)
        .limit(MANY);
    let tally = DoctorTally::find().filter(doctor_tally::Column::DoctorId.eq(doctor_id));
    let own = || appointment::Entity::find().filter(scope(viewer));
    let under_way = own().filter(is_one_of(Column::Status, AppointmentStatus::UNDER_WAY));
    let agreed = own().filter(is_one_of(Column::Status, AppointmentStatus::AGREED));
    let requests = || own().filter(is_word(Column::Status, AppointmentStatus::Requested));
    let first = requests().order_by_asc(Column::StartsAt).order_by_asc(Column::Id).limit(SHOWN);
    SideBySide::default()
        .list::<LateDoctor>("late", late_doctors(viewer, date))
        .list::<InRoom>("here", in_rooms(viewer))
        .list::<CheckedPerson>("check", checked_people(viewer, Some(days)))
        .list::<PatientsSeen>("tally", tally)
        .list::<ListedVisit>("draft", counted(draft_notes(viewer)))
        .list::<ListedVisit>("unwritten", counted(unwritten_notes(viewer, days.starts_at)))
        .list::<Unread>("unread", unread(viewer))
        .list::<WishedVisit>("wished", wished(viewer, now))
        .list::<ListedVisit>("done", done)
        .list::<ListedVisit>("open", open(viewer).limit(1))
        .list::<RowCount>("requests", requests())
        .list::<RequestedVisit>("request", first)
        .list::<ListedVisit>("under_way", under_way)
        .list::<ListedVisit>("agreed", agreed.filter(Column::StartsAt.lt(days.ends_at)))
}

/// As many as are counted, and one more.
fn counted(visits: Select<appointment::Entity>) -> Select<appointment::Entity> {
    visits.order_by_asc(Column::StartsAt).order_by_asc(Column::Id).limit(COUNTED + 1)
}
