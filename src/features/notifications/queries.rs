//! Reading notifications, each with the appointment it is about.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment, appointment_event, doctor,
    enums::{AppointmentStatus, Modality, NotificationKind},
    notification::{self, Column},
    patient, time_off, user,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, JoinType, Order,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationTrait, StatementBuilder,
    sea_query::{Alias, DynIden, Expr, ExprTrait, Func, IntoIden, Query, SelectStatement, SimpleExpr},
};

use super::notification::ToldTimes;
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{Reader, count, is_one_of},
    web::{Paginated, Paging},
};

/// A notification and what its sentence is made of; those parts are none when it is about nothing.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct NotificationRow {
    pub(super) id: i64,
    pub(super) kind: NotificationKind,
    pub(super) created_at: DateTime<Utc>,
    /// None while it is unread.
    pub(super) read_at: Option<DateTime<Utc>>,
    pub(super) appointment_id: Option<i64>,
    /// With whom that visit is.
    pub(super) doctor_id: Option<i64>,
    pub(super) local_starts_at: Option<NaiveDateTime>,
    pub(super) proposed_local_starts_at: Option<NaiveDateTime>,
    pub(super) starts_at: Option<DateTime<Utc>>,
    pub(super) proposed_starts_at: Option<DateTime<Utc>>,
    pub(super) rejection_reason: Option<String>,
    pub(super) cancellation_reason: Option<String>,
    pub(super) doctor_first_name: Option<String>,
    pub(super) doctor_last_name: Option<String>,
    pub(super) patient_first_name: Option<String>,
    pub(super) patient_last_name: Option<String>,
}

impl NotificationRow {
    /// The times it was about, if it keeps them.
    pub(super) fn told_times(&self) -> ToldTimes {
        ToldTimes { starts_at: self.local_starts_at, proposed: self.proposed_local_starts_at }
    }
}

/// A page of the viewer's own, newest first, and how many they have. Two statements.
pub(super) async fn notifications(
    viewer: &Viewer,
    reader: &Reader,
    paging: Paging,
) -> Result<Paginated<NotificationRow>, DbErr> {
    let own = notification::Entity::find().filter(Column::RecipientId.eq(viewer.user_id));
    let topics = viewer.visit_topics().and([Topic::Inbox(viewer.user_id)]);
    let total = reader.run(topics.clone(), async |conn| count(conn, own.clone()).await).await?;
    let rows = on_page(viewer, paging);
    let rows = reader
        .run(topics, async |conn| {
            let statement = StatementBuilder::build(&rows, &conn.get_database_backend());
            NotificationRow::find_by_statement(statement).all(conn).await
        })
        .await?;
    Ok(Paginated { total, rows })
}

/// Those of one page, without what a later release has words for. Only they meet their visits: joined first, a late page would read all that is
/// told of before it.
fn on_page(viewer: &Viewer, paging: Paging) -> SelectStatement {
    let id = (notification::Entity, Column::Id);
    // A later one has the higher id, and that is the order of the index.
    let ids = Query::select()
        .column(id)
        .from(notification::Entity)
        .and_where(Column::RecipientId.eq(viewer.user_id))
        .order_by(id, Order::Desc)
        .limit(paging.size)
        .offset(paging.offset())
        .to_owned();
    let mut rows = Query::select();
    rows.columns([
        id,
        (notification::Entity, Column::Kind),
        (notification::Entity, Column::CreatedAt),
        (notification::Entity, Column::ReadAt),
        (notification::Entity, Column::AppointmentId),
        (notification::Entity, Column::LocalStartsAt),
        (notification::Entity, Column::ProposedLocalStartsAt),
    ])
    .from_subquery(ids, "on_page")
    .inner_join(notification::Entity, Expr::col(("on_page", Column::Id)).equals(id))
    .and_where(is_one_of(Column::Kind, NotificationKind::iter()))
    .order_by(id, Order::Desc);
    with_appointment(&mut rows);
    rows
}

/// A visit as far as mail tells of it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct VisitOfMail {
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) proposed_starts_at: Option<DateTime<Utc>>,
    pub(super) wished_starts_at: Option<DateTime<Utc>>,
    pub(super) status: AppointmentStatus,
    pub(super) modality: Modality,
    pub(super) version: i32,
    /// Whether the doctor still practises there.
    pub(super) doctor_active: bool,
    /// Whether the time was ever theirs.
    pub(super) stood: bool,
    /// Whether the doctor has said that they are away then.
    pub(super) doctor_away: bool,
    pub(super) doctor_first_name: String,
    pub(super) doctor_last_name: String,
    /// `user.id` of the doctor.
    pub(super) doctor_user_id: i64,
    /// When it was before it was handed over for the last time, as the clock showed it; to a doctor, before it was taken from them.
    pub(super) handed_over: Option<NaiveDateTime>,
}

/// The visit of a mail, whoever gets it, but for a doctor, who is the user `former` and may have had it before: to them it was addressed when the row was written. One statement.
pub(super) async fn visit_of_mail(
    reader: &Reader,
    (appointment_id, former): (i64, Option<i64>),
) -> Result<Option<VisitOfMail>, DbErr> {
    let statement = appointment::Entity::find_by_id(appointment_id)
        .select_only()
        .columns([appointment::Column::StartsAt, appointment::Column::EndsAt, appointment::Column::ProposedStartsAt])
        .column(appointment::Column::WishedStartsAt)
        .columns([appointment::Column::Status, appointment::Column::Modality, appointment::Column::Version])
        .column_as(user::Column::Active, "doctor_active")
        .expr_as(doctor_away(), "doctor_away")
        .expr_as(stood(), "stood")
        .expr_as(handed_over(former), "handed_over")
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .column_as(user::Column::FirstName, "doctor_first_name")
        .column_as(user::Column::LastName, "doctor_last_name")
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def());
    let topics = Topics::exempt("mail is no page");
    reader.run(topics, async |conn| statement.clone().into_model().one(conn).await).await
}

