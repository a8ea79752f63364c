//! What pages ask and say about calls. All of it is for programs.

pub(super) mod ending;
pub(super) mod joining;
pub(super) mod relays;
pub(super) mod reporting;
pub(super) mod signals;

use actix_web::{HttpResponse, http::header};
use serde::Serialize;

use crate::{access::Viewer, coherence::Topic, state::AppState};

/// The header of what was heard, with what the page is told by when more is said.
const LIVE_ON: &str = "x-live-on";

/// An answer for this moment and this page alone.
fn told(what: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(what)
}

/// By what the viewer's page is told when more is said in the call of the visit `id` from now on, or somebody comes or goes.
async fn live_on(state: &AppState, viewer: &Viewer, id: i64) -> Option<String> {
    state.live.token_of((viewer.user_id, viewer.zone()), &Topic::Call(id).into()).await
}
