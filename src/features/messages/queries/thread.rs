//! One thread, with everything that its page shows.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    attachment,
    enums::{AttachmentState, AuditSubject, Role},
    hospital, message, message_read, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, RelationTrait,
    sea_query::{Expr, ExprTrait, Func, IntoCondition, Query, SimpleExpr, SubQueryStatement},
};

use super::{AttachmentRow, over_at};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{InList, Reader, SideBySide},
    features::{
        appointments::{About, AppointmentRow, scope_of_both, with_parties},
        audit::Accessed,
    },
};

/// So many messages a page shows; what is older is a page further.
pub(in crate::features::messages) const SHOWN: usize = 100;

/// A message as it is stored.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "message::Entity")]
pub(in crate::features::messages) struct MessageRow {
    pub(in crate::features::messages) id: i64,
    #[sea_orm(nested, alias = "sender")]
    pub(in crate::features::messages) sender: SenderOfMessage,
    pub(in crate::features::messages) body: String,
    pub(in crate::features::messages) retracted_at: Option<DateTime<Utc>>,
    pub(in crate::features::messages) created_at: DateTime<Utc>,
}

/// Who wrote a message: one of the two who meet, or the doctor with whom the visit was before.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(in crate::features::messages) struct SenderOfMessage {
    pub(in crate::features::messages) id: i64,
    pub(in crate::features::messages) role: Role,
    pub(in crate::features::messages) first_name: String,
    pub(in crate::features::messages) last_name: String,
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "message_read::Entity")]
pub(in crate::features::messages) struct ReadMark {
    pub(in crate::features::messages) last_read_id: i64,
}

/// What a thread says of its hospital.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "hospital::Entity")]
pub(in crate::features::messages) struct HospitalOfThread {
    pub(in crate::features::messages) name: String,
    pub(in crate::features::messages) phone: String,
    pub(in crate::features::messages) emergency_text: Option<String>,
    pub(in crate::features::messages) message_days: i32,
}

#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
struct Ending {
    #[sea_orm(from_expr = "over_at()")]
    over_at: Option<DateTime<Utc>>,
    #[sea_orm(from_expr = "taken_back()")]
    taken_back: i64,
    #[sea_orm(from_expr = "kept_apart()")]
    kept_apart: i64,
}

fn taken_back() -> SimpleExpr {
    of_messages(Func::count(Expr::col((message::Entity, message::Column::RetractedAt))).into())
}

/// How many files of the visit are kept apart, of a statement that has `appointment` in it.
fn kept_apart() -> SimpleExpr {
    use attachment::Column as Of;
    let file = |column| Expr::col((attachment::Entity, column));
    let asked = Query::select()
        .expr(Func::count(file(Of::Id)))
        .from(attachment::Entity)
        .and_where(file(Of::AppointmentId).equals((appointment::Entity, Column::Id)))
        .and_where(Of::State.eq(AttachmentState::Quarantined))
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(asked)))
}

/// A visit with what was written about it, the newest first. A clinical record.
#[derive(Clone, Debug)]
pub(in crate::features::messages) struct ThreadRecord {
    pub(in crate::features::messages) row: AppointmentRow,
    pub(in crate::features::messages) about: About,
    pub(in crate::features::messages) hospital: HospitalOfThread,
    /// Since when the visit is over.
    pub(in crate::features::messages) over_at: Option<DateTime<Utc>>,
    /// `message.id` up to which the viewer has read, and up to which the other one has.
    pub(in crate::features::messages) read: (i64, i64),
    /// With what is attached to each.
    pub(in crate::features::messages) messages: Vec<(MessageRow, Option<AttachmentRow>)>,
    /// The newest that is older than these: its `message.id`.
    pub(in crate::features::messages) earlier: Option<i64>,
    /// How many of the whole thread were taken back.
    pub(in crate::features::messages) taken_back: i64,
    /// How many files of the whole thread are kept apart.
    pub(in crate::features::messages) kept_apart: i64,
    /// Whether these are the newest.
    pub(in crate::features::messages) is_end: bool,
}

#[derive(Debug, DerivePartialModel)]
struct VisitOfThread {
    #[sea_orm(nested)]
    row: AppointmentRow,
    #[sea_orm(nested)]
    about: About,
    #[sea_orm(nested)]
    hospital: HospitalOfThread,
    #[sea_orm(nested)]
    ending: Ending,
    #[sea_orm(nested, alias = "own_mark")]
    own: Option<ReadMark>,
    #[sea_orm(nested, alias = "their_mark")]
    theirs: Option<ReadMark>,
}

/// A message, with what is attached to it.
#[derive(Debug, DerivePartialModel)]
struct Said {
    #[sea_orm(nested)]
    message: MessageRow,
    #[sea_orm(nested)]
    attachment: Option<AttachmentRow>,
}

/// The visit, once, beside what was written.
#[derive(Debug, FromQueryResult)]
struct Found {
    #[sea_orm(nested(prefix = "visit_"))]
    visit: InList<VisitOfThread>,
    #[sea_orm(nested(prefix = "said_"))]
    said: InList<Said>,
}

