//! Links by which people choose a password: an invitation to somebody new, and another password for one that is forgotten.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, LinkPurpose, SecurityEvent},
    mail as mail_row,
    password_link::{self, Column},
    user,
};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set, UpdateMany,
    sea_query::{Expr, ExprTrait},
};
use secrecy::SecretString;

use crate::{
    coherence::Topics,
    db::{Database, Recorded, Swept, UnitOfWork, Unrecorded},
    features::{
        accounts::{
            hashing::{self, HashingTurn, PasswordNotHashed},
            passwords::Password,
            queries::{self, LinkedAccount, NO_PAGE},
            service::security,
            token::Token,
        },
        audit::{self, AuditEvent},
        mail::{self, QueuedMail},
    },
    settings::PasswordHashing,
    state::AppState,
    web::{
        AppError,
        rate_limit::{ClientNetwork, Key},
        refusals::{Refusal, RefusedAct, TriedAccount},
    },
};

/// How long an invitation works.
const INVITATION: TimeDelta = TimeDelta::days(7);
/// How long a link for a forgotten password works.
const RESET: TimeDelta = TimeDelta::minutes(30);
/// Who was invited so shortly ago is not invited again.
const A_MOMENT: TimeDelta = TimeDelta::minutes(5);

const ASKED: Unrecorded = Unrecorded::of(
    &["password_link", "mail"],
    "nobody knows who asks for a link; that a password was chosen by it is recorded",
);
const SWEPT: Unrecorded =
    Unrecorded::of(&["password_link"], "links that nobody can use any more are removed by the clock");

/// Invites the person `user_id` to choose their first password, in the unit of work that makes their account. Two statements.
///
/// # Errors
/// The database's.
pub(crate) async fn invite(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64) -> Result<(), DbErr> {
    let link_id = insert(uow, now, user_id, LinkPurpose::Invitation).await?;
    mail::queue(uow, now, [(user_id, QueuedMail::PasswordLink { link_id })]).await
}

/// The same for somebody who was invited before: the new link takes the place of the old ones. Whether it was sent; one that
/// was sent a moment ago will do, for whoever presses twice. Four statements at most.
///
/// # Errors
/// The database's.
pub(crate) async fn invite_again(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64) -> Result<bool, DbErr> {
    if uow.read(async |conn| queries::is_invited(conn, user_id, now - A_MOMENT).await).await? {
        return Ok(false);
    }
    end_all(uow, now, user_id).await?;
    invite(uow, now, user_id).await?;
    Ok(true)
}

/// The same for somebody whose address was corrected: the link that went to the old one is dead, so that it will not do, however shortly ago
/// it was sent. Nothing for who was never invited. Whether it was sent. Three statements at most.
///
/// # Errors
/// The database's.
pub(crate) async fn invite_at_new_address(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64) -> Result<bool, DbErr> {
    let ended = uow.update_returning(open_of(now, user_id), |_: &[password_link::Model]| NO_PAGE).await?;
    let was_invited = ended.iter().any(|link| link.purpose == LinkPurpose::Invitation);
    if was_invited {
        invite(uow, now, user_id).await?;
    }
    Ok(was_invited)
}

/// What nobody can sign in with: the password of somebody who has yet to choose one. Hashed when it is the turn of `place`.
///
/// # Errors
/// `Unavailable` when there are too many passwords to hash.
pub(crate) async fn no_password(state: &AppState, place: ClientNetwork) -> Result<String, AppError> {
    nobodys_password(place, state.settings.security.password_hashing).await
}

/// The same at that cost.
///
/// # Errors
/// As above.
pub(crate) async fn nobodys_password(place: ClientNetwork, cost: PasswordHashing) -> Result<String, AppError> {
    let random = SecretString::from(format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>()));
    hashing::hash_text(HashingTurn { place, cost }, random).await
}

/// Sends a link to whoever has this address. What is answered, when, and at what cost does not tell whether anybody has: the
/// link is written behind the answer. Should the server stop in between, its owner waits in vain and asks again.
///
/// # Errors
/// `TooManyRequests` after too many tries from one place; the database's.
pub(in crate::features::accounts) async fn request_reset(
    state: &AppState,
    from: IpAddr,
    email: &str,
) -> Result<(), AppError> {
    let [place, account, day] = Key::password_reset(email, from);
    let counted = state.kit.rate_limiter.attempt(&[place]).await.map_err(AppError::from)?;
    drop(counted);
    let found = queries::credentials_by_email(&state.db.reader(), email).await?;
    // A mailbox that is being filled by somebody gets no more; whose it is, nobody is told.
    let may_send = state.kit.rate_limiter.attempt(&[account, day]).await.is_ok();
    let state = state.clone();
    actix_web::rt::spawn(async move {
        let Some(found) = found.filter(|found| may_send && found.may_enter()) else { return };
        let now = state.clock.now();
        let written = state.db.write_unrecorded(ASKED, async |uow| send_reset(uow, now, found.id).await);
        if let Err(error) = written.await {
            log::error!("a link for a forgotten password could not be written: {error}");
        }
    });
    Ok(())
}

