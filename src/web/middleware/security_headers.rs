//! The headers that every answer carries, errors included.

use std::sync::Arc;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use super::with_headers;
use crate::{settings::Settings, state::AppState, web::peer::Peer};

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()";

/// What no answer varies.
static SAME_FOR_ALL: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS_POLICY)),
    (header::CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
];

/// What the settings say about them, written once.
#[derive(Debug)]
pub struct SecurityHeaders {
    content_security_policy: Option<HeaderValue>,
    strict_transport_security: Option<HeaderValue>,
}

impl SecurityHeaders {
    /// Those of pages under these settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let policy = content_security_policy(settings.pages.static_url.origin());
        Self {
            content_security_policy: HeaderValue::from_str(&policy).ok(),
            strict_transport_security: HeaderValue::from_str(&settings.security.hsts.header_value()).ok(),
        }
    }
}

/// Adds them. HSTS is sent only when the client came over TLS: on plain http it would be ignored,
/// and on a developer's localhost it would do harm.
pub async fn security_headers<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let is_https = state.as_ref().is_some_and(|state| is_https(state, &request));
    with_headers(next.call(request).await, |headers| add(headers, state.as_deref(), is_https))
}

/// Whether the client came by https.
pub(crate) fn is_https(state: &AppState, request: &ServiceRequest) -> bool {
    Peer::came_by_https(request, &state.settings.server.trusted_proxies)
}

/// Adds them to an answer.
pub(crate) fn add(headers: &mut HeaderMap, state: Option<&Arc<AppState>>, is_https: bool) {
    if let Some(state) = state {
        set(headers, header::CONTENT_SECURITY_POLICY, state.security_headers.content_security_policy.as_ref());
        if is_https {
            set(headers, header::STRICT_TRANSPORT_SECURITY, state.security_headers.strict_transport_security.as_ref());
        }
    }
    for (name, value) in &SAME_FOR_ALL {
        set(headers, name.clone(), Some(value));
    }
    // Static files say otherwise: a CDN hands them to our pages from its own host.
    if !headers.contains_key(header::CROSS_ORIGIN_RESOURCE_POLICY) {
        headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<&HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name, value.clone());
    }
}

/// The policy for pages whose static files come from our own host, or also from `cdn`, an origin.
fn content_security_policy(cdn: Option<&str>) -> String {
    cdn.map_or_else(
        || CONTENT_SECURITY_POLICY.to_owned(),
        |origin| {
            ["script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'"]
                .iter()
                .fold(CONTENT_SECURITY_POLICY.to_owned(), |policy, source| {
                    policy.replace(source, &format!("{source} {origin}"))
                })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cdn_may_serve_files_and_nothing_else() {
        let policy = content_security_policy(Some("https://cdn.example.org"));
        assert!(policy.contains("script-src 'self' https://cdn.example.org;"));
        assert!(policy.contains("connect-src 'self';"));
        assert!(policy.starts_with("default-src 'none'"));
        assert_eq!(content_security_policy(None), CONTENT_SECURITY_POLICY);
    }
}