/// The marks of the viewer, or of the other one.
pub(super) fn marks(viewer: &Viewer, is_own: bool) -> RelationDef {
    let user_id = viewer.user_id;
    message_read::Relation::Appointment.def().rev().on_condition(move |_, mark| {
        let of = Expr::col((mark, message_read::Column::UserId));
        if is_own { of.eq(user_id) } else { of.ne(user_id) }.into_condition()
    })
}

/// The thread of the visit `id`, if the viewer is one of the two who meet; of what was written before the message `before`, if one is named. One
/// statement of two lists: what is to be known of the visit is found once, however many messages there are.
pub(in crate::features::messages) async fn thread(
    viewer: &Viewer,
    reader: &Reader,
    (id, before): (i64, Option<i64>),
) -> Result<Option<Accessed<ThreadRecord>>, DbErr> {
    let is_end = before.is_none();
    let visit = appointment::Entity::find().filter(scope_of_both(viewer)).filter(Column::Id.eq(id));
    let visit = with_parties(visit, JoinType::InnerJoin)
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join_as(JoinType::LeftJoin, marks(viewer, true), "own_mark")
        .join_as(JoinType::LeftJoin, marks(viewer, false), "their_mark");
    let said = message::Entity::find()
        .join(JoinType::InnerJoin, message::Relation::Appointment.def())
        .join_as(JoinType::InnerJoin, message::Relation::User.def(), "sender")
        .join(JoinType::LeftJoin, attachment::Relation::Message.def().rev())
        .filter(scope_of_both(viewer))
        .filter(message::Column::AppointmentId.eq(id))
        .filter(message::Column::Id.lt(before.unwrap_or(i64::MAX)))
        .order_by_desc(message::Column::Id)
        .limit(SHOWN as u64 + 1);
    let lists = SideBySide::default().list::<VisitOfThread>("visit", visit).list::<Said>("said", said);
    let topics = viewer.visit_topics().and([Topic::Thread(id)]);
    let found: Vec<Found> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let sealed = |record| Accessed::new(AuditSubject::Appointment, id, record).telling("part", "messages");
    Ok(folded(found, is_end).map(sealed))
}

fn folded(found: Vec<Found>, is_end: bool) -> Option<ThreadRecord> {
    let (mut visit, mut messages) = (None, Vec::new());
    for Found { visit: part, said } in found {
        visit = part.0.or(visit);
        messages.extend(said.into_iter().map(|Said { message, attachment }| (message, attachment)));
    }
    let VisitOfThread { row, about, hospital, ending, own, theirs } = visit?;
    // Lists that are read side by side come in no order.
    messages.sort_unstable_by_key(|(message, _): &(MessageRow, Option<AttachmentRow>)| Reverse(message.id));
    let earlier = messages.get(SHOWN).map(|(message, _)| message.id);
    messages.truncate(SHOWN);
    let upto = |mark: Option<ReadMark>| mark.map_or(0, |mark| mark.last_read_id);
    let read = (upto(own), upto(theirs));
    let Ending { over_at, taken_back, kept_apart } = ending;
    Some(ThreadRecord { row, about, hospital, over_at, read, messages, earlier, taken_back, kept_apart, is_end })
}

/// How much there is in a thread.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::messages) struct NowOfThread {
    /// How many messages.
    pub(in crate::features::messages) written: i64,
    /// How many of them were taken back.
    pub(in crate::features::messages) taken_back: i64,
    /// How many files are kept apart.
    pub(in crate::features::messages) kept_apart: i64,
    /// The newest; none while there is none.
    pub(in crate::features::messages) newest_id: Option<i64>,
    /// Up to which the other one has read.
    pub(in crate::features::messages) read_by_other: Option<i64>,
}

/// How much there is in the thread of the visit `id`, if the viewer is one of the two who meet. One statement.
pub(in crate::features::messages) async fn now(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<NowOfThread>, DbErr> {
    let said = |column| Expr::col((message::Entity, column));
    let found = appointment::Entity::find()
        .select_only()
        .expr_as(of_messages(Func::count(said(message::Column::Id)).into()), "written")
        .expr_as(taken_back(), "taken_back")
        .expr_as(kept_apart(), "kept_apart")
        .expr_as(of_messages(Func::max(said(message::Column::Id)).into()), "newest_id")
        .column_as(message_read::Column::LastReadId, "read_by_other")
        .join(JoinType::LeftJoin, marks(viewer, false))
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(id));
    let topics = viewer.visit_topics().and([Topic::Thread(id)]);
    reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await
}

/// Something about all messages of the visit, of a statement that has `appointment` in it.
fn of_messages(what: SimpleExpr) -> SimpleExpr {
    let of_visit =
        Expr::col((message::Entity, message::Column::AppointmentId)).equals((appointment::Entity, Column::Id));
    let asked = Query::select().expr(what).from(message::Entity).and_where(of_visit).to_owned();
    SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(asked)))
}