/// Whether an absence of the doctor touches the visit.
fn doctor_away() -> Expr {
    let visit = |column| Expr::col((appointment::Entity, column));
    let absences = time_off::Entity::find()
        .select_only()
        .column(time_off::Column::Id)
        .filter(Expr::col((time_off::Entity, time_off::Column::DoctorId)).eq(visit(appointment::Column::DoctorId)))
        .filter(Expr::col((time_off::Entity, time_off::Column::StartsAt)).lt(visit(appointment::Column::EndsAt)))
        .filter(Expr::col((time_off::Entity, time_off::Column::EndsAt)).gt(visit(appointment::Column::StartsAt)));
    Expr::exists(absences.into_query())
}

/// Whether the history of the visit has a step by which the time became theirs.
fn stood() -> Expr {
    let event = |column| Expr::col((appointment_event::Entity, column));
    let granted = appointment_event::Entity::find()
        .select_only()
        .column(appointment_event::Column::Id)
        .filter(
            event(appointment_event::Column::AppointmentId)
                .eq(Expr::col((appointment::Entity, appointment::Column::Id))),
        )
        .filter(appointment_event::Column::ToStatus.eq(AppointmentStatus::Scheduled));
    Expr::exists(granted.into_query())
}

/// When the visit was before it was handed over for the last time, or for the last time by the doctor who is the user `former`.
fn handed_over(former: Option<i64>) -> Expr {
    let event = |column| Expr::col((appointment_event::Entity, column));
    let by = former.map(|user_id| {
        let doctors = doctor::Entity::find().select_only().column(doctor::Column::Id);
        let theirs = doctors.filter(Expr::col((doctor::Entity, doctor::Column::UserId)).eq(user_id));
        event(appointment_event::Column::FromDoctorId).in_subquery(theirs.into_query())
    });
    let last = appointment_event::Entity::find()
        .select_only()
        .column(appointment_event::Column::ProposedLocalStartsAt)
        .filter(
            event(appointment_event::Column::AppointmentId)
                .eq(Expr::col((appointment::Entity, appointment::Column::Id))),
        )
        .filter(event(appointment_event::Column::FromDoctorId).is_not_null())
        .filter(Condition::all().add_option(by))
        .order_by_desc(appointment_event::Column::Id)
        .limit(1);
    Expr::SubQuery(None, Box::new(last.into_query().into()))
}

fn with_appointment(rows: &mut SelectStatement) {
    rows.columns([
        (appointment::Entity, appointment::Column::DoctorId),
        (appointment::Entity, appointment::Column::StartsAt),
        (appointment::Entity, appointment::Column::ProposedStartsAt),
        (appointment::Entity, appointment::Column::RejectionReason),
        (appointment::Entity, appointment::Column::CancellationReason),
    ])
    .left_join(
        appointment::Entity,
        Expr::col((appointment::Entity, appointment::Column::Id)).equals((notification::Entity, Column::AppointmentId)),
    )
    .left_join(doctor::Entity, Expr::col((doctor::Entity, doctor::Column::Id)).eq(doctor_of_then()))
    .left_join(
        patient::Entity,
        Expr::col((patient::Entity, patient::Column::Id)).equals((appointment::Entity, appointment::Column::PatientId)),
    );
    let doctor = Expr::col((doctor::Entity, doctor::Column::UserId));
    let patient = Expr::col((patient::Entity, patient::Column::UserId));
    with_name(rows, "doctor", doctor);
    with_name(rows, "patient", patient);
}

/// With whom a visit was when it was told of: who had it before it was handed over since, else who has it.
fn doctor_of_then() -> SimpleExpr {
    let event = |column| Expr::col((appointment_event::Entity, column));
    let since = Query::select()
        .column((appointment_event::Entity, appointment_event::Column::FromDoctorId))
        .from(appointment_event::Entity)
        .and_where(
            event(appointment_event::Column::AppointmentId).equals((notification::Entity, Column::AppointmentId)),
        )
        .and_where(event(appointment_event::Column::FromDoctorId).is_not_null())
        .and_where(event(appointment_event::Column::At).gt(Expr::col((notification::Entity, Column::CreatedAt))))
        .order_by((appointment_event::Entity, appointment_event::Column::Id), Order::Asc)
        .limit(1)
        .to_owned();
    let now = Expr::col((appointment::Entity, appointment::Column::DoctorId));
    Func::coalesce([SimpleExpr::SubQuery(None, Box::new(since.into())), now]).into()
}

/// The name of the user whose id is `user_id`, as `{who}_first_name` and `{who}_last_name`.
fn with_name(rows: &mut SelectStatement, who: &'static str, user_id: Expr) {
    let person: DynIden = Alias::new(format!("{who}_user")).into_iden();
    rows.expr_as(Expr::col((person.clone(), user::Column::FirstName)), Alias::new(format!("{who}_first_name")))
        .expr_as(Expr::col((person.clone(), user::Column::LastName)), Alias::new(format!("{who}_last_name")))
        .join_as(JoinType::LeftJoin, user::Entity, person.clone(), user_id.equals((person, user::Column::Id)));
}
