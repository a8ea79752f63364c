//! The second factor: made, removed, and asked for. Who calls these decides what the trail says of it.

mod storing;

use chrono::{DateTime, Utc};
use entity::{enums::SecurityEvent, passkey, recovery_code, second_factor, user};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use sha2::Sha256;

pub(in crate::features::accounts) use self::storing::{
    NewFactor, end_codes, is_taken, remove_app, replace_codes, reset,
};

use super::passkeys;
use crate::{
    coherence::Topics,
    db::{Reader, UnitOfWork},
    features::accounts::second_factor::{Secret, TypedCode, recovery, seal},
    settings::SecretKey,
    state::AppState,
    web::AppError,
};

/// No page that is kept shows it.
const NO_PAGE: Topics = Topics::exempt("no page that is kept shows a second factor");

/// What somebody has beside their password.
#[derive(Clone, Debug)]
pub(in crate::features::accounts) struct FactorStanding {
    row: Option<second_factor::Model>,
    /// The address by which an app knows the account.
    pub(in crate::features::accounts) email: String,
    /// The oldest first.
    pub(in crate::features::accounts) passkeys: Vec<passkey::Model>,
    /// Recovery codes that were not used.
    pub(in crate::features::accounts) codes_left: u64,
}

impl FactorStanding {
    /// Whether they have an app or a passkey.
    pub(in crate::features::accounts) fn has_any(&self) -> bool {
        self.enabled_at().is_some() || !self.passkeys.is_empty()
    }

    /// Since when they are asked for codes of an app.
    pub(in crate::features::accounts) fn enabled_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref().and_then(|row| row.enabled_at)
    }

    /// Why an administrator has taken the last one away, if one did and none has come since.
    pub(in crate::features::accounts) fn removal_reason(&self) -> Option<&str> {
        self.row.as_ref().filter(|_| !self.has_any()).and_then(|row| row.removal_reason.as_deref())
    }

    fn generation(&self) -> i32 {
        self.row.as_ref().map_or(0, |row| row.generation)
    }
}

/// What this person has.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn standing(reader: &Reader, user_id: i64) -> Result<FactorStanding, DbErr> {
    let account = user::Entity::find_by_id(user_id).find_also_related(second_factor::Entity);
    let account = reader.run(NO_PAGE, async |conn| account.clone().one(conn).await).await?;
    let (email, row) = account.map(|(user, row)| (user.email, row)).unwrap_or_default();
    let left = recovery_code::Entity::find()
        .filter(recovery_code::Column::UserId.eq(user_id))
        .filter(recovery_code::Column::UsedAt.is_null());
    let passkeys = passkeys::of(reader, user_id).await?;
    let codes_left = match row.is_some() || !passkeys.is_empty() {
        true => reader.run(NO_PAGE, async |conn| left.clone().count(conn).await).await?,
        false => 0,
    };
    Ok(FactorStanding { row, email, passkeys, codes_left })
}

async fn row(reader: &Reader, user_id: i64) -> Result<Option<second_factor::Model>, DbErr> {
    let own = second_factor::Entity::find().filter(second_factor::Column::UserId.eq(user_id));
    reader.run(NO_PAGE, async |conn| own.clone().one(conn).await).await
}

/// Whether this person has an app, within a unit of work. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn has_app(uow: &UnitOfWork, user_id: i64) -> Result<bool, DbErr> {
    let app = second_factor::Entity::find()
        .filter(second_factor::Column::UserId.eq(user_id))
        .filter(second_factor::Column::Secret.is_not_null());
    Ok(uow.read(async |conn| app.count(conn).await).await? > 0)
}

