//! That somebody has signed in with this browser before: a cookie with which their tries have a window of their own, so that a stranger who
//! tries their account, from the same address or from a thousand others, does not hold them up.
//!
//! It lets nobody in, and does not tell whose it is: each entry is a random name and its signature together with the account's address.
//! Several people may share a browser. A stolen one buys ten tries in a quarter of an hour, until all sessions of the account are ended at
//! once: with them all browsers are forgotten.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{session::CookieNames, state::AppState};

/// Most accounts that one browser is known for; the one used longest ago is forgotten.
const MOST: usize = 6;
/// Bytes of a name, and of its signature.
const NAME: usize = 12;
const SIGNATURE: usize = 20;
/// The longest that browsers keep a cookie.
const LIFETIME: time::Duration = time::Duration::days(400);

/// What a browser brought: names and signatures of which nothing is known yet, the latest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Devices(Vec<[u8; NAME + SIGNATURE]>);

/// Whom a browser is known for, and since when at the earliest.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownFor<'a> {
    /// The account's address.
    pub(super) email: &'a str,
    /// `user.browsers_forgotten_at`
    pub(super) forgotten_at: Option<DateTime<Utc>>,
}

impl Devices {
    /// Whether it brought none at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of `request`.
    pub(super) fn of(request: &HttpRequest, names: &CookieNames) -> Self {
        let Some(cookie) = request.cookie(names.device) else { return Self::default() };
        let entries = cookie.value().split('.').take(MOST);
        Self(entries.filter_map(|entry| BASE64_URL_SAFE_NO_PAD.decode(entry).ok()?.try_into().ok()).collect())
    }

    /// The name under which this browser is known for the account, if it is.
    pub(super) fn known(&self, state: &AppState, whom: KnownFor<'_>) -> Option<String> {
        self.entry(state, whom).map(|entry| entry.iter().take(NAME).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Makes the browser that is sent `answer` known for the account, for another year.
    pub(super) fn remember(&self, state: &AppState, whom: KnownFor<'_>, answer: &mut HttpResponse) {
        let Some(entry) = self.entry(state, whom).or_else(|| new_entry(state, whom)) else { return };
        let others = self.0.iter().filter(|other| **other != entry).take(MOST - 1);
        let entries = std::iter::once(&entry).chain(others).map(|entry| BASE64_URL_SAFE_NO_PAD.encode(entry));
        let names = state.sessions.cookie_names();
        let mut cookie = Cookie::new(names.device, entries.collect::<Vec<_>>().join("."));
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(state.settings.server.public_url.scheme() == "https");
        cookie.set_max_age(LIFETIME);
        if let Err(error) = answer.add_cookie(&cookie) {
            log::error!("a browser could not be made known: {error}");
        }
    }

    fn entry(&self, state: &AppState, whom: KnownFor<'_>) -> Option<[u8; NAME + SIGNATURE]> {
        let is_of_it = |entry: &&[u8; NAME + SIGNATURE]| {
            let (name, signature) = entry.split_at(NAME);
            signer(state, whom, name).is_some_and(|mac| mac.verify_truncated_left(signature).is_ok())
        };
        self.0.iter().find(is_of_it).copied()
    }
}

fn new_entry(state: &AppState, whom: KnownFor<'_>) -> Option<[u8; NAME + SIGNATURE]> {
    let name: [u8; NAME] = rand::random();
    let signature = signer(state, whom, &name)?.finalize().into_bytes();
    let bytes: Vec<u8> = name.iter().chain(signature.iter().take(SIGNATURE)).copied().collect();
    bytes.try_into().ok()
}

fn signer(state: &AppState, KnownFor { email, forgotten_at }: KnownFor<'_>, name: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&state.settings.secret_key.derive("known browsers")).ok()?;
    mac.update(name);
    mac.update(email.trim().to_lowercase().as_bytes());
    if let Some(instant) = forgotten_at {
        // No address holds a zero byte.
        mac.update(&[0]);
        mac.update(&instant.timestamp_micros().to_be_bytes());
    }
    Some(mac)
}
