//! A page joins the call of its visit, or begins it.

use chrono::{DateTime, Utc};
use entity::{
    call, call_peer,
    enums::{AuditAction, AuditSubject, CallEnd, CallState, Modality},
    visit_guest,
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{
    LEASE, OVER, SILENCE,
    leaving::{Leaving, put_out},
};
use crate::{
    coherence::{Topic, Topics},
    db::{Recorded, UnitOfWork, Unrecorded},
    features::{
        appointments::{CallEnding, EndedCall, OpenCall, open_call_held},
        audit::{self, AuditEvent},
        calls::{
            participant::{ActingParticipant, GuestStanding, Participant, Side},
            queries::{self, PeerRow, VisitOfCall},
        },
    },
    state::AppState,
    web::AppError,
};

/// So many pages of others there may be beside one's own, for three take part at most: whom they meet and a guest, or a doctor who has handed the visit on
/// and is still there.
const MOST_OTHERS: usize = 2;

const TOO_EARLY: &str = "Nobody can be called in this visit now: it has not begun and nobody waits, or it is over. Look at the visit to see where it stands.";
const ANOTHER_WAY: &str = "This visit is not held by video. Its room says how it goes on.";
const FULL: &str = "There are as many in this call as it takes. The doctor can remove a guest, and let in another.";
const OTHER_GUEST: &str = "Another guest is in the call. Wait until they have left, then join.";
const NO_CALL: &str = "The call has not begun. This page joins it when it does.";
const NOT_LET_IN: &str = "The doctor has not let you in.";

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
    /// Those of the others who are there, and who sits before them.
    pub(in crate::features::calls) peers: Vec<(String, Side)>,
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

/// A page of `who` joins the call of the visit `id`, and begins it if none goes on; a guest's begins none. Another page of theirs that was in it is told
/// that its place is taken; not the one of the key `replaces`, which is the same page and looks for another way. Eight statements at most, and three before
/// them when that one has no place any more.
///
/// # Errors
/// [`AppError::NotFound`] when they may take part in no call of that visit; [`AppError::Conflict`] when nobody can be called in it now;
/// [`AppError::TooManyRequests`] after too many in a while.
pub(in crate::features::calls) async fn join(
    state: &AppState,
    who: Participant<'_>,
    id: i64,
    replaces: Option<&str>,
) -> Result<Joined, AppError> {
    let _counted = state.kit.rate_limiter.attempt(&who.joins()).await?;
    let now = state.clock.now();
    if replaces.is_some() {
        let mended =
            state.db.write_unrecorded(MENDS, async |uow| enter(uow, who.acting(now), (id, replaces)).await).await;
        if !matches!(mended, Err(NotJoined::NothingToReplace)) {
            return Ok(mended?.joined);
        }
    }
    let joined = state.db.write(async |uow| enter_recorded(uow, who.acting(now), id).await).await;
    Ok(joined?)
}

async fn enter_recorded(
    uow: &UnitOfWork,
    acting: ActingParticipant<'_>,
    id: i64,
) -> Result<Recorded<Joined>, NotJoined> {
    let ActingParticipant { who, now } = acting;
    let Entered { joined, how, before } = enter(uow, acting, (id, None)).await?;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("call", how);
    let event = event.number("call_id", joined.call);
    let event = who.guest().into_iter().fold(event, |event, guest| event.number("guest_id", guest));
    let event = before.iter().fold(event, |event, (id, ended)| ended.tell_before(event, *id));
    Ok(audit::record(uow, now, who.actor(), event).await?.with(joined))
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
    acting: ActingParticipant<'_>,
    (id, replaces): (i64, Option<&str>),
) -> Result<Entered, NotJoined> {
    let ActingParticipant { who, now } = acting;
    let visit = uow.read(async |conn| queries::visit_of_call_held(who, conn, id).await).await?;
    let (visit, guest) = visit.ok_or(NotJoined::Refused(AppError::NotFound))?;
    refuse(refusal(&visit))?;
    refuse(guest.and_then(|guest| guest_refusal(&guest, &visit, now)))?;
    let GoingOn { call: open, pages, before } = going_on(uow, now, (id, &visit)).await?;
    // Also those that were not heard of for long: they may come back.
    let is_own = |peer: &PeerRow| peer.is_of(who.owner());
    let own: Vec<&PeerRow> = pages.iter().filter(|peer| is_own(peer) && peer.left_at.is_none()).collect();
    let others: Vec<&PeerRow> = pages.iter().filter(|peer| !is_own(peer) && peer.is_here(now)).collect();
    if replaces.is_some_and(|key| !own.iter().any(|peer| peer.key == key)) {
        return Err(NotJoined::NothingToReplace);
    }
    let is_guest = who.guest().is_some();
    refuse((is_guest && others.iter().any(|other| other.is_a_guests())).then_some(OTHER_GUEST))?;
    refuse((others.len() > MOST_OTHERS).then_some(FULL))?;
    let (call, how) = match (open, who.user()) {
        (Some(call), Some(_)) => (call.id, "joined"),
        (Some(call), None) => (call.id, "joined_by_guest"),
        (None, Some(user)) => (begin(uow, (user, now), (id, &visit)).await?, "began"),
        (None, None) => return Err(NotJoined::Refused(AppError::Conflict(NO_CALL.to_owned()))),
    };
    let peer = format!("{:032x}", rand::random::<u128>());
    // The pages of the two who meet know whom they speak to, and end a line when another page of the same side offers one. A guest's need not offer any.
    let told: &[&PeerRow] = if is_guest { &others } else { &[] };
    put_out(uow, (now, Leaving::Replaced { known_to: replaces }), (id, call), (&own, told)).await?;
    // The room shows which guest is in the call.
    let seen_by = Topics::from(Topic::Call(id)).and(is_guest.then_some(Topic::Visit(id)));
    uow.insert_many([new_peer(acting, (call, &peer))], seen_by).await?;
    let side = |other: &&PeerRow| (other.key.clone(), other.side(visit.doctor_user_id));
    let peers = others.iter().map(side).collect();
    Ok(Entered { joined: Joined { call, peer, peers }, how, before })
}

fn refuse(why: Option<&'static str>) -> Result<(), NotJoined> {
    why.map_or(Ok(()), |why| Err(NotJoined::Refused(AppError::Conflict(why.to_owned()))))
}

/// Why a guest may not join, who may have been removed since they asked.
fn guest_refusal(guest: &visit_guest::Model, visit: &VisitOfCall, now: DateTime<Utc>) -> Option<&'static str> {
    let standing = GuestStanding::of(guest, visit.situation(), now);
    (standing != GuestStanding::LetIn).then_some(NOT_LET_IN)
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
    now: DateTime<Utc>,
    (id, visit): (i64, &VisitOfCall),
) -> Result<GoingOn, NotJoined> {
    let open = uow.read(async |conn| open_call_held(conn, id).await).await?;
    let Some(call) = open else { return Ok(GoingOn::default()) };
    let pages = uow.read(async |conn| queries::peers(conn, call.id).await).await?;
    // A guest who is left alone keeps no call.
    let of_both = pages.iter().filter(|peer| !peer.is_a_guests());
    let last_here = of_both.map(PeerRow::last_here).max().unwrap_or(now);
    if last_here <= now - SILENCE {
        let ended = call.end_unheard(uow, CallEnding { at: last_here, why: CallEnd::Lost }, visit.seen_by(id)).await?;
        return Ok(GoingOn { before: ended.map(|ended| (call.id, ended)), ..GoingOn::default() });
    }
    Ok(GoingOn { call: Some(call), pages, before: None })
}

async fn begin(
    uow: &UnitOfWork,
    (user, now): (i64, DateTime<Utc>),
    (id, visit): (i64, &VisitOfCall),
) -> Result<i64, DbErr> {
    let row = call::ActiveModel {
        appointment_id: Set(id),
        modality: Set(visit.modality),
        state: Set(CallState::Calling),
        started_by: Set(user),
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

fn new_peer(ActingParticipant { who, now }: ActingParticipant<'_>, (call, key): (i64, &str)) -> call_peer::ActiveModel {
    call_peer::ActiveModel {
        id: NotSet,
        call_id: Set(call),
        key: Set(key.to_owned()),
        user_id: Set(who.user()),
        guest_id: Set(who.guest()),
        here_until: Set(now + LEASE),
        left_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
}
