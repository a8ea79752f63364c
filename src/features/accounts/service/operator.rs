//! In whose name a command does what the trail tells of: a platform administrator's.

use entity::{enums::Role, user};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Func},
};

use crate::{coherence::Topics, db::Database, features::audit::Actor};

/// Why nobody could be named; a sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// Nobody of this address, or somebody who may not.
    #[error("no platform administrator signs in with this address")]
    NoAdministrator,
    /// No address was given, and there is not exactly one platform administrator.
    #[error("say in whose name, which the audit trail keeps: --as and the address of a platform administrator")]
    Unnamed,
    /// The database's.
    #[error("{0}")]
    Database(#[from] DbErr),
}

/// The platform administrator who signs in with `email`; the only one there is, if no address is given.
///
/// # Errors
/// Why not.
pub async fn operator(db: &Database, email: Option<&str>) -> Result<Actor, OperatorError> {
    let administrators = user::Entity::find()
        .filter(user::Column::Role.eq(Role::SuperAdmin))
        .filter(user::Column::Active.eq(true))
        .order_by_asc(user::Column::Id)
        .limit(2);
    let wanted = match email {
        Some(email) => {
            let address = Expr::expr(Func::lower(Expr::col(user::Column::Email)));
            administrators.filter(address.eq(email.trim().to_lowercase()))
        }
        None => administrators,
    };
    let topics = Topics::exempt("a command, which keeps no page");
    let found = db.reader().run(topics, async |conn| wanted.clone().all(conn).await).await?;
    match <[user::Model; 1]>::try_from(found) {
        Ok([person]) => Ok(Actor { id: person.id, role: person.role, hospital_id: None, address: None }),
        Err(_) if email.is_some() => Err(OperatorError::NoAdministrator),
        Err(_) => Err(OperatorError::Unnamed),
    }
}
