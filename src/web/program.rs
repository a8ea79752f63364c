//! Answers for programs, such as a page's own script, at addresses that answer people with pages.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use serde_json::{Value, json};

use super::forms::RedisplayedForm;

/// Whether a program asks, which wants no page.
#[must_use]
pub fn is_program(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("application/json"))
}

/// Whether a browser fetches the page in case somebody goes there, before anybody does.
#[must_use]
pub fn is_prefetch(request: &HttpRequest) -> bool {
    let purpose = request.headers().get("sec-purpose").and_then(|value| value.to_str().ok());
    purpose.is_some_and(|purpose| purpose.contains("prefetch"))
}

/// What a program is told; no cache may keep it.
#[must_use]
pub fn told(status: StatusCode, what: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, header::HeaderValue::from_static("no-store")))
        .json(what)
}

/// What a program is told of a form that was refused: `{"error": "…"}`, in the sentences that people read above it.
#[must_use]
pub fn told_refused(again: &RedisplayedForm) -> HttpResponse {
    let why: Vec<&str> = again.form.summary.iter().map(|error| error.message.as_str()).collect();
    told(again.status, &json!({"error": why.join(" ")}))
}
