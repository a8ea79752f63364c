//! The site as the page cache sees it: who asks, and what an answer that has passed nothing else carries.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use crate::access::{Counted, Viewer};
use crate::page_cache::{Credential, Host, ServedPage, SessionName};
use crate::session::{KeyHash, Sessions, is_automatic};
use crate::web::Kit;
use crate::web::middleware::server_timing::{self, AccessLine};
use crate::web::middleware::{
    request_id::{RequestId, TraceParent},
    security_headers,
};

/// See the module.
pub(super) struct Site {
    sessions: Sessions,
    kit: Arc<Kit>,
}

impl Site {
    pub(super) fn new(sessions: &Sessions, kit: &Arc<Kit>) -> Self {
        Self { sessions: sessions.clone(), kit: Arc::clone(kit) }
    }
}

impl Host for Site {
    fn credential(&self, request: &HttpRequest) -> Credential {
        if !self.kit.hosts.admits(request) {
            return Credential::PassBy;
        }
        match self.sessions.cookie_names().find(request.headers()) {
            // Refused further inside, where an answer can be a page; or shown what is for this once.
            Err(_) => Credential::PassBy,
            Ok(cookies) if cookies.flash.is_some() && !is_automatic() => Credential::PassBy,
            Ok(cookies) => match self.sessions.named(&cookies) {
                None => Credential::None,
                Some(hash) => Credential::Session(SessionName(hash.text())),
            },
        }
    }

    fn cached_viewer(&self, session: &SessionName) -> Option<i64> {
        self.sessions.cached_user(&hash(session))
    }

    fn hint(&self, session: &SessionName) -> Option<i64> {
        self.sessions.hint(&hash(session))
    }

    fn viewer<'a>(&'a self, session: &'a SessionName) -> LocalBoxFuture<'a, Option<i64>> {
        async move { self.sessions.user_by_copy(&hash(session)).await }.boxed_local()
    }

    fn made_for(&self, request: &HttpRequest) -> Option<i64> {
        Viewer::looked_up(request)
    }

    fn exempt(&self, request: &HttpRequest) {
        request.extensions_mut().insert(Counted);
    }

    fn forget(&self, request: &HttpRequest) {
        Viewer::forget(request);
    }

    fn complete(&self, request: &ServiceRequest, page: &mut HttpResponse, served: ServedPage) {
        let is_https = security_headers::is_https(&self.kit, request);
        security_headers::add(page.headers_mut(), Some(&self.kit), is_https);
        self.kit.shutdown.close_after(page);
        let trusted = &self.kit.trusted_proxies;
        let id = RequestId::of_request(request, trusted);
        id.write_to(page.headers_mut());
        let id = RequestId::of(Some(&id));
        let trace = TraceParent::of_request(request, trusted);
        let line = AccessLine {
            id: &id,
            route: served.pattern,
            method: request.method(),
            user: served.viewer,
            trace: trace.as_ref(),
        };
        server_timing::report_hit(page, &line, served.elapsed);
    }
}

fn hash(session: &SessionName) -> KeyHash {
    KeyHash::from_text(Arc::clone(&session.0))
}
