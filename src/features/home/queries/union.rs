//! From the sections of a dashboard to one statement: their union, joined once to what a row may name.

use entity::{appointment, doctor, notification, patient, user};
use sea_orm::{
    EntityTrait,
    sea_query::{Asterisk, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, UnionType},
};

use crate::features::appointments::with_parties;

/// The statement whose rows are those of all `sections`.
pub(super) fn joined(sections: Vec<SelectStatement>) -> SelectStatement {
    let mut rows = Query::select();
    rows.from_subquery(union(sections), "item");
    with_notification(&mut rows);
    with_person(&mut rows);
    rows.join(
        JoinType::LeftJoin,
        appointment::Entity,
        item("item_appointment_id").equals((appointment::Entity, appointment::Column::Id)),
    );
    with_parties(&mut rows, JoinType::LeftJoin);
    rows
}

/// SQLite takes ORDER BY and LIMIT in a branch of a union only inside a subquery of its own.
fn union(sections: Vec<SelectStatement>) -> SelectStatement {
    let wrapped =
        |section: SelectStatement| Query::select().column(Asterisk).from_subquery(section, "section_rows").to_owned();
    let mut all = sections.into_iter().map(wrapped);
    let mut first = all.next().unwrap_or_default();
    for section in all {
        first.union(UnionType::All, section);
    }
    first
}

fn item(column: &'static str) -> Expr {
    Expr::col(("item", column))
}

/// The notification of a row, and the reasons its text may give.
fn with_notification(rows: &mut SelectStatement) {
    use notification::{Column, Entity};
    rows.expr_as(item("section"), "section")
        .expr_as(Expr::col((Entity, Column::Id)), "notification_id")
        .column((Entity, Column::Kind))
        .expr_as(Expr::col((Entity, Column::CreatedAt)), "notified_at")
        .column((appointment::Entity, appointment::Column::RejectionReason))
        .column((appointment::Entity, appointment::Column::CancellationReason))
        .join(JoinType::LeftJoin, Entity, item("item_notification_id").equals((Entity, Column::Id)));
}

/// The person of a row, who is a doctor or a patient. Looked up row by row: joined, a hundred rows without a person
/// make reading everybody look cheap to the planner.
fn with_person(rows: &mut SelectStatement) {
    let id = Func::coalesce([
        of_person((doctor::Entity, doctor::Column::Id), doctor::Column::UserId),
        of_person((patient::Entity, patient::Column::Id), patient::Column::UserId),
    ]);
    let of_user = |column| of_person((user::Entity, column), user::Column::Id);
    rows.expr_as(id, "person_id")
        .expr_as(of_user(user::Column::FirstName), "first_name")
        .expr_as(of_user(user::Column::LastName), "last_name")
        .expr_as(of_user(user::Column::CreatedAt), "joined_at");
}

/// `(SELECT wanted FROM table WHERE table.key = item.item_user_id)`
fn of_person<E: EntityTrait>((table, wanted): (E, E::Column), key: E::Column) -> Expr {
    let found = Query::select()
        .column((table, wanted))
        .from(table)
        .and_where(item("item_user_id").equals((table, key)))
        .to_owned();
    Expr::from(found)
}
