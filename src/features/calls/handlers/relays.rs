//! `GET /appointments/{id}/ice`.

use actix_web::{HttpResponse, web};

use super::{
    super::{credentials::ice, policy::TakePart, queries},
    told,
};
use crate::{
    access::Allowed,
    coherence::Topics,
    db::Reader,
    state::Pages,
    web::{AppError, rate_limit::Key},
};

/// Through which relays the call of this visit may go, with credentials for a while.
pub(in super::super) async fn show(
    viewer: Allowed<TakePart>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let _counted = state.kit.rate_limiter.attempt(&Key::relays(viewer.user_id)).await?;
    let topics = Topics::exempt("credentials of this moment");
    let visit = reader.run(topics, async |conn| queries::visit_of_call(&viewer, conn, *id).await).await?;
    if !visit.ok_or(AppError::NotFound)?.is_open() {
        return Err(AppError::Conflict(NOT_NOW.to_owned()));
    }
    Ok(told(&ice(&state.settings.calls, state.clock.now(), viewer.user_id)?))
}

const NOT_NOW: &str = "Nobody can be called in this visit now. Look at the visit to see where it stands.";
