//! A page tells how the call goes: that the two see or hear each other, which way that takes, and how well.

use std::cmp::max;

use chrono::{DateTime, Utc};
use entity::{
    call::{self, Column},
    call_peer,
    enums::{AuditAction, AuditSubject, CallState},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, sea_query::Expr, sea_query::ExprTrait};

use super::{LEASE, OVER};
use crate::{
    coherence::Topics,
    db::{Recorded, UnitOfWork, Unrecorded},
    features::{
        appointments::path_code,
        audit::{self, AuditEvent},
        calls::{
            forms::CallReport,
            participant::{ActingParticipant, Participant, PeerOfVisit},
            queries::{self, PeerStanding},
        },
    },
    metrics::{counter, or_none},
    state::AppState,
    web::AppError,
};

const REPORTS: Unrecorded = Unrecorded::of(
    &["call", "call_peer"],
    "how well a call goes is no act; its beginning and its end have their lines",
);
const NOT_SHOWN: Topics = Topics::exempt("how well a call goes is on no page that is kept before it is over");

/// Notes it. That it is connected is believed only while a page of the other who meets is there; of what a guest's page
/// tells nothing is noted: it is about another line than that of the two. Five statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when the page is not one of `who` in the visit `id`; [`AppError::Conflict`] when it has no part in the call any more;
/// [`AppError::TooManyRequests`] after too many in a minute.
pub(in crate::features::calls) async fn report(
    state: &AppState,
    who: Participant<'_>,
    id: i64,
    report: &CallReport,
) -> Result<(), AppError> {
    let _counted = state.kit.rate_limiter.attempt(&who.signals()).await?;
    let now = state.clock.now();
    let topics = Topics::exempt("what is noted then says what has changed");
    let (page, nobody) = (PeerOfVisit { visit: id, key: &report.peer }, ("", now));
    let reader = state.db.reader();
    let standing = reader.run(topics, async |conn| queries::standing(who, conn, page, nobody).await).await?;
    let standing = standing.ok_or(AppError::NotFound)?;
    if !standing.takes_part() {
        return Err(AppError::Conflict(OVER.to_owned()));
    }
    if who.guest().is_some() {
        return Ok(());
    }
    let is_news = report.is_connected && standing.state == CallState::Calling && standing.has_other;
    if !is_news {
        let noted = state.db.write_unrecorded(REPORTS, async |uow| note(uow, now, &standing, report).await);
        return noted.await.map_err(|error: DbErr| error.into());
    }
    let connected = state.db.write(async |uow| connect(uow, who.acting(now), (id, &standing), report).await).await;
    if connected.map_err(|error: DbErr| AppError::from(error))? {
        count(report);
    }
    Ok(())
}

/// The two see or hear each other, by the server's clock; whether nobody has said so before.
async fn connect(
    uow: &UnitOfWork,
    ActingParticipant { who, now }: ActingParticipant<'_>,
    (id, standing): (i64, &PeerStanding),
    report: &CallReport,
) -> Result<Recorded<bool>, DbErr> {
    let row = call::ActiveModel {
        state: Set(CallState::Connected),
        connected_at: Set(Some(now)),
        ..quality(now, standing, report)
    };
    let connect = call::Entity::update_many()
        .set(row)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(standing.call_id))
        .filter(Column::State.eq(CallState::Calling));
    if uow.update_where(connect, standing.seen_by(id)).await? == 0 {
        return Ok(Recorded::unchanged(false));
    }
    renew(uow, now, standing).await?;
    let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("call", "connected");
    let event = event.number("call_id", standing.call_id);
    let event = match report.path {
        Some(path) => event.word("path", path_code(path)),
        None => event,
    };
    Ok(audit::record(uow, now, who.actor(), event).await?.with(true))
}

async fn note(uow: &UnitOfWork, now: DateTime<Utc>, standing: &PeerStanding, report: &CallReport) -> Result<(), DbErr> {
    let update = call::Entity::update_many().set(quality(now, standing, report));
    let update = update.filter(Column::Id.eq(standing.call_id)).filter(Column::State.ne(CallState::Ended));
    uow.update_where(update, NOT_SHOWN).await?;
    renew(uow, now, standing).await
}

/// Whoever reports is there, and a page that is hidden for longer than that.
async fn renew(uow: &UnitOfWork, now: DateTime<Utc>, standing: &PeerStanding) -> Result<(), DbErr> {
    let row = call_peer::ActiveModel { here_until: Set(now + LEASE), updated_at: Set(now), ..Default::default() };
    let renewal = call_peer::Entity::update_many()
        .set(row)
        .filter(call_peer::Column::Id.eq(standing.peer_id))
        .filter(call_peer::Column::LeftAt.is_null())
        .filter(call_peer::Column::HereUntil.lt(now + LEASE));
    uow.update_where(renewal, NOT_SHOWN).await.map(drop)
}

/// The last way, and of what can be bad the worst.
fn quality(now: DateTime<Utc>, standing: &PeerStanding, report: &CallReport) -> call::ActiveModel {
    call::ActiveModel {
        path: Set(report.path.or(standing.path)),
        restarts: Set(max(report.restarts.unwrap_or_default(), standing.restarts)),
        loss: Set(max(report.loss, standing.loss)),
        rtt: Set(max(report.rtt, standing.rtt)),
        first_frame: Set(max(report.first_frame, standing.first_frame)),
        updated_at: Set(now),
        ..Default::default()
    }
}

fn count(report: &CallReport) {
    let path = report.path.map_or("unknown", path_code);
    let connected = or_none(counter("calls_connected_total", "Calls in which two saw or heard each other", &["path"]));
    if let Some(connected) = connected {
        connected.with_label_values(&[path]).inc();
    }
}
