//! The one statement that every page of a signed-in person begins with.
//!
//! It starts from the session's row, so that a revoked session, a deactivated person and a changed
//! role hold from the next request on, whatever copies of the session exist anywhere.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use entity::{doctor, enums::Role, hospital, message, message_read, notification, patient, user, user_session};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait,
    sea_query::{Expr, Func, Query, SimpleExpr, SubQueryStatement},
};

use crate::{
    access::{Authenticator, HospitalOfViewer, Viewer, ViewerKind},
    coherence::Topics,
    db::Reader,
    time_zone::Tz,
    web::AppError,
};

#[derive(Debug, FromQueryResult)]
struct Row {
    session_id: i64,
    proved_at: Option<DateTime<Utc>>,
    user_id: i64,
    first_name: String,
    last_name: String,
    role: Role,
    hospital_id: Option<i64>,
    hospital_name: Option<String>,
    hospital_zone: Option<String>,
    doctor_id: Option<i64>,
    patient_id: Option<i64>,
    unread: i64,
    unread_messages: i64,
}

/// The active person whose live session has this hash, whether their hospital, if they are of one, is in the directory or not; the request
/// comes from `address`.
pub(super) async fn viewer(
    Authenticator { kit, idle, .. }: &Authenticator,
    (reader, topics): (&Reader, Topics),
    (key_hash, address): (&str, IpAddr),
) -> Result<Option<Viewer>, AppError> {
    // Whether the session is live is asked for each page that is served, kept or not.
    let now = kit.clock.now_unwatched();
    let longest = Duration::from_std(*idle).map_err(AppError::internal)?;
    let statement = user_session::Entity::find()
        .select_only()
        .column_as(user_session::Column::Id, "session_id")
        .column(user_session::Column::ProvedAt)
        .column_as(user::Column::Id, "user_id")
        .columns([user::Column::FirstName, user::Column::LastName, user::Column::Role])
        .column_as(hospital::Column::Id, "hospital_id")
        .column_as(hospital::Column::Name, "hospital_name")
        .column_as(hospital::Column::TimeZone, "hospital_zone")
        .column_as(doctor::Column::Id, "doctor_id")
        .column_as(patient::Column::Id, "patient_id")
        .expr_as(unread_of_user(), "unread")
        .expr_as(unread_messages_of_user(), "unread_messages")
        .join(JoinType::InnerJoin, user_session::Relation::User.def())
        .join(JoinType::LeftJoin, user::Relation::Hospital.def())
        .join(JoinType::LeftJoin, user::Relation::Doctor.def())
        .join(JoinType::LeftJoin, user::Relation::Patient.def())
        .filter(user_session::Column::KeyHash.eq(key_hash))
        .filter(user_session::Column::RevokedAt.is_null())
        .filter(user_session::Column::ExpiresAt.gt(now))
        .filter(user_session::Column::LastSeenAt.gt(now - longest))
        // Whether the hospital is in the directory is asked of newcomers alone: its people go on.
        .filter(user::Column::Active.eq(true));
    let row = reader.run(topics, async |conn| statement.clone().into_model::<Row>().one(conn).await).await?;
    row.map(|row| assemble(row, key_hash, address, *idle)).transpose()
}

/// `(SELECT count(*) FROM notification WHERE recipient_id = user.id AND read_at IS NULL)`
fn unread_of_user() -> SimpleExpr {
    let count = Query::select()
        .expr(Func::count(Expr::col(notification::Column::Id)))
        .from(notification::Entity)
        .and_where(
            Expr::col((notification::Entity, notification::Column::RecipientId))
                .equals((user::Entity, user::Column::Id)),
        )
        .and_where(Expr::col((notification::Entity, notification::Column::ReadAt)).is_null())
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(count)))
}

/// What others wrote in the person's threads and they have not read; what was taken back is not to be read. Only threads with something new are
/// looked at, of which an index knows.
fn unread_messages_of_user() -> SimpleExpr {
    use message_read::Column;
    let own = |column| Expr::col((message_read::Entity, column));
    let said = |column| Expr::col((message::Entity, column));
    let of_thread = said(message::Column::AppointmentId).equals((message_read::Entity, Column::AppointmentId));
    let is_new = said(message::Column::Id).gt(own(Column::LastReadId));
    let count = Query::select()
        .expr(Func::count(said(message::Column::Id)))
        .from(message_read::Entity)
        .inner_join(message::Entity, of_thread.and(is_new))
        .and_where(own(Column::UserId).equals((user::Entity, user::Column::Id)))
        .and_where(own(Column::LastReadId).lt(own(Column::NewestId)))
        .and_where(said(message::Column::SenderId).ne(own(Column::UserId)))
        .and_where(said(message::Column::RetractedAt).is_null())
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(count)))
}

fn assemble(row: Row, key_hash: &str, address: IpAddr, idle: std::time::Duration) -> Result<Viewer, AppError> {
    let incomplete = |what| AppError::Internal(format!("user {} has no {what}", row.user_id));
    let hospital = || {
        let (Some(id), Some(name), Some(zone)) =
            (row.hospital_id, row.hospital_name.clone(), row.hospital_zone.as_deref())
        else {
            return Err(incomplete("hospital"));
        };
        let zone: Tz = zone.parse().map_err(|error| AppError::Internal(format!("hospital {id}: {error}")))?;
        Ok(HospitalOfViewer { id, name, zone })
    };
    let kind = match row.role {
        Role::SuperAdmin => ViewerKind::SuperAdmin,
        Role::HospitalAdmin => ViewerKind::HospitalAdmin { hospital: hospital()? },
        Role::Doctor => ViewerKind::Doctor {
            doctor_id: row.doctor_id.ok_or_else(|| incomplete("doctor row"))?,
            hospital: hospital()?,
        },
        Role::Patient => ViewerKind::Patient {
            patient_id: row.patient_id.ok_or_else(|| incomplete("patient row"))?,
            hospital: hospital()?,
        },
    };
    Ok(Viewer {
        user_id: row.user_id,
        session_id: row.session_id,
        key_hash: key_hash.to_owned(),
        first_name: row.first_name,
        last_name: row.last_name,
        kind,
        address,
        unread: row.unread,
        unread_messages: row.unread_messages,
        proved_at: row.proved_at,
        idle,
    })
}
