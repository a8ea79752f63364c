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
use crate::{state::AppState, web::peer::Peer};

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()";

/// What no answer varies.
const SAME_FOR_ALL: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", PERMISSIONS_POLICY),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Adds them. HSTS is sent only when the client came over TLS: on plain http it would be ignored,
/// and on a developer's localhost it would do harm.
pub async fn security_headers<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let is_https =
        state.as_ref().is_some_and(|state| Peer::of_service(&request, &state.settings.server.trusted_proxies).is_https);
    with_headers(next.call(request).await, |headers| add(headers, state.as_deref(), is_https))
}

fn add(headers: &mut HeaderMap, state: Option<&Arc<AppState>>, is_https: bool) {
    if let Some(state) = state {
        set(headers, header::CONTENT_SECURITY_POLICY, &state.content_security_policy);
        if is_https {
            set(headers, header::STRICT_TRANSPORT_SECURITY, &state.settings.security.hsts.header_value());
        }
    }
    for (name, value) in SAME_FOR_ALL {
        set(headers, HeaderName::from_static(name), value);
    }
    // Static files say otherwise: a CDN hands them to our pages from its own host.
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    if !headers.contains_key(&policy) {
        set(headers, policy, "same-origin");
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The policy for pages whose static files come from our own host, or also from `cdn`, an origin.
pub fn content_security_policy(cdn: Option<&str>) -> String {
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
