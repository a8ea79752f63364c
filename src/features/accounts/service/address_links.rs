//! Links to addresses are opened: an address is proved, changed, or given back.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::{
    address_link::{self, Column},
    enums::{AddressLinkPurpose, AuditAction, AuditSubject},
    mail, user,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set, UpdateMany,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    coherence::Topics,
    db::{ChangedRow, Database, PersonTexts, Recorded, Swept, UnitOfWork, Unrecorded, ViolationKind, violation},
    features::{
        accounts::{
            queries::{self, Credentials, LinkedAddress, NO_PAGE},
            service::{addresses::open_links, links},
            token::Token,
        },
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::{
        AppError,
        rate_limit::ClientNetwork,
        refusals::{Refusal, RefusedAct, TriedAccount},
    },
};

const SWEPT: Unrecorded =
    Unrecorded::of(&["address_link"], "links that nobody can use any more are removed by the clock");

/// What became of a link that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum AddressLinkUsed {
    /// It did what it is for.
    Done,
    /// It was used before, or is too old, or another took its place.
    Over,
    /// Somebody else has the address by now.
    Taken,
}

/// Why a unit of work was given up.
enum NotUsed {
    /// Another was quicker, with this link or with what it was made for.
    Over,
    Taken,
    Failed(AppError),
}

impl From<DbErr> for NotUsed {
    /// The only uniqueness that can be broken is that of the address.
    fn from(error: DbErr) -> Self {
        match violation(&error) {
            Some(broken) if broken.kind == ViolationKind::Unique => Self::Taken,
            _ => Self::Failed(error.into()),
        }
    }
}

/// The link in an address, if it still works.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn find(
    state: &AppState,
    from: IpAddr,
    token: &str,
) -> Result<Option<LinkedAddress>, AppError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let (reader, now) = (state.db.reader(), state.clock.now());
    let Some(found) = queries::linked_address(&reader, token.id()).await? else { return Ok(None) };
    let is_ours = token.opens_address(&state.settings.secret_key, &found.link);
    if !is_ours || !found.works(now) {
        let reason = if is_ours { "over" } else { "not_the_token" };
        let account = Some(TriedAccount::Numbered(found.link.user_id));
        state.kit.refusals.note(Refusal { act: RefusedAct::Link, reason, account, address: from });
        return Ok(None);
    }
    if found.link.purpose == AddressLinkPurpose::Change {
        let newest = queries::waiting_change(&reader, found.link.user_id, now).await?;
        return Ok(newest.is_some_and(|newest| newest.id == found.link.id).then_some(found));
    }
    Ok(Some(found))
}

/// Does what a link that was found is for.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn use_link(
    state: &AppState,
    from: IpAddr,
    linked: &LinkedAddress,
) -> Result<AddressLinkUsed, AppError> {
    let now = state.clock.now();
    let hash = match linked.link.purpose {
        AddressLinkPurpose::WayBack => Some(links::no_password(state, ClientNetwork::of(from)).await?),
        AddressLinkPurpose::Proof | AddressLinkPurpose::Change => None,
    };
    let used = state.db.write(async |uow| take(state, uow, (now, from), (linked, hash.as_deref())).await).await;
    match used {
        Ok(used) => Ok(used),
        Err(NotUsed::Over) => Ok(AddressLinkUsed::Over),
        Err(NotUsed::Taken) => Ok(AddressLinkUsed::Taken),
        Err(NotUsed::Failed(error)) => Err(error),
    }
}

