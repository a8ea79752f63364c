//! [`RouteTable`]: what features put their routes into.

use actix_web::{FromRequest, Handler, Responder, guard, http::Method, web};

use crate::{
    access::{Access, Guarded, HandingBack, Proof},
    page_cache::Policy,
    web::{
        assets, health,
        pattern::{Pattern, UnknownParameter},
    },
};

/// One row of the table.
pub struct RouteEntry {
    /// GET (which answers HEAD as well) or POST.
    pub method: Method,
    /// As in the documentation: `/appointments/{id}/cancellation`.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// Whether it asks once more who they are.
    pub proof: Proof,
    /// What it says of its pages, if they are cached.
    pub cache: Option<Policy>,
    pub(super) pattern: Pattern,
    pub(super) route: actix_web::Route,
}

/// Routes in order: `new` before `{id}`.
#[derive(Default)]
pub struct RouteTable {
    pub(super) entries: Vec<RouteEntry>,
    refused: Vec<UnknownParameter>,
}

impl RouteTable {
    /// The routes of the HTTP kit: static files, health, figures.
    #[must_use]
    pub fn of_the_kit() -> Self {
        let mut table = Self::default();
        table.public_get("/static/{name}", assets::show);
        table.public_get("/health/live", health::live);
        table.public_get("/health/ready", health::ready);
        table.public_get("/metrics", health::metrics);
        table
    }

    /// A page. Its handler's first argument says who may see it.
    pub fn get<F, Args>(&mut self, path: &'static str, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + Guarded + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::GET, path), (Args::ACCESS, Args::PROOF), (read(handler), None));
    }

    /// A page that is kept until something that it shows changes, and never longer.
    pub fn cached_get<F, Args>(&mut self, path: &'static str, policy: Policy, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + Guarded + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::GET, path), (Args::ACCESS, Args::PROOF), (read(handler), Some(policy)));
    }

    /// An act. Its handler's first argument says who may do it.
    pub fn post<F, Args>(&mut self, path: &'static str, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + Guarded + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::POST, path), (Args::ACCESS, Args::PROOF), (web::post().to(HandingBack(handler)), None));
    }

    /// A page for everybody, with no session: the handler cannot know who asks.
    pub fn public_get<F, Args>(&mut self, path: &'static str, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.push((Method::GET, path), (Access::Public, Proof::NotAsked), (read(handler), None));
    }

    fn push(
        &mut self,
        (method, path): (Method, &'static str),
        (access, proof): (Access, Proof),
        (route, cache): (actix_web::Route, Option<Policy>),
    ) {
        match Pattern::of(path) {
            Ok(pattern) => self.entries.push(RouteEntry { method, path, access, proof, cache, pattern, route }),
            Err(unknown) => self.refused.push(unknown),
        }
    }

    /// Whether all that was put into it is in it. To be asked before the server starts.
    ///
    /// # Errors
    /// The first route with a parameter that is not known: one whose pages the cache could not tell apart.
    pub fn check(&self) -> Result<(), UnknownParameter> {
        self.refused.first().map_or(Ok(()), |unknown| Err(unknown.clone()))
    }

    /// The rows.
    pub fn entries(&self) -> &[RouteEntry] {
        &self.entries
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Visitor;

    async fn page(_: Visitor) -> &'static str {
        "page"
    }

    #[test]
    fn a_cached_route_whose_parameter_is_not_known_is_refused() {
        let mut table = RouteTable::of_the_kit();
        table.cached_get("/doctors/{id}/times", Policy::with(&[]), page);
        assert_eq!(table.check(), Ok(()));
        table.cached_get("/doctors/{id}/times/{hour}", Policy::with(&[]), page);
        let refused = table.check().map_err(|unknown| unknown.to_string());
        assert_eq!(
            refused,
            Err("the route /doctors/{id}/times/{hour} has a parameter that is not known: {hour}".to_owned())
        );
    }
}