/// Sends a link to choose another password, in the unit of work that took the old one away. Two statements.
///
/// # Errors
/// The database's.
pub(super) async fn send_reset(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64) -> Result<(), DbErr> {
    let link_id = insert(uow, now, user_id, LinkPurpose::Reset).await?;
    mail::queue(uow, now, [(user_id, QueuedMail::PasswordLink { link_id })]).await
}

async fn insert(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64, purpose: LinkPurpose) -> Result<i64, DbErr> {
    let lasts = match purpose {
        LinkPurpose::Invitation => INVITATION,
        LinkPurpose::Reset => RESET,
    };
    let row = password_link::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        purpose: Set(purpose),
        expires_at: Set(now + lasts),
        ended_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    Ok(uow.insert(row, NO_PAGE).await?.id)
}

/// The account whose password the link in an address sets, if it still works.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn find(
    state: &AppState,
    from: IpAddr,
    token: &str,
) -> Result<Option<LinkedAccount>, AppError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let found = queries::linked(&state.db.reader(), token.id()).await?;
    let Some(found) = found else { return Ok(None) };
    let reason = match found.works(state.clock.now()) {
        _ if !token.opens(&state.settings.secret_key, &found) => "not_the_token",
        false => "over",
        true => return Ok(Some(found)),
    };
    let account = Some(TriedAccount::Numbered(found.account.id));
    state.kit.refusals.note(Refusal { act: RefusedAct::Link, reason, account, address: from });
    Ok(None)
}

/// Sets the password of a link that was found, ends all sessions of its person, and with them every other link. Whether it
/// still worked.
///
/// # Errors
/// The database's; a password that was in a breach, which uses the link not up.
pub(in crate::features::accounts) async fn choose(
    state: &AppState,
    from: IpAddr,
    (linked, password): (&LinkedAccount, &Password),
) -> Result<bool, PasswordNotHashed> {
    let hash = hashing::hash_chosen(state, ClientNetwork::of(from), password).await?;
    let now = state.clock.now();
    let replaced: Result<bool, AppError> =
        state.db.write(async |uow| replace(state, uow, now, (linked, &hash, from)).await).await;
    if !replaced? {
        return Ok(false);
    }
    // Whoever has forgotten their password has tried a few from this place, and comes to sign in now.
    let [pair, network, _, account] = Key::sign_in(&linked.account.email, from);
    state.kit.rate_limiter.forgive(&[pair, network, account]).await;
    Ok(true)
}

async fn replace(
    state: &AppState,
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (linked, hash, from): (&LinkedAccount, &str, IpAddr),
) -> Result<Recorded<bool>, AppError> {
    let id = linked.account.id;
    let password = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        // Whoever has the link reads what is sent to the address.
        .col_expr(user::Column::AddressUnprovedSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(user::Column::UpdatedAt, Expr::value(now))
        .filter(user::Column::Id.eq(id))
        .filter(user::Column::Active.eq(true))
        // The link is one for this password and this address: of two that are sent at once, the second finds another.
        .filter(user::Column::Email.eq(linked.account.email.as_str()))
        .filter(user::Column::PasswordHash.eq(linked.account.password_hash.as_str()));
    if uow.update_where(password, Topics::exempt("no page shows a password")).await? == 0 {
        return Ok(Recorded::unchanged(false));
    }
    end_all(uow, now, id).await?;
    security::withdraw_changes(uow, now, id).await?;
    if linked.link.purpose == LinkPurpose::Reset {
        security::tell(uow, now, id, SecurityEvent::PasswordChanged).await?;
    }
    let revoked = state.sessions.revoke_all(uow, id, None).await?;
    let event = AuditEvent::new(AuditAction::PasswordChanged, AuditSubject::User, id)
        .number("sessions_ended", revoked.live)
        .word("by", linked.purpose_word());
    Ok(audit::record(uow, now, linked.account.actor(from), event).await?.with(true))
}

/// Ends all links of a person, for good. One statement.
///
/// # Errors
/// The database's.
pub(crate) async fn end_all(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64) -> Result<(), DbErr> {
    uow.update_where(open_of(now, user_id), NO_PAGE).await.map(drop)
}

/// The update that ends all links of a person.
fn open_of(now: DateTime<Utc>, user_id: i64) -> UpdateMany<password_link::Entity> {
    password_link::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::EndedAt.is_null())
}

/// Removes some of the links that were over before `before`, as long as no mail is kept that tells of them.
///
/// # Errors
/// The database's.
pub(crate) async fn sweep_links(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    let told = mail_row::Entity::find()
        .select_only()
        .column(mail_row::Column::Id)
        .filter(
            Expr::col((mail_row::Entity, mail_row::Column::PasswordLinkId)).equals((password_link::Entity, Column::Id)),
        )
        .into_query();
    let old = Condition::all().add(Column::ExpiresAt.lt(before)).add(Expr::exists(told).not());
    db.sweep::<password_link::Entity>(SWEPT, old).await
}
