//! Passkeys, where accounts are read.

use entity::{passkey, user};
use sea_orm::{
    EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SimpleExpr},
};

/// Whether the account of a statement over `user` has one.
pub(super) fn has_any() -> SimpleExpr {
    let own = passkey::Entity::find()
        .select_only()
        .column(passkey::Column::Id)
        .filter(Expr::col((passkey::Entity, passkey::Column::UserId)).eq(Expr::col((user::Entity, user::Column::Id))));
    Expr::exists(own.into_query())
}
