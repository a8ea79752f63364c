//! A reference for each request: shown on error pages and written in the log line, so that a person
//! can quote it and an operator can find it. A trusted proxy may have given it one, and may say which trace it is part of; of anybody else
//! neither is taken.

use std::rc::Rc;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use ipnet::IpNet;

use super::with_headers;
use crate::web::{Kit, peer::Peer};

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const TRACEPARENT: &str = "traceparent";

const LENGTH: usize = 12;
const CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The reference of one request: 12 letters and digits, or what a trusted proxy calls it.
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

    /// What a trusted proxy calls `request` (`X-Request-Id`: 8 to 64 letters, digits, `-`, `_` and `.`), else a new one.
    pub(crate) fn of_request(request: &ServiceRequest, trusted: &[IpNet]) -> Self {
        let given = || request.headers().get(&X_REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| is_fit(id));
        match given() {
            Some(id) if Peer::is_proxy(request, trusted) => Self(id.into()),
            _ => Self::random(),
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

fn is_fit(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The trace that a request is part of, as a trusted proxy tells it: `traceparent` of W3C Trace Context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent {
    /// 32 hexadecimal digits.
    pub(crate) trace: String,
    /// The step that asks: 16 hexadecimal digits.
    pub(crate) parent: String,
}

impl TraceParent {
    /// That of `request`, if a trusted proxy tells one that is well-formed.
    pub(crate) fn of_request(request: &ServiceRequest, trusted: &[IpNet]) -> Option<Self> {
        let header = request.headers().get(TRACEPARENT)?;
        if !Peer::is_proxy(request, trusted) { None } else { Self::parse(header.to_str().ok()?) }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            parts.next().filter(|part| part.len() == length && part.bytes().all(is_hex))
        };
        let (version, trace, parent, _flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        // Later versions may say more behind that.
        let is_whole = version != "ff" && (version != "00" || parts.next().is_none());
        let is_none = |id: &str| id.bytes().all(|digit| digit == b'0');
        (is_whole && !is_none(trace) && !is_none(parent))
            .then(|| Self { trace: trace.to_owned(), parent: parent.to_owned() })
    }
}

/// Gives the request its reference and the answer the same one in `X-Request-Id`.
pub async fn request_id<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let kit = request.app_data::<web::Data<Kit>>();
    let trusted = kit.map(|kit| kit.trusted_proxies.as_slice()).unwrap_or_default();
    let (id, trace) = (RequestId::of_request(&request, trusted), TraceParent::of_request(&request, trusted));
    request.extensions_mut().insert(id.clone());
    if let Some(trace) = trace {
        request.extensions_mut().insert(trace);
    }
    with_headers(next.call(request).await, |headers| id.write_to(headers))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_a_trusted_proxy_names_a_request_and_its_trace() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let asked = |from: &str, id: &'static str| {
            let from = format!("{from}:40000").parse().unwrap_or_else(|_| panic!("{from}"));
            let request = TestRequest::default().peer_addr(from).insert_header(("x-request-id", id));
            request.insert_header(("traceparent", parent)).to_srv_request()
        };
        let trusted: Vec<IpNet> = ["10.0.0.0/8"].iter().filter_map(|net| net.parse().ok()).collect();
        let id = |from: &str, id| RequestId::of(Some(&RequestId::of_request(&asked(from, id), &trusted)));
        let given = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
        assert_eq!(id("10.0.0.1", given), given);
        assert_eq!(id("192.0.2.1", given).len(), LENGTH);
        for unfit in ["short", "with a space", "level=error\\n", "<script>alert(1)</script>"] {
            assert_eq!(id("10.0.0.1", unfit).len(), LENGTH, "{unfit}");
        }
        let trace = |from: &str| TraceParent::of_request(&asked(from, given), &trusted).map(|found| found.trace);
        assert_eq!(trace("10.0.0.1").as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        assert_eq!(trace("192.0.2.1"), None);
    }

    #[test]
    fn a_trace_is_taken_over_if_it_is_well_formed() {
        let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        let is_taken = |text: &str| TraceParent::parse(text).is_some();
        assert!(is_taken(&format!("00-{trace}-{parent}-01")));
        assert!(is_taken(&format!("01-{trace}-{parent}-01-more")));
        for wrong in [
            format!("00-{trace}-{parent}-01-more"),
            format!("ff-{trace}-{parent}-01"),
            format!("00-{}-{parent}-01", "0".repeat(32)),
            format!("00-{}-{parent}-01", trace.to_uppercase()),
            format!("00-{trace}-{parent}"),
            String::new(),
        ] {
            assert!(!is_taken(&wrong), "{wrong}");
        }
    }

    #[test]
    fn references_are_twelve_letters_and_digits_and_none_is_given_twice() {
        let ids: HashSet<Rc<str>> = (0..10_000).map(|_| RequestId::random().0).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.len() == LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        let used: HashSet<u8> = ids.iter().flat_map(|id| id.bytes()).collect();
        assert_eq!(used.len(), CHARACTERS.len());
    }
}
