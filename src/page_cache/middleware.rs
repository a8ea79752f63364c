//! The cache around a route: finds a page that may be served, or lets it be made and keeps it.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody, to_bytes_limited};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse};

use super::conditional::{Conditions, answer};
use super::entry::CacheEntry;
use super::fast_path::ToVerify;
use super::key::PageKey;
use super::lookup::{Located, Route};
use super::pages::Lookup;
use super::{CacheStatus, PageCache, records, verify};
use crate::coherence::{Basis, ReadSet, Topic, Uncacheable};
use crate::metrics;

/// A page of more bytes is served and not kept.
const LARGEST: usize = 8 * 1024 * 1024;
/// How often a page is made anew because something that it shows was written while it was made. After that it is served as it is,
/// and not kept: it may show one part as it was before the write and another as it was after.
const ATTEMPTS: u32 = 3;

/// What browsers may do with the page of one person: keep it, and ask each time whether it is still the one.
const FOR_ONE: &str = "private, no-cache";
/// The same for a page with what somebody suffers from: nothing of it may lie on a disk that somebody else finds.
const FOR_NONE: &str = "no-store";
/// The same for pages that everybody sees, also for caches on the way. Not for a minute without asking: being asked costs a
/// 304, and the patient who looks up a hospital that was closed a moment ago finds it closed.
const FOR_ALL: &str = "public, no-cache";

/// Marks an answer that says `no-store`, and may be kept here all the same: sealed, for its person alone.
#[derive(Clone, Copy, Debug)]
pub struct KeptHereAlone;

/// `user.id` of whom a page is kept for: what a hit leaves in the request for its line in the log, since nobody looks the person up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptFor(pub i64);

/// One request on its way through the cache.
struct Exchange<B> {
    cache: PageCache,
    route: Rc<Route>,
    next: Next<B>,
    conditions: Conditions,
}

/// See the module. Wraps the session middleware, so that a hit does not pass it.
///
/// # Errors
/// What is inside fails with.
pub async fn cached<B: MessageBody + 'static>(
    (cache, route): (PageCache, Rc<Route>),
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let conditions = Conditions::of(&request, cache.0.identity_only);
    let exchange = Exchange { cache, route, next, conditions };
    let fast = request.extensions_mut().remove::<ToVerify>();
    if let Some(ToVerify(entry)) = fast {
        return exchange.hit(request, &entry).await;
    }
    let asked = exchange.cache.owner(exchange.route.scope, &request).zip(exchange.route.page(&request));
    let Some((owner, page)) = asked else {
        return exchange.pass(request, CacheStatus::Bypass).await;
    };
    let Located { key, found } = exchange.cache.locate(&page, &owner).await;
    let Some(key) = key else {
        return exchange.pass(request, CacheStatus::Bypass).await;
    };
    if let Some(viewer) = key.viewer() {
        request.extensions_mut().insert(KeptFor(viewer));
    }
    match found {
        Lookup::Entry(entry) => {
            exchange.cache.remember(&request, &exchange.route, &page);
            exchange.hit(request, &exchange.in_form(&key, entry)).await
        }
        Lookup::Nothing(known) => {
            let topics = known.as_ref().map(|(entry, _)| entry.basis().topics()).unwrap_or_default();
            let known = known.map(|(_, stamps)| (topics.as_slice(), stamps));
            let read_set = ReadSet::new(Arc::clone(&exchange.cache.0.store), known);
            exchange.make(request, key, read_set).await
        }
        found @ (Lookup::Held | Lookup::Unavailable) => exchange.pass(request, found.cache_status()).await,
    }
}

