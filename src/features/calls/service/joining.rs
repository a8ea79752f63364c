//! A page joins the call of its visit, or begins it.

use chrono::{DateTime, Utc};
use entity::{
    call,
    call_peer::{self, Column},
    call_signal,
    enums::{AuditAction, AuditSubject, CallEnd, CallState, Modality, SignalKind},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{LEASE, OVER, SILENCE};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{Recorded, UnitOfWork, Unrecorded},
    features::{
        appointments::{EndedCall, OpenCall, open_call_held},
        audit::{self, AuditEvent},
        calls::queries::{self, PeerRow, VisitOfCall},
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// So many pages of others there may be beside one's own: three take part at most.
const MOST_OTHERS: usize = 2;

const TOO_EARLY: &str = "Nobody can be called in this visit now: it has not begun and nobody waits, or it is over. Look at the visit to see where it stands.";
const ANOTHER_WAY: &str = "This visit is not held by video. Its room says how it goes on.";
const FULL: &str = "There are as many in this call as it takes.";

const MENDS: Unrecorded = Unrecorded::of(
    &["call_peer", "call_signal"],
    "a page that looks for another way is no act; that its person joined the call has its line",
);

/// A page that takes part.
#[derive(Clone, Debug)]
pub(in crate::features::calls) struct Joined {
    /// `call.id`
    pub(in crate::features::calls) call: i64,
    /// The page's own key.
    pub(in crate::features::calls) peer: String,
    /// Those of the others who are there.
    pub(in crate::features::calls) peers: Vec<String>,
}

enum NotJoined {
    Refused(AppError),
    Database(DbErr),
    /// The page whose place it was to take has none.
    NothingToReplace,
}

impl From<DbErr> for NotJoined {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<NotJoined> for AppError {
    fn from(why: NotJoined) -> Self {
        match why {
            NotJoined::Refused(error) => error,
            NotJoined::Database(error) => error.into(),
            NotJoined::NothingToReplace => Self::Conflict(OVER.to_owned()),
        }
    }
}

/// A page of the viewer's joins the call of the visit `id`, and begins it if none goes on. Another page of theirs that was in it is told that its place is
/// taken; not the one of the key `replaces`, which is the same page and looks for another way. Eight statements at most, and three before them when that
/// one has no place any more.
///
/// # Errors
/// [`AppError::NotFound`] when the viewer is not one of the two who meet; [`AppError::Conflict`] when nobody can be called in the visit now;
/// [`AppError::TooManyRequests`] after too many in a minute.
pub(in crate::features::calls) async fn join(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    replaces: Option<&str>,
) -> Result<Joined, AppError> {
    let _counted = state.kit.rate_limiter.attempt(&Key::call(viewer.user_id)).await?;
    let acting = viewer.acting(state.clock.now());
    if replaces.is_some() {
        let mended = state.db.write_unrecorded(MENDS, async |uow| enter(uow, acting, (id, replaces)).await).await;
        if !matches!(mended, Err(NotJoined::NothingToReplace)) {
            return Ok(mended?.joined);
        }
    }
    let joined = state.db.write(async |uow| enter_recorded(uow, acting, id).await).await;
    Ok(joined?)
}

async fn enter_recorded(uow: &UnitOfWork, acting: ActingViewer<'_>, id: i64) -> Result<Recorded<Joined>, NotJoined> {
    let ActingViewer { viewer, now } = acting;
    let Entered { joined, how, before } = enter(uow, acting, (id, None)).await?;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("call", how);
    let event = event.number("call_id", joined.call);
    let event = before.iter().fold(event, |event, (id, ended)| ended.tell_before(event, *id));
    Ok(audit::record(uow, now, viewer, event).await?.with(joined))
}

/// What was done.
struct Entered {
    joined: Joined,
    /// began or joined, for the trail.
    how: &'static str,
    /// `call.id` of the one before, which nobody was in any more, and how it ended.
    before: Option<(i64, EndedCall)>,
}

async fn enter(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    (id, replaces): (i64, Option<&str>),
) -> Result<Entered, NotJoined> {
    let ActingViewer { viewer, now } = acting;
    let visit = uow.read(async |conn| queries::visit_of_call_held(viewer, conn, id).await).await?;
    let visit = visit.ok_or(NotJoined::Refused(AppError::NotFound))?;
    if let Some(why) = refusal(&visit) {
        return Err(NotJoined::Refused(AppError::Conflict(why.to_owned())));
    }
    let GoingOn { call: open, pages, before } = going_on(uow, acting, (id, &visit)).await?;
    let is_own = |peer: &PeerRow| peer.user_id == Some(viewer.user_id);
    // Also those that were not heard of for long: they may come back.
    let own: Vec<&PeerRow> = pages.iter().filter(|peer| is_own(peer) && peer.left_at.is_none()).collect();
    let others: Vec<&PeerRow> = pages.iter().filter(|peer| !is_own(peer) && peer.is_here(now)).collect();
    if replaces.is_some_and(|key| !own.iter().any(|peer| peer.key == key)) {
        return Err(NotJoined::NothingToReplace);
    }
    if others.len() >= MOST_OTHERS {
        return Err(NotJoined::Refused(AppError::Conflict(FULL.to_owned())));
    }
    let (call, how) = match open {
        Some(call) => (call.id, "joined"),
        None => (begin(uow, acting, (id, &visit)).await?, "began"),
    };
    let peer = format!("{:032x}", rand::random::<u128>());
    replace(uow, now, (id, call, &peer), (&own, replaces)).await?;
    uow.insert_many([new_peer((viewer.user_id, now), (call, &peer))], Topic::Call(id)).await?;
    let peers = others.iter().map(|other| other.key.clone()).collect();
    Ok(Entered { joined: Joined { call, peer, peers }, how, before })
}

fn refusal(visit: &VisitOfCall) -> Option<&'static str> {
    match visit.modality {
        _ if !visit.is_open() => Some(TOO_EARLY),
        Modality::Video => None,
        Modality::Phone | Modality::InPerson => Some(ANOTHER_WAY),
    }
}

#[derive(Default)]
struct GoingOn {
    call: Option<OpenCall>,
    /// Those that are in it, and some that were.
    pages: Vec<PeerRow>,
    /// As in [`Entered`].
    before: Option<(i64, EndedCall)>,
}

/// The call that goes on: until this unit of work ends nobody ends it. One of which nothing was heard for long is over, whether the clock has ended it or
/// not.
async fn going_on(
    uow: &UnitOfWork,
    ActingViewer { now, .. }: ActingViewer<'_>,
    (id, visit): (i64, &VisitOfCall),
) -> Result<GoingOn, NotJoined> {
    let open = uow.read(async |conn| open_call_held(conn, id).await).await?;
    let Some(call) = open else { return Ok(GoingOn::default()) };
    let pages = uow.read(async |conn| queries::peers(conn, call.id).await).await?;
    let last_here = pages.iter().map(PeerRow::last_here).max().unwrap_or(now);
    if last_here <= now - SILENCE {
        let ended = call.end_unheard(uow, (last_here, CallEnd::Lost), visit.seen_by(id)).await?;
        return Ok(GoingOn { before: ended.map(|ended| (call.id, ended)), ..GoingOn::default() });
    }
    Ok(GoingOn { call: Some(call), pages, before: None })
}

async fn begin(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    (id, visit): (i64, &VisitOfCall),
) -> Result<i64, DbErr> {
    let row = call::ActiveModel {
        appointment_id: Set(id),
        modality: Set(visit.modality),
        state: Set(CallState::Calling),
        started_by: Set(viewer.user_id),
        started_at: Set(now),
        connected_seconds: Set(0),
        restarts: Set(0),
        version: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    Ok(uow.insert(row, visit.seen_by(id)).await?.id)
}

/// The pages that the same person had in the call have no part in it any more, and are told so; the one that is `replaced` knows.
async fn replace(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (visit, call, by): (i64, i64, &str),
    (own, replaced): (&[&PeerRow], Option<&str>),
) -> Result<(), DbErr> {
    if own.is_empty() {
        return Ok(());
    }
    let row = call_peer::ActiveModel { left_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
    let left = call_peer::Entity::update_many().set(row).filter(Column::Id.is_in(own.iter().map(|peer| peer.id)));
    uow.update_where(left, Topic::Call(visit)).await?;
    let bye = |peer: &&PeerRow| call_signal::ActiveModel {
        id: NotSet,
        call_id: Set(call),
        from_key: Set(by.to_owned()),
        to_key: Set(peer.key.clone()),
        kind: Set(SignalKind::Bye),
        body: Set("\"replaced\"".to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let told = own.iter().filter(|peer| Some(peer.key.as_str()) != replaced);
    uow.insert_many(told.map(bye), Topic::Call(visit)).await.map(drop)
}

fn new_peer((user_id, now): (i64, DateTime<Utc>), (call, key): (i64, &str)) -> call_peer::ActiveModel {
    call_peer::ActiveModel {
        id: NotSet,
        call_id: Set(call),
        key: Set(key.to_owned()),
        user_id: Set(Some(user_id)),
        here_until: Set(now + LEASE),
        left_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
}
