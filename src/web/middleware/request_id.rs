//! A reference for each request: shown on error pages and written in the log line, so that a person
//! can quote it and an operator can find it. Never taken from the client.

use std::rc::Rc;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
};

use super::with_headers;

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const LENGTH: usize = 12;
const CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The reference of one request: 12 letters and digits.
#[derive(Clone, Debug)]
pub struct RequestId(Rc<str>);

impl RequestId {
    /// The text of a reference that may be missing (in tests of single parts).
    pub fn of(id: Option<&Self>) -> String {
        id.map(|id| id.0.to_string()).unwrap_or_default()
    }

    /// Tells the client, in `X-Request-Id`.
    pub(crate) fn write_to(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(X_REQUEST_ID.clone(), value);
        }
    }

    /// A new one.
    pub(crate) fn random() -> Self {
        // Two draws for all of it: a draw for each character costs more than the rest of the middleware.
        let halves: [u64; 2] = rand::random();
        let mut id = String::with_capacity(LENGTH);
        for mut half in halves {
            for _ in 0..LENGTH / 2 {
                id.push(CHARACTERS.get((half % 62) as usize).copied().map_or('0', char::from));
                half /= 62;
            }
        }
        Self(id.into())
    }
}

/// Gives the request its reference and the answer the same one in `X-Request-Id`.
pub async fn request_id<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id = RequestId::random();
    request.extensions_mut().insert(id.clone());
    with_headers(next.call(request).await, |headers| id.write_to(headers))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn references_are_twelve_letters_and_digits_and_none_is_given_twice() {
        let ids: HashSet<Rc<str>> = (0..10_000).map(|_| RequestId::random().0).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.len() == LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        let used: HashSet<u8> = ids.iter().flat_map(|id| id.bytes()).collect();
        assert_eq!(used.len(), CHARACTERS.len());
    }
}
