//! The newest hospitals and people of the platform, in one statement.

use chrono::{DateTime, Utc};
use entity::{enums::Role, hospital, user};
use sea_orm::{
    DbErr, FromQueryResult, Order, StatementBuilder,
    sea_query::{Alias, Asterisk, Expr, Query, SelectStatement, UnionType},
};

use crate::{access::Viewer, coherence::Topic, db::Reader};

/// A hospital or a person, as the platform's administrator sees them.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Newest {
    pub id: i64,
    /// None for a hospital.
    pub role: Option<Role>,
    /// The hospital's name, or the person's first name.
    pub name: String,
    /// Empty for a hospital.
    pub last_name: String,
    pub created_at: DateTime<Utc>,
}

/// The five newest hospitals and the five newest people, for the platform's administrators.
pub(crate) async fn newest(viewer: &Viewer, reader: &Reader) -> Result<Vec<Newest>, DbErr> {
    if !viewer.runs_platform() {
        return Ok(Vec::new());
    }
    let wrapped = |rows: SelectStatement| {
        Query::select().column(Asterisk).from_subquery(rows, Alias::new("newest_rows")).to_owned()
    };
    let hospitals = Query::select()
        .column(hospital::Column::Id)
        .expr_as(Expr::cust("CAST(NULL AS varchar)"), Alias::new("role"))
        .column(hospital::Column::Name)
        .expr_as(Expr::val(""), Alias::new("last_name"))
        .column(hospital::Column::CreatedAt)
        .from(hospital::Entity)
        .order_by(hospital::Column::Id, Order::Desc)
        .limit(5)
        .to_owned();
    let people = Query::select()
        .column(user::Column::Id)
        .column(user::Column::Role)
        .expr_as(Expr::col(user::Column::FirstName), Alias::new("name"))
        .column(user::Column::LastName)
        .column(user::Column::CreatedAt)
        .from(user::Entity)
        .order_by(user::Column::Id, Order::Desc)
        .limit(5)
        .to_owned();
    let statement = wrapped(hospitals).union(UnionType::All, wrapped(people)).to_owned();
    reader
        .run([Topic::Hospitals, Topic::Platform], async |conn| {
            let backend = sea_orm::ConnectionTrait::get_database_backend(conn);
            Newest::find_by_statement(StatementBuilder::build(&statement, &backend)).all(conn).await
        })
        .await
}
