//! What the cache has to know of the site around it. Whoever puts the site together hands it in; here nothing of sessions, messages or
//! headers is known.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

/// Names a session; what is in it is the site's affair.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionName(pub Arc<str>);

/// Whose page an address shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheScope {
    /// The same to everybody.
    Everybody,
    /// To whoever is signed in their own, to all others the same.
    Anybody,
    /// Only to who is signed in, to each their own.
    SignedIn,
}

/// What a request says of who sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// It names no session of the site's own.
    None,
    /// It names this one.
    Session(SessionName),
    /// It must not be answered from the cache whatever its address: because it is to be told something once, or because it is not
    /// certain which session it names.
    PassBy,
}

/// A page that was served before anything else saw the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServedPage {
    /// The route, as in the route table.
    pub pattern: &'static str,
    /// Whose page it is; nobody's is that which everybody sees.
    pub viewer: Option<i64>,
    /// From the request's arrival on.
    pub elapsed: Duration,
}

/// The site around the cache.
pub trait Host: 'static {
    /// Which session this request names. Nothing is said about whether there is such a session.
    fn credential(&self, request: &HttpRequest) -> Credential;

    /// `user.id` of whoever has this session, from memory, if that may be believed at this moment.
    fn cached_viewer(&self, session: &SessionName) -> Option<i64>;

    /// `user.id` of whoever had this session when it was last looked up: never believed, but worth looking where it leads.
    fn hint(&self, session: &SessionName) -> Option<i64>;

    /// `user.id` of whoever has this session, looked up; `None` if it is not known without the database.
    fn viewer<'a>(&'a self, session: &'a SessionName) -> LocalBoxFuture<'a, Option<i64>>;

    /// `user.id` of whom the page that was just made was made for.
    fn made_for(&self, request: &HttpRequest) -> Option<i64>;

    /// The page that the request asks for is kept, and is made once more to compare the two: that is not the visitor's doing.
    fn exempt(&self, request: &HttpRequest);

    /// Forgets what the request has found out about who asks, because the page is made once more.
    fn forget(&self, request: &HttpRequest);

    /// Adds what every answer of the site carries, and counts it: this one has passed nothing else.
    fn complete(&self, request: &ServiceRequest, page: &mut HttpResponse, served: ServedPage);
}
