//! `GET,POST /profile/proof`: showing once more who one is, on the way to a file.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    super::{destination::Destination, forms, pages::proof::ProofPage, service},
    Next,
};
use crate::{
    access::{Allowed, SignedIn},
    state::Pages,
    web::{AppError, Clinical, FormView, Submitted, query::Filter, see_other},
};

const HERE: &str = "/profile/proof";

/// The question.
pub(in super::super) async fn new(
    viewer: Allowed<SignedIn>,
    query: Filter<Next>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let next = Destination::of(query.0.next.as_deref());
    let has_passkey = service::proof::has_passkey(pages.state(), &viewer).await?;
    pages.show_clinical(&*viewer, &question(FormView::default(), (&next, has_passkey)))
}

/// The answer to it; then on to where they wanted to go.
pub(in super::super) async fn create(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (next, form) = match forms::proof(submitted.fields()?) {
        Ok((given, next)) => match given.refusal(pages.state(), &viewer).await? {
            None => return Ok(see_other(next.as_str())),
            Some(form) => (next, form),
        },
        Err((next, form)) => (next, *form),
    };
    let has_passkey = service::proof::has_passkey(pages.state(), &viewer).await?;
    pages.refuse_clinical(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &question(form, (&next, has_passkey)))
}

fn question(form: FormView, (next, has_passkey): (&Destination, bool)) -> Clinical<ProofPage> {
    let carried = [("next".to_owned(), next.as_str().to_owned())].into();
    Clinical::new(ProofPage::new(form, HERE.to_owned(), carried).with_passkey(has_passkey))
}
