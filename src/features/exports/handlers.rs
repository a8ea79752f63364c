//! `GET /profile/export.json`.

use actix_web::{HttpResponse, http::header};

use super::{policy::TakeOwnRecord, service};
use crate::{
    access::ViewerKind,
    features::accounts::RecentlyProved,
    state::Pages,
    web::{AppError, rate_limit::Key},
};

/// Everything about the patient who asks, as a file that nobody keeps on the way.
pub(super) async fn own(viewer: RecentlyProved<TakeOwnRecord>, pages: Pages) -> Result<HttpResponse, AppError> {
    let ViewerKind::Patient { patient_id, .. } = viewer.kind else { return Err(AppError::Forbidden) };
    let state = pages.state();
    // Each counts, whatever becomes of it.
    let _counted = state.kit.rate_limiter.attempt(&Key::export(viewer.user_id)).await?;
    let document = service::own_document(state, &viewer, patient_id).await?;
    let body = serde_json::to_vec_pretty(&document).map_err(AppError::internal)?;
    let date = state.clock.now().with_timezone(&viewer.zone()).date_naive();
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"my-record-{date}.json\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}
