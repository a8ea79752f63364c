//! The fast path to a cached page: before routing and every other middleware.
//!
//! Whoever loads the same address again gets here what [`super::middleware`] would find: the same session and the same stamps, judged by
//! the same rules ([`super::lookup`]). Only what follows from the address alone is remembered: which route it is, and which
//! page. With a valid lease nothing is asked and nothing is waited for. Whatever is not a plain hit goes on as if it had not been here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _};

use super::conditional::{Conditions, answer};
use super::entry::CacheEntry;
use super::host::{CacheScope, ServedPage};
use super::key::PageName;
use super::lookup::{Located, PageOwner, Route};
use super::pages::Lookup;
use super::{CacheStatus, PageCache};
use crate::metrics;

/// Longer addresses are not remembered.
const LONGEST: usize = 600;
/// What is remembered may take this much, in bytes, …
const MEMORY: u64 = 4 * 1024 * 1024;
/// … and this long when nobody asks for it.
const IDLE: Duration = Duration::from_secs(3600);

/// Which pages addresses are.
pub(super) type Addresses = moka::sync::Cache<Arc<str>, Arc<Address>>;

/// What an address means.
pub(super) struct Address {
    pattern: &'static str,
    scope: CacheScope,
    page: PageName,
}

/// None yet.
pub(super) fn addresses() -> Addresses {
    moka::sync::Cache::builder()
        .max_capacity(MEMORY)
        .time_to_idle(IDLE)
        // What it means takes as much as the address, and both have some hundred bytes around them.
        .weigher(|address: &Arc<str>, _: &Arc<Address>| u32::try_from(address.len() * 2 + 400).unwrap_or(u32::MAX))
        .build()
}

/// See the module. The outermost of all, so that a hit passes nothing else.
///
/// # Errors
/// What is inside fails with.
pub async fn fast_path<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let Some(cache) = request.app_data::<Data<PageCache>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    match cache.fast_entry(&request).await {
        // What would be served from here is compared further inside, where the page can be rendered.
        Some((_, entry, _)) if cache.0.verifies => {
            request.extensions_mut().insert(ToVerify(entry));
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Some((target, entry, viewer)) => {
            let conditions = Conditions::of(&request, false);
            if !conditions.are_met_by(&entry) {
                // In another form than it is kept in, it is made ready further inside, and kept so.
                return Ok(next.call(request).await?.map_into_boxed_body());
            }
            let mut page = answer(&entry, &conditions);
            metrics::cache(target.pattern, CacheStatus::Hit.word());
            let served = ServedPage { pattern: target.pattern, viewer, elapsed: started.elapsed() };
            cache.0.host.complete(&request, &mut page, served);
            Ok(request.into_response(page))
        }
        None => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}

/// What the fast path would have served.
pub(super) struct ToVerify(pub(super) Arc<CacheEntry>);

impl PageCache {
    /// Notes which page this address is.
    pub(super) fn remember(&self, request: &ServiceRequest, route: &Route, page: &PageName) {
        if self.has_fast_path()
            && let Some(address) = address(request)
        {
            let target = Address { pattern: route.pattern, scope: route.scope, page: page.clone() };
            self.0.addresses.insert(address.into(), Arc::new(target));
        }
    }

    /// The page, if it is kept and current and whoever asks is still signed in.
    async fn fast_entry(&self, request: &ServiceRequest) -> Option<(Arc<Address>, Arc<CacheEntry>, Option<i64>)> {
        if !self.has_fast_path() || !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let target = self.0.addresses.get(address(request)?)?;
        let owner = self.owner(target.scope, request)?;
        let entry = match self.cached_entry(&target.page, &owner) {
            Some(entry) => entry,
            None => self.validated_entry(&target.page, &owner).await?,
        };
        let viewer = match &owner {
            PageOwner::Everybody => None,
            PageOwner::Session(session) => self.0.host.hint(session),
        };
        Some((target, entry, viewer))
    }

    /// The same where it has to be asked whether it may be served. Where there is nothing to be asked about, nobody is.
    async fn validated_entry(&self, page: &PageName, owner: &PageOwner) -> Option<Arc<CacheEntry>> {
        let hint = match owner {
            PageOwner::Everybody => None,
            PageOwner::Session(session) => Some(self.0.host.hint(session)?),
        };
        self.0.pages.cached(&page.seen_by(hint))?;
        match self.locate(page, owner).await {
            Located { found: Lookup::Entry(entry), .. } => Some(entry),
            Located { .. } => None,
        }
    }
}

/// All of an address that decides which page it is.
fn address(request: &ServiceRequest) -> Option<&str> {
    request.uri().path_and_query().map(|address| address.as_str()).filter(|address| address.len() <= LONGEST)
}
