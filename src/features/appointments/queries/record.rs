//! One appointment with everything about it, in one statement.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event as event,
    enums::{AuditSubject, BloodType, EventKind, Role},
    patient, user,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, JoinType, Order, QueryResult, StatementBuilder,
    sea_query::{Alias, Expr, Query, SelectStatement},
};

use super::{
    AppointmentRow,
    rows::{doctor_user, same},
    scope, with_parties,
};
use crate::{access::Viewer, db::Reader, features::audit::Accessed};

/// An appointment, whom it is about, and how it came to where it stands. A clinical record.
#[derive(Clone, Debug)]
pub(in crate::features::appointments) struct Record {
    pub(in crate::features::appointments) row: AppointmentRow,
    pub(in crate::features::appointments) about: About,
    /// From the first step on.
    pub(in crate::features::appointments) history: Vec<EventRow>,
}

/// What lists do not show.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct About {
    pub(in crate::features::appointments) blood_type: Option<BloodType>,
    pub(in crate::features::appointments) allergies: Option<String>,
    /// Whether the doctor still practises there.
    pub(in crate::features::appointments) doctor_active: bool,
    pub(in crate::features::appointments) rejection_reason: Option<String>,
    pub(in crate::features::appointments) cancellation_reason: Option<String>,
    pub(in crate::features::appointments) overbook_reason: Option<String>,
}

/// One step of the history.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct EventRow {
    pub(in crate::features::appointments) actor_id: i64,
    pub(in crate::features::appointments) actor_role: Role,
    pub(in crate::features::appointments) actor_first_name: String,
    pub(in crate::features::appointments) actor_last_name: String,
    pub(in crate::features::appointments) kind: EventKind,
    pub(in crate::features::appointments) note: Option<String>,
    pub(in crate::features::appointments) at: DateTime<Utc>,
}

/// The appointment and one step of its history; the step is missing when there is none.
struct Joined {
    row: AppointmentRow,
    about: About,
    event: Option<EventRow>,
}

impl FromQueryResult for Joined {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let has_event = row.try_get::<Option<i64>>(prefix, "actor_id")?.is_some();
        Ok(Self {
            row: AppointmentRow::from_query_result(row, prefix)?,
            about: About::from_query_result(row, prefix)?,
            event: if has_event { Some(EventRow::from_query_result(row, prefix)?) } else { None },
        })
    }
}

/// The appointment `id` with its history, if it is the viewer's to see.
pub(in crate::features::appointments) async fn record(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<Accessed<Record>>, DbErr> {
    let mut select = Query::select();
    select.from(appointment::Entity).cond_where(scope(viewer).add(Column::Id.eq(id)));
    with_parties(&mut select, JoinType::InnerJoin);
    with_history(with_details(&mut select));
    let found = reader
        .run(viewer.visit_topics(), async |conn| {
            let statement = StatementBuilder::build(&select, &conn.get_database_backend());
            Joined::find_by_statement(statement).all(conn).await
        })
        .await?;
    Ok(folded(found).map(|record| Accessed::new(AuditSubject::Appointment, id, record)))
}

fn folded(found: Vec<Joined>) -> Option<Record> {
    let mut found = found.into_iter();
    let first = found.next()?;
    let rest = found.filter_map(|joined| joined.event);
    Some(Record { row: first.row, about: first.about, history: first.event.into_iter().chain(rest).collect() })
}

fn with_details(select: &mut SelectStatement) -> &mut SelectStatement {
    select
        .expr_as(Expr::col((doctor_user(), user::Column::Active)), "doctor_active")
        .column((patient::Entity, patient::Column::BloodType))
        .column((patient::Entity, patient::Column::Allergies))
        .column((appointment::Entity, Column::RejectionReason))
        .column((appointment::Entity, Column::CancellationReason))
        .column((appointment::Entity, Column::OverbookReason))
}

fn with_history(select: &mut SelectStatement) -> &mut SelectStatement {
    let actor = || Alias::new("actor");
    select
        .column((event::Entity, event::Column::Kind))
        .column((event::Entity, event::Column::Note))
        .column((event::Entity, event::Column::At));
    for (column, name) in [
        (user::Column::Id, "actor_id"),
        (user::Column::Role, "actor_role"),
        (user::Column::FirstName, "actor_first_name"),
        (user::Column::LastName, "actor_last_name"),
    ] {
        select.expr_as(Expr::col((actor(), column)), name);
    }
    select
        .left_join(
            event::Entity,
            same((event::Entity, event::Column::AppointmentId), (appointment::Entity, Column::Id)),
        )
        .join_as(
            JoinType::LeftJoin,
            user::Entity,
            actor(),
            same((actor(), user::Column::Id), (event::Entity, event::Column::ActorId)),
        )
        .order_by((event::Entity, event::Column::At), Order::Asc)
        .order_by((event::Entity, event::Column::Id), Order::Asc)
}
