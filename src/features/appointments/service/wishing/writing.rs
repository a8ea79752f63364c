//! What a wish and an answer to it leave behind: the visit itself, its history, the news of it and the trail.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::{AuditAction, AuditSubject, EventKind, NotificationKind, Role},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use super::{
    super::{
        super::{
            queries::{self, AppointmentState},
            wishes::Wish,
        },
        asked,
    },
    STALE,
    answering::refusal_of,
};
use crate::{
    access::ActingViewer,
    db::{Recorded, UnitOfWork},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News},
    },
    web::AppError,
};

/// What becomes of the wish for the time `wished`, and what is said of it.
struct Turn<'a> {
    kind: EventKind,
    wished: DateTime<Utc>,
    note: Option<&'a String>,
}

/// Stores the wish, and tells its doctor and those who run the hospital. Six statements.
pub(super) async fn wish<E: From<AppError> + From<sea_orm::DbErr>>(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    before: &AppointmentState,
    (wished, note): (DateTime<Utc>, Option<&String>),
) -> Result<Recorded, E> {
    let turn = Turn { kind: EventKind::Wished, wished, note };
    store(uow, acting, before, (&turn, Some(wished))).await?;
    let desk = uow.read(async |conn| queries::administrators(conn, before.hospital_id).await).await?;
    let news = news(before, &turn, (NotificationKind::TimeWished, [before.doctor_user_id].into()));
    let besides = News { recipients: desk, ..news.clone() };
    notifications::notify_and_show(uow, acting.now, &news, &besides).await?;
    Ok(record(uow, acting, before, &turn).await?)
}

/// Writes the wish away, and tells the patient that the visit stays at its time; or the others, if the patient keeps it: on the page alone, for nothing is to
/// be done. Seven statements at most.
pub(super) async fn refuse(
    uow: &UnitOfWork,
    acting: ActingViewer<'_>,
    before: &AppointmentState,
    note: Option<&String>,
) -> Result<Recorded, AppError> {
    let role = acting.viewer.role();
    let wished = Wish::from(before).wished().ok_or_else(|| AppError::Conflict(STALE.to_owned()))?;
    let turn = Turn { kind: refusal_of(role), wished, note };
    store(uow, acting, before, (&turn, None)).await?;
    let asked = asked::wish_is_answered(uow, acting.now, before).await?;
    if role == Role::Patient {
        let news = news(before, &turn, (NotificationKind::WishWithdrawn, asked));
        notifications::notify_on_page(uow, acting.now, &news).await?;
    } else {
        let news = news(before, &turn, (NotificationKind::WishRefused, [before.patient_user_id].into()));
        notifications::notify(uow, acting.now, &news).await?;
    }
    Ok(record(uow, acting, before, &turn).await?)
}

/// Writes what the visit carries from now on, if it is still as it was `before`, and the line of its history. Two statements.
async fn store(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    before: &AppointmentState,
    (turn, wished): (&Turn<'_>, Option<DateTime<Utc>>),
) -> Result<(), AppError> {
    let row = appointment::ActiveModel {
        wished_starts_at: Set(wished),
        version: Set(before.version + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    let update = appointment::Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(before.id))
        .filter(Column::Status.eq(before.status))
        .filter(Column::Version.eq(before.version));
    if uow.update_where(update, before.topics()).await? == 0 {
        return Err(AppError::Conflict(STALE.to_owned()));
    }
    let times = before.told_times(Some(turn.wished));
    let event = appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(before.id),
        actor_id: Set(viewer.user_id),
        kind: Set(turn.kind),
        from_status: Set(Some(before.status)),
        to_status: Set(before.status),
        note: Set(turn.note.cloned()),
        local_starts_at: Set(times.starts_at),
        proposed_local_starts_at: Set(times.proposed),
        from_doctor_id: Set(None),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    };
    uow.insert_many([event], before.topics()).await?;
    Ok(())
}

/// From when to when, to these.
fn news(before: &AppointmentState, turn: &Turn<'_>, (kind, recipients): (NotificationKind, BTreeSet<i64>)) -> News {
    News {
        kind,
        appointment_id: before.id,
        version: before.version + 1,
        times: before.told_times(Some(turn.wished)),
        recipients,
        visit: None,
        by_mail: None,
    }
}

/// The line of the trail: that the wish changed, from the visit's time to the other.
async fn record(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    before: &AppointmentState,
    turn: &Turn<'_>,
) -> Result<Recorded, sea_orm::DbErr> {
    let answer = match turn.kind {
        EventKind::Wished => "asked",
        EventKind::WishWithdrawn => "taken back",
        _ => "refused",
    };
    let act = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, before.id)
        .changed(&["wished_time"])
        .word("wish", answer)
        .instant("from", before.starts_at)
        .instant("to", turn.wished);
    audit::record(uow, now, viewer, act).await
}
