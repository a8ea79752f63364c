//! `POST /appointments/{id}/call`.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::{
    super::{policy::TakePart, service},
    live_on, told,
};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, Submitted},
};

/// A page joins the call of its visit, or begins it.
pub(in super::super) async fn join(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let joined = service::join(pages.state(), &viewer, *id).await?;
    // Nothing can be said to a page before its key is told.
    let live = live_on(pages.state(), &viewer, *id).await;
    Ok(told(&json!({"call": joined.call, "peer": joined.peer, "peers": joined.peers, "live": live})))
}
