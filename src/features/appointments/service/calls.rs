//! The call that goes on in a visit: it ends with the visit, and when that moves to the telephone. `calls` ends it as well.

use std::cmp::max;

use chrono::{DateTime, Utc};
use entity::{
    call::{self, Column},
    call_signal,
    enums::{CallEnd, CallPath, CallState},
};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, Iterable as _, QueryFilter, Set, sea_query::Expr, sea_query::ExprTrait,
};

use crate::{
    coherence::{Topic, Topics},
    db::{DbErr, UnitOfWork},
    features::{
        appointments::queries::{self, AppointmentState},
        audit::AuditEvent,
    },
    metrics::{counter, or_none},
};

/// A call that is not over.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct OpenCall {
    /// `call.id`
    pub(crate) id: i64,
    /// Since when the two see or hear each other; none while they do not.
    pub(crate) connected_at: Option<DateTime<Utc>>,
    /// Which way that takes.
    pub(crate) path: Option<CallPath>,
    /// How often a page had to look for another way.
    pub(crate) restarts: i32,
}

/// When a call ends, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallEnding {
    pub(crate) at: DateTime<Utc>,
    pub(crate) why: CallEnd,
}

/// A call that was ended, for the trail and for the metrics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndedCall {
    why: CallEnd,
    path: Option<CallPath>,
    seconds: i32,
    restarts: i32,
}

impl OpenCall {
    /// Ends it so, and with it what its pages have said to each other; none if it was over. `seen_by`: by what those are
    /// told whose pages show that it goes on, or take part in it ([`seen_by`]). Two statements.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn end(
        &self,
        uow: &UnitOfWork,
        ending: CallEnding,
        seen_by: Topics,
    ) -> Result<Option<EndedCall>, DbErr> {
        let Some(ended) = self.end_unheard(uow, ending, seen_by).await? else { return Ok(None) };
        let said = call_signal::Entity::delete_many().filter(call_signal::Column::CallId.eq(self.id));
        uow.delete_where(said, Topics::exempt("no page shows what pages say to each other")).await?;
        Ok(Some(ended))
    }

    /// The same for a call of which nobody was there for long: what was said in it nobody hears any more, and the clock forgets it. One statement.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn end_unheard(
        &self,
        uow: &UnitOfWork,
        CallEnding { at, why }: CallEnding,
        seen_by: Topics,
    ) -> Result<Option<EndedCall>, DbErr> {
        let seconds = self.connected_at.map_or(0, |since| max((at - since).num_seconds(), 0));
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        let row = call::ActiveModel {
            state: Set(CallState::Ended),
            ended_at: Set(Some(at)),
            end_reason: Set(Some(why)),
            connected_seconds: Set(seconds),
            updated_at: Set(at),
            ..Default::default()
        };
        let end = call::Entity::update_many()
            .set(row)
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(Column::Id.eq(self.id))
            .filter(Column::State.ne(CallState::Ended));
        if uow.update_where(end, seen_by).await? == 0 {
            return Ok(None);
        }
        let ended = EndedCall { why, path: self.path, seconds, restarts: self.restarts };
        uow.once_committed(move || ended.count());
        Ok(Some(ended))
    }
}

impl EndedCall {
    /// The same line, which tells of the end as well.
    pub(crate) fn tell(&self, act: AuditEvent) -> AuditEvent {
        let act = act.word("call", "ended").word("why", end_code(self.why)).number("seconds", i64::from(self.seconds));
        match self.path {
            Some(path) => act.word("path", path_code(path)),
            None => act,
        }
    }

    /// The line of the call that came next, which tells of this one, `id`, as well.
    pub(crate) fn tell_before(&self, act: AuditEvent, id: i64) -> AuditEvent {
        let seconds = i64::from(self.seconds);
        act.word("before", end_code(self.why)).number("before_id", id).number("before_seconds", seconds)
    }

    fn count(self) {
        CallFigures::of(self.path).add((self.why, 1), [self.seconds, self.restarts]);
    }
}

/// What metrics tell of calls that are over and went that way.
struct CallFigures(&'static str);

impl CallFigures {
    fn of(path: Option<CallPath>) -> Self {
        Self(path.map_or("unknown", path_code))
    }

    /// So many more that ended so, with as many seconds and restarts.
    fn add(&self, (why, calls): (CallEnd, u64), [seconds, restarts]: [i32; 2]) {
        if let Some(ended) = or_none(counter("calls_ended_total", "Calls that are over", &["path", "reason"])) {
            ended.with_label_values(&[self.0, end_code(why)]).inc_by(calls);
        }
        for (name, help, number) in [
            ("call_seconds_total", "Seconds in which two saw or heard each other, of calls that are over", seconds),
            ("call_restarts_total", "How often calls that are over had to look for another way", restarts),
        ] {
            if let Some(sum) = or_none(counter(name, help, &["path"])) {
                sum.with_label_values(&[self.0]).inc_by(u64::try_from(number).unwrap_or_default());
            }
        }
    }
}

/// Shows the figures of calls that are over before there is one: of a series that begins with its first call no increase is told for that.
pub(crate) fn show_figures() {
    for path in CallPath::iter().map(Some).chain([None]) {
        for why in CallEnd::iter() {
            CallFigures::of(path).add((why, 0), [0, 0]);
        }
    }
}

/// By what those are told who see how the call of the visit `id` stands, which is on these lists, or take part in it.
pub(crate) fn seen_by(lists: [Topic; 3], id: i64) -> Topics {
    Topics::from(lists).and([Topic::Visit(id), Topic::Call(id)])
}

/// Ends the call that goes on in `visit`, if one does; after the visit itself was changed, for a call that began meanwhile goes on in it as well. One
/// statement, and two more then.
///
/// # Errors
/// The database's.
pub(super) async fn end_call(
    uow: &UnitOfWork,
    ending: CallEnding,
    visit: &AppointmentState,
) -> Result<Option<EndedCall>, DbErr> {
    let open = uow.read(async |conn| queries::open_call_held(conn, visit.id).await).await?;
    let Some(call) = open else { return Ok(None) };
    call.end(uow, ending, seen_by(visit.topics(), visit.id)).await
}

/// The word for why a call is over, in the trail.
fn end_code(why: CallEnd) -> &'static str {
    match why {
        CallEnd::HungUp => "hung_up",
        CallEnd::Lost => "lost",
        CallEnd::NotAnswered => "not_answered",
        CallEnd::MovedToPhone => "moved_to_phone",
        CallEnd::Finished => "finished",
    }
}

/// The word for the way that a call takes, in forms, in the trail and in figures.
pub(crate) fn path_code(path: CallPath) -> &'static str {
    match path {
        CallPath::Direct => "direct",
        CallPath::RelayUdp => "relay_udp",
        CallPath::RelayTcp => "relay_tcp",
        CallPath::RelayTls => "relay_tls",
    }
}
