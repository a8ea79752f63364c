//! What a page's own script sends as JSON: bounded like a form, and as little believed.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::submitted::{LIMIT, PATIENCE, collect};
use crate::web::error::AppError;

/// A body of JSON of at most 64 KiB. Extraction itself never fails, as with a form.
#[derive(Debug)]
pub struct SentJson(Result<Bytes, AppError>);

impl SentJson {
    /// What was sent, as a `T`. Use `#[serde(deny_unknown_fields)]` on it.
    ///
    /// # Errors
    /// `TooLarge` beyond 64 KiB; `Malformed` for another content type, for what is no JSON or did not come in time; `Unprocessable` for other JSON
    /// than is wanted here.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, AppError> {
        serde_json::from_slice(&self.0?).map_err(|error| match error.is_data() {
            true => AppError::Unprocessable("This address takes other fields."),
            false => AppError::Malformed(NO_JSON),
        })
    }
}

const NO_JSON: &str = "This address takes JSON.";

impl FromRequest for SentJson {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        let is_json = essence.trim().eq_ignore_ascii_case("application/json");
        let mut payload = payload.take();
        Box::pin(async move {
            let body = tokio::time::timeout(PATIENCE, collect(&mut payload, LIMIT)).await;
            Ok(Self(match body {
                Err(_late) => Err(AppError::Malformed("It did not arrive in time.")),
                Ok(Err(error)) => Err(error),
                Ok(Ok(_)) if !is_json => Err(AppError::Malformed(NO_JSON)),
                Ok(Ok(body)) => Ok(body.freeze()),
            }))
        })
    }
}
