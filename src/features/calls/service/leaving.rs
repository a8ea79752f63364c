//! Pages that go from a call, and of which others have to hear: another of the same person has taken their place, a guest goes, or was removed.

use chrono::{DateTime, Utc};
use entity::{
    call_peer::{self, Column},
    call_signal,
    enums::SignalKind,
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use crate::{
    coherence::{Topic, Topics},
    db::UnitOfWork,
    features::{
        appointments::open_call_held,
        calls::{
            participant::{PeerOwner, VisitGuestId},
            queries::{self, PeerRow},
        },
    },
};

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving<'a> {
    /// Another page of the same person has taken the place. The page of this key is the same one, which looks for another way: it is told nothing.
    Replaced { known_to: Option<&'a str> },
    /// They have gone by themselves, and may come back.
    Left,
    /// They were removed.
    Removed,
}

impl Leaving<'_> {
    /// As pages are told, in JSON.
    fn body(self) -> &'static str {
        match self {
            Self::Replaced { .. } => "\"replaced\"",
            Self::Left => "\"left\"",
            Self::Removed => "\"removed\"",
        }
    }

    /// Whether that page is to be told.
    fn is_news_to(self, page: &PeerRow) -> bool {
        match self {
            Self::Replaced { known_to } => known_to != Some(page.key.as_str()),
            // Whoever goes knows it, and to whoever was removed nothing is said any more.
            Self::Left | Self::Removed => false,
        }
    }
}

/// `pages` have no part any more in the call `call` of the visit `id`. Each to which it is news hears why from itself, which no other page can say, and
/// `others` hear it from each. Two statements; none without pages.
pub(super) async fn put_out(
    uow: &UnitOfWork,
    (now, why): (DateTime<Utc>, Leaving<'_>),
    (id, call): (i64, i64),
    (pages, others): (&[&PeerRow], &[&PeerRow]),
) -> Result<(), DbErr> {
    if pages.is_empty() {
        return Ok(());
    }
    let is_guests = pages.iter().any(|page| page.is_a_guests());
    let seen_by = || Topics::from(Topic::Call(id)).and(is_guests.then_some(Topic::Visit(id)));
    let row = call_peer::ActiveModel { left_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
    let left = call_peer::Entity::update_many().set(row).filter(Column::Id.is_in(pages.iter().map(|page| page.id)));
    uow.update_where(left, seen_by()).await?;
    let bye = |from: &PeerRow, to: &PeerRow| call_signal::ActiveModel {
        id: NotSet,
        call_id: Set(call),
        from_key: Set(from.key.clone()),
        to_key: Set(to.key.clone()),
        kind: Set(SignalKind::Bye),
        body: Set(why.body().to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let own = pages.iter().filter(|page| why.is_news_to(page)).map(|page| bye(page, page));
    let told = pages.iter().flat_map(|page| others.iter().map(move |other| bye(page, other)));
    uow.insert_many(own.chain(told), seen_by()).await.map(drop)
}

/// The page `key` of `guest` goes from the call that goes on in the visit, if it takes part. Four statements at most.
pub(super) async fn guest_leaves(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    VisitGuestId { visit, guest }: VisitGuestId,
    key: &str,
) -> Result<(), DbErr> {
    go(uow, (now, Leaving::Left), visit, |peer| peer.is_of(PeerOwner::Guest(guest)) && peer.key == key).await
}

/// Puts the pages of the guest out of the call that goes on in the visit, if they are in it. Of those that left it before the others were told then. Four
/// statements at most.
///
/// # Errors
/// The database's.
pub(crate) async fn put_guest_out(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    VisitGuestId { visit, guest }: VisitGuestId,
) -> Result<(), DbErr> {
    go(uow, (now, Leaving::Removed), visit, |peer| peer.is_of(PeerOwner::Guest(guest))).await
}

/// The pages of guests that are `such` go from the call that goes on in the visit `id`. The others end their lines to them as soon as they hear of it, whether
/// the guest does or not: no guest sees and hears two who believe them gone.
async fn go(
    uow: &UnitOfWork,
    why: (DateTime<Utc>, Leaving<'_>),
    id: i64,
    such: impl Fn(&PeerRow) -> bool,
) -> Result<(), DbErr> {
    // Whoever joins meanwhile would be told of a page that goes here, and not that it has.
    let open = uow.read(async |conn| open_call_held(conn, id).await).await?;
    let Some(call) = open else { return Ok(()) };
    let there = uow.read(async |conn| queries::peers_there(conn, call.id).await).await?;
    let (gone, others): (Vec<_>, Vec<_>) = there.iter().partition(|peer| such(peer));
    put_out(uow, why, (id, call.id), (&gone, &others)).await
}
