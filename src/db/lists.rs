//! Several lists in one statement, how long lists are, and words that stand in a statement.

use std::fmt;

use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait as _, DbBackend, DbErr, FromQueryResult, PartialModelTrait, QueryResult,
    QuerySelect, QueryTrait, RuntimeErr, Statement, Value, Values,
    sea_query::{
        Asterisk, BinOper, Expr, ExprTrait as _, Func, JoinType, PostgresQueryBuilder, Query, QueryBuilder,
        SelectStatement, SqlWriter, SqlWriterValues, SqliteQueryBuilder,
    },
    sqlx::{Row as _, ValueRef as _},
};

use super::ReadConnection;
use crate::text::WITHOUT_ADDRESS;

/// Lists that have nothing to do with each other, read in one statement: the nth row of the answer holds the nth row of each,
/// and nothing of those that are shorter. Each list is a statement that is planned and run by itself, with its own columns:
/// there is nothing that the planner could mistake, and no row is wider for being among others.
///
/// A row of the answer is a struct with a field for each list:
///
/// ```ignore
/// #[derive(FromQueryResult)]
/// struct Found {
///     #[sea_orm(nested(prefix = "unread_"))]
///     unread: InList<Unread>,
/// }
/// ```
///
/// In most rows most lists have come to their end; [`InList`] finds that out by looking at one column of each.
#[derive(Debug, Default)]
pub struct SideBySide {
    rows: SelectStatement,
    /// The place of a row, as the lists so far have it.
    place: Option<Expr>,
}

impl SideBySide {
    /// One list more: its rows are `T`s, in columns whose names begin with `name_`. The longest is best the last: each row passes the
    /// lists that are added after it.
    #[must_use]
    pub fn list<T: PartialModelTrait>(
        mut self,
        name: &'static str,
        list: impl QuerySelect + QueryTrait<QueryStatement = SelectStatement>,
    ) -> Self {
        let list = T::select_cols_nested(list.select_only(), Some(&format!("{name}_")), None).into_query();
        let numbered = Query::select()
            .expr_as(Expr::cust("row_number() OVER ()"), format!("{name}_{PLACE}"))
            .column(("list", Asterisk))
            .from_subquery(list, "list")
            .to_owned();
        let place = Expr::col((name, format!("{name}_{PLACE}")));
        match self.place.take() {
            None => {
                self.rows.column(Asterisk).from_subquery(numbered, name);
                self.place = Some(place);
            }
            Some(before) => {
                self.rows.join_subquery(JoinType::FullOuterJoin, numbered, name, before.clone().eq(place.clone()));
                self.place = Some(Func::coalesce([before, place]).into());
            }
        }
        self
    }

    /// Reads them, in no order.
    ///
    /// # Errors
    /// The database's.
    pub async fn read<T: FromQueryResult>(&self, conn: &ReadConnection<'_>) -> Result<Vec<T>, DbErr> {
        T::find_by_statement(built(&self.rows, conn.get_database_backend())).all(conn).await
    }
}

/// The column, after a list's name, with the place of a row in its list. It is null in rows beyond the list's end.
const PLACE: &str = "place";

/// What a list of [`SideBySide`] has in one row; nothing beyond its end.
///
/// An `Option` would do, but looks at all columns of all lists in each row, each by its name: for a doctor with some hundred
/// open visits that took longer than the statement.
#[derive(Debug)]
pub struct InList<T>(pub Option<T>);

impl<T: FromQueryResult> FromQueryResult for InList<T> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        if is_null(row, &format!("{prefix}{PLACE}"))? {
            return Ok(Self(None));
        }
        T::from_query_result(row, prefix).map(|found| Self(Some(found)))
    }
}

/// Whether there is nothing in that column. SeaORM's `Option` asks the same, but writes an error for each null before it says that there is
/// nothing: with nine lists, of which one is long, 6 % of the page's time.
fn is_null(row: &QueryResult, column: &str) -> Result<bool, DbErr> {
    let found = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get_raw(column).map(|value| value.is_null()),
        (_, Some(row)) => row.try_get_raw(column).map(|value| value.is_null()),
        _ => return Ok(row.try_get_by::<Option<i64>, _>(column)?.is_none()),
    };
    found.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
}

