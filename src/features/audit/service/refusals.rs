//! What was refused, as lines of the trail: of the account with which it was tried, in its hospital, once the minute is over.
//!
//! Behind the answers, so that it does not show in their time whether there is such an account. Each instance writes its own.

use std::{collections::HashMap, time::Duration};

use entity::{
    enums::{AuditAction, AuditSubject, Role},
    user,
};
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, DerivePartialModel, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, Func},
};

use super::{Actor, AuditEvent, record};
use crate::{
    coherence::Topics,
    db::{Reader, Recorded},
    state::AppState,
    web::refusals::{RefusedTries, TriedAccount, TryCount},
};

/// How often it is looked whether a minute is over.
const EVERY: Duration = Duration::from_secs(5);

/// Whose account it was.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct Account {
    id: i64,
    email: String,
    role: Role,
    hospital_id: Option<i64>,
}

/// Writes them for ever; `wrote` after each look that went well.
pub(crate) async fn record_refusals_forever(state: AppState, wrote: impl Fn()) {
    loop {
        tokio::time::sleep(EVERY).await;
        match record_refusals(&state, false).await {
            Ok(_) => wrote(),
            Err(error) => log::warn!("the trail is not told yet of what was refused: {error}"),
        }
    }
}

/// Writes those of minutes that are over, and of this one if the process ends (`whole`): how many lines. What cannot be written waits for
/// the next time.
///
/// # Errors
/// The database's.
pub async fn record_refusals(state: &AppState, whole: bool) -> Result<usize, DbErr> {
    let tries = state.kit.refusals.take(whole);
    if tries.is_empty() {
        return Ok(0);
    }
    let written = write(state, &tries).await;
    if written.is_err() {
        state.kit.refusals.put_back(tries);
    }
    written
}

async fn write(state: &AppState, tries: &[(RefusedTries, TryCount)]) -> Result<usize, DbErr> {
    let accounts = accounts(&state.db.reader(), tries).await?;
    let of_somebody: Vec<(&Account, &RefusedTries, TryCount)> =
        tries.iter().filter_map(|(tries, count)| Some((accounts.get(&tries.account)?, tries, *count))).collect();
    if of_somebody.is_empty() {
        return Ok(0);
    }
    let lines = of_somebody.len();
    state
        .db
        .write(async |uow| {
            let mut recorded = Recorded::unchanged(());
            for (account, tries, count) in &of_somebody {
                let event = event(account, tries, *count);
                recorded = record(uow, count.last_at, account.actor(tries), event).await?;
            }
            Ok::<_, DbErr>(recorded.with(lines))
        })
        .await
}

fn event(account: &Account, tries: &RefusedTries, count: TryCount) -> AuditEvent {
    AuditEvent::new(AuditAction::Refused, AuditSubject::User, account.id)
        .word("act", tries.act.word())
        .word("reason", tries.reason)
        .number("times", count.times)
}

/// Those of the accounts that there are, by how they were named.
async fn accounts(
    reader: &Reader,
    tries: &[(RefusedTries, TryCount)],
) -> Result<HashMap<TriedAccount, Account>, DbErr> {
    let (mut ids, mut emails) = (Vec::new(), HashMap::new());
    for (tries, _) in tries {
        match &tries.account {
            TriedAccount::Numbered(id) => ids.push(*id),
            TriedAccount::Addressed(email) => drop(emails.insert(email.to_ascii_lowercase(), tries.account.clone())),
        }
    }
    let lower = Expr::expr(Func::lower(Expr::col((user::Entity, user::Column::Email))));
    let named = Condition::any().add(user::Column::Id.is_in(ids)).add(lower.is_in(emails.keys().cloned()));
    let rows = user::Entity::find().filter(named);
    let topics = Topics::exempt("no page shows whose account was tried before the trail does");
    let found: Vec<Account> =
        reader.run(topics, async |conn| rows.clone().into_partial_model().all(conn).await).await?;
    let by_name = |account: &Account| {
        let addressed = emails.get(&account.email.to_ascii_lowercase()).cloned();
        addressed.into_iter().chain([TriedAccount::Numbered(account.id)]).map(|name| (name, account.clone())).collect()
    };
    Ok(found.iter().flat_map(|account| -> Vec<_> { by_name(account) }).collect())
}

impl Account {
    /// The trail has no line without somebody who acts: the one whose account it is, whoever tried.
    fn actor(&self, tries: &RefusedTries) -> Actor {
        Actor { id: self.id, role: self.role, hospital_id: self.hospital_id, address: tries.address }
    }
}
