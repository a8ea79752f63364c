//! The pages that take part in a call, and what is said to one of them.

use std::cmp::min;

use chrono::{DateTime, Utc};
use entity::{
    appointment, call,
    call_peer::{self, Column},
    call_signal, doctor,
    enums::{AppointmentStatus, CallPath, CallState, Modality, SignalKind},
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationTrait, Select,
    sea_query::{Alias, Expr, ExprTrait, IntoCondition, NullOrdering, SimpleExpr},
};

use super::is_over;
use crate::{
    coherence::{Topic, Topics},
    db::{ReadConnection, Reader},
    features::{
        appointments::{VisitSituation, call_seen_by},
        calls::participant::{Participant, PeerOfVisit, PeerOwner, Side},
    },
};

/// So many signals are told at a time; the page asks for what comes after them.
const AT_ONCE: u64 = 100;

/// A page of a call.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "call_peer::Entity")]
pub(in crate::features::calls) struct PeerRow {
    pub(in crate::features::calls) id: i64,
    pub(in crate::features::calls) key: String,
    user_id: Option<i64>,
    guest_id: Option<i64>,
    pub(in crate::features::calls) here_until: DateTime<Utc>,
    pub(in crate::features::calls) left_at: Option<DateTime<Utc>>,
}

impl PeerRow {
    /// Whether it is this one's.
    pub(in crate::features::calls) fn is_of(&self, owner: PeerOwner) -> bool {
        match owner {
            PeerOwner::User(user) => self.user_id == Some(user),
            PeerOwner::Guest(guest) => self.guest_id == Some(guest),
        }
    }

    /// Whether it is a guest's.
    pub(in crate::features::calls) fn is_a_guests(&self) -> bool {
        self.guest_id.is_some()
    }

    /// Who sits before it, in a visit whose doctor has the account `doctor` (`user.id`).
    pub(in crate::features::calls) fn side(&self, doctor: i64) -> Side {
        Side::of(self.user_id, doctor)
    }

    /// Whether it is there.
    pub(in crate::features::calls) fn is_here(&self, now: DateTime<Utc>) -> bool {
        self.left_at.is_none() && now < self.here_until
    }

    /// When it was there for the last time.
    pub(in crate::features::calls) fn last_here(&self) -> DateTime<Utc> {
        last_here(self.here_until, self.left_at)
    }
}

/// When a page was there for the last time whose lease goes until `here_until`.
pub(super) fn last_here(here_until: DateTime<Utc>, left_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    left_at.map_or(here_until, |left| min(left, here_until))
}

/// Of all pages that ever took part in a call so many are looked at: far more than can be there.
const LOOKED_AT: u64 = 64;

/// The pages that take part in a call, and then those that left it last.
pub(in crate::features::calls) async fn peers(conn: &ReadConnection<'_>, call_id: i64) -> Result<Vec<PeerRow>, DbErr> {
    let peers = call_peer::Entity::find()
        .filter(Column::CallId.eq(call_id))
        .order_by_with_nulls(Column::LeftAt, Order::Desc, NullOrdering::First)
        .order_by_asc(Column::Id)
        .limit(LOOKED_AT);
    peers.into_partial_model().all(conn).await
}

/// The pages that have not gone from the call `call_id`.
pub(in crate::features::calls) async fn peers_there(
    conn: &ReadConnection<'_>,
    call_id: i64,
) -> Result<Vec<PeerRow>, DbErr> {
    let there = call_peer::Entity::find()
        .filter(Column::CallId.eq(call_id))
        .filter(Column::LeftAt.is_null())
        .order_by_asc(Column::Id);
    there.into_partial_model().all(conn).await
}

/// A page of somebody's own, and the call in which it takes part.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::calls) struct PeerStanding {
    status: AppointmentStatus,
    modality: Modality,
    hospital_id: i64,
    doctor_id: i64,
    patient_id: i64,
    pub(in crate::features::calls) call_id: i64,
    pub(in crate::features::calls) state: CallState,
    pub(in crate::features::calls) path: Option<CallPath>,
    pub(in crate::features::calls) restarts: i32,
    pub(in crate::features::calls) loss: Option<i32>,
    pub(in crate::features::calls) rtt: Option<i32>,
    pub(in crate::features::calls) first_frame: Option<i32>,
    pub(in crate::features::calls) peer_id: i64,
    left_at: Option<DateTime<Utc>>,
    /// Whether the page that it speaks to is there.
    pub(in crate::features::calls) reaches: bool,
    /// Whether a page of the other who meets is, and not only a guest's.
    pub(in crate::features::calls) has_other: bool,
}

impl PeerStanding {
    /// Whether it still takes part: the call goes on, and no other page has taken its place.
    pub(in crate::features::calls) fn takes_part(&self) -> bool {
        !is_over(self.state, VisitSituation { status: self.status, modality: self.modality }) && self.left_at.is_none()
    }

    /// By what those are told who see, in the room of the visit `id` or in a list, how the call stands, or take part in it.
    pub(in crate::features::calls) fn seen_by(&self, id: i64) -> Topics {
        call_seen_by(Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id), id)
    }
}

