//! Whether the process lives and whether it is fit to serve, for load balancers; and its figures,
//! for Prometheus.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::{db::health, integrations::mailer::PostCondition, routes::RouteTable, state::AppState, web::AppError};

/// How long readiness waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn routes(table: &mut RouteTable) {
    table.public_get("/health/live", live);
    table.public_get("/health/ready", ready);
    table.public_get("/metrics", metrics);
}

#[derive(Debug, Serialize)]
struct Readiness {
    /// `ready`, `degraded` (serving without Redis, without the cache, or while mail waits), or `unavailable` (503).
    status: &'static str,
    database: String,
    redis: &'static str,
    /// `ok`, `off`, or `bypassed`: pages are rendered from the database, because Redis is away or takes no writes.
    cache: &'static str,
    migrations: String,
    /// `ok`, `off`, or `retrying`: mails wait that should have gone.
    mail: &'static str,
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(serde_json::json!({ "status": "live" }))
}

/// Redis away is no reason to take an instance out of service: pages are served without it. A
/// database that does not answer, or is not migrated, is.
async fn ready(state: web::Data<AppState>) -> HttpResponse {
    let database = health::check(&state.db, PATIENCE).await;
    let migrations = match &database {
        Ok(()) => migrations(&state).await,
        Err(_) => Err("unknown".to_owned()),
    };
    let redis = match &state.redis {
        None => "not configured",
        Some(redis) if redis.ping().await.is_ok() => "ok",
        Some(_) => "away",
    };
    let cache = state.cache.condition().await;
    let mail = match state.post.condition() {
        PostCondition::Off => "off",
        PostCondition::Fine => "ok",
        PostCondition::Retrying => "retrying",
    };
    let fit = database.is_ok() && migrations.is_ok();
    let readiness = Readiness {
        status: match (fit, redis, cache, mail) {
            (false, ..) => "unavailable",
            (true, "away", ..) | (true, _, "bypassed", _) | (true, .., "retrying") => "degraded",
            (true, ..) => "ready",
        },
        database: said(database.map_err(|error| error.to_string())),
        redis,
        cache,
        migrations: said(migrations),
        mail,
    };
    let mut answer = if fit { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.insert_header((header::CACHE_CONTROL, "no-store")).json(readiness)
}

fn said(result: Result<(), String>) -> String {
    result.err().unwrap_or_else(|| "ok".to_owned())
}

async fn migrations(state: &AppState) -> Result<(), String> {
    match migration::pending(state.db.bare()).await {
        Ok(pending) if pending.is_empty() => Ok(()),
        Ok(pending) => Err(format!("{} pending: run `migration up`", pending.len())),
        Err(error) => {
            log::warn!("the migrations cannot be read: {error}");
            Err("cannot be read".to_owned())
        }
    }
}

/// With `METRICS_TOKEN` set, only its bearer; without it, only this machine.
async fn metrics(request: HttpRequest, state: web::Data<AppState>) -> Result<HttpResponse, AppError> {
    let allowed = match &state.settings.diagnostics.metrics_token {
        Some(token) => bearer(&request).is_some_and(|given| same(given, token.expose_secret())),
        None => {
            request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback())
                && !request.headers().contains_key("x-forwarded-for")
        }
    };
    if !allowed {
        return Err(AppError::Forbidden);
    }
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
