//! `GET /device-check`, `GET /appointments/{id}/device-check/ice`, `POST /appointments/{id}/device-check`.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::{
    forms::{self, CheckQuery},
    pages::CheckPage,
    policy::CheckDevices,
    queries::{self, VisitOfCheck},
    service,
};
use crate::{
    access::{Allowed, SignedIn, Viewer},
    db::Reader,
    features::{appointments::check_href, calls},
    state::Pages,
    web::{
        AppError, FlashKind, FormView, Submitted, is_program, query::Filter, rate_limit::Key, see_other_saying, told,
        with_devices,
    },
};

/// Where devices are tried, for a visit or for none.
pub(super) async fn show(
    viewer: Allowed<SignedIn>,
    reader: Reader,
    query: Filter<CheckQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let visit = match query.0.appointment()? {
        Some(id) => Some(visit(&viewer, &reader, id).await?),
        None => None,
    };
    let page = CheckPage::new(&viewer, visit, FormView::default());
    Ok(with_devices(pages.show(&*viewer, &page)?))
}

/// Through which relays the call of this visit may go, with credentials for long enough to try them: also before somebody waits.
pub(super) async fn relays(
    viewer: Allowed<CheckDevices>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let _counted = state.kit.rate_limiter.attempt(&Key::relays(viewer.user_id)).await?;
    let visit = visit(&viewer, &reader, *id).await?;
    if check_href(&viewer, &visit.row).is_none() {
        return Err(AppError::Conflict(service::OVER.to_owned()));
    }
    Ok(told(StatusCode::OK, &calls::ice_to_try(&state.settings.calls, state.clock.now(), viewer.user_id)?))
}

/// Keeps what was found, as the page tells it or as somebody says it.
pub(super) async fn record(
    viewer: Allowed<CheckDevices>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let check = match forms::check(submitted.fields()?) {
        Ok(check) => check,
        Err(form) => {
            let page = CheckPage::new(&viewer, Some(visit(&viewer, &pages.state().db.reader(), *id).await?), *form);
            return Ok(with_devices(pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page)?));
        }
    };
    service::record(pages.state(), &viewer, *id, check).await?;
    if is_program(pages.request()) {
        return Ok(told(StatusCode::OK, &json!({})));
    }
    Ok(see_other_saying(&format!("/device-check?appointment={id}"), FlashKind::Success, "Your check is kept."))
}

async fn visit(viewer: &Viewer, reader: &Reader, id: i64) -> Result<VisitOfCheck, AppError> {
    queries::visit(viewer, reader, id).await?.ok_or(AppError::NotFound)
}
