//! Making, renewing and taking back the address of a calendar.

use chrono::{DateTime, Utc};
use entity::{
    calendar_link::{self, Column},
    enums::{AuditAction, AuditSubject, SecurityEvent},
    user,
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};

use super::secret::CalendarSecret;
use crate::{
    access::Viewer,
    coherence::Topics,
    db::{Recorded, UnitOfWork},
    features::{
        accounts,
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::{AppError, LinkToken, rate_limit::Key},
};

const NO_PAGE: Topics = Topics::exempt("no page that is kept tells of addresses of calendars");

/// Gives the viewer an address that nobody knows; one that they had leads nowhere from now on. They are told by mail, for it may have been
/// somebody else at their screen. Five statements at most.
///
/// # Errors
/// [`AppError::TooManyRequests`] after too many in an hour; the database's.
pub(super) async fn renew(state: &AppState, viewer: &Viewer) -> Result<LinkToken, AppError> {
    let _counted = state.kit.rate_limiter.attempt(&Key::calendar(viewer.user_id)).await?;
    let secret = CalendarSecret::new();
    let (key, now) = (&state.settings.secret_key, state.clock.now());
    let store = async |uow: &UnitOfWork| {
        let digest = secret.digest(key, forgotten_at(uow, viewer).await?);
        store(uow, viewer, (digest, now)).await
    };
    let id = state.db.write(store).await?;
    Ok(LinkToken { id, secret: secret.0 })
}

/// When the viewer's browsers were last forgotten. Whoever presses twice gets one address after the other, and none that was ended meanwhile.
async fn forgotten_at(uow: &UnitOfWork, viewer: &Viewer) -> Result<Option<DateTime<Utc>>, DbErr> {
    let person = user::Entity::find_by_id(viewer.user_id)
        .select_only()
        .column(user::Column::BrowsersForgottenAt)
        .lock_exclusive();
    let found: Option<Option<DateTime<Utc>>> = uow.read(async |conn| person.into_tuple().one(conn).await).await?;
    Ok(found.flatten())
}

async fn store(
    uow: &UnitOfWork,
    viewer: &Viewer,
    (digest, now): (Vec<u8>, DateTime<Utc>),
) -> Result<Recorded<i64>, DbErr> {
    let row = calendar_link::ActiveModel {
        digest: Set(digest),
        made_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let own = calendar_link::Entity::update_many().set(row.clone()).filter(Column::UserId.eq(viewer.user_id));
    let (id, action) = match uow.update_returning(own, |_renewed| NO_PAGE).await?.first() {
        Some(renewed) => (renewed.id, AuditAction::Updated),
        None => {
            let new =
                calendar_link::ActiveModel { id: NotSet, user_id: Set(viewer.user_id), created_at: Set(now), ..row };
            (uow.insert(new, NO_PAGE).await?.id, AuditAction::Created)
        }
    };
    accounts::tell_owner(uow, now, viewer.user_id, SecurityEvent::CalendarAddressMade).await?;
    Ok(audit::record(uow, now, viewer, event(viewer, action)).await?.with(id))
}

/// Takes the viewer's address back; whether there was one.
///
/// # Errors
/// The database's.
pub(super) async fn remove(state: &AppState, viewer: &Viewer) -> Result<bool, AppError> {
    let now = state.clock.now();
    let removed = state.db.write(async |uow| {
        let own = calendar_link::Entity::delete_many().filter(Column::UserId.eq(viewer.user_id));
        if uow.delete_where(own, NO_PAGE).await? == 0 {
            return Ok(Recorded::unchanged(false));
        }
        Ok::<_, DbErr>(audit::record(uow, now, viewer, event(viewer, AuditAction::Removed)).await?.with(true))
    });
    Ok(removed.await?)
}

fn event(viewer: &Viewer, action: AuditAction) -> AuditEvent {
    AuditEvent::new(action, AuditSubject::User, viewer.user_id).word("part", "calendar")
}
