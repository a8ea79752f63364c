//! Cross-site POSTs are refused, so pages need no token and can be cached.
//!
//! A browser says where a request comes from: `Sec-Fetch-Site`, `Origin` in older ones, `Referer` in very old ones. A client
//! that sends none of them is no browser and holds no one's cookies but its own.

use actix_web::{
    Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web,
};

use crate::web::{Kit, error::Problem, refusals::RefusedAct};

/// Lets safe methods and same-origin requests through; answers 403 to everything else.
pub async fn cross_site<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same_origin(&request) {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    Kit::note(request.request(), RefusedAct::CrossSite, "from_another_site");
    let mut answer = HttpResponse::Forbidden();
    answer.extensions_mut().insert(Problem {
        explanation: Some("The form was sent from another site. Open the page here and send it again.".to_owned()),
        ..Problem::default()
    });
    Ok(request.into_response(answer.finish()).map_into_right_body())
}

fn is_same_origin(request: &ServiceRequest) -> bool {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = header(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let host = header(header::HOST).unwrap_or_default();
    match (header(header::ORIGIN), header(header::REFERER)) {
        (Some(origin), _) => is_ours(request, origin, host),
        (None, Some(referrer)) => is_ours(request, origin_of(referrer), host),
        (None, None) => true,
    }
}

/// The scheme, host and port of an address.
fn origin_of(address: &str) -> &str {
    let begin = address.find("://").map_or(address.len(), |at| at + 3);
    let rest = address.get(begin..).unwrap_or_default();
    let end = begin + rest.find(['/', '?', '#']).unwrap_or(rest.len());
    address.get(..end).unwrap_or_default()
}

fn is_ours(request: &ServiceRequest, origin: &str, host: &str) -> bool {
    let same_host = origin
        .split_once("://")
        .is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && !host.is_empty() && rest == host);
    same_host || request.app_data::<web::Data<Kit>>().is_some_and(|kit| kit.origin == origin)
}
