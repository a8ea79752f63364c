//! People, and whoever manages them, ask for another address. It counts when the link that is sent there has been opened; the old
//! address is told at once, with a way back, if it was proved: one that never was may be a stranger's mailbox.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    address_link::{self, Column},
    enums::{AddressLinkPurpose, AuditAction, AuditSubject},
    user,
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, sea_query::Expr};

use crate::{
    access::Viewer,
    db::{Recorded, UnitOfWork, Unrecorded},
    features::{
        accounts::{
            person::EmailAddress,
            queries::{self, NO_PAGE, Profile},
        },
        audit::{self, AuditEvent},
        mail::{self, QueuedMail},
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// How long a link to a new address, or one that proves an address, works.
const CONFIRMED_WITHIN: TimeDelta = TimeDelta::days(1);
/// How long whoever reads the old address can go back after the change has come to count.
const WAY_BACK: TimeDelta = TimeDelta::days(7);

const SENT_AGAIN: Unrecorded =
    Unrecorded::of(&["address_link", "mail"], "that a link is sent once more changes nothing; its use is recorded");

/// Asks for another address than that of `profile`, which is the viewer's, who has shown who they are. Whether somebody has it already is told
/// to nobody: then no link goes there.
///
/// # Errors
/// `TooManyRequests` after too many links; the database's.
pub(in crate::features::accounts) async fn ask(
    state: &AppState,
    viewer: &Viewer,
    profile: &Profile,
    new: &EmailAddress,
) -> Result<(), AppError> {
    may_send(state, viewer).await?;
    let new = new.as_str();
    let is_taken = queries::credentials_by_email(&state.db.reader(), new).await?.is_some();
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let way_back_to = proved(&profile.email, profile.address_unproved_since);
            let asked = Asked { user_id: viewer.user_id, asked_by: viewer.user_id, way_back_to, new, is_taken };
            asked.write(uow, now).await?;
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::User, viewer.user_id)
                .word("address", "asked for")
                .address("from", &profile.email)
                .address("to", new);
            Ok(audit::record(uow, now, viewer, event).await?)
        })
        .await
}

/// A mail too many is refused: whoever is signed in could fill other people's mailboxes.
async fn may_send(state: &AppState, viewer: &Viewer) -> Result<(), AppError> {
    let counted = state.kit.rate_limiter.attempt(&Key::address_link(viewer.user_id)).await;
    counted.map(drop).map_err(AppError::from)
}

/// A change of an address, asked for.
struct Asked<'a> {
    user_id: i64,
    asked_by: i64,
    way_back_to: Option<&'a str>,
    new: &'a str,
    is_taken: bool,
}

/// The address of an account to which there may be a way back. One that its owner never proved is none: a slip in it makes it somebody else's.
fn proved(address: &str, unproved_since: Option<DateTime<Utc>>) -> Option<&str> {
    unproved_since.is_none().then_some(address)
}

impl Asked<'_> {
    /// Writes the link to the new address and the way back, each with its mail. Three statements at most.
    async fn write(&self, uow: &UnitOfWork, now: DateTime<Utc>) -> Result<(), DbErr> {
        let row =
            |purpose, address: &str, lasts| link(now, (self.user_id, self.asked_by), purpose, (address, now + lasts));
        let change = row(AddressLinkPurpose::Change, self.new, CONFIRMED_WITHIN);
        let way_back = self.way_back_to.map(|old| row(AddressLinkPurpose::WayBack, old, CONFIRMED_WITHIN + WAY_BACK));
        let mut mails = Vec::new();
        for row in std::iter::once(change).chain(way_back) {
            let stored = uow.insert(row, NO_PAGE).await?;
            if !self.is_taken || stored.purpose == AddressLinkPurpose::WayBack {
                mails.push(mail_of(stored));
            }
        }
        mail::queue(uow, now, mails).await
    }
}

