//! `POST /appointments/{id}/telling`.

use actix_web::{HttpResponse, web};

use super::super::{forms, policy::TellByPhone, service::telling};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, FlashKind, Submitted, see_other_saying},
};

/// The desk has told the patient by telephone.
pub(in super::super) async fn create(
    viewer: Allowed<TellByPhone>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let visit = telling::visit(state, &viewer, *id).await?;
    let needs_list = |_form| AppError::Unprocessable("Open the dashboard, and say there whom you have told.");
    let up_to = forms::telling(submitted.fields()?).map_err(needs_list)?;
    Ok(match telling::note(state, &viewer, (&visit, up_to)).await? {
        true => see_other_saying("/dashboard", FlashKind::Success, TOLD),
        false => see_other_saying("/dashboard", FlashKind::Error, NOTHING),
    })
}

const TOLD: &str = "It is noted that you have told the patient.";
const NOTHING: &str =
    "Nothing was noted: somebody has told the patient before you, or they have an e-mail address by now.";
