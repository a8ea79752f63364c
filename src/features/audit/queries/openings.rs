//! Who opened what is stored about a patient: for the patient themselves.

use chrono::{DateTime, Utc};
use entity::{
    appointment,
    audit_entry::{Column, Entity, NO_NAME},
    enums::{AuditAction, AuditSubject, Role},
    user,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, Iden, Order,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, JoinType, Query, SelectStatement, UnionType},
};
use serde_json::Value;

use crate::{
    access::{Viewer, ViewerKind},
    coherence::Topics,
    db::{Reader, counted, counting},
    web::Paging,
};

/// One time at which somebody opened something.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::audit) struct RecordOpeningRow {
    total: i64,
    pub(in crate::features::audit) at: DateTime<Utc>,
    actor_name: String,
    first_name: String,
    last_name: String,
    /// What they were then.
    pub(in crate::features::audit) actor_role: Role,
    pub(in crate::features::audit) action: AuditAction,
    pub(in crate::features::audit) subject_kind: AuditSubject,
    pub(in crate::features::audit) subject_id: i64,
    pub(in crate::features::audit) detail: Value,
    /// When the visit begins that it is about; none for the record itself.
    pub(in crate::features::audit) starts_at: Option<DateTime<Utc>>,
}

impl RecordOpeningRow {
    /// What they are called; in lines of releases before, what they were called then.
    pub(in crate::features::audit) fn person(&self) -> String {
        match self.actor_name.as_str() {
            NO_NAME => format!("{} {}", self.first_name, self.last_name),
            name => name.to_owned(),
        }
    }
}

/// What tells that something was seen.
const SEEN: [AuditAction; 2] = [AuditAction::Opened, AuditAction::Exported];

/// What others than the viewer opened of the viewer's record and visits, the latest first, and how often they did (0 on a page beyond the
/// last). Nothing of anybody but a patient. One statement.
pub(in crate::features::audit) async fn openings(
    viewer: &Viewer,
    reader: &Reader,
    paging: Paging,
) -> Result<(u64, Vec<RecordOpeningRow>), DbErr> {
    let ViewerKind::Patient { patient_id, .. } = viewer.kind else { return Ok((0, Vec::new())) };
    let rows = rows(&of_patient(viewer.user_id, patient_id), paging);
    let topics = Topics::exempt("each opening of a record adds to the trail");
    let found: Vec<RecordOpeningRow> = reader
        .run(topics, async |conn| {
            RecordOpeningRow::find_by_statement(counting(&rows, conn.get_database_backend())).all(conn).await
        })
        .await?;
    let total = found.first().map_or(0, |first| first.total);
    Ok((u64::try_from(total).unwrap_or(0), found))
}

/// Those of one page. Only they are read whole.
fn rows(all: &SelectStatement, paging: Paging) -> SelectStatement {
    let mut on_page = Query::select();
    on_page.column(Asterisk).from_subquery(all.clone(), "seen");
    latest_first(&mut on_page, "seen").limit(paging.size).offset(paging.offset());
    let mut count = Query::select();
    count.column(Asterisk).from_subquery(all.clone(), "seen");
    let mut rows = Query::select();
    rows.expr_as(Expr::from(counted(count)), "total").from_subquery(on_page, "on_page");
    let entry = Expr::col((Alias::new("on_page"), Column::Id)).equals((Entity, Column::Id));
    let actor = Expr::col((user::Entity, user::Column::Id)).equals((Entity, Column::ActorId));
    let visit = Expr::col((appointment::Entity, appointment::Column::Id))
        .equals((Entity, Column::SubjectId))
        .and(Column::SubjectKind.eq(AuditSubject::Appointment));
    rows.join(JoinType::InnerJoin, Entity, entry);
    rows.join(JoinType::InnerJoin, user::Entity, actor);
    rows.join(JoinType::LeftJoin, appointment::Entity, visit);
    for column in [Column::At, Column::ActorName, Column::ActorRole, Column::Action, Column::SubjectKind] {
        rows.column((Entity, column));
    }
    rows.columns([(Entity, Column::SubjectId), (Entity, Column::Detail)]);
    rows.columns([(user::Entity, user::Column::FirstName), (user::Entity, user::Column::LastName)]);
    rows.column((appointment::Entity, appointment::Column::StartsAt));
    latest_first(&mut rows, &Entity.to_string());
    rows
}

/// Two searches by the index of subjects, for one condition over both kinds would read all that was opened.
fn of_patient(user_id: i64, patient_id: i64) -> SelectStatement {
    let others = |kind: AuditSubject| {
        let mut entries = Query::select();
        entries
            .columns([(Entity, Column::Id), (Entity, Column::At)])
            .and_where(Expr::col((Entity, Column::SubjectKind)).eq(kind.to_value()))
            .and_where(Column::Action.is_in(SEEN))
            .and_where(Column::ActorId.ne(user_id));
        entries
    };
    let mut record = others(AuditSubject::Patient);
    record.from(Entity).and_where(Column::SubjectId.eq(patient_id));
    let mut visits = others(AuditSubject::Appointment);
    let visit = Expr::col((Entity, Column::SubjectId)).equals((appointment::Entity, appointment::Column::Id));
    visits.from(appointment::Entity).join(JoinType::InnerJoin, Entity, visit);
    visits.and_where(appointment::Column::PatientId.eq(patient_id));
    record.union(UnionType::All, visits).to_owned()
}

fn latest_first<'a>(rows: &'a mut SelectStatement, of: &str) -> &'a mut SelectStatement {
    rows.order_by((Alias::new(of), Column::At), Order::Desc).order_by((Alias::new(of), Column::Id), Order::Desc)
}
