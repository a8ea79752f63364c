//! What is typed into a form is not lost with the session, at whichever address it is sent to: each act that asks who somebody is looks at that
//! before its form is read, and of whoever is signed out hands the form back ([`KeptForm`]).

use actix_web::{Error, FromRequest, Handler, HttpRequest, dev::Payload, error::InternalError, http::StatusCode};
use futures_util::future::LocalBoxFuture;
use serde_json::json;

use super::{Guarded, Viewer};
use crate::{
    session::is_automatic,
    web::{AppError, KeptForm, Kit, Pages, Typed, Upload, is_program, told},
};

/// A handler of a form.
#[derive(Clone)]
pub struct HandingBack<F>(pub F);

/// The arguments of such a handler.
pub struct OrHandedBack<Args>(Args);

impl<F: Handler<Args>, Args> Handler<OrHandedBack<Args>> for HandingBack<F> {
    type Output = F::Output;
    type Future = F::Future;

    fn call(&self, args: OrHandedBack<Args>) -> F::Future {
        self.0.call(args.0)
    }
}

impl<Args: FromRequest + Guarded + 'static> FromRequest for OrHandedBack<Args> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // What a page sends by itself nobody has typed.
        let hands_back = Args::HANDS_BACK && !is_automatic();
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let form = if hands_back { form_of_nobody(&request, &mut payload).await? } else { None };
            match (Args::from_request(&request, &mut payload).await.map_err(Into::into), form) {
                (Err(out), Some(form)) => Err(handed_back(out, form, &request).await),
                (args, _) => args.map(Self),
            }
        })
    }
}

/// The form that is sent with `request`, if nobody is signed in.
async fn form_of_nobody(request: &HttpRequest, payload: &mut Payload) -> Result<Option<Typed>, Error> {
    if Viewer::of(request).await?.is_some() {
        return Ok(None);
    }
    let sent = Upload::from_request(request, payload).await?;
    // What cannot be read cannot be handed back.
    Ok(sent.typed().await.ok())
}

/// What is answered in the place of `out`, the way to where one signs in; `out` itself if nothing is to be handed back.
async fn handed_back(out: Error, form: Typed, request: &HttpRequest) -> Error {
    if !matches!(out.as_error(), Some(AppError::SignInRequired { .. })) {
        return out;
    }
    let answer = if is_program(request) {
        told(StatusCode::UNAUTHORIZED, &json!({"error": "You are signed out."}))
    } else {
        let Some(kept) = KeptForm::of(request.path(), form) else { return out };
        let shown = Pages::<Kit>::extract(request).await.and_then(|pages| kept.show(&pages));
        match shown {
            Ok(page) => page,
            Err(error) => return error.into(),
        }
    };
    InternalError::from_response("signed out", answer).into()
}
