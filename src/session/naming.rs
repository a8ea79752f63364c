//! Which session a request names, without the session middleware: for pages that are served from the cache, which need no more.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, CookieJar};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::COOKIE;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest};

use super::{KeyHash, Sessions};

/// Values of cookies whose signature was found to be ours may take this much memory, in bytes, …
const MEMORY: u64 = 8 * 1024 * 1024;
/// … and are forgotten when nobody has sent them for so long.
const IDLE: Duration = Duration::from_secs(3600);
/// Our own are a third of it.
const LONGEST: usize = 400;

/// Keys by the values of cookies.
pub(super) type Names = moka::sync::Cache<Arc<str>, KeyHash>;

pub(super) fn names() -> Names {
    moka::sync::Cache::builder()
        .max_capacity(MEMORY)
        .time_to_idle(IDLE)
        .weigher(|value: &Arc<str>, _: &KeyHash| u32::try_from(value.len() + 250).unwrap_or(u32::MAX))
        .build()
}

/// What a request's cookies say of its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// No session that is ours.
    Nobody,
    /// The session with this hash, whether there is one or not.
    Session(KeyHash),
    /// More than one, or one under a name that only decodes to ours: a browser that keeps our cookie for this host alone sends neither.
    Ambiguous,
}

impl Sessions {
    /// The session that this request's cookies name, if the signature is ours. Names are taken as they stand: one that is written in
    /// another way may have been set by another site of the same domain.
    #[must_use]
    pub fn named(&self, request: &HttpRequest) -> Named {
        let mut value = None;
        for header in request.headers().get_all(COOKIE) {
            // As whoever reads the cookies later does: others of the domain may have set some that are no ASCII.
            let Ok(header) = std::str::from_utf8(header.as_bytes()) else { return Named::Ambiguous };
            for (name, found) in header.split(';').filter_map(|pair| pair.split_once('=')) {
                let name = name.trim();
                if name == self.cookie_name() {
                    if value.replace(found.trim()).is_some() {
                        return Named::Ambiguous;
                    }
                } else if name.contains('%') && self.is_ours_decoded(name) {
                    return Named::Ambiguous;
                }
            }
        }
        match value.and_then(|value| self.verified(value)) {
            Some(hash) => Named::Session(hash),
            None => Named::Nobody,
        }
    }

    fn is_ours_decoded(&self, name: &str) -> bool {
        percent_encoding::percent_decode_str(name).decode_utf8().is_ok_and(|name| name.trim() == self.cookie_name())
    }

    /// The hash of the key in a cookie's value. Who clicks all day is verified once.
    fn verified(&self, value: &str) -> Option<KeyHash> {
        if value.len() > LONGEST {
            return None;
        }
        if let Some(known) = self.0.names.get(value) {
            return Some(known);
        }
        let mut jar = CookieJar::new();
        let cookie = format!("{}={value}", self.cookie_name());
        jar.add_original(Cookie::parse_encoded(cookie).ok()?.into_owned());
        let cookie = jar.signed(&self.0.cookie_key).get(self.cookie_name())?;
        let hash = KeyHash::of_text(cookie.value());
        self.0.names.insert(value.into(), hash.clone());
        Some(hash)
    }

    /// `user.id` of whoever has this session, from memory, if it is live and that may be believed at this moment. Its use is noted, as by any
    /// request.
    #[must_use]
    pub fn cached_user(&self, hash: &KeyHash) -> Option<i64> {
        let copy = self.0.copies.cached(hash)?;
        self.used(hash, &copy).then_some(copy.user_id)
    }

    /// `user.id` of whoever had this session when it was last looked up.
    #[must_use]
    pub fn hint(&self, hash: &KeyHash) -> Option<i64> {
        self.0.copies.here(hash).map(|copy| copy.user_id)
    }

    /// `user.id` of whoever has this session, if a copy of it can be believed and it is live.
    pub async fn user_by_copy(&self, hash: &KeyHash) -> Option<i64> {
        let copy = self.0.copies.get(hash).await.ok()?;
        self.used(hash, &copy).then_some(copy.user_id)
    }
}

/// Sees to it that nothing further inside takes a session from cookies that are not certain: such a request goes on without any.
///
/// # Errors
/// What is inside fails with.
pub async fn only_certain<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let sessions = request.app_data::<Data<Sessions>>();
    if sessions.is_some_and(|sessions| sessions.named(request.request()) == Named::Ambiguous) {
        request.headers_mut().remove(COOKIE);
    }
    next.call(request).await
}
