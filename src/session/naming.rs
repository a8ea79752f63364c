//! Which session a request names, without the session middleware: for pages that are served from the cache, which need no more.

use std::sync::Arc;
use std::time::Duration;

use actix_web::cookie::{Cookie, CookieJar};

use super::cookies::{CookieNames, OwnCookies};
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

impl Sessions {
    /// What our cookies are called here.
    #[must_use]
    pub fn cookie_names(&self) -> &CookieNames {
        &self.0.cookie_names
    }

    /// The session that these cookies name, if the signature is ours. Nothing is said about whether there is such a session.
    #[must_use]
    pub fn named(&self, cookies: &OwnCookies<'_>) -> Option<KeyHash> {
        cookies.session.and_then(|value| self.verified(value))
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
        let cookie = format!("{}={value}", self.0.cookie_names.session);
        jar.add_original(Cookie::parse_encoded(cookie).ok()?.into_owned());
        let cookie = jar.signed(&self.0.cookie_key).get(self.0.cookie_names.session)?;
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
