//! Whether the process lives and whether it is fit to serve, for load balancers; and its figures,
//! for Prometheus.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use futures_util::future::LocalBoxFuture;
use secrecy::ExposeSecret;
use serde::{Serialize, Serializer};

use crate::web::{AppError, Kit, refusals::RefusedAct};

/// Those that the server stands on, as far as readiness asks them. It does not know who they are: they are handed to the [`Kit`].
pub trait Subsystems: Send + Sync {
    /// How each is now, in the order in which they are told.
    fn examine(&self) -> LocalBoxFuture<'_, Vec<SubsystemHealth>>;

    /// Brings those of their figures up to date that say how long ago something was.
    fn refresh_figures(&self);
}

/// How one subsystem is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubsystemHealth {
    /// What it is called.
    pub name: &'static str,
    /// What it means for the server.
    pub fitness: Fitness,
    /// How it is, in a word or a sentence that holds no secret.
    pub says: Cow<'static, str>,
}

/// What the state of a subsystem means for the server; the worst decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fitness {
    /// Nothing is wrong.
    Fit,
    /// Pages are served without it.
    Degraded,
    /// No page can be served.
    Unfit,
}

impl SubsystemHealth {
    /// One about the subsystem `name`.
    pub fn new(name: &'static str, fitness: Fitness, says: impl Into<Cow<'static, str>>) -> Self {
        Self { name, fitness, says: says.into() }
    }
}

/// The answer: `ready`, `degraded` or `unavailable` (503), then what each subsystem says.
struct Readiness(Vec<SubsystemHealth>);

impl Readiness {
    fn fitness(&self) -> Fitness {
        self.0.iter().map(|finding| finding.fitness).max().unwrap_or(Fitness::Fit)
    }
}

impl Serialize for Readiness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let status = match self.fitness() {
            Fitness::Fit => "ready",
            Fitness::Degraded => "degraded",
            Fitness::Unfit => "unavailable",
        };
        let findings = self.0.iter().map(|finding| (finding.name, finding.says.as_ref()));
        serializer.collect_map(std::iter::once(("status", status)).chain(findings))
    }
}

/// Says that the process lives.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(serde_json::json!({ "status": "live" }))
}

/// Says whether the server is fit to serve, and how each subsystem is.
pub async fn ready(kit: web::Data<Kit>) -> HttpResponse {
    let mut found = kit.subsystems.examine().await;
    if kit.unknown_proxy.was_seen() {
        // Anybody can send such a header: no reason to take an instance out of service.
        found.push(SubsystemHealth::new("proxies", Fitness::Fit, "forwarded requests, and no TRUSTED_PROXIES"));
    }
    let readiness = Readiness(found);
    crate::metrics::readiness(match readiness.fitness() {
        Fitness::Fit => 2,
        Fitness::Degraded => 1,
        Fitness::Unfit => 0,
    });
    let mut answer = match readiness.fitness() {
        Fitness::Fit | Fitness::Degraded => HttpResponse::Ok(),
        Fitness::Unfit => HttpResponse::ServiceUnavailable(),
    };
    answer.insert_header((header::CACHE_CONTROL, "no-store")).json(readiness)
}

/// The figures. With `METRICS_TOKEN` set, only for its bearer; without it, only for this machine, and in production for nobody: a proxy on this
/// machine that does not say for whom it asks would open them to the world.
///
/// # Errors
/// [`AppError::Forbidden`] for anybody else.
pub async fn metrics(request: HttpRequest, kit: web::Data<Kit>) -> Result<HttpResponse, AppError> {
    let allowed = match &kit.metrics_token {
        Some(token) => bearer(&request).is_some_and(|given| same(given, token.expose_secret())),
        None => {
            !kit.is_production
                && request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback())
                && !request.headers().contains_key("x-forwarded-for")
        }
    };
    if !allowed {
        Kit::note(&request, RefusedAct::Permission, "figures");
        return Err(AppError::Forbidden);
    }
    kit.subsystems.refresh_figures();
    let text = crate::metrics::render().map_err(AppError::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(crate::metrics::CONTENT_TYPE)
        .body(text))
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Compares digests, so that the time taken tells nothing about the token.
fn same(given: &str, expected: &str) -> bool {
    use sha2::{Digest, Sha256};
    Sha256::digest(given) == Sha256::digest(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_subsystem_decides_and_each_is_told_in_its_order() -> serde_json::Result<()> {
        let rendered = |fitness: [Fitness; 2]| {
            let names = ["second", "first"].into_iter().zip(fitness);
            serde_json::to_string(&Readiness(
                names.map(|(name, fitness)| SubsystemHealth::new(name, fitness, "so")).collect(),
            ))
        };
        let tail = r#","second":"so","first":"so"}"#;
        assert_eq!(rendered([Fitness::Fit, Fitness::Fit])?, format!(r#"{{"status":"ready"{tail}"#));
        assert_eq!(rendered([Fitness::Degraded, Fitness::Fit])?, format!(r#"{{"status":"degraded"{tail}"#));
        assert_eq!(rendered([Fitness::Unfit, Fitness::Degraded])?, format!(r#"{{"status":"unavailable"{tail}"#));
        Ok(())
    }
}
