//! Whose page is asked for, and whether it is there.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use futures_util::future::join;

use super::PageCache;
use super::entry::CacheEntry;
use super::host::{CacheScope, Credential, SessionName};
use super::key::{PageKey, PageName, Policy};
use super::pages::Lookup;

/// A cached route.
#[derive(Debug)]
pub struct Route {
    /// As in the route table.
    pub pattern: &'static str,
    /// The names of the values in its path, in their order.
    pub path: Vec<&'static str>,
    /// Whose pages they are.
    pub scope: CacheScope,
    /// What it says of its pages.
    pub policy: Policy,
}

/// Whose page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PageOwner {
    /// The page as everybody sees it.
    Everybody,
    /// That of whoever has this session.
    Session(SessionName),
}

/// What was found, and whose it is.
pub(super) struct Located {
    /// The page's, if it can have one.
    pub(super) key: Option<PageKey>,
    pub(super) found: Lookup,
}

impl Route {
    /// Which page of it a request is for. `None` if it is none that is cached.
    pub(super) fn page(&self, request: &ServiceRequest) -> Option<PageName> {
        let path = request.match_info();
        let values = self.path.iter().map(|name| path.get(name)).collect::<Option<Vec<_>>>()?;
        PageName::new((self.pattern, values), request.query_string(), &self.policy)
    }
}

impl PageCache {
    /// Whose page it is; nothing if the cache is not to be asked for this request.
    pub(super) fn owner(&self, scope: CacheScope, request: &ServiceRequest) -> Option<PageOwner> {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        if !self.0.is_on || !is_read {
            return None;
        }
        match (scope, self.0.host.credential(request.request())) {
            (_, Credential::PassBy) => None,
            (CacheScope::Everybody, _) | (CacheScope::Anybody, Credential::None) => Some(PageOwner::Everybody),
            (CacheScope::Anybody | CacheScope::SignedIn, Credential::Session(session)) => {
                Some(PageOwner::Session(session))
            }
            (CacheScope::SignedIn, Credential::None) => None,
        }
    }

    /// What there is of `page` for whoever asks, without asking anybody: a page that may be served now.
    pub(super) fn cached_entry(&self, page: &PageName, owner: &PageOwner) -> Option<Arc<CacheEntry>> {
        let viewer = match owner {
            PageOwner::Everybody => None,
            PageOwner::Session(session) => Some(self.0.host.cached_viewer(session)?),
        };
        let entry = self.0.pages.cached(&page.seen_by(viewer))?;
        self.0.pages.vouches_for(&entry).then_some(entry)
    }

    /// The page's key, and what is there for it.
    pub(super) async fn locate(&self, page: &PageName, owner: &PageOwner) -> Located {
        let host = &self.0.host;
        let PageOwner::Session(session) = owner else {
            return self.look(page.seen_by(None)).await;
        };
        if let Some(user) = host.cached_viewer(session) {
            return self.look(page.seen_by(Some(user))).await;
        }
        if let Some(hint) = host.hint(session)
            && let key = page.seen_by(Some(hint))
            && let Some(entry) = self.0.pages.cached(&key)
        {
            // Asked for together, both are read in one round trip.
            let (user, found) = join(host.viewer(session), self.0.pages.judge(&entry)).await;
            if user == Some(hint) {
                return Located { key: Some(key), found };
            }
        }
        match host.viewer(session).await {
            None => Located { key: None, found: Lookup::Unavailable },
            Some(user) => self.look(page.seen_by(Some(user))).await,
        }
    }

    /// What is kept under `key`.
    pub(super) async fn look(&self, key: PageKey) -> Located {
        let found = match self.0.pages.cached(&key) {
            Some(entry) => self.0.pages.judge(&entry).await,
            None => Lookup::Nothing(None),
        };
        Located { key: Some(key), found }
    }
}
