//! Searching text.

use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

/// Whether `column` holds `text`, without regard to case. What is typed is text, not a pattern: `%`
/// and `_` stand for themselves. Both databases fold ASCII; SQLite folds nothing else.
pub fn contains_ignoring_case(column: impl ColumnTrait, text: &str) -> Expr {
    let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Expr::from(Func::lower(Expr::col(column.as_column_ref()))).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}
