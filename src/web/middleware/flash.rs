//! Puts the message a handler left on its redirect into the signed cookie.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use crate::web::{
    Kit,
    flash::{Flash, carrying},
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
    let kit = answer.request().app_data::<web::Data<Kit>>().cloned();
    if let Some(kit) = kit
        && let Some(cookie) = carrying(&message, &kit)
        && let Err(error) = answer.response_mut().add_cookie(&cookie)
    {
        log::error!("a flash message could not be sent: {error}");
    }
    Ok(answer)
}
