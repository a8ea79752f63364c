//! What is read before something is written, sent or told.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    attachment, doctor, hospital, message, message_read, patient, user,
};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationTrait,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

use super::over_at;
use crate::{
    access::Viewer,
    coherence::Topics,
    db::{ReadConnection, Reader, without_address},
    features::{appointments::scope_of_both, mail},
};

/// A form in which something is written about a visit.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::messages) struct ThreadForm<'a> {
    /// `appointment.id`
    pub(in crate::features::messages) visit: i64,
    /// The word by which it is known when it is sent twice.
    pub(in crate::features::messages) token: &'a str,
}

/// A visit for whoever is about to write about it.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::messages) struct StateOfThread {
    pub(in crate::features::messages) patient_id: i64,
    /// Since when the visit is over.
    pub(in crate::features::messages) over_at: Option<DateTime<Utc>>,
    pub(in crate::features::messages) message_days: i32,
    pub(in crate::features::messages) doctor_user_id: i64,
    pub(in crate::features::messages) patient_user_id: i64,
    /// Whether the accounts are open; a patient without an e-mail address has none.
    pub(in crate::features::messages) doctor_active: bool,
    pub(in crate::features::messages) patient_active: bool,
    /// The visit of the message that this form has made already, if it has.
    pub(in crate::features::messages) made_for: Option<i64>,
    /// Whether something was written already.
    pub(in crate::features::messages) has_marks: bool,
    /// What that message says.
    pub(in crate::features::messages) made_body: Option<String>,
    /// The digest of what is attached to it.
    pub(in crate::features::messages) made_sha256: Option<Vec<u8>>,
}

/// The visit that `form` is about, if the viewer is one of the two who meet.
pub(in crate::features::messages) async fn state_of_thread(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    form: ThreadForm<'_>,
) -> Result<Option<StateOfThread>, DbErr> {
    let made = message::Entity::find()
        .select_only()
        .filter(message::Column::SenderId.eq(viewer.user_id))
        .filter(message::Column::Token.eq(form.token));
    let of_made = made.clone().column(message::Column::Id).into_query();
    let attached = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Sha256)
        .filter(attachment::Column::MessageId.in_subquery(of_made));
    let marks = message_read::Entity::find().select_only().column(message_read::Column::Id).filter(
        Expr::col((message_read::Entity, message_read::Column::AppointmentId))
            .equals((appointment::Entity, Column::Id)),
    );
    let is_written_to = without_address(Expr::col(("patient_user", user::Column::Email))).not();
    appointment::Entity::find()
        .select_only()
        .column(Column::PatientId)
        .expr_as(over_at(), "over_at")
        .column_as(hospital::Column::MessageDays, "message_days")
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .column_as(patient::Column::UserId, "patient_user_id")
        .expr_as(Expr::col(("doctor_user", user::Column::Active)), "doctor_active")
        .expr_as(Expr::col(("patient_user", user::Column::Active)).and(is_written_to), "patient_active")
        .expr_as(Expr::exists(marks.into_query()), "has_marks")
        .expr_as(Expr::from(made.clone().column(message::Column::AppointmentId).into_query()), "made_for")
        .expr_as(Expr::from(made.column(message::Column::Body).into_query()), "made_body")
        .expr_as(Expr::from(attached.into_query()), "made_sha256")
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join_as(JoinType::InnerJoin, doctor::Relation::User.def(), "doctor_user")
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .join_as(JoinType::InnerJoin, patient::Relation::User.def(), "patient_user")
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(form.visit))
        .into_model()
        .one(conn)
        .await
}

/// What decides whether somebody is told by mail that there is a message.
#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Telling {
    unread: i64,
    is_queued: bool,
}

/// Whether `recipient` is to be told by mail of the next message in the thread of the visit `id`: they have read what the viewer wrote before it, and
/// no mail about the thread waits.
pub(in crate::features::messages) async fn is_to_be_told(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    (id, recipient): (i64, i64),
) -> Result<bool, DbErr> {
    let found: Option<Telling> = appointment::Entity::find_by_id(id)
        .select_only()
        .expr_as(unread_by_other(viewer.user_id), "unread")
        .expr_as(mail::is_queued_for_messages(recipient, id), "is_queued")
        .filter(scope_of_both(viewer))
        .into_model()
        .one(conn)
        .await?;
    Ok(found.is_some_and(|found| found.unread == 0 && !found.is_queued))
}

