//! The site as the page cache sees it: who asks, and what an answer that has passed nothing else carries.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use crate::access::Viewer;
use crate::page_cache::{Credential, Host, ServedPage, SessionName};
use crate::session::{KeyHash, Named, Sessions};
use crate::web::middleware::server_timing::{self, AccessLine};
use crate::web::middleware::{request_id::RequestId, security_headers};
use crate::web::{Kit, flash};

/// See the module.
pub(super) struct Site {
    pub(super) sessions: Sessions,
    pub(super) kit: Arc<Kit>,
}

impl Host for Site {
    fn credential(&self, request: &HttpRequest) -> Credential {
        if flash::is_pending(request) {
            return Credential::PassBy;
        }
        match self.sessions.named(request) {
            Named::Nobody => Credential::None,
            Named::Session(hash) => Credential::Session(SessionName(hash.text())),
            Named::Ambiguous => Credential::PassBy,
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

    fn forget(&self, request: &HttpRequest) {
        Viewer::forget(request);
    }

    fn complete(&self, request: &ServiceRequest, page: &mut HttpResponse, served: ServedPage) {
        let is_https = security_headers::is_https(&self.kit, request);
        security_headers::add(page.headers_mut(), Some(&self.kit), is_https);
        let id = RequestId::random();
        id.write_to(page.headers_mut());
        let id = RequestId::of(Some(&id));
        let line = AccessLine { id: &id, route: served.pattern, method: request.method(), user: served.viewer };
        server_timing::report_hit(page, &line, served.elapsed);
    }
}

fn hash(session: &SessionName) -> KeyHash {
    KeyHash::from_text(Arc::clone(&session.0))
}
