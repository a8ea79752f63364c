//! A reference for each request: shown on error pages and written in the log line, so that a person
//! can quote it and an operator can find it. Never taken from the client.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use rand::RngExt;

use super::with_headers;

/// The reference of one request: 12 letters and digits.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl RequestId {
    /// The text of a reference that may be missing (in tests of single parts).
    pub fn of(id: Option<&Self>) -> String {
        id.map(|id| id.0.clone()).unwrap_or_default()
    }
}

/// Gives the request its reference and the answer the same one in `X-Request-Id`.
pub async fn request_id<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id: String = rand::rng().sample_iter(rand::distr::Alphanumeric).take(12).map(char::from).collect();
    let header = HeaderValue::from_str(&id);
    request.extensions_mut().insert(RequestId(id));
    with_headers(next.call(request).await, |headers| {
        if let Ok(header) = header {
            headers.insert(HeaderName::from_static("x-request-id"), header);
        }
    })
}
