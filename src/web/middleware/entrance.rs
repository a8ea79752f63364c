//! What is looked at before anything reads the request: the host it names, its cookies, and whether a proxy stands before us.
//!
//! What passes has no cookies but ours, under the names that they have: whatever decodes names further inside finds nothing to decode.

use actix_web::{
    Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web,
};

use crate::{
    session::{CookieRefusal, OwnCookies, Sessions},
    web::{Kit, error::Problem, refusals::RefusedAct},
};

const TWO_SESSIONS: &str = "Your browser sent more than one sign-in for this site. Delete the cookies of this site in your browser, then sign in again.";

/// See the module.
///
/// # Errors
/// What is inside fails with.
pub async fn entrance<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(kit) = request.app_data::<web::Data<Kit>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    kit.unknown_proxy.look(&request);
    if !kit.hosts.admits(request.request()) {
        return Ok(refused(request, StatusCode::MISDIRECTED_REQUEST, None));
    }
    let cookies = match kit.cookie_names.find(request.headers()) {
        Ok(cookies) => {
            if is_forged(&request, &cookies) {
                Kit::note(request.request(), RefusedAct::Cookie, "signature");
            }
            cookies.header(&kit.cookie_names)
        }
        Err(CookieRefusal::TooLarge) => {
            Kit::note(request.request(), RefusedAct::Cookie, "too_large");
            return Ok(refused(request, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, None));
        }
        Err(CookieRefusal::Ambiguous) => {
            Kit::note(request.request(), RefusedAct::Cookie, "two_sessions");
            return Ok(refused(request, StatusCode::BAD_REQUEST, Some(TWO_SESSIONS)));
        }
    };
    if let Some(cookies) = cookies {
        request.headers_mut().insert(header::COOKIE, cookies);
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

/// Whether there is a session that was not signed with this site's key: made up, or from before the key was changed.
fn is_forged(request: &ServiceRequest, cookies: &OwnCookies<'_>) -> bool {
    let sessions = request.app_data::<web::Data<Sessions>>();
    cookies.session.is_some() && sessions.is_some_and(|sessions| sessions.named(cookies).is_none())
}

fn refused<B>(
    request: ServiceRequest,
    status: StatusCode,
    explanation: Option<&str>,
) -> ServiceResponse<EitherBody<B>> {
    let mut answer = HttpResponse::build(status);
    answer.extensions_mut().insert(Problem { explanation: explanation.map(str::to_owned), ..Problem::default() });
    request.into_response(answer.finish()).map_into_right_body()
}
