//! What a guest may do: the first argument of the handlers behind a guest's link, made of the link itself and of nothing else.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;

use super::{
    queries::{self, LinkedGuest},
    secret::GuestSecret,
};
use crate::{
    access::{Access, Guarded},
    features::calls::{GuestOfCall, GuestStanding, Participant},
    state::Pages,
    web::{AppError, LinkToken},
};

/// A digest of nothing: compared with as the true one, where there is none.
const NO_DIGEST: [u8; 32] = [0; 32];
const OVER: &str = "This link leads nowhere any more: the visit is over or held in another way, the link is too old, or the doctor has taken it back. If you are \
                    still needed, ask whoever gave it to you for another.";
const WAITS: &str = "The doctor has not let you in yet. This page goes on by itself when that is so.";

/// Proof that the request came by a link that still leads somewhere: of somebody who waits, or was let in. Everybody else gets 404, or 410 once a
/// link is over.
pub(super) struct ByLink {
    pub(super) guest: LinkedGuest,
    pub(super) standing: GuestStanding,
}

/// Proof that the request came from a guest whom the doctor has let in and not removed, while the visit is under way. Whoever still waits gets 409.
pub(super) struct LetIn(GuestOfCall);

impl LetIn {
    /// To the call.
    pub(super) fn who(&self) -> Participant<'_> {
        Participant::Guest(&self.0)
    }

    /// `appointment.id`
    pub(super) fn visit(&self) -> i64 {
        self.0.visit
    }
}

/// Requests count against the address they come from until it is known that they bring a right link, and then against that.
async fn by_link(request: &HttpRequest) -> Result<ByLink, AppError> {
    let pages = Pages::extract(request).await?;
    let (state, address) = (pages.state(), pages.peer().address);
    state.kit.page_budget.take(address)?;
    let token = LinkToken::parse(request.match_info().get("token").unwrap_or_default()).ok_or(AppError::NotFound)?;
    // Who may come in is never asked of a copy.
    let found = queries::linked(&state.db.reader().from_primary(), token.id).await?;
    let kept = found.as_ref().map_or(&NO_DIGEST[..], |found| &found.guest.token_hash[..]);
    let is_right = GuestSecret(token.secret).is_of(&state.settings.secret_key, kept);
    let guest = found.filter(|_| is_right).ok_or(AppError::NotFound)?;
    state.kit.page_budget.give_back(address);
    state.kit.page_budget.take_of_guest(guest.guest.id)?;
    match guest.standing(state.clock.now()) {
        GuestStanding::Over => Err(AppError::Gone(OVER)),
        standing @ (GuestStanding::Waits | GuestStanding::LetIn) => Ok(ByLink { guest, standing }),
    }
}

impl FromRequest for ByLink {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { by_link(&request).await })
    }
}

impl FromRequest for LetIn {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let ByLink { guest, standing } = by_link(&request).await?;
            if standing != GuestStanding::LetIn {
                return Err(AppError::Conflict(WAITS.to_owned()));
            }
            Ok(Self(guest.in_call()))
        })
    }
}

macro_rules! seated {
    ($seat:ident $($argument:ident)*) => {
        impl<$($argument),*> Guarded for ($seat, $($argument,)*) {
            /// No session is looked at: the link says who it is.
            const ACCESS: Access = Access::Public;
        }
    };
}

seated! { ByLink A }
seated! { ByLink A B }
seated! { LetIn A }
seated! { LetIn A B }
