//! Requests that pages send by themselves: for what has changed on them (`X-Live`), and for the stream that says so.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::session::automatically;

/// The header of a page that asks for itself once more.
pub const X_LIVE: &str = "x-live";
/// A browser can put no header on its request for a stream.
const STREAM: &str = "/live";

/// They are not use of the session. Outside of everything that looks at sessions.
///
/// # Errors
/// What is inside fails with.
pub async fn automatic<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.headers().contains_key(X_LIVE) || request.path() == STREAM {
        automatically(next.call(request)).await
    } else {
        next.call(request).await
    }
}
