//! Who asks, without the session middleware: for pages that are served from the cache, which need no more than that.

use actix_web::HttpRequest;
use actix_web::cookie::CookieJar;
use actix_web::http::header::COOKIE;

use super::store::Found;
use super::{Copy, KeyHash, Sessions, rows};

impl Sessions {
    /// The hash of the key in this request's cookie, if its signature is ours. Nothing is said about whether there is such a
    /// session.
    #[must_use]
    pub fn key_hash(&self, request: &HttpRequest) -> Option<KeyHash> {
        let mut headers = request.headers().get_all(COOKIE);
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return self.verified(request);
        };
        // The same bytes have the same signature: who clicks all day is verified once.
        if let Some(known) = self.0.cookies.get(header.as_bytes()) {
            return Some(known);
        }
        let hash = self.verified(request)?;
        self.0.cookies.insert(header.as_bytes().into(), hash.clone());
        Some(hash)
    }

    fn verified(&self, request: &HttpRequest) -> Option<KeyHash> {
        let mut jar = CookieJar::new();
        jar.add_original(request.cookie(self.cookie_name())?);
        let cookie = jar.signed(&self.0.cookie_key).get(self.cookie_name())?;
        Some(KeyHash::of_text(cookie.value()))
    }

    /// `user.id` of whoever has this session, if a copy of it can be believed and it is live. Its use is noted, as by any
    /// request.
    pub async fn user_by_copy(&self, hash: &KeyHash) -> Option<i64> {
        let now = self.now();
        let found = self.0.copies.get(hash).await.ok()?;
        let copy = found.copy().filter(|copy| self.is_live(copy, now))?;
        let user_id = copy.user_id;
        if self.is_touch_due(&copy, now) {
            self.touch_later(copy, hash, Some(found));
        }
        Some(user_id)
    }

    /// Notes in the row, then in the copy, that the session is in use: in a task of its own, so that no page waits for
    /// it or counts it. One at a time for each session.
    pub(super) fn touch_later(&self, copy: Copy, hash: &KeyHash, found: Option<Found>) {
        let Some(turn) = self.0.touches.turn(copy.session_id) else {
            return;
        };
        let (sessions, hash, now) = (self.clone(), hash.clone(), self.now());
        actix_web::rt::spawn(async move {
            let _turn = turn;
            match rows::touch(sessions.database(), copy.session_id, now).await {
                Ok(true) => {
                    if let Some(found) = found {
                        sessions.put(&found, Copy { last_seen_at: now, ..copy }).await;
                    }
                }
                Ok(false) => sessions.forget([hash]).await,
                Err(error) => {
                    log::debug!("session {} is in use, which could not be noted: {error}", copy.session_id);
                }
            }
        });
    }
}