/// How many messages of `sender` in the visit's thread the other one has not read, of a statement that has `appointment` in it.
fn unread_by_other(sender: i64) -> SimpleExpr {
    let of_visit = (appointment::Entity, Column::Id);
    let read = message_read::Entity::find()
        .filter(Expr::col((message_read::Entity, message_read::Column::AppointmentId)).equals(of_visit))
        .filter(message_read::Column::UserId.ne(sender))
        .filter(
            Expr::col((message::Entity, message::Column::Id))
                .lte(Expr::col((message_read::Entity, message_read::Column::LastReadId))),
        );
    let read = Expr::exists(read.select_only().column(message_read::Column::Id).into_query());
    let unread = message::Entity::find()
        .select_only()
        .expr(message::Column::Id.count())
        .filter(Expr::col((message::Entity, message::Column::AppointmentId)).equals(of_visit))
        .filter(message::Column::SenderId.eq(sender))
        .filter(message::Column::RetractedAt.is_null())
        .filter(read.not());
    Expr::from(unread.into_query())
}

/// How far the viewer has read, and what there is.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(in crate::features::messages) struct WhereRead {
    /// `message_read.id`; none before the first message.
    pub(in crate::features::messages) mark_id: Option<i64>,
    pub(in crate::features::messages) last_read_id: Option<i64>,
    pub(in crate::features::messages) latest_id: Option<i64>,
}

/// Where the viewer stands in the thread of the visit `id`, if they are one of the two who meet.
pub(in crate::features::messages) async fn where_read(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<WhereRead>, DbErr> {
    appointment::Entity::find()
        .select_only()
        .column_as(message_read::Column::Id, "mark_id")
        .columns([message_read::Column::LastReadId, message_read::Column::LatestId])
        .join(JoinType::LeftJoin, super::thread::marks(viewer, true))
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(id))
        .into_model()
        .one(conn)
        .await
}

/// A message of the viewer's own.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(in crate::features::messages) struct OwnMessage {
    pub(in crate::features::messages) retracted_at: Option<DateTime<Utc>>,
    pub(in crate::features::messages) doctor_user_id: i64,
    pub(in crate::features::messages) patient_user_id: i64,
}

/// The message of these numbers (of its visit, and its own), if the viewer wrote it.
pub(in crate::features::messages) async fn own_message(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    (visit, id): (i64, i64),
) -> Result<Option<OwnMessage>, DbErr> {
    message::Entity::find_by_id(id)
        .select_only()
        .column(message::Column::RetractedAt)
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .column_as(patient::Column::UserId, "patient_user_id")
        .join(JoinType::InnerJoin, message::Relation::Appointment.def())
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(visit))
        .filter(message::Column::SenderId.eq(viewer.user_id))
        .into_model()
        .one(conn)
        .await
}

/// Since when the oldest message that `user_id` has not read in the thread of a visit has waited; none when there is none. For mail, which belongs to
/// no viewer: to them it was addressed when the row was written.
pub(in crate::features::messages) async fn unread_since(
    reader: &Reader,
    (user_id, appointment_id): (i64, i64),
) -> Result<Option<DateTime<Utc>>, DbErr> {
    // Whoever handed the visit over has none.
    let mark = message_read::Entity::find()
        .filter(message_read::Column::AppointmentId.eq(appointment_id))
        .filter(message_read::Column::UserId.eq(user_id))
        .filter(
            Expr::col((message::Entity, message::Column::Id))
                .gt(Expr::col((message_read::Entity, message_read::Column::LastReadId))),
        );
    let is_unread = Expr::exists(mark.select_only().column(message_read::Column::Id).into_query());
    let oldest = message::Entity::find()
        .select_only()
        .column_as(message::Column::CreatedAt.min(), "since")
        .filter(message::Column::AppointmentId.eq(appointment_id))
        .filter(message::Column::SenderId.ne(user_id))
        .filter(message::Column::RetractedAt.is_null())
        .filter(is_unread);
    let topics = Topics::exempt("mail is no page");
    let found: Option<Option<DateTime<Utc>>> =
        reader.run(topics, async |conn| oldest.clone().into_tuple().one(conn).await).await?;
    Ok(found.flatten())
}
