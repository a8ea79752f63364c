//! The headers that every answer carries, errors included.

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use super::with_headers;
use crate::{
    settings::Settings,
    web::{Kit, peer::Peer},
};

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()";
const WITH_DEVICES: &str = "accelerometer=(), autoplay=(self), camera=(self), display-capture=(self), geolocation=(), gyroscope=(), microphone=(self), midi=(), payment=(), usb=()";

/// What no answer varies.
static SAME_FOR_ALL: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
];

/// Below it each address is a secret by which a guest comes in: no request tells of it, not even one to ourselves. Of which server a page is they tell:
/// what is sent as a page goes would have no origin else.
const OF_GUESTS: &str = "/guest/";

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
    let kit = request.app_data::<web::Data<Kit>>().cloned();
    let is_https = kit.as_ref().is_some_and(|kit| is_https(kit, &request));
    let is_of_guests = request.path().starts_with(OF_GUESTS);
    with_headers(next.call(request).await, |headers| {
        if is_of_guests {
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
        }
        add(headers, kit.as_ref().map(|kit| kit.get_ref()), is_https);
    })
}

/// The answer of a page that may use camera, microphone and screen, if whoever looks at it allows that.
#[must_use]
pub(crate) fn with_devices(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::PERMISSIONS_POLICY, HeaderValue::from_static(WITH_DEVICES));
    answer
}

/// Whether the client came by https.
pub(crate) fn is_https(kit: &Kit, request: &ServiceRequest) -> bool {
    Peer::came_by_https(request, &kit.trusted_proxies)
}

/// Adds them to an answer.
pub(crate) fn add(headers: &mut HeaderMap, kit: Option<&Kit>, is_https: bool) {
    if let Some(kit) = kit {
        // A file that is handed out says something stricter.
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            set(headers, header::CONTENT_SECURITY_POLICY, kit.security_headers.content_security_policy.as_ref());
        }
        if is_https {
            set(headers, header::STRICT_TRANSPORT_SECURITY, kit.security_headers.strict_transport_security.as_ref());
        }
    }
    for (name, value) in &SAME_FOR_ALL {
        set(headers, name.clone(), Some(value));
    }
    if !headers.contains_key(header::REFERRER_POLICY) {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
    // The page in which two people see and hear each other says otherwise.
    if !headers.contains_key(header::PERMISSIONS_POLICY) {
        headers.insert(header::PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS_POLICY));
    }
    // Redirects and whatever else says nothing of it: "cache everything" of a CDN is not meant for them.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
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
