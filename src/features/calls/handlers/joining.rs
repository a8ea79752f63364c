//! `POST /appointments/{id}/call`.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::{
    super::{forms, policy::TakePart, service},
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
    let replaces = forms::joining(submitted.fields()?)?;
    let joined = service::join(pages.state(), &viewer, *id, replaces.as_deref()).await?;
    // Whoever joins now is told of this page at once, so something may have been said to it before this is read: it is to be asked for once, whatever its
    // stream says.
    let live = live_on(pages.state(), &viewer, *id).await;
    Ok(told(&json!({"call": joined.call, "peer": joined.peer, "peers": joined.peers, "live": live})))
}
