//! The cache around a route: finds a page that may be served, or lets it be made and keeps it.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody, to_bytes_limited};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage as _, HttpResponse};
use futures_util::future::join;

use super::entry::Entry;
use super::exchange::{Wants, answer};
use super::front;
use super::key::{PageKey, Policy};
use super::pages::Found;
use super::{Cache, Outcome, Rendering, Topic, verify};
use crate::access::Access;
use crate::metrics;
use crate::session::KeyHash;
use crate::state::AppState;
use crate::web::flash;

/// A page of more bytes is served and not kept.
const LARGEST: usize = 8 * 1024 * 1024;

/// What browsers may do with the page of one person: keep it, and ask each time whether it is still the one.
const FOR_ONE: &str = "private, no-cache";
/// The same for pages that everybody sees, also for caches on the way. Not for a minute without asking: being asked costs a
/// 304, and the patient who looks up a hospital that was closed a moment ago finds it closed.
const FOR_ALL: &str = "public, no-cache";

/// A cached route.
pub struct Route {
    /// As in the route table.
    pub pattern: &'static str,
    /// The names of its parameters, each of which decides which page it is.
    pub parameters: Vec<&'static str>,
    /// Who may use it.
    pub access: Access,
    /// What it says of its pages.
    pub policy: Policy,
}

/// Whose page is asked for.
#[derive(Clone)]
enum Asker {
    /// The page as everybody sees it.
    Everybody,
    /// That of whoever has this session.
    Session(KeyHash),
}

/// See the module. Wraps the session middleware, so that a hit does not pass it.
///
/// # Errors
/// What is inside fails with.
pub async fn cached<B: MessageBody + 'static>(
    route: Rc<Route>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = request.app_data::<Data<AppState>>().cloned();
    let asked = state.and_then(|state| asker(&route, &request, &state).map(|asker| (state, asker)));
    let Some((state, asker)) = asked else {
        return passed(&route, request, next, Outcome::Bypass).await;
    };
    let wants = Wants::of(&request, state.cache.0.identity_only);
    let Sought { key, viewer, found } = find(&route, &request, (&state, asker.clone())).await;
    let Some(key) = key else {
        return passed(&route, request, next, Outcome::Bypass).await;
    };
    match found {
        Found::Entry(entry) => {
            let session = match asker {
                Asker::Everybody => None,
                Asker::Session(hash) => viewer.map(|viewer| (hash, viewer)),
            };
            if key.is_public() == session.is_none() {
                front::remember(&state.cache, request.request(), &route, (key, session));
            }
            hit(&route, request, (next, &state), (&entry, &wants)).await
        }
        Found::Nothing(known) => {
            let known = known.as_ref().map(|(entry, stamps)| (entry.keys(), stamps.clone()));
            let rendering = Rendering::new(Arc::clone(&state.cache.0.store), known);
            made(&route, request, (next, &state), (key, rendering, wants)).await
        }
        found @ (Found::Held | Found::Unavailable) => passed(&route, request, next, found.outcome()).await,
    }
}

/// Whose page it is; nothing if the cache is not to be asked for this request.
fn asker(route: &Route, request: &ServiceRequest, state: &AppState) -> Option<Asker> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !state.cache.0.is_on || !is_read || flash::is_pending(request.request()) {
        return None;
    }
    match (route.access, state.sessions.key_hash(request.request())) {
        (Access::Public, _) | (Access::Anybody, None) => Some(Asker::Everybody),
        (Access::Anybody | Access::Roles(_), Some(hash)) => Some(Asker::Session(hash)),
        (Access::Roles(_), None) => None,
    }
}

/// What was found, and whose it is.
struct Sought {
    /// The page's, if it can have one.
    key: Option<PageKey>,
    /// `user.id`; nobody's for the page as everybody sees it.
    viewer: Option<i64>,
    found: Found,
}

/// The page's key, and what is there for it.
async fn find(route: &Route, request: &ServiceRequest, (state, asker): (&AppState, Asker)) -> Sought {
    let values: Option<Vec<&str>> = route.parameters.iter().map(|name| request.match_info().get(name)).collect();
    let key = |viewer| PageKey::new(viewer, (route.pattern, values.as_deref()?), request.query_string(), &route.policy);
    let cache = &state.cache;
    let Asker::Session(hash) = asker else {
        return look(cache, (None, key(None))).await;
    };
    if let Some(guess) = cache.0.people.get(&hash)
        && let Some(guessed) = key(Some(guess))
        && let Some(entry) = cache.0.pages.kept(&guessed)
    {
        // Asked for together, both are read in one round trip.
        let (user, found) = join(state.sessions.user_by_copy(&hash), cache.0.pages.judge(&entry)).await;
        if user == Some(guess) {
            return Sought { key: Some(guessed), viewer: user, found };
        }
        cache.0.people.invalidate(&hash);
    }
    match state.sessions.user_by_copy(&hash).await {
        None => Sought { key: None, viewer: None, found: Found::Unavailable },
        Some(user) => {
            cache.0.people.insert(hash, user);
            look(cache, (Some(user), key(Some(user)))).await
        }
    }
}

async fn look(cache: &Cache, (viewer, key): (Option<i64>, Option<PageKey>)) -> Sought {
    let entry = key.as_ref().and_then(|key| cache.0.pages.kept(key));
    let found = match &entry {
        Some(entry) => cache.0.pages.judge(entry).await,
        None => Found::Nothing(None),
    };
    Sought { key, viewer, found }
}

