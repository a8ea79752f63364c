//! Whose page is asked for, and whether it is there.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use futures_util::future::join;

use super::PageCache;
use super::entry::Entry;
use super::host::{Audience, Credential, SessionName};
use super::key::{PageKey, PageName, Policy};
use super::pages::Found;

/// A cached route.
#[derive(Debug)]
pub struct Route {
    /// As in the route table.
    pub pattern: &'static str,
    /// The names of the values in its path, in their order.
    pub path: Vec<&'static str>,
    /// Whose pages they are.
    pub audience: Audience,
    /// What it says of its pages.
    pub policy: Policy,
}

/// Whose page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// The page as everybody sees it.
    Everybody,
    /// That of whoever has this session.
    Session(SessionName),
}

/// What was found, and whose it is.
pub(super) struct Located {
    /// The page's, if it can have one.
    pub(super) key: Option<PageKey>,
    pub(super) found: Found,
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
    pub(super) fn asker(&self, audience: Audience, request: &ServiceRequest) -> Option<Asker> {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        if !self.0.is_on || !is_read {
            return None;
        }
        match (audience, self.0.host.credential(request.request())) {
            (_, Credential::PassBy) => None,
            (Audience::Everybody, _) | (Audience::Anybody, Credential::None) => Some(Asker::Everybody),
            (Audience::Anybody | Audience::SignedIn, Credential::Session(session)) => Some(Asker::Session(session)),
            (Audience::SignedIn, Credential::None) => None,
        }
    }

    /// What there is of `page` for whoever asks, without asking anybody: a page that may be served now.
    pub(super) fn at_hand(&self, page: &PageName, asker: &Asker) -> Option<Arc<Entry>> {
        let viewer = match asker {
            Asker::Everybody => None,
            Asker::Session(session) => Some(self.0.host.known(session)?),
        };
        let entry = self.0.pages.kept(&page.seen_by(viewer))?;
        self.0.pages.vouches_for(&entry).then_some(entry)
    }

    /// The page's key, and what is there for it.
    pub(super) async fn locate(&self, page: &PageName, asker: &Asker) -> Located {
        let host = &self.0.host;
        let Asker::Session(session) = asker else {
            return self.look(page.seen_by(None)).await;
        };
        if let Some(user) = host.known(session) {
            return self.look(page.seen_by(Some(user))).await;
        }
        if let Some(hint) = host.hint(session)
            && let key = page.seen_by(Some(hint))
            && let Some(entry) = self.0.pages.kept(&key)
        {
            // Asked for together, both are read in one round trip.
            let (user, found) = join(host.viewer(session), self.0.pages.judge(&entry)).await;
            if user == Some(hint) {
                return Located { key: Some(key), found };
            }
        }
        match host.viewer(session).await {
            None => Located { key: None, found: Found::Unavailable },
            Some(user) => self.look(page.seen_by(Some(user))).await,
        }
    }

    /// What is kept under `key`.
    pub(super) async fn look(&self, key: PageKey) -> Located {
        let found = match self.0.pages.kept(&key) {
            Some(entry) => self.0.pages.judge(&entry).await,
            None => Found::Nothing(None),
        };
        Located { key: Some(key), found }
    }
}
