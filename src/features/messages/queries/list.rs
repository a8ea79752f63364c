//! Somebody's threads.

use chrono::{DateTime, Utc};
use entity::{
    message,
    message_read::{self, Column},
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationTrait, Select,
    sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr},
};

use super::unread;
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{ReadConnection, Reader, count},
    features::appointments::{AppointmentRow, scope_of_both, with_parties},
    web::{Paginated, Paging},
};

/// A thread in a list.
#[derive(Clone, Debug)]
pub(in crate::features::messages) struct ThreadRow {
    pub(in crate::features::messages) row: AppointmentRow,
    pub(in crate::features::messages) unread: i64,
    /// When something was written last.
    pub(in crate::features::messages) latest_at: Option<DateTime<Utc>>,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "message_read::Entity")]
struct Standing {
    #[sea_orm(from_expr = "unread()")]
    unread: i64,
    #[sea_orm(from_expr = "latest_at()")]
    latest_at: Option<DateTime<Utc>>,
}

#[derive(DerivePartialModel)]
struct Joined {
    #[sea_orm(nested)]
    row: AppointmentRow,
    #[sea_orm(nested)]
    standing: Standing,
}

fn latest_at() -> SimpleExpr {
    let latest = message::Entity::find()
        .select_only()
        .column(message::Column::CreatedAt)
        .filter(Expr::col((message::Entity, message::Column::Id)).equals((message_read::Entity, Column::LatestId)));
    Expr::from(latest.into_query())
}

/// A page of the viewer's threads, and how many they have. Two statements.
pub(in crate::features::messages) async fn threads(
    viewer: &Viewer,
    reader: &Reader,
    paging: Paging,
) -> Result<Paginated<ThreadRow>, DbErr> {
    let topics = viewer.visit_topics().and([Topic::Messages(viewer.user_id)]);
    let all = message_read::Entity::find().filter(Column::UserId.eq(viewer.user_id));
    let total = reader.run(topics.clone(), async |conn| count(conn, all.clone()).await).await?;
    // Only those of one page meet their visits.
    let ids = in_order(all).select_only().column(Column::Id).limit(paging.size).offset(paging.offset());
    let rows = message_read::Entity::find()
        .filter(Column::Id.in_subquery(ids.into_query()))
        .filter(scope_of_both(viewer))
        .join(JoinType::InnerJoin, message_read::Relation::Appointment.def());
    let rows = in_order(with_parties(rows, JoinType::InnerJoin));
    let read = async |conn: &ReadConnection<'_>| rows.clone().into_partial_model().all(conn).await;
    let found: Vec<Joined> = reader.run(topics, read).await?;
    let row = |Joined { row, standing: Standing { unread, latest_at } }| ThreadRow { row, unread, latest_at };
    Ok(Paginated { total, rows: found.into_iter().map(row).collect() })
}

/// Those first in which there is something new, then those in which something was written last.
fn in_order(threads: Select<message_read::Entity>) -> Select<message_read::Entity> {
    let own = |column| Expr::col((message_read::Entity, column));
    let is_new = own(Column::LastReadId).lt(own(Column::NewestId)).and(unread().gt(0));
    let rank: SimpleExpr = CaseStatement::new().case(is_new, 0).finally(1).into();
    threads.order_by_asc(rank).order_by_desc(Column::LatestId)
}
