//! Puts the message a handler left on its redirect into the signed cookie.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use crate::{
    state::AppState,
    web::flash::{Flash, carrying},
};

/// See [`crate::web::flash`].
pub async fn flash<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut answer = next.call(request).await?;
    let Some(message) = answer.response_mut().extensions_mut().remove::<Flash>() else {
        return Ok(answer);
    };
    let state = answer.request().app_data::<web::Data<AppState>>().cloned();
    if let Some(state) = state
        && let Some(cookie) = carrying(&message, &state.flash_key, state.secure_cookies)
        && let Err(error) = answer.response_mut().add_cookie(&cookie)
    {
        log::error!("a flash message could not be sent: {error}");
    }
    Ok(answer)
}
