//! Whoever has a session, for what is asked for by a page and not by a person.

use std::future::{Ready, ready};

use actix_session::SessionExt as _;
use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    session::{KEY_HASH, SESSION_ID, USER_ID},
    web::AppError,
};

/// Whoever has the session that a request came with, by its copy: no statement. Nobody is sent to sign in; the answer is 401. Not for what
/// depends on the role.
#[derive(Clone, Debug)]
pub struct SessionHolder {
    /// `user.id`.
    pub user_id: i64,
    /// `user_session.id`.
    pub session_id: i64,
    /// SHA-256 of its key, hexadecimal.
    pub key_hash: String,
}

impl FromRequest for SessionHolder {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(holder(request))
    }
}

fn holder(request: &HttpRequest) -> Result<SessionHolder, AppError> {
    let session = request.get_session();
    let number = |name| session.get::<i64>(name).map_err(AppError::internal);
    let Some(key_hash) = session.get::<String>(KEY_HASH).map_err(AppError::internal)? else {
        return Err(AppError::NotSignedIn);
    };
    match (number(USER_ID)?, number(SESSION_ID)?) {
        (Some(user_id), Some(session_id)) => Ok(SessionHolder { user_id, session_id, key_hash }),
        // There is no copy, and the row cannot be read.
        _ => Err(AppError::Unavailable("nobody knows whose session it is".to_owned())),
    }
}