async fn take(
    state: &AppState,
    uow: &UnitOfWork,
    (now, from): (DateTime<Utc>, IpAddr),
    (linked, hash): (&LinkedAddress, Option<&str>),
) -> Result<Recorded<AddressLinkUsed>, NotUsed> {
    let LinkedAddress { link, account } = linked;
    let topics = Topics::of_person(Some(account.id), account.role, account.hospital_id);
    let over = uow.update_returning(ended(now, link), |_: &[address_link::Model]| NO_PAGE).await?;
    let was_open = over.iter().any(|one| one.id == link.id);
    if !was_open {
        return Err(NotUsed::Over);
    }
    let changed = uow.update_returning(changed(now, linked, hash), |_| topics.clone()).await?;
    let stored = PersonTexts::of(changed.first().ok_or(NotUsed::Over)?);
    let row = ChangedRow { id: account.id, topics };
    stored.keep_keys(uow, row, PersonTexts { email: &account.email, ..stored }).await?;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::User, account.id);
    let event = match link.purpose {
        AddressLinkPurpose::Proof => event.word("address", "proved"),
        AddressLinkPurpose::Change => event.word("address", "changed"),
        AddressLinkPurpose::WayBack => event.word("address", "given back"),
    };
    let event = if link.purpose == AddressLinkPurpose::Proof {
        event
    } else {
        event.address("from", &account.email).address("to", &link.address)
    };
    let is_others = link.asked_by != link.user_id || link.purpose == AddressLinkPurpose::WayBack;
    let event = if is_others {
        // Whoever it was may be signed in with it.
        let revoked = state.sessions.revoke_sessions(uow, account.id, None).await?;
        event.number("sessions_ended", revoked)
    } else {
        event
    };
    if link.purpose == AddressLinkPurpose::WayBack {
        links::end_all(uow, now, account.id).await?;
        links::send_reset(uow, now, account.id).await?;
    }
    Ok(audit::record(uow, now, account.actor(from), event).await?.with(AddressLinkUsed::Done))
}

/// The account as the link makes it, if it still has the address, and the phone by which it is searched besides, that it had when the link
/// was found.
fn changed(
    now: DateTime<Utc>,
    LinkedAddress { link, account }: &LinkedAddress,
    hash: Option<&str>,
) -> UpdateMany<user::Entity> {
    let mut update = user::Entity::update_many()
        .col_expr(user::Column::AddressUnprovedSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(user::Column::UpdatedAt, Expr::value(now));
    if link.purpose != AddressLinkPurpose::Proof {
        let Credentials { first_name, last_name, phone, .. } = account;
        let texts = PersonTexts { first_name, last_name, email: &link.address, phone: phone.as_deref() };
        let contact_key = texts.keys().contact_key;
        let address = user::ActiveModel {
            email: Set(link.address.clone()),
            contact_key,
            // None is known for the new address; and should the old one come back, none of before.
            browsers_forgotten_at: Set(Some(now)),
            ..Default::default()
        };
        update = update.set(address);
    }
    if let Some(hash) = hash {
        update = update.col_expr(user::Column::PasswordHash, Expr::value(hash));
    }
    let is_phone = match &account.phone {
        Some(phone) => user::Column::Phone.eq(phone.as_str()),
        None => user::Column::Phone.is_null(),
    };
    update
        .filter(user::Column::Id.eq(account.id))
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::Email.eq(account.email.as_str()))
        .filter(is_phone)
}

/// Ends the link, and those that it makes pointless: what waits for another address, and proofs of one that it is not any more. The ways
/// back stay, for whoever has changed an address twice must not get rid of the first owner; one that is used ends the others.
fn ended(now: DateTime<Utc>, link: &address_link::Model) -> UpdateMany<address_link::Entity> {
    let open = open_links(now, link.user_id);
    match link.purpose {
        AddressLinkPurpose::Proof => open.filter(Column::Purpose.eq(AddressLinkPurpose::Proof)),
        AddressLinkPurpose::Change => open.filter(Column::Purpose.ne(AddressLinkPurpose::WayBack)),
        AddressLinkPurpose::WayBack => open,
    }
}

/// Removes some of the links that were over before `before`, as long as no mail is kept that carries them.
///
/// # Errors
/// The database's.
pub(crate) async fn sweep(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    let told = mail::Entity::find()
        .select_only()
        .column(mail::Column::Id)
        .filter(Expr::col((mail::Entity, mail::Column::AddressLinkId)).equals((address_link::Entity, Column::Id)))
        .into_query();
    let old = Condition::all().add(Column::ExpiresAt.lt(before)).add(Expr::exists(told).not());
    db.sweep::<address_link::Entity>(SWEPT, old).await
}