/// The secret that is offered to somebody who has none. It is kept nowhere until a code of it was given: it is computed of the person, of
/// what they had before, and of `binding`, which is another in each session and at each sign-in. So looking at the page changes nothing,
/// and looking twice shows the same.
pub(in crate::features::accounts) fn offered(
    key: &SecretKey,
    user_id: i64,
    standing: &FactorStanding,
    binding: &str,
) -> Option<Secret> {
    let mut mac: Hmac<Sha256> = Hmac::new((&key.derive("offered second factors")).into());
    mac.update(&user_id.to_be_bytes());
    mac.update(&standing.generation().to_be_bytes());
    mac.update(binding.as_bytes());
    Secret::of(&mac.finalize().into_bytes())
}

/// What is used up when a code is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum UsedCode {
    /// A step of the app: neither it nor one before it is accepted again.
    Step(i64),
    /// A recovery code, by its digest.
    Recovery(String),
}

impl UsedCode {
    /// As the trail says it.
    pub(in crate::features::accounts) fn word(&self) -> &'static str {
        match self {
            Self::Step(_) => "code",
            Self::Recovery(_) => "recovery code",
        }
    }

    /// What its owner is told of its use: a recovery code is one for whoever has lost the app, or has found the codes.
    pub(in crate::features::accounts) fn told(&self) -> Option<SecurityEvent> {
        matches!(self, Self::Recovery(_)).then_some(SecurityEvent::RecoveryCodeUsed)
    }
}

/// What a code is worth before anything is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum CodeVerdict {
    /// It may be accepted: [`consume`] decides.
    Right(UsedCode),
    /// It is none, or was used before.
    Wrong,
    /// The secret that is kept was sealed under another key of the site: only a recovery code helps, or an administrator.
    Unreadable,
}

/// Judges what this person typed.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn judge(
    state: &AppState,
    user_id: i64,
    typed: &TypedCode,
) -> Result<CodeVerdict, AppError> {
    let code = match typed {
        TypedCode::Recovery(code) => {
            return Ok(CodeVerdict::Right(UsedCode::Recovery(recovery::digest(user_id, code))));
        }
        TypedCode::OfTheApp(code) => code,
        TypedCode::Neither => return Ok(CodeVerdict::Wrong),
    };
    let row = row(&state.db.reader(), user_id).await?;
    let Some((sealed, last)) = row.and_then(|row| row.secret.map(|secret| (secret, row.last_step))) else {
        return Ok(CodeVerdict::Wrong);
    };
    let Some(secret) = seal::open(&state.settings.secret_key, user_id, &sealed) else {
        log::error!("the second factor of user {user_id} was sealed under another SECRET_KEY and cannot be opened");
        return Ok(CodeVerdict::Unreadable);
    };
    let step = secret.step_of(code, state.clock.now()).filter(|step| *step > last);
    Ok(step.map_or(CodeVerdict::Wrong, |step| CodeVerdict::Right(UsedCode::Step(step))))
}

/// Uses a code up: whether it was still there. Of many at one moment one is. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn consume(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
    used: &UsedCode,
) -> Result<bool, DbErr> {
    let changed = match used {
        UsedCode::Step(step) => {
            let accept = second_factor::Entity::update_many()
                .col_expr(second_factor::Column::LastStep, Expr::value(*step))
                .col_expr(second_factor::Column::UpdatedAt, Expr::value(now))
                .filter(second_factor::Column::UserId.eq(user_id))
                .filter(second_factor::Column::Secret.is_not_null())
                .filter(second_factor::Column::LastStep.lt(*step));
            uow.update_where(accept, NO_PAGE).await?
        }
        UsedCode::Recovery(digest) => {
            let accept = recovery_code::Entity::update_many()
                .col_expr(recovery_code::Column::UsedAt, Expr::value(now))
                .col_expr(recovery_code::Column::UpdatedAt, Expr::value(now))
                .filter(recovery_code::Column::UserId.eq(user_id))
                .filter(recovery_code::Column::Digest.eq(digest.as_str()))
                .filter(recovery_code::Column::UsedAt.is_null());
            uow.update_where(accept, NO_PAGE).await?
        }
    };
    Ok(changed == 1)
}
