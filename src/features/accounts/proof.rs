//! Asking people once more who they are, before what a stranger at an unlocked screen must not do.
//!
//! A handler says so in its first argument, in the place of [`Allowed`]: [`RecentlyProved`] for an act that always asks, and [`Provable`]
//! for one that asks for some of what can be done by it. Whoever gave their password, a code, or what a passkey has signed, in this session within the last
//! ten minutes is not asked. Whoever is asked gets a page that carries on what they had typed, and sends it with the proof, to the same
//! address: nothing is typed twice, and nothing needs a script. A file to take away, which is no form, is led to by `/profile/proof`.

use std::{marker::PhantomData, ops::Deref};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, dev::Payload, error::InternalError, http::Method, http::StatusCode,
};
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use secrecy::SecretString;

use super::{
    pages::proof::ProofPage,
    passkey_forms,
    service::{
        passkeys::{self, PasskeyTaken},
        proof,
    },
};
use crate::{
    access::{Access, Allowed, Guarded, Permission, Proof, Viewer},
    db::FURTHEST_APART,
    state::{AppState, Pages},
    web::{AppError, Clinical, FormView, Relay, Submitted, forms::Fields, see_other},
};

/// How long a proof holds.
const HOLDS: TimeDelta = TimeDelta::minutes(10);
/// The field of the password or the code.
pub(super) const FIELD: &str = "proof";

/// Proof that the request came from somebody who may do `P` and has shown within the last ten minutes who they are. The first argument of a
/// handler, in the place of [`Allowed`]; before [`Submitted`], which gets what was typed without the proof.
#[derive(Debug)]
pub(crate) struct RecentlyProved<P> {
    viewer: Viewer,
    permission: PhantomData<P>,
}

/// Somebody who may do `P`, and can be asked who they are: for a handler that asks for some of what it does. The first argument, in the
/// place of [`Allowed`].
pub(crate) struct Provable<P> {
    viewer: Viewer,
    standing: Standing,
    pages: Pages,
    permission: PhantomData<P>,
}

impl<P> Provable<P> {
    /// The page that asks who they are, with everything that they typed on it; nothing for whoever has just shown it.
    ///
    /// # Errors
    /// `Internal` when the page cannot be made.
    pub(crate) fn ask(&self) -> Result<Option<HttpResponse>, AppError> {
        match &self.standing {
            Standing::Proved => Ok(None),
            Standing::Asked(question) => question.page(&self.pages, &self.viewer).map(Some),
        }
    }
}

/// Whether somebody has shown who they are.
#[derive(Clone, Debug)]
enum Standing {
    Proved,
    Asked(Question),
}

/// What is asked, and what is to go on afterwards.
#[derive(Clone, Debug, Default)]
struct Question {
    carried: Fields,
    form: FormView,
    has_passkey: bool,
}

impl Question {
    /// The answer of an act: 422, the form with one more field.
    fn page(&self, pages: &Pages, viewer: &Viewer) -> Result<HttpResponse, AppError> {
        let uri = pages.request().uri();
        let action = uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string);
        // What is carried on may be clinical.
        let page = ProofPage::new(self.form.clone(), action, self.carried.clone()).with_passkey(self.has_passkey);
        let page = Clinical::new(page);
        pages.refuse_clinical(StatusCode::UNPROCESSABLE_ENTITY, viewer, &page)
    }
}

/// The form of a proof that was none.
fn wrong() -> FormView {
    FormView::default().with_error(FIELD, "This is neither your password nor a code that can be used now.")
}

/// Whether the viewer has shown within the last ten minutes who they are.
fn is_recent(viewer: &Viewer, pages: &Pages) -> bool {
    let now = pages.state().clock.now();
    viewer.proved_at.is_some_and(|proved_at| (-FURTHEST_APART..HOLDS).contains(&(now - proved_at)))
}

