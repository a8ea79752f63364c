//! Where people are let in and out: the session of the request, and where the request came from.

use std::{
    future::{Ready, ready},
    net::IpAddr,
};

use actix_session::{Session, SessionExt};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web};

use super::device_cookie::{Devices, KnownFor};
use crate::{
    session::{self, NewKey, NewSession},
    state::AppState,
    web::{AppError, peer::Peer},
};

/// The session and the origin of one request.
pub(super) struct RequestSession {
    pub(super) state: web::Data<AppState>,
    pub(super) origin: Origin,
    session: Session,
}

/// Where a request came from.
pub(super) struct Origin {
    /// As far as trusted proxies tell it.
    pub(super) address: IpAddr,
    /// What the browser calls itself.
    pub(super) user_agent: String,
    /// For which accounts it is known.
    pub(super) devices: Devices,
    /// Of the session that begins if somebody is let in.
    new_key: NewKey,
}

impl Origin {
    /// What a session is begun with that somebody gets who is let in from here.
    pub(super) fn new_session(&self) -> NewSession<'_> {
        NewSession { key: &self.new_key, ip: self.address, user_agent: &self.user_agent }
    }
}

impl RequestSession {
    /// Hands this person the session that was begun for them ([`Origin::new_session`]). The key is new, whatever cookie came with the request, and the
    /// session that came with it is over.
    pub(super) fn sign_in(&self, user_id: i64) -> Result<(), AppError> {
        session::begin(&self.session, user_id, &self.origin.new_key).map_err(AppError::internal)
    }

    /// `answer`, with which this browser becomes known for the account.
    pub(super) fn remembering(&self, whom: KnownFor<'_>, mut answer: HttpResponse) -> HttpResponse {
        self.origin.devices.remember(&self.state, whom, &mut answer);
        answer
    }

    /// Ends the session of this browser, if it has one.
    pub(super) fn sign_out(&self) {
        session::end(&self.session);
    }
}

impl FromRequest for RequestSession {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<AppState>>().cloned();
        ready(state.ok_or_else(|| AppError::internal("the application's state is not configured")).map(|state| {
            Self {
                origin: Origin {
                    address: Peer::of(request, &state.settings.server.trusted_proxies).address,
                    user_agent: request
                        .headers()
                        .get(header::USER_AGENT)
                        .and_then(|value| value.to_str().ok())
                        .unwrap_or_default()
                        .to_owned(),
                    devices: Devices::of(request, state.sessions.cookie_names()),
                    new_key: NewKey::random(),
                },
                session: request.get_session(),
                state,
            }
        }))
    }
}
