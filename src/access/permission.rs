//! What a permission is: in a handler's signature, and as the route table sees it. Which roles have one is said in the policies.

use std::{marker::PhantomData, ops::Deref};

use actix_session::SessionExt;
use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, dev::Payload, error::InternalError, http::header, web,
};
use entity::enums::Role;
use futures_util::future::LocalBoxFuture;

use super::FormPages;
use crate::{
    access::{SessionHolder, SignedIn, Viewer},
    web::{
        AppError, Kit,
        peer::Peer,
        rate_limit::RetryAfter,
        refusals::{Refusal, RefusedAct, TriedAccount},
    },
};

/// An act, and who may do it. One unit struct each, in the feature's `policy.rs`.
///
/// The roles are the coarse half: a wrong role is told so (403). The fine half, *which* records, is
/// in the queries that take `&Viewer`: what is out of their scope is not found (404).
pub trait Permission: 'static {
    /// The roles that may.
    const ROLES: &'static [Role];
}

/// Proof that the request came from somebody who may do `P`. The first argument of a handler.
#[derive(Debug)]
pub struct Allowed<P> {
    /// Who.
    pub viewer: Viewer,
    permission: PhantomData<P>,
}

impl<P> Deref for Allowed<P> {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.viewer
    }
}

impl<P: Permission> FromRequest for Allowed<P> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let viewer = Viewer::of(&request).await?.ok_or_else(|| sign_in_first(&request))?;
            if P::ROLES.contains(&viewer.role()) {
                Ok(Self { viewer, permission: PhantomData })
            } else {
                note(&request, &viewer);
                Err(AppError::Forbidden)
            }
        })
    }
}

/// Somebody who may or may not be signed in, on the few pages that differ for both. Of whoever is not, each request is counted in the
/// budget of their address: only once it is known that they are nobody, so that people are not charged for the strangers beside them.
#[derive(Debug)]
pub struct Visitor(pub Option<Viewer>);

/// The same on the way in and out, where a stranger costs the database nothing or is limited otherwise: whoever has used up what is at hand
/// at an address keeps nobody there from signing in.
#[derive(Debug)]
pub struct Anybody(pub Option<Viewer>);

/// Marks a request that is counted already, or is not to be: made more than once, a page counts once.
#[derive(Clone, Copy, Debug)]
pub struct Counted;

impl Visitor {
    /// Gives back what was taken for `request` from what strangers at its address have at hand: it brought a word that has a budget of its own.
    pub fn give_back(&self, request: &HttpRequest) {
        if self.0.is_none()
            && let Some(kit) = request.app_data::<web::Data<Kit>>()
        {
            kit.page_budget.give_back(Peer::of(request, &kit.trusted_proxies).address);
        }
    }
}

impl FromRequest for Visitor {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let viewer = Viewer::of(&request).await?;
            if viewer.is_none() {
                count(&request)?;
            }
            Ok(Self(viewer))
        })
    }
}

impl FromRequest for Anybody {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Viewer::of(&request).await.map(Self) })
    }
}

fn note(request: &HttpRequest, viewer: &Viewer) {
    let Some(kit) = request.app_data::<web::Data<Kit>>() else { return };
    kit.refusals.note(Refusal {
        act: RefusedAct::Permission,
        reason: "role",
        account: Some(TriedAccount::Numbered(viewer.user_id)),
        address: viewer.address,
    });
}

fn count(request: &HttpRequest) -> Result<(), actix_web::Error> {
    if request.extensions().contains::<Counted>() {
        return Ok(());
    }
    let kit = request.app_data::<web::Data<Kit>>().ok_or_else(|| AppError::internal("the kit is not configured"))?;
    let peer = Peer::of(request, &kit.trusted_proxies);
    kit.page_budget.take(peer.address).map_err(come_again)?;
    request.extensions_mut().insert(Counted);
    Ok(())
}

/// What is answered to who has had too many pages made.
fn come_again(wait: RetryAfter) -> actix_web::Error {
    let answer =
        HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, wait.seconds().to_string())).finish();
    InternalError::from_response("too many pages were made for strangers at this address", answer).into()
}

/// After signing in they come back to the page they asked for, or to the one with the form that they sent.
fn sign_in_first(request: &HttpRequest) -> AppError {
    let path = request.path();
    let next = match *request.method() {
        actix_web::http::Method::GET if request.query_string().is_empty() => path.to_owned(),
        actix_web::http::Method::GET => format!("{path}?{}", request.query_string()),
        _ => FormPages::page(request).unwrap_or_else(|| "/dashboard".to_owned()),
    };
    let sent = *request.method() == actix_web::http::Method::POST;
    // A copy of the session that outlived its row, or a person who was shut out: the cookie goes too.
    // Only here: whoever signs in at the same request needs their session unspoiled.
    let session = request.get_session();
    if !session.entries().is_empty() {
        session.purge();
    }
    AppError::SignInRequired { next, sent }
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; no session is loaded.
    Public,
    /// Everybody; whoever is signed in is known.
    Anybody,
    /// These roles.
    Roles(&'static [Role]),
}

/// Whether a route asks people once more who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Being signed in is enough.
    NotAsked,
    /// For some of what can be done there.
    OnDemand,
    /// Always, unless they have just shown it.
    Recent,
}

/// Arguments of a handler that begin with its permission. This is how a route's access is read off
/// the handler's own signature, and why a route without one does not compile.
pub trait Guarded {
    /// What the first argument says.
    const ACCESS: Access;
    /// Whether it asks once more who they are.
    const PROOF: Proof = Proof::NotAsked;
    /// Whether a form that somebody sends who is signed out is handed back to them.
    const HANDS_BACK: bool = false;
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        impl<P: Permission, $($argument),*> Guarded for (Allowed<P>, $($argument,)*) {
            const ACCESS: Access = Access::Roles(P::ROLES);
            const HANDS_BACK: bool = true;
        }
        impl<$($argument),*> Guarded for (Visitor, $($argument,)*) {
            const ACCESS: Access = Access::Anybody;
        }
        impl<$($argument),*> Guarded for (Anybody, $($argument,)*) {
            const ACCESS: Access = Access::Anybody;
        }
        impl<$($argument),*> Guarded for (SessionHolder, $($argument,)*) {
            const ACCESS: Access = Access::Roles(SignedIn::ROLES);
        }
    };
}

guarded! {}
guarded! { A }
guarded! { A B }
guarded! { A B C }
guarded! { A B C D }