fn link(
    now: DateTime<Utc>,
    (user_id, asked_by): (i64, i64),
    purpose: AddressLinkPurpose,
    (address, expires_at): (&str, DateTime<Utc>),
) -> address_link::ActiveModel {
    address_link::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        purpose: Set(purpose),
        address: Set(address.to_owned()),
        asked_by: Set(asked_by),
        expires_at: Set(expires_at),
        ended_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

fn mail_of(link: address_link::Model) -> (i64, QueuedMail) {
    (link.user_id, QueuedMail::AddressLink { link_id: link.id, address: link.address })
}

/// Whether another address of this account, typed by somebody else, waits for a link: of somebody who has come in before, where mail is sent. Who has
/// yet to come in proves their address with the invitation.
pub(crate) fn waits_for_link(state: &AppState, account: &user::Model, email: &str) -> bool {
    state.outgoing_mail.is_on() && account.last_sign_in_at.is_some() && !account.email.eq_ignore_ascii_case(email)
}

/// Asks somebody for whom `viewer` has typed another address to confirm it, in the unit of work of what else is changed. Whether it can be: nobody
/// else has it. Four statements.
///
/// # Errors
/// The database's.
pub(crate) async fn ask_other(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    viewer: &Viewer,
    (account, email): (&user::Model, &str),
) -> Result<bool, DbErr> {
    if uow.read(async |conn| queries::is_taken(conn, email).await).await? {
        return Ok(false);
    }
    let (user_id, asked_by) = (account.id, viewer.user_id);
    let way_back_to = proved(&account.email, account.address_unproved_since);
    let asked = Asked { user_id, asked_by, way_back_to, new: email, is_taken: false };
    asked.write(uow, now).await.map(|()| true)
}

/// Sends somebody who has just made an account the link that proves its address. Two statements.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn ask_for_proof(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (user_id, address): (i64, &str),
) -> Result<(), DbErr> {
    let row = link(now, (user_id, user_id), AddressLinkPurpose::Proof, (address, now + CONFIRMED_WITHIN));
    let stored = uow.insert(row, NO_PAGE).await?;
    mail::queue(uow, now, [mail_of(stored)]).await
}

/// Sends the link that the viewer waits for once more: to the address that is to be, else to one that is not proved. Whether they wait
/// for one. A change is over when it would have been: asked for anew it is with a proof and a way back, which must not be outlived.
///
/// # Errors
/// `TooManyRequests` after too many; the database's.
pub(in crate::features::accounts) async fn send_again(state: &AppState, viewer: &Viewer) -> Result<bool, AppError> {
    let reader = state.db.reader();
    let now = state.clock.now();
    let profile = queries::profile(viewer, &reader).await?;
    let waiting = queries::waiting_change(&reader, viewer.user_id, now).await?;
    let (purpose, address, (asked_by, expires_at)) = match waiting {
        Some(link) => (AddressLinkPurpose::Change, link.address, (link.asked_by, link.expires_at)),
        None if profile.address_unproved_since.is_some() => {
            (AddressLinkPurpose::Proof, profile.email, (viewer.user_id, now + CONFIRMED_WITHIN))
        }
        None => return Ok(false),
    };
    may_send(state, viewer).await?;
    let is_taken =
        purpose == AddressLinkPurpose::Change && queries::credentials_by_email(&reader, &address).await?.is_some();
    state
        .db
        .write_unrecorded(SENT_AGAIN, async |uow| {
            let row = link(now, (viewer.user_id, asked_by), purpose, (&address, expires_at));
            let stored = uow.insert(row, NO_PAGE).await?;
            mail::queue(uow, now, Some(stored).into_iter().filter(|_| !is_taken).map(mail_of)).await
        })
        .await?;
    Ok(true)
}

/// Withdraws the viewer's wish for another address. Two statements.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn withdraw(state: &AppState, viewer: &Viewer) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let open = open_links(now, viewer.user_id).filter(Column::Purpose.eq(AddressLinkPurpose::Change));
            if uow.update_where(open, NO_PAGE).await? == 0 {
                return Ok(Recorded::unchanged(()));
            }
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::User, viewer.user_id)
                .word("address", "stays as it is");
            Ok(audit::record(uow, now, viewer, event).await?)
        })
        .await
}

/// The update that ends all open links to addresses of a person, to be narrowed.
pub(super) fn open_links(now: DateTime<Utc>, user_id: i64) -> sea_orm::UpdateMany<address_link::Entity> {
    address_link::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::EndedAt.is_null())
}
