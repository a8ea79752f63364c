//! What was recorded of a visit last, for whoever takes it back.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event as event,
    enums::{AppointmentStatus, EventKind},
};
use sea_orm::{
    ColumnTrait, DbErr, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, RelationTrait,
    sea_query::{Condition, Expr, ExprTrait, IntoCondition},
};

use super::{
    change::{AppointmentState, states},
    scope,
};
use crate::{
    access::Viewer,
    db::{ReadConnection, is_one_of},
};

/// The steps that can be taken back: of what is recorded of a visit on its day. What was agreed on is changed by agreeing on something else.
const RECORDED: [EventKind; 4] = [EventKind::Arrived, EventKind::Started, EventKind::Completed, EventKind::NoShow];

/// The step by which a visit came to where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::appointments) struct RecordedStep {
    pub(in crate::features::appointments) kind: EventKind,
    /// `user.id` of whoever recorded it.
    pub(in crate::features::appointments) actor_id: i64,
    pub(in crate::features::appointments) at: DateTime<Utc>,
    /// Where the visit stood before.
    pub(in crate::features::appointments) from_status: AppointmentStatus,
}

impl RecordedStep {
    /// Whether a step of that kind can be taken back.
    pub(super) fn is_kind(kind: EventKind) -> bool {
        RECORDED.contains(&kind)
    }
}

/// A visit whose last step somebody wants to take back.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct VisitToCorrect {
    #[sea_orm(nested)]
    pub(in crate::features::appointments) state: AppointmentState,
    kind: Option<EventKind>,
    actor_id: Option<i64>,
    at: Option<DateTime<Utc>>,
    from_status: Option<AppointmentStatus>,
}

impl VisitToCorrect {
    /// What can be taken back; nothing of a visit that came to where it stands in another way.
    pub(in crate::features::appointments) fn step(&self) -> Option<RecordedStep> {
        let Self { kind, actor_id, at, from_status, .. } = *self;
        Some(RecordedStep { kind: kind?, actor_id: actor_id?, at: at?, from_status: from_status? })
    }
}

/// The visit `id` with the step that led to where it stands, if it is the viewer's to see. One statement.
pub(in crate::features::appointments) async fn visit_to_correct(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<VisitToCorrect>, DbErr> {
    let found = states()
        .columns([event::Column::Kind, event::Column::ActorId, event::Column::At, event::Column::FromStatus])
        .join(JoinType::LeftJoin, led_to_where_it_stands())
        .filter(Column::Id.eq(id))
        .filter(scope(viewer))
        .order_by_desc(event::Column::Id)
        .limit(1);
    found.into_model().one(conn).await
}

fn led_to_where_it_stands() -> RelationDef {
    let is_it = |visit, event: sea_orm::sea_query::DynIden| {
        let stands = Expr::col((event, event::Column::ToStatus)).equals((visit, Column::Status));
        Condition::all().add(stands).add(is_one_of(event::Column::Kind, RECORDED)).into_condition()
    };
    appointment::Relation::AppointmentEvent.def().on_condition(is_it)
}
