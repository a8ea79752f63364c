//! Second factors as rows: made and removed.

use chrono::{DateTime, Utc};
use entity::{recovery_code, second_factor};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, UpdateMany,
    sea_query::{Expr, ExprTrait as _},
};

use super::{FactorStanding, NO_PAGE};
use crate::{
    db::{UnitOfWork, ViolationKind, violation},
    features::accounts::{
        second_factor::{Secret, TypedCode, recovery, seal},
        service::passkeys,
    },
    state::AppState,
    web::AppError,
};

/// A second factor that is to be asked for from now on.
#[derive(Clone, Debug)]
pub(in crate::features::accounts) struct NewFactor {
    user_id: i64,
    generation: Option<i32>,
    sealed: Vec<u8>,
    step: i64,
    /// To be shown once.
    pub(in crate::features::accounts) codes: Vec<String>,
}

impl NewFactor {
    /// Of the secret that was offered, if `typed` is a code of it at this moment and they have none yet.
    ///
    /// # Errors
    /// `Internal` when the secret cannot be sealed.
    pub(in crate::features::accounts) fn of(
        state: &AppState,
        (user_id, standing): (i64, &FactorStanding),
        secret: &Secret,
        typed: &TypedCode,
    ) -> Result<Option<Self>, AppError> {
        let TypedCode::OfTheApp(code) = typed else { return Ok(None) };
        let Some(step) = secret.step_of(code, state.clock.now()) else { return Ok(None) };
        if standing.enabled_at().is_some() {
            return Ok(None);
        }
        let sealed = seal::close(&state.settings.secret_key, user_id, secret);
        let sealed = sealed.ok_or_else(|| AppError::internal("a second factor cannot be sealed"))?;
        let generation = standing.row.as_ref().map(|row| row.generation);
        Ok(Some(Self { user_id, generation, sealed, step, codes: recovery::make() }))
    }

    /// Stores it, with its recovery codes; `false` if another was quicker. Three statements.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::features::accounts) async fn store(
        &self,
        uow: &UnitOfWork,
        now: DateTime<Utc>,
    ) -> Result<bool, DbErr> {
        let row = second_factor::ActiveModel {
            secret: Set(Some(self.sealed.clone())),
            last_step: Set(self.step),
            enabled_at: Set(Some(now)),
            removal_reason: Set(None),
            updated_at: Set(now),
            ..second_factor::ActiveModel::default()
        };
        let stored = match self.generation {
            None => {
                let new = second_factor::ActiveModel {
                    id: NotSet,
                    user_id: Set(self.user_id),
                    generation: Set(0),
                    created_at: Set(now),
                    ..row
                };
                uow.insert(new, NO_PAGE).await?;
                1
            }
            Some(generation) => {
                let again = second_factor::Entity::update_many()
                    .set(row)
                    .filter(second_factor::Column::UserId.eq(self.user_id))
                    .filter(second_factor::Column::Generation.eq(generation))
                    .filter(second_factor::Column::Secret.is_null());
                uow.update_where(again, NO_PAGE).await?
            }
        };
        if stored == 1 {
            replace_codes(uow, now, self.user_id, &self.codes).await?;
        }
        Ok(stored == 1)
    }
}

/// Whether the database refused a second factor because another was stored at the same moment.
pub(in crate::features::accounts) fn is_taken(error: &DbErr) -> bool {
    violation(error).is_some_and(|violation| violation.kind == ViolationKind::Unique)
}

/// Puts new recovery codes in the place of the old ones. Two statements.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn replace_codes(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
    codes: &[String],
) -> Result<(), DbErr> {
    end_codes(uow, user_id).await?;
    let rows = codes.iter().map(|code| recovery_code::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        digest: Set(recovery::digest(user_id, code)),
        used_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    });
    uow.insert_many(rows, NO_PAGE).await.map(|_stored| ())
}

/// Ends all recovery codes of this person. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn end_codes(uow: &UnitOfWork, user_id: i64) -> Result<(), DbErr> {
    let old = recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id));
    uow.delete_where(old, NO_PAGE).await.map(drop)
}

/// Removes this person's app, of themselves: whether they had one. Recovery codes stay, for other second factors. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn remove_app(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
) -> Result<bool, DbErr> {
    let app = ended(now, user_id, None).filter(second_factor::Column::Secret.is_not_null());
    Ok(uow.update_where(app, NO_PAGE).await? == 1)
}

/// Removes this person's app, passkeys and recovery codes for the `reason` of an administrator: whether there was anything. Five statements
/// at most.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn reset(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
    reason: &str,
) -> Result<bool, DbErr> {
    let app = ended(now, user_id, Some(reason)).filter(second_factor::Column::Secret.is_not_null());
    let had_app = uow.update_where(app, NO_PAGE).await? == 1;
    let had_passkeys = passkeys::remove_all(uow, user_id).await? > 0;
    if !had_app && !had_passkeys {
        return Ok(false);
    }
    // Whoever had passkeys alone is shown the reason as well.
    if !had_app && uow.update_where(ended(now, user_id, Some(reason)), NO_PAGE).await? == 0 {
        let row = second_factor::ActiveModel {
            id: NotSet,
            user_id: Set(user_id),
            secret: Set(None),
            last_step: Set(0),
            generation: Set(1),
            enabled_at: Set(None),
            removal_reason: Set(Some(reason.to_owned())),
            created_at: Set(now),
            updated_at: Set(now),
        };
        uow.insert(row, NO_PAGE).await?;
    }
    end_codes(uow, user_id).await?;
    Ok(true)
}

/// The row of this person's app, as it is without one.
fn ended(now: DateTime<Utc>, user_id: i64, reason: Option<&str>) -> UpdateMany<second_factor::Entity> {
    use second_factor::Column;
    second_factor::Entity::update_many()
        .col_expr(Column::Secret, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::EnabledAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::RemovalReason, Expr::value(reason))
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::UserId.eq(user_id))
}