impl<B: MessageBody + 'static> Exchange<B> {
    /// Serves what was kept; with `CACHE_VERIFY` only after it was rendered once more.
    async fn hit(&self, request: ServiceRequest, entry: &Arc<CacheEntry>) -> Result<ServiceResponse<BoxBody>, Error> {
        if !self.cache.0.verifies {
            return Ok(self.report(request.into_response(answer(entry, &self.conditions)), CacheStatus::Hit));
        }
        self.cache.0.host.exempt(request.request());
        let (request, rendered) = self.watched(self.next.call(request)).await?.into_parts();
        let comparison = verify::compare(&self.cache, entry, rendered.map_into_boxed_body()).await;
        let response = match comparison {
            verify::Comparison::Same => answer(entry, &self.conditions),
            verify::Comparison::Overtaken(rendered) => {
                return Ok(self.report(ServiceResponse::new(request, rendered), CacheStatus::Miss));
            }
            verify::Comparison::Stale => HttpResponse::InternalServerError().finish(),
        };
        Ok(self.report(ServiceResponse::new(request, response), CacheStatus::Hit))
    }

    /// The entry with the form that the browser takes, which is kept from now on.
    fn in_form(&self, key: &PageKey, entry: Arc<CacheEntry>) -> Arc<CacheEntry> {
        if self.conditions.are_met_by(&entry) {
            return entry;
        }
        self.cache.0.pages.add_form(key, &entry, self.conditions.encoding())
    }

    /// Makes the page and keeps it; one request at a time makes it, and those that waited are served what it made.
    async fn make(
        &self,
        request: ServiceRequest,
        key: PageKey,
        read_set: ReadSet,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let pages = &self.cache.0.pages;
        let (flight, waited) = pages.flight(&key).await;
        let ready = if waited { self.cache.look(key.clone()).await.found } else { Lookup::Nothing(None) };
        let ready = match ready {
            Lookup::Entry(entry) => Some(entry),
            _ => pages.shared(&key).await,
        };
        if let Some(entry) = ready {
            let entry = self.in_form(&key, entry);
            drop(flight);
            return self.hit(request, &entry).await;
        }
        // Whoever waited in vain waits no longer: the page is one that is not kept just now.
        let _alone = (!waited).then_some(flight);
        self.render(request, &key, read_set).await
    }

    /// Renders the page until nothing of it was written meanwhile.
    async fn render(
        &self,
        mut request: ServiceRequest,
        key: &PageKey,
        mut read_set: ReadSet,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        for attempt in 1.. {
            let made_at = self.cache.0.clock.now();
            if key.viewer().is_none() {
                // One that reads nothing, as the landing page, is kept as well: under the epoch, until everything is made anew.
                read_set.depend_on(&Topic::Everything.into()).await;
            }
            let (response, shows_record) = records::watch(read_set.scope(self.next.call(request))).await;
            let (asked, response) = response?.map_into_boxed_body().into_parts();
            if shows_record {
                return Ok(self.report(ServiceResponse::new(asked, unkept(response)), CacheStatus::Bypass));
            }
            let basis = read_set.basis();
            if attempt < ATTEMPTS && response.status() == StatusCode::OK && self.was_overtaken(&basis).await {
                self.cache.0.host.forget(&asked);
                request = ServiceRequest::from_request(asked);
                read_set = ReadSet::new(Arc::clone(&self.cache.0.store), None);
                continue;
            }
            let for_viewer = self.cache.0.host.made_for(&asked) == key.viewer();
            let basis =
                basis.and_then(|basis| if for_viewer { Ok(basis) } else { Err(Uncacheable::Exempt("another's")) });
            let (response, cache_status) = self.store(key, basis, (response, made_at)).await?;
            return Ok(self.report(ServiceResponse::new(asked, response), cache_status));
        }
        Err(ErrorInternalServerError("a page is rendered at least once"))
    }

    /// Whether something that the page shows was written between its first read and now: one part of it may show what was
    /// before, and another what is now.
    async fn was_overtaken(&self, basis: &Result<Basis, Uncacheable>) -> bool {
        match basis {
            Ok(basis) => match crate::coherence::store::stamps(&*self.cache.0.store, &basis.topics()).await {
                Ok(now) => !basis.is(&now),
                Err(_) => false,
            },
            Err(_) => false,
        }
    }

    /// Keeps the page if it may be, and answers with it as if it had been kept before.
    async fn store(
        &self,
        key: &PageKey,
        basis: Result<Basis, Uncacheable>,
        (response, made_at): (HttpResponse<BoxBody>, chrono::DateTime<chrono::Utc>),
    ) -> Result<(HttpResponse<BoxBody>, CacheStatus), Error> {
        let basis = match basis {
            Ok(basis) if is_cacheable(&response) => basis,
            Err(Uncacheable::Held) => return Ok((response, CacheStatus::Held)),
            Err(Uncacheable::Unavailable) => return Ok((response, CacheStatus::Bypass)),
            Ok(_) | Err(Uncacheable::Exempt(_)) => return Ok((response, CacheStatus::Miss)),
        };
        let (head, body) = response.into_parts();
        let Ok(body) = to_bytes_limited(body, LARGEST).await else {
            return Err(ErrorInternalServerError("a page of more than 8 MiB"));
        };
        let is_clinical = head.extensions().get::<KeptHereAlone>().is_some();
        let cache_control = match key.viewer() {
            None => FOR_ALL,
            Some(_) if is_clinical => FOR_NONE,
            Some(_) => FOR_ONE,
        };
        let body = body.map_err(ErrorInternalServerError)?;
        let cache_control = header::HeaderValue::from_static(cache_control);
        let Some(entry) = CacheEntry::new(basis, made_at, (&body, cache_control)) else {
            return Ok((head.set_body(BoxBody::new(body)), CacheStatus::Miss));
        };
        let entry = Arc::new(entry.with_form(self.conditions.encoding(), &body));
        self.cache.0.pages.insert(key, &entry);
        drop(head);
        Ok((answer(&entry, &self.conditions), CacheStatus::Miss))
    }

    /// Makes a page that is not to be kept: what it shows is noted all the same, so that it can say what it is to be told of.
    async fn watched<F: Future>(&self, page: F) -> F::Output {
        ReadSet::new(Arc::clone(&self.cache.0.store), None).scope(page).await
    }

    async fn pass(
        &self,
        request: ServiceRequest,
        cache_status: CacheStatus,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let (response, shows_record) = records::watch(self.watched(self.next.call(request))).await;
        let (asked, response) = response?.map_into_boxed_body().into_parts();
        let response = if shows_record { unkept(response) } else { response };
        Ok(self.report(ServiceResponse::new(asked, response), cache_status))
    }

    /// Notes the outcome for `X-Cache`, `Server-Timing` and the metrics.
    fn report(&self, answer: ServiceResponse<BoxBody>, cache_status: CacheStatus) -> ServiceResponse<BoxBody> {
        answer.request().extensions_mut().insert(cache_status);
        metrics::cache(self.route.pattern, cache_status.word());
        answer
    }
}

/// What browsers may not keep either.
fn unkept(mut response: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// A whole page, for this viewer as often as they like, that leaves nothing in the browser.
fn is_cacheable(response: &HttpResponse<BoxBody>) -> bool {
    let headers = response.headers();
    let says = |name: header::HeaderName, text: &str| {
        headers.get(name).is_some_and(|value| value.to_str().is_ok_and(|value| value.contains(text)))
    };
    response.status() == StatusCode::OK
        && says(header::CONTENT_TYPE, "text/html")
        && (!says(header::CACHE_CONTROL, "no-store") || response.extensions().get::<KeptHereAlone>().is_some())
        && !headers.contains_key(header::SET_COOKIE)
}
