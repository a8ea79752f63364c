//! How the table is handed to Actix.

use std::rc::Rc;

use actix_web::{http::Method, middleware::from_fn, web};

use super::{RouteEntry, RouteTable};
use crate::{
    access::{Access, FormPages},
    page_cache::{self, CacheScope, PageCache},
    session::Sessions,
};

impl RouteTable {
    /// Hands the routes to Actix: one flat resource for each path, so that a wrong method is 405;
    /// the session is loaded only where somebody looks at it.
    pub fn configure(self, config: &mut web::ServiceConfig, (sessions, cache): (&Sessions, &PageCache)) {
        config.app_data(web::Data::new(self.form_pages()));
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
        let session = sessions.middleware();
        for (_, entries) in paths {
            let is_public = entries.iter().all(|entry| entry.access == Access::Public);
            let cached = entries.iter().find_map(cached);
            let Some(pattern) = entries.first().map(|entry| entry.pattern.as_str().to_owned()) else { continue };
            let resource = entries.into_iter().fold(web::resource(pattern), |all, entry| all.route(entry.route));
            // The cache is outside the session: what it serves needs no more of it than whose it is.
            match cached {
                Some(route) => {
                    let (cache, route) = (cache.clone(), Rc::new(route));
                    let cached = from_fn(move |request, next| {
                        page_cache::cached((cache.clone(), Rc::clone(&route)), request, next)
                    });
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

impl RouteTable {
    /// Where the forms of its acts stand.
    fn form_pages(&self) -> FormPages {
        let of = |method: Method| self.entries.iter().filter(move |entry| entry.method == method);
        let pages: Vec<&str> = of(Method::GET).map(|entry| entry.path).collect();
        FormPages::of(of(Method::POST).map(|entry| (entry.path, entry.pattern.as_str())), &pages)
    }
}

/// What the cache has to know of a route, if its pages are cached.
fn cached(entry: &RouteEntry) -> Option<page_cache::Route> {
    let scope = match entry.access {
        Access::Public => CacheScope::Everybody,
        Access::Anybody => CacheScope::Anybody,
        Access::Roles(_) => CacheScope::SignedIn,
    };
    let (pattern, path) = (entry.path, entry.pattern.parameters().to_vec());
    entry.cache.map(|policy| page_cache::Route { pattern, path, scope, policy })
}