/// Serves what was kept; with `CACHE_VERIFY` only after it was rendered once more.
async fn hit<B: MessageBody + 'static>(
    route: &Route,
    request: ServiceRequest,
    (next, state): (Next<B>, &AppState),
    (entry, wants): (&Arc<Entry>, &Wants),
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !state.cache.0.verifies {
        return Ok(told(route, request.into_response(answer(entry, wants)), Outcome::Hit));
    }
    let (request, rendered) = next.call(request).await?.into_parts();
    let verdict = verify::compare(&state.cache, entry, rendered.map_into_boxed_body()).await;
    let response = match verdict {
        verify::Verdict::Same => answer(entry, wants),
        verify::Verdict::Overtaken(rendered) => {
            return Ok(told(route, ServiceResponse::new(request, rendered), Outcome::Miss));
        }
        verify::Verdict::Stale => HttpResponse::InternalServerError().finish(),
    };
    Ok(told(route, ServiceResponse::new(request, response), Outcome::Hit))
}

/// Makes the page and keeps it; one request at a time makes it, and those that waited are served what it made.
async fn made<B: MessageBody + 'static>(
    route: &Route,
    request: ServiceRequest,
    (next, state): (Next<B>, &AppState),
    (key, rendering, wants): (PageKey, Rendering, Wants),
) -> Result<ServiceResponse<BoxBody>, Error> {
    let pages = &state.cache.0.pages;
    let (flight, waited) = pages.flight(&key).await;
    let ready = if waited { look(&state.cache, (None, Some(key.clone()))).await.found } else { Found::Nothing(None) };
    let ready = match ready {
        Found::Entry(entry) => Some(entry),
        _ => pages.shared(&key).await,
    };
    if let Some(entry) = ready {
        drop(flight);
        return hit(route, request, (next, state), (&entry, &wants)).await;
    }
    // Whoever waited in vain waits no longer: the page is one that is not kept just now.
    let _alone = (!waited).then_some(flight);
    let made_at = state.clock.now();
    request.extensions_mut().insert(rendering.clone());
    if key.is_public() {
        // One that reads nothing, as the landing page, is kept as well: under the epoch, until everything is made anew.
        rendering.depend_on(&Topic::Everything.into()).await;
    }
    let (request, response) = next.call(request).await?.map_into_boxed_body().into_parts();
    let kept = Kept { state, is_public: key.is_public(), made_at };
    let (response, outcome) = kept.keep(&key, &rendering, (response, &wants)).await?;
    Ok(told(route, ServiceResponse::new(request, response), outcome))
}

/// What is needed to keep a page.
struct Kept<'a> {
    state: &'a AppState,
    is_public: bool,
    made_at: chrono::DateTime<chrono::Utc>,
}

impl Kept<'_> {
    /// Keeps the page if it may be, and answers with it as if it had been kept before.
    async fn keep(
        &self,
        key: &PageKey,
        rendering: &Rendering,
        (response, wants): (HttpResponse<BoxBody>, &Wants),
    ) -> Result<(HttpResponse<BoxBody>, Outcome), Error> {
        let basis = match rendering.basis() {
            Ok(basis) if may_be_kept(&response) => basis,
            Err(super::Refusal::Held) => return Ok((response, Outcome::Held)),
            Err(super::Refusal::Unavailable) => return Ok((response, Outcome::Bypass)),
            Ok(_) | Err(super::Refusal::Exempt(_)) => return Ok((response, Outcome::Miss)),
        };
        let (head, body) = response.into_parts();
        let Ok(body) = to_bytes_limited(body, LARGEST).await else {
            return Err(crate::web::AppError::internal("a page of more than 8 MiB").into());
        };
        let cache_control = header::HeaderValue::from_static(if self.is_public { FOR_ALL } else { FOR_ONE });
        let prefix = self.state.cache.0.store.prefix();
        let entry = Entry::new(prefix, basis, self.made_at, (body.unwrap_or_else(|_| Bytes::new()), cache_control));
        let entry = Arc::new(entry);
        self.state.cache.0.pages.keep(key, &entry);
        drop(head);
        Ok((answer(&entry, wants), Outcome::Miss))
    }
}

/// A whole page, for this viewer as often as they like, that leaves nothing in the browser.
fn may_be_kept(response: &HttpResponse<BoxBody>) -> bool {
    let headers = response.headers();
    let says = |name: header::HeaderName, text: &str| {
        headers.get(name).is_some_and(|value| value.to_str().is_ok_and(|value| value.contains(text)))
    };
    response.status() == StatusCode::OK
        && says(header::CONTENT_TYPE, "text/html")
        && !says(header::CACHE_CONTROL, "no-store")
        && !headers.contains_key(header::SET_COOKIE)
}

async fn passed<B: MessageBody + 'static>(
    route: &Route,
    request: ServiceRequest,
    next: Next<B>,
    outcome: Outcome,
) -> Result<ServiceResponse<BoxBody>, Error> {
    Ok(told(route, next.call(request).await?.map_into_boxed_body(), outcome))
}

/// Notes the outcome for `X-Cache`, `Server-Timing` and the metrics.
fn told(route: &Route, answer: ServiceResponse<BoxBody>, outcome: Outcome) -> ServiceResponse<BoxBody> {
    answer.request().extensions_mut().insert(outcome);
    metrics::cache(route.pattern, outcome.word());
    answer
}