/// Takes the proof out of the form, looks at it if it is needed, and hands the rest on.
async fn judge(
    (viewer, pages): (&Viewer, &Pages),
    (form, relay): (LocalBoxFuture<'static, Submitted>, Relay),
) -> Result<Standing, AppError> {
    let mut fields = match form.await.fields() {
        Ok(fields) => fields,
        Err(error) if is_recent(viewer, pages) => {
            relay.pass(Err(error));
            return Ok(Standing::Proved);
        }
        Err(error) => return Err(error),
    };
    let given = Given::taken(&mut fields);
    let refusal = match given {
        _ if is_recent(viewer, pages) => None,
        // Boxed: its future is too deep for the compiler to lay out within that of the extractor.
        Some(given) => Box::pin(given.refusal(pages.state(), viewer)).await?,
        None => Some(FormView::default()),
    };
    let standing = match refusal {
        None => Standing::Proved,
        Some(form) => {
            let has_passkey = proof::has_passkey(pages.state(), viewer).await?;
            Standing::Asked(Question { carried: fields.clone(), form, has_passkey })
        }
    };
    relay.pass(Ok(fields));
    Ok(standing)
}

/// What somebody gives to show who they are.
pub(super) enum Given {
    /// A password, or a code.
    Secret(SecretString),
    /// What a passkey has signed, as JSON.
    Signed(String),
}

impl Given {
    /// Taken out of a form.
    pub(super) fn taken(fields: &mut Fields) -> Option<Self> {
        let signed = passkey_forms::taken_as_proof(fields);
        let secret = fields.remove(FIELD).filter(|proof| !proof.is_empty());
        signed.map(Self::Signed).or_else(|| secret.map(|secret| Self::Secret(secret.into())))
    }

    /// Looks at it: the form that says why it shows nothing, if it does not.
    pub(super) async fn refusal(self, state: &AppState, viewer: &Viewer) -> Result<Option<FormView>, AppError> {
        Ok(match self {
            Self::Secret(given) => (!proof::prove(state, viewer, given).await?).then(wrong),
            Self::Signed(answer) => match passkeys::prove(state, viewer, &answer).await? {
                PasskeyTaken::Taken => None,
                PasskeyTaken::Wrong => Some(FormView::default().with_error("", passkeys::WRONG)),
                PasskeyTaken::Copied => Some(FormView::default().with_error("", passkeys::COPIED)),
            },
        })
    }
}

impl<P: Permission> FromRequest for RecentlyProved<P> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if *request.method() != Method::POST {
            return to_a_file(request.clone());
        }
        let form = Submitted::relayed(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let viewer = Allowed::<P>::extract(&request).await?.viewer;
            let pages = Pages::extract(&request).await?;
            match judge((&viewer, &pages), form).await? {
                Standing::Proved => Ok(Self { viewer, permission: PhantomData }),
                Standing::Asked(question) => Err(instead(question.page(&pages, &viewer)?)),
            }
        })
    }
}

/// What is asked for by its address has no form that could go on: whoever has to show who they are comes back to it.
fn to_a_file<P: Permission>(
    request: HttpRequest,
) -> LocalBoxFuture<'static, Result<RecentlyProved<P>, actix_web::Error>> {
    Box::pin(async move {
        let viewer = Allowed::<P>::extract(&request).await?.viewer;
        let pages = Pages::extract(&request).await?;
        if is_recent(&viewer, &pages) {
            return Ok(RecentlyProved { viewer, permission: PhantomData });
        }
        let asked = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let next = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &asked).finish();
        Err(instead(see_other(&format!("/profile/proof?{next}"))))
    })
}

/// The answer of an extractor in the place of the handler's.
fn instead(answer: HttpResponse) -> actix_web::Error {
    InternalError::from_response("who asks has to show who they are", answer).into()
}

impl<P: Permission> FromRequest for Provable<P> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Submitted::relayed(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let viewer = Allowed::<P>::extract(&request).await?.viewer;
            let pages = Pages::extract(&request).await?;
            let standing = judge((&viewer, &pages), form).await?;
            Ok(Self { viewer, standing, pages, permission: PhantomData })
        })
    }
}

impl<P> Deref for RecentlyProved<P> {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.viewer
    }
}

impl<P> Deref for Provable<P> {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.viewer
    }
}

macro_rules! asks {
    ($guard:ident, $proof:ident, $($argument:ident)*) => {
        impl<P: Permission, $($argument),*> Guarded for ($guard<P>, $($argument,)*) {
            const ACCESS: Access = Access::Roles(P::ROLES);
            const PROOF: Proof = Proof::$proof;
            const HANDS_BACK: bool = true;
        }
    };
}

asks! { RecentlyProved, Recent, }
asks! { RecentlyProved, Recent, A }
asks! { RecentlyProved, Recent, A B }
asks! { RecentlyProved, Recent, A B C }
asks! { RecentlyProved, Recent, A B C D }
asks! { Provable, OnDemand, A }
asks! { Provable, OnDemand, A B }
asks! { Provable, OnDemand, A B C }
asks! { Provable, OnDemand, A B C D }
