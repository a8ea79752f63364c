//! `GET,POST /profile/proof`: showing once more who one is, on the way to a file.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    super::{destination::Destination, forms, pages::proof::ProofPage, proof, service},
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
    pages.show_clinical(&*viewer, &question(FormView::default(), &next))
}

/// The answer to it; then on to where they wanted to go.
pub(in super::super) async fn create(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (next, form) = match forms::proof(submitted.fields()?) {
        Ok((given, next)) => match service::proof::prove(pages.state(), &viewer, given).await? {
            true => return Ok(see_other(next.as_str())),
            false => (next, proof::wrong()),
        },
        Err((next, form)) => (next, *form),
    };
    pages.refuse_clinical(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &question(form, &next))
}

fn question(form: FormView, next: &Destination) -> Clinical<ProofPage> {
    let carried = [("next".to_owned(), next.as_str().to_owned())].into();
    Clinical::new(ProofPage::new(form, HERE.to_owned(), carried))
}
