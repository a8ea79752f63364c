//! The route table: every address, its method, and who may use it. One line per feature.
//!
//! Access is read off each handler's signature ([`Guarded`]), so the table cannot disagree with the
//! code. `telemedicine routes` prints it; the access matrix test walks it.

use std::rc::Rc;

use actix_web::{FromRequest, Handler, Responder, guard, http::Method, middleware::from_fn, web};

use crate::{
    access::{Access, Guarded},
    cache::{self, Policy},
    features,
    state::AppState,
    web::{assets, health, pattern},
};

/// One row of the table.
pub struct RouteEntry {
    /// GET (which answers HEAD as well) or POST.
    pub method: Method,
    /// As in the documentation: `/appointments/{id}/cancellation`.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// What it says of its pages, if they are cached.
    pub cache: Option<Policy>,
    route: actix_web::Route,
}

/// The routes of all features, in order: `new` before `{id}`.
#[derive(Default)]
pub struct RouteTable {
    entries: Vec<RouteEntry>,
}

impl RouteTable {
    /// Every route of the application.
    pub fn all() -> Self {
        let mut table = Self::default();
        table.public_get("/static/{name}", assets::show);
        table.public_get("/health/live", health::live);
        table.public_get("/health/ready", health::ready);
        table.public_get("/metrics", health::metrics);
        features::routes(&mut table);
        table
    }

    /// A page. Its handler's first argument says who may see it.
    pub fn get<F, Args>(&mut self, path: &'static str, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + Guarded + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::GET, path), Args::ACCESS, (read(handler), None));
    }

    /// A page that is kept until something that it shows changes, and never longer.
    pub fn cached_get<F, Args>(&mut self, path: &'static str, policy: Policy, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + Guarded + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::GET, path), Args::ACCESS, (read(handler), Some(policy)));
    }

    /// An act. Its handler's first argument says who may do it.
    pub fn post<F, Args>(&mut self, path: &'static str, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + Guarded + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::POST, path), Args::ACCESS, (web::post().to(handler), None));
    }

    /// A page for everybody, with no session: the handler cannot know who asks.
    pub fn public_get<F, Args>(&mut self, path: &'static str, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::GET, path), Access::Public, (read(handler), None));
    }

    fn push(
        &mut self,
        (method, path): (Method, &'static str),
        access: Access,
        (route, cache): (actix_web::Route, Option<Policy>),
    ) {
        self.entries.push(RouteEntry { method, path, access, cache, route });
    }

    /// The rows.
    pub fn entries(&self) -> &[RouteEntry] {
        &self.entries
    }

    /// Hands the routes to Actix: one flat resource for each path, so that a wrong method is 405;
    /// the session is loaded only where somebody looks at it.
    pub fn configure(self, config: &mut web::ServiceConfig, state: &web::Data<AppState>) {
        let mut paths: Vec<(&'static str, Vec<RouteEntry>)> = Vec::new();
        for entry in self.entries {
            match paths.iter_mut().find(|(path, _)| *path == entry.path) {
                Some((_, entries)) => entries.push(entry),
                None => paths.push((entry.path, vec![entry])),
            }
        }
        // Actix tries one resource after the other, and one with an id by a regular expression: those without go first. No two
        // of them match the same path, so nothing else depends on the order.
        paths.sort_by_key(|(path, _)| path.contains('{'));
        let session = state.sessions.middleware();
        for (path, entries) in paths {
            let is_public = entries.iter().all(|entry| entry.access == Access::Public);
            let cached = entries.iter().find_map(|entry| Some((entry.access, entry.cache?)));
            let resource = entries
                .into_iter()
                .fold(web::resource(pattern::matching(path)), |resource, entry| resource.route(entry.route));
            // The cache is outside the session: what it serves needs no more of it than whose it is.
            match cached {
                Some((access, policy)) => {
                    let route = Rc::new(cache::Route { pattern: path, access, policy });
                    let cached = from_fn(move |request, next| cache::cached(Rc::clone(&route), request, next));
                    config.service(resource.wrap(session.clone()).wrap(cached));
                }
                None if is_public => {
                    config.service(resource);
                }
                None => {
                    config.service(resource.wrap(session.clone()));
                }
            }
        }
    }
}

/// GET answers HEAD too: Actix leaves the body out, and HEAD on its `web::get()` would be 404.
fn read<F, Args>(handler: F) -> actix_web::Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler)
}