impl<T> IntoIterator for InList<T> {
    type Item = T;
    type IntoIter = std::option::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The statement as SeaORM would build it, but for its limits, which stand in it instead of being bound: a plan for all values takes an
/// unknown limit for a tenth of all rows, is found dear for that, and one is made for each run instead.
fn built(rows: &SelectStatement, backend: DbBackend) -> Statement {
    built_with(rows, backend, |_limit| true)
}

fn built_with(rows: &SelectStatement, backend: DbBackend, stands: fn(u64) -> bool) -> Statement {
    let (sql, values) = match backend {
        DbBackend::Postgres => written(rows, PostgresQueryBuilder, stands),
        _ => written(rows, SqliteQueryBuilder, stands),
    };
    Statement { sql, values: Some(values), db_backend: backend }
}

fn written(rows: &SelectStatement, builder: impl QueryBuilder, stands: fn(u64) -> bool) -> (String, Values) {
    let (placeholder, numbered) = builder.placeholder();
    let mut writer = WithLimits { writer: SqlWriterValues::new(placeholder, numbered), stands };
    rows.build_collect_into(builder, &mut writer);
    writer.writer.into_parts()
}

struct WithLimits {
    writer: SqlWriterValues,
    /// Which limits stand in the statement.
    stands: fn(u64) -> bool,
}

impl SqlWriter for WithLimits {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, builder: &T) {
        match value {
            // Ids are signed: nothing but limits is of this type.
            Value::BigUnsigned(Some(limit)) if (self.stands)(limit) => {
                self.writer.as_writer().write_str(&limit.to_string()).unwrap_or_default();
            }
            value => self.writer.push_param(value, builder),
        }
    }

    fn as_writer(&mut self) -> &mut dyn fmt::Write {
        self
    }
}

impl fmt::Write for WithLimits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.writer.write_str(text)
    }
}

impl fmt::Display for WithLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.writer.fmt(f)
    }
}

/// So many rows of a list are counted, and can be leafed through, at most: what is older is found with the filter. Lists grow with the years, and
/// each change of a visit makes the pages anew that count it.
pub const COUNTED: u64 = 10_000;

/// How many `rows` there are, to be a part of a statement that [`counting`] makes: one more than [`COUNTED`] says that there are more.
pub fn counted(mut rows: SelectStatement) -> SelectStatement {
    let rows = rows.clear_selects().clear_order_by().expr(Expr::cust("1")).limit(COUNTED + 1).take();
    Query::select().expr(Expr::col(Asterisk).count()).from_subquery(rows, "counted").to_owned()
}

/// The statement with its [`counted`] lists, whose limit stands in it, so that a plan for all values knows it.
pub fn counting(rows: &SelectStatement, backend: DbBackend) -> Statement {
    built_with(rows, backend, |limit| limit == COUNTED + 1)
}

/// How many rows `found` has, or one more than [`COUNTED`].
///
/// # Errors
/// The database's.
pub async fn count(
    conn: &ReadConnection<'_>,
    found: impl QueryTrait<QueryStatement = SelectStatement>,
) -> Result<u64, DbErr> {
    let statement = counting(&counted(found.into_query()), conn.get_database_backend());
    let Some(row) = conn.query_one_raw(statement).await? else { return Ok(0) };
    let count: i64 = row.try_get_by_index(0)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A statement that begins with no entity, to which joins and the columns of partial models can be added like to any other.
#[derive(Debug, Default)]
pub struct Selecting(pub SelectStatement);

impl QuerySelect for Selecting {
    type QueryStatement = SelectStatement;

    fn query(&mut self) -> &mut SelectStatement {
        &mut self.0
    }
}

/// Whether `column` is one of `words`, which stand in the statement itself instead of being bound. A plan that is kept for all values
/// then knows them: which of the indexes on some of the rows it may use, and how many rows there will be.
pub fn is_one_of<E>(column: impl ColumnTrait, words: impl IntoIterator<Item = E>) -> Expr
where
    E: ActiveEnum,
    E::Value: Into<Value>,
{
    let words = words.into_iter().map(|word| Expr::Constant(word.to_value().into()));
    Expr::col(column.as_column_ref()).is_in(words)
}

/// The same for one word.
pub fn is_word<E>(column: impl ColumnTrait, word: E) -> Expr
where
    E: ActiveEnum,
    E::Value: Into<Value>,
{
    Expr::col(column.as_column_ref()).eq(Expr::Constant(word.to_value().into()))
}

/// That it is any other: so an index of rows that are in no such state is of use.
pub fn is_not_word<E>(column: impl ColumnTrait, word: E) -> Expr
where
    E: ActiveEnum,
    E::Value: Into<Value>,
{
    Expr::col(column.as_column_ref()).ne(Expr::Constant(word.to_value().into()))
}

/// Whether nobody can be written to at `email`, a column of the address of people: an index has those who have none.
pub fn without_address(email: Expr) -> Expr {
    email.binary(BinOper::Like, Expr::Constant(WITHOUT_ADDRESS.into()))
}
