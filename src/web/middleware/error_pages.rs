//! Turns every error into a page: ours, Actix's own (404, 405, 413 …), and those of middleware.
//!
//! The page needs no session and no database. A form that is shown again is a page already and is
//! left alone.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web,
};
use serde::Serialize;

use crate::web::{
    Kit,
    error::{Problem, Rendered, TypedField},
    form_owner,
    middleware::request_id::RequestId,
    page::{Shell, bare_layout},
    refusals::RefusedAct,
};

#[derive(Debug, Serialize)]
struct ErrorPage {
    status: u16,
    title: &'static str,
    explanation: String,
    typed: Vec<TypedField>,
    way_back: WayBack,
    reference: String,
}

#[derive(Debug, Serialize)]
struct WayBack {
    href: &'static str,
    label: &'static str,
}

/// See the module.
pub async fn error_pages<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kit = request.app_data::<web::Data<Kit>>().cloned();
    let kit = kit.as_ref().map(|kit| kit.get_ref());
    let id = request.extensions().get::<RequestId>().cloned();
    match next.call(request).await {
        Ok(answer) => {
            let plain = answer.response().extensions().get::<Rendered>().is_none();
            let status = answer.status();
            if status == StatusCode::TOO_MANY_REQUESTS {
                Kit::note(answer.request(), RefusedAct::TooMany, "limit");
            }
            if !(plain && (status.is_client_error() || status.is_server_error()))
                || is_machine_readable(answer.response().headers())
            {
                return Ok(answer.map_into_boxed_body());
            }
            let reference = RequestId::of(id.as_ref());
            let shell = answer.request().extensions().get::<Shell>().cloned();
            let (request, mut old) = answer.into_parts();
            if let Some(problem) = old.extensions_mut().get_mut::<Problem>().filter(|problem| problem.typed.is_empty())
            {
                problem.typed = form_owner::typed_into(&request);
            }
            let page = rendered(kit, old.map_into_boxed_body(), (shell, reference));
            Ok(ServiceResponse::new(request, page))
        }
        Err(error) => {
            let reference = RequestId::of(id.as_ref());
            let old = error.as_response_error().error_response();
            if old.status().is_server_error() {
                log::error!(reference = reference.as_str(), cause:% = error; "middleware failed");
            }
            let page = rendered(kit, old, (None, reference));
            Err(actix_web::error::InternalError::from_response(error, page).into())
        }
    }
}

/// Answers for programs (health in JSON) keep their form.
fn is_machine_readable(headers: &header::HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

/// `old` with a page for a body, its other headers (`Retry-After`, `Allow`, cookies) kept.
fn rendered(kit: Option<&Kit>, old: HttpResponse, (shell, reference): (Option<Shell>, String)) -> HttpResponse {
    let status = old.status();
    let problem = old.extensions().get::<Problem>().cloned().unwrap_or_default();
    if let Some(cause) = &problem.cause {
        log::error!(reference = reference.as_str(), status = status.as_u16(), cause = cause.as_str(); "the request failed");
    }
    let body = kit.and_then(|kit| page(kit, status, problem, (shell, reference.clone())));
    let mut answer = HttpResponse::build(status);
    for (name, value) in
        old.headers().iter().filter(|(name, _)| **name != header::CONTENT_TYPE && **name != header::CONTENT_LENGTH)
    {
        answer.append_header((name.clone(), value.clone()));
    }
    answer.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer.extensions_mut().insert(Rendered);
    answer.body(body.unwrap_or_else(|| {
        format!("<!doctype html><html lang=\"en\"><title>Error</title><h1>{status}</h1><p>Reference {reference}</p>")
    }))
}

fn page(
    kit: &Kit,
    status: StatusCode,
    problem: Problem,
    (shell, reference): (Option<Shell>, String),
) -> Option<String> {
    let (title, sentence) = words(status);
    let title = problem.title.unwrap_or(title);
    let page = ErrorPage {
        status: status.as_u16(),
        title,
        explanation: problem.explanation.unwrap_or_else(|| sentence.to_owned()),
        typed: problem.typed,
        way_back: if shell.is_some() {
            WayBack { href: "/dashboard", label: "Back to your dashboard" }
        } else {
            WayBack { href: "/", label: "Back to the start page" }
        },
        reference: reference.clone(),
    };
    let layout = bare_layout(kit, title, shell, reference);
    kit.templates
        .render("errors/error.html", &page, &layout)
        .inspect_err(|error| log::error!("the error page cannot be rendered: {error}"))
        .ok()
}

/// A title and a sentence for each status.
const WORDS: [(u16, &str, &str); 14] = [
    (400, "That request could not be read", "Go back, load the page again and try once more."),
    (401, "You are not signed in", "Sign in, then load the page again."),
    (403, "Your role may not do this", "If you think it should, ask your hospital's administrator."),
    (404, "There is nothing here", "The address is wrong, or you may not see what it names."),
    (405, "That cannot be done here", "The address exists, but not for this kind of request."),
    (408, "The request took too long to arrive", "Check the connection and try again."),
    (
        409,
        "Somebody was quicker",
        "The state has changed since you loaded the page. Load it again and see what it is now.",
    ),
    (410, "This is over", "What the address led to is not there any more."),
    (413, "That is too large", "A form may hold 64 KiB, a note 256."),
    (
        421,
        "This is not that site",
        "The address in your browser is not the one that this server goes by. If it should be, its operator sets PUBLIC_URL.",
    ),
    (422, "That cannot be used", "A part of the address or of the form is not what it should be."),
    (429, "Too many tries", "Wait a little, then try again."),
    (431, "Too many cookies", "Delete the cookies of this site in your browser, then try again."),
    (503, "We cannot answer just now", "Something we depend on is away. Nothing is lost. Try again in a few seconds."),
];

fn words(status: StatusCode) -> (&'static str, &'static str) {
    let known = WORDS.into_iter().find(|(code, ..)| *code == status.as_u16());
    match known {
        Some((_, title, sentence)) => (title, sentence),
        None if status.is_client_error() => ("That request could not be answered", "Go back and try again."),
        None => (
            "Something went wrong on our side",
            "It is in our log under the reference below. Nothing you entered elsewhere is lost.",
        ),
    }
}
