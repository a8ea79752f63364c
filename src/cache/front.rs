//! The short way to a page that is known to be kept: before routing and every other middleware.
//!
//! Whoever loads the same address with the same cookies again gets here what the long way ([`super::middleware`]) would find:
//! the same session read anew, the same stamps read anew, judged by the same rule ([`super::pages`]). Only what follows from
//! the bytes of the request alone is remembered: whose session the cookie names, and which page the address is. Whatever is not
//! a plain hit goes the long way as if it had not been here.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse};
use futures_util::future::join;

use super::exchange::{Wants, answer};
use super::key::PageKey;
use super::middleware::Route;
use super::pages::Found;
use super::{Cache, Outcome};
use crate::metrics;
use crate::session::KeyHash;
use crate::state::AppState;
use crate::web::middleware::{request_id::RequestId, security_headers, server_timing};

/// Longer requests are not remembered.
const LONGEST: usize = 2_000;
/// What is remembered may take this much, in bytes.
const MEMORY: u64 = 4 * 1024 * 1024;

/// What the bytes of requests meant.
pub(super) type Memory = moka::sync::Cache<Arc<[u8]>, Arc<Known>>;

/// What the bytes of a request mean.
pub(super) struct Known {
    /// As in the route table.
    pub(super) pattern: &'static str,
    /// The page.
    pub(super) key: PageKey,
    /// The session, and whose it is (`user.id`) for the page to be theirs; nothing for pages as everybody sees them.
    pub(super) session: Option<(KeyHash, i64)>,
}

/// Nothing yet.
pub(super) fn memory() -> Memory {
    moka::sync::Cache::builder()
        .max_capacity(MEMORY)
        // Key and value are a few hundred bytes beside the request's own.
        .weigher(|request: &Arc<[u8]>, _: &Arc<Known>| u32::try_from(request.len() + 400).unwrap_or(u32::MAX))
        .build()
}

/// Notes that this request was a hit on the long way, and of what.
pub(super) fn remember(cache: &Cache, request: &HttpRequest, route: &Route, known: (PageKey, Option<(KeyHash, i64)>)) {
    if cache.goes_the_short_way()
        && let Some(bytes) = bytes(request.method(), request)
    {
        let (key, session) = known;
        cache.0.front.insert(bytes.into(), Arc::new(Known { pattern: route.pattern, key, session }));
    }
}

/// See the module. The outermost of all, so that a hit passes nothing else.
///
/// # Errors
/// What is inside fails with.
pub async fn front<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let hit = match request.app_data::<Data<AppState>>() {
        Some(state) if state.cache.goes_the_short_way() => hit(state, &request, started).await,
        _ => None,
    };
    match hit {
        Some(page) => Ok(request.into_response(page)),
        None => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}

/// The page, if it is kept and current and whoever asks is still signed in.
async fn hit(state: &Data<AppState>, request: &ServiceRequest, started: Instant) -> Option<HttpResponse> {
    let cache = &state.cache;
    let known = cache.0.front.get(&*bytes(request.method(), request.request())?)?;
    let entry = cache.0.pages.kept(&known.key)?;
    let found = match &known.session {
        None => cache.0.pages.judge(&entry).await,
        Some((hash, person)) => {
            // Asked for together, both are read in one round trip.
            let (user, found) = join(state.sessions.user_by_copy(hash), cache.0.pages.judge(&entry)).await;
            (user == Some(*person)).then_some(found)?
        }
    };
    let Found::Entry(entry) = found else { return None };
    let mut page = answer(&entry, &Wants::of(request, false));
    security_headers::add(page.headers_mut(), Some(&state.kit), security_headers::is_https(&state.kit, request));
    RequestId::random().tell(page.headers_mut());
    metrics::cache(known.pattern, Outcome::Hit.word());
    server_timing::tell_hit(&mut page, (known.pattern, request.method()), started.elapsed());
    Some(page)
}

/// All of a request that decides which page it is and whose: nothing when there is more to it than an address and one line of
/// cookies, or less than that can be decided from.
fn bytes(method: &Method, request: &HttpRequest) -> Option<Vec<u8>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let mut cookies = request.headers().get_all(header::COOKIE);
    let cookie = cookies.next().map(|cookie| cookie.as_bytes()).unwrap_or_default();
    let address = request.uri().path_and_query()?.as_str().as_bytes();
    if cookies.next().is_some() || address.len() + cookie.len() > LONGEST {
        return None;
    }
    // No address holds a space, so nothing can be taken for the other.
    let mut bytes = Vec::with_capacity(address.len() + cookie.len() + 1);
    bytes.extend_from_slice(address);
    bytes.push(b' ');
    bytes.extend_from_slice(cookie);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn of(request: TestRequest) -> Option<Vec<u8>> {
        let request = request.to_http_request();
        bytes(request.method(), &request)
    }

    #[test]
    fn other_requests_have_other_bytes() {
        let asked =
            |address: &str, cookie: &str| of(TestRequest::with_uri(address).append_header((header::COOKIE, cookie)));
        let all = [
            asked("/dashboard", "a=1"),
            asked("/dashboard", "a=2"),
            asked("/dashboard?x", "a=1"),
            asked("/", "a=1"),
            of(TestRequest::with_uri("/")),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(one.is_some() && !all.iter().skip(at + 1).any(|other| other == one), "{at}");
        }
    }

    #[test]
    fn what_an_address_and_one_line_of_cookies_do_not_decide_goes_the_long_way() {
        assert_eq!(of(TestRequest::post().uri("/")), None);
        let cookies =
            TestRequest::with_uri("/").append_header((header::COOKIE, "a=1")).append_header((header::COOKIE, "a=2"));
        assert_eq!(of(cookies), None);
        assert_eq!(of(TestRequest::with_uri(&format!("/?q={}", "a".repeat(LONGEST)))), None);
    }
}