/// That page, if it is one of `who`, and whether the page `to` of the same call is there at the instant `now`.
pub(in crate::features::calls) async fn standing(
    who: Participant<'_>,
    conn: &ReadConnection<'_>,
    PeerOfVisit { visit, key }: PeerOfVisit<'_>,
    (to, now): (&str, DateTime<Utc>),
) -> Result<Option<PeerStanding>, DbErr> {
    use appointment::Column as Visit;
    use call::Column as Call;
    own_pages_in(who, visit)
        .filter(Column::Key.eq(key))
        .columns([Visit::Status, Visit::Modality, Visit::HospitalId, Visit::DoctorId, Visit::PatientId])
        .column_as(Call::Id, "call_id")
        .columns([Call::State, Call::Path, Call::Restarts, Call::Loss, Call::Rtt, Call::FirstFrame])
        .column_as(Column::Id, "peer_id")
        .column(Column::LeftAt)
        .expr_as(is_there(now, Column::Key.eq(to)), "reaches")
        .expr_as(is_there(now, who.owner().pages_of_the_other()), "has_other")
        .into_model()
        .one(conn)
        .await
}

/// Whether a page of somebody else than `owner` is there, be it a guest's, in the call that a statement is about.
pub(in crate::features::calls) fn is_another_there(owner: PeerOwner, now: DateTime<Utc>) -> SimpleExpr {
    is_there(now, owner.pages_of_others())
}

/// Whether such a page of the call that a statement is about is there.
fn is_there(now: DateTime<Utc>, such: SimpleExpr) -> SimpleExpr {
    let there = call_peer::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Expr::col((call_peer::Entity, Column::CallId)).equals((call::Entity, call::Column::Id)))
        .filter(such)
        .filter(Column::LeftAt.is_null())
        .filter(Column::HereUntil.gt(now));
    Expr::exists(there.into_query())
}

fn own_pages_in(who: Participant<'_>, visit: i64) -> Select<call_peer::Entity> {
    call_peer::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, call_peer::Relation::Call.def())
        .join(JoinType::InnerJoin, call::Relation::Appointment.def())
        .filter(who.visits())
        .filter(appointment::Column::Id.eq(visit))
        .filter(who.owner().pages())
}

/// Something that was said to a page.
#[derive(Clone)]
pub(in crate::features::calls) struct HeardSignal {
    pub(in crate::features::calls) id: i64,
    pub(in crate::features::calls) from: String,
    /// Who sits before the page that said it.
    pub(in crate::features::calls) side: Side,
    pub(in crate::features::calls) kind: SignalKind,
    /// JSON, as the other page wrote it.
    pub(in crate::features::calls) body: String,
}

/// What a page has heard.
pub(in crate::features::calls) struct Heard {
    /// Whether its call is over.
    pub(in crate::features::calls) is_over: bool,
    /// The first first.
    pub(in crate::features::calls) signals: Vec<HeardSignal>,
}

/// What was said to that page of `who` after the signal `after`; nothing if there is no such page. One statement.
pub(in crate::features::calls) async fn heard(
    who: Participant<'_>,
    reader: &Reader,
    PeerOfVisit { visit, key }: PeerOfVisit<'_>,
    after: i64,
) -> Result<Option<Heard>, DbErr> {
    let said = call::Relation::CallSignal.def().on_condition({
        let key = key.to_owned();
        move |_, said| {
            let to = Expr::col((said.clone(), call_signal::Column::ToKey)).eq(key.clone()).into_condition();
            to.add(Expr::col((said, call_signal::Column::Id)).gt(after))
        }
    });
    let sender = call::Relation::CallPeer.def().on_condition(|_, sender| {
        let from = (call_signal::Entity, call_signal::Column::FromKey);
        Expr::col((sender, Column::Key)).equals(from).into_condition()
    });
    let found = own_pages_in(who, visit)
        .filter(Column::Key.eq(key))
        .columns([appointment::Column::Status, appointment::Column::Modality])
        .column(call::Column::State)
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .expr_as(Expr::col((Alias::new("sender"), Column::UserId)), "sender_user_id")
        .column_as(call_signal::Column::Id, "signal_id")
        .columns([call_signal::Column::FromKey, call_signal::Column::Kind, call_signal::Column::Body])
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::LeftJoin, said)
        .join_as(JoinType::LeftJoin, sender, "sender")
        .order_by_asc(call_signal::Column::Id)
        .limit(AT_ONCE);
    let topics = Topics::exempt("what pages say to each other is on no page");
    let found: Vec<HeardLine> = reader.run(topics, async |conn| found.clone().into_model().all(conn).await).await?;
    let Some(first) = found.first() else { return Ok(None) };
    let is_over = is_over(first.state, VisitSituation { status: first.status, modality: first.modality });
    Ok(Some(Heard { is_over, signals: found.into_iter().filter_map(HeardLine::signal).collect() }))
}

#[derive(Clone, FromQueryResult)]
struct HeardLine {
    status: AppointmentStatus,
    modality: Modality,
    state: CallState,
    doctor_user_id: i64,
    sender_user_id: Option<i64>,
    signal_id: Option<i64>,
    from_key: Option<String>,
    kind: Option<SignalKind>,
    body: Option<String>,
}

impl HeardLine {
    fn signal(self) -> Option<HeardSignal> {
        let side = Side::of(self.sender_user_id, self.doctor_user_id);
        Some(HeardSignal { id: self.signal_id?, from: self.from_key?, side, kind: self.kind?, body: self.body? })
    }
}
