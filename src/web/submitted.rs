//! What was submitted, before anybody reads it: the fields of one form, each once, of bounded size; and the way on of a form that
//! somebody looks at before its handler does.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use futures_util::{StreamExt, future::LocalBoxFuture};
use tokio::sync::oneshot;

use crate::web::{error::AppError, form_owner, forms::FormReader};

/// The largest form: 64 KiB.
pub(super) const LIMIT: usize = 64 * 1024;
/// The largest one of those that hold whole pages of text: a letter of Nepali takes nine bytes on its way.
pub(super) const LONG_LIMIT: usize = 256 * 1024;
/// How long a client may take to send one.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// The fields of a submitted form. Extraction itself never fails, so that a handler's permission is
/// decided before anything is said about the form; [`Submitted::fields`] tells what was wrong.
#[derive(Debug)]
pub struct Submitted {
    sent: Result<Fields, AppError>,
    /// Tells who is signed in, once all arguments of the handler are there; none when it was looked at before ([`Relay`]).
    request: Option<HttpRequest>,
}

/// Field names and what was typed, each name once.
pub type Fields = BTreeMap<String, String>;

impl Submitted {
    /// What was submitted.
    ///
    /// # Errors
    /// `TooLarge` beyond 64 KiB; `Malformed` for another content type, broken encoding, a name
    /// given twice, or a body that did not come in time; [`AppError::OtherPerson`] when the form was made for somebody else than
    /// whoever is signed in (`web::form_owner`).
    pub fn fields(self) -> Result<Fields, AppError> {
        let mut fields = self.sent?;
        if let Some(request) = &self.request {
            form_owner::check(request, &mut fields)?;
            form_owner::remember(request, &fields);
        }
        Ok(fields)
    }

    /// What was submitted, whoever it was made for, and with the field that says so: to be handed back to a browser in which nobody is signed in.
    ///
    /// # Errors
    /// Those of [`Self::fields`], but [`AppError::OtherPerson`].
    pub fn unchecked(self) -> Result<Fields, AppError> {
        self.sent
    }

    /// For a form that is nothing but its button.
    ///
    /// # Errors
    /// Those of [`Self::fields`]; [`AppError::Unprocessable`] when there is any field.
    pub fn button(self) -> Result<(), AppError> {
        let stray =
            |_form| AppError::Unprocessable("The form held a field that does not belong to it. Load the page again.");
        FormReader::new(self.fields()?).finish(Some(())).map_err(stray)
    }

    /// For whoever looks at a form before its handler does: the form, and the way on to the handler's own [`Submitted`], which waits
    /// for it. To be called while the extractor is made, before the handler's is.
    pub fn relayed(request: &HttpRequest, payload: &mut Payload) -> (LocalBoxFuture<'static, Self>, Relay) {
        let form = Self::from_request(request, payload);
        let (relay, waiting) = oneshot::channel();
        request.extensions_mut().insert(Waiting(waiting));
        (
            Box::pin(async move { form.await.unwrap_or_else(|error| Self { sent: Err(error), request: None }) }),
            Relay(relay),
        )
    }
}

/// The way on of a form that somebody looks at before its handler does.
#[derive(Debug)]
pub struct Relay(oneshot::Sender<Submitted>);

impl Relay {
    /// Hands the fields on.
    pub fn pass(self, form: Result<Fields, AppError>) {
        // A handler that takes no form waits for none. Without the request, in whose extensions the other end lies.
        drop(self.0.send(Submitted { sent: form, request: None }));
    }
}

/// In the extensions of a request whose form is on its way.
struct Waiting(oneshot::Receiver<Submitted>);

impl FromRequest for Submitted {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let waiting = request.extensions_mut().remove::<Waiting>();
        if let Some(Waiting(waiting)) = waiting {
            return Box::pin(async move { waiting.await.map_err(AppError::internal) });
        }
        receive(request, payload, LIMIT)
    }
}

/// The same for the few addresses that take whole pages of text: a form of up to 256 KiB.
#[derive(Debug)]
pub struct LongSubmitted(Submitted);

impl LongSubmitted {
    /// What was submitted, as [`Submitted::fields`].
    ///
    /// # Errors
    /// Those of [`Submitted::fields`].
    pub fn fields(self) -> Result<Fields, AppError> {
        self.0.fields()
    }

    /// What was submitted, as [`Submitted::unchecked`].
    ///
    /// # Errors
    /// Those of [`Submitted::unchecked`].
    pub fn unchecked(self) -> Result<Fields, AppError> {
        self.0.unchecked()
    }
}

impl FromRequest for LongSubmitted {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = receive(request, payload, LONG_LIMIT);
        Box::pin(async move { form.await.map(Self) })
    }
}

/// The form that `request` submits, of at most so many bytes.
fn receive(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> LocalBoxFuture<'static, Result<Submitted, AppError>> {
    let urlencoded = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let (mut payload, request) = (payload.take(), request.clone());
    Box::pin(async move {
        let body = match tokio::time::timeout(PATIENCE, collect(&mut payload, limit)).await {
            Ok(body) => body,
            Err(_late) => Err(AppError::Malformed("The form did not arrive in time.")),
        };
        let sent = body.and_then(|body| match urlencoded.as_deref() {
            Some("application/x-www-form-urlencoded") => parse(&body),
            _ if body.is_empty() => Ok(Fields::new()),
            _ => Err(AppError::Malformed("This address takes a form.")),
        });
        Ok(Submitted { sent, request: Some(request) })
    })
}

/// The body of a request, of at most so many bytes.
pub(super) async fn collect(payload: &mut Payload, limit: usize) -> Result<web::BytesMut, AppError> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            log::debug!("a form's body broke off: {error}");
            AppError::Malformed("The form broke off.")
        })?;
        if body.len() + chunk.len() > limit {
            return Err(AppError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse(body: &[u8]) -> Result<Fields, AppError> {
    if std::str::from_utf8(body).is_err() {
        return Err(AppError::Malformed("The form is not text."));
    }
    let mut fields = Fields::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(AppError::Malformed("A field was sent twice."));
        }
    }
    Ok(fields)
}
