//! Reading the trail: a page of entries, and how many there are, in one statement.

use chrono::{DateTime, Days, Utc};
use entity::{
    audit_entry::{Column, Entity, NO_NAME},
    enums::{AuditAction, AuditSubject, Role},
    hospital, user,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, FromQueryResult, Order,
    sea_query::{Alias, Expr, ExprTrait, Func, JoinType, Query, SelectStatement},
};
use serde_json::Value;

use crate::features::audit::forms::{Person, TrailFilter};
use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topics,
    db::{Reach, Reader, counted, counting, is_person},
    web::{Paging, start_of_day},
};

/// One entry as it is shown.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::audit) struct EntryRow {
    total: i64,
    pub(in crate::features::audit) at: DateTime<Utc>,
    pub(in crate::features::audit) actor_id: i64,
    actor_name: String,
    first_name: String,
    last_name: String,
    pub(in crate::features::audit) actor_role: Role,
    pub(in crate::features::audit) ip: Option<String>,
    pub(in crate::features::audit) action: AuditAction,
    pub(in crate::features::audit) subject_kind: AuditSubject,
    pub(in crate::features::audit) subject_id: i64,
    pub(in crate::features::audit) detail: Value,
    /// None for what concerns the platform.
    pub(in crate::features::audit) hospital_name: Option<String>,
}

impl EntryRow {
    /// What they are called; in lines of releases before, what they were called then.
    pub(in crate::features::audit) fn person(&self) -> String {
        match self.actor_name.as_str() {
            NO_NAME => format!("{} {}", self.first_name, self.last_name),
            name => name.to_owned(),
        }
    }
}

const COLUMNS: [Column; 9] = [
    Column::At,
    Column::ActorId,
    Column::ActorName,
    Column::ActorRole,
    Column::Ip,
    Column::Action,
    Column::SubjectKind,
    Column::SubjectId,
    Column::Detail,
];

/// The entries that `filter` lets through, the latest first, and how many there are on all pages (0 on a page beyond
/// the last): of the viewer's hospital, of all to a platform administrator.
pub(in crate::features::audit) async fn entries(
    viewer: &Viewer,
    reader: &Reader,
    filter: &TrailFilter,
    paging: Paging,
) -> Result<(u64, Vec<EntryRow>), DbErr> {
    let wanted = scope(viewer).add(matching(viewer, filter));
    let count = counted(Query::select().from(Entity).cond_where(wanted.clone()).to_owned());
    // Only the rows of this page are read whole: those before it are passed over in the index.
    let mut on_page = Query::select();
    on_page.column((Entity, Column::Id)).from(Entity).cond_where(wanted);
    latest_first(&mut on_page).limit(paging.size).offset(paging.offset());
    let mut rows = Query::select();
    rows.expr_as(Expr::from(count), "total").from_subquery(on_page, "on_page").join(
        JoinType::InnerJoin,
        Entity,
        Expr::col((Alias::new("on_page"), Column::Id)).equals((Entity, Column::Id)),
    );
    let actor = Expr::col((user::Entity, user::Column::Id)).equals((Entity, Column::ActorId));
    rows.join(JoinType::InnerJoin, user::Entity, actor);
    rows.column((user::Entity, user::Column::FirstName)).column((user::Entity, user::Column::LastName));
    for column in COLUMNS {
        rows.column((Entity, column));
    }
    rows.expr_as(Expr::from(hospital_name()), "hospital_name");
    latest_first(&mut rows);
    let topics = Topics::exempt("each opening of a record adds to the trail");
    let found: Vec<EntryRow> = reader
        .run(topics, async |conn| {
            EntryRow::find_by_statement(counting(&rows, conn.get_database_backend())).all(conn).await
        })
        .await?;
    let total = found.first().map_or(0, |first| first.total);
    Ok((u64::try_from(total).unwrap_or(0), found))
}

fn latest_first(rows: &mut SelectStatement) -> &mut SelectStatement {
    rows.order_by((Entity, Column::At), Order::Desc).order_by((Entity, Column::Id), Order::Desc)
}

fn scope(viewer: &Viewer) -> Condition {
    match &viewer.kind {
        ViewerKind::SuperAdmin => Condition::all(),
        ViewerKind::HospitalAdmin { hospital } => Condition::all().add(Column::HospitalId.eq(hospital.id)),
        ViewerKind::Doctor { .. } | ViewerKind::Patient { .. } => {
            Condition::all().add(Column::Id.is_in(Vec::<i64>::new()))
        }
    }
}

fn matching(viewer: &Viewer, filter: &TrailFilter) -> Condition {
    let zone = viewer.zone();
    let until = filter.to.map(|to| start_of_day(to + Days::new(1), zone));
    Condition::all()
        .add_option(filter.person.as_ref().map(|person| did(viewer, person)))
        .add_option(filter.subject.map(|subject| Column::SubjectKind.eq(subject)))
        .add_option(filter.subject_id.map(|id| Column::SubjectId.eq(id)))
        .add_option(filter.action.map(|action| Column::Action.eq(action)))
        .add_option(filter.from.map(|from| Column::At.gte(start_of_day(from, zone))))
        .add_option(until.map(|until| Column::At.lt(until)))
}

fn did(viewer: &Viewer, person: &Person) -> Expr {
    let mut ids = Query::select();
    ids.column((user::Entity, user::Column::Id)).from(user::Entity);
    match person {
        Person::Numbered(id) => return Column::ActorId.eq(*id),
        Person::Addressed(email) => {
            ids.and_where(Expr::expr(Func::lower(Expr::col((user::Entity, user::Column::Email)))).eq(email.as_str()))
        }
        // Those of the viewer's hospital, and who runs the platform.
        Person::Named(names) => {
            ids.cond_where(
                Condition::any()
                    .add(user::Column::HospitalId.eq(viewer.hospital().map(|hospital| hospital.id)))
                    .add(user::Column::Role.eq(Role::SuperAdmin)),
            )
            .cond_where(names.terms().iter().fold(Condition::all(), |all, term| all.add(is_person(term, Reach::Names))))
        }
    };
    Column::ActorId.in_subquery(ids)
}

fn hospital_name() -> SelectStatement {
    Query::select()
        .column((hospital::Entity, hospital::Column::Name))
        .from(hospital::Entity)
        .and_where(Expr::col((hospital::Entity, hospital::Column::Id)).equals((Entity, Column::HospitalId)))
        .to_owned()
}
