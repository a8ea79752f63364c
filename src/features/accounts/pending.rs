//! A sign-in of which the password was right and more is asked for: neither signed in nor a stranger.
//!
//! It is no session: nothing of the application opens to it. It is a cookie of its own, signed, for this browser and ten minutes, that
//! says whose password was right. What it was right for is in it as well, by a digest under a key of the site, so that it is over as soon as
//! the password is another. The session that follows begins with a key of its own.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, CookieJar, Key, SameSite},
};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::queries::Credentials;
use crate::{
    db::FURTHEST_APART,
    session::CookieNames,
    settings::{SecretKey, Settings},
};

/// How long there is to give a code, or to set up an app.
const LASTS: TimeDelta = TimeDelta::minutes(10);

/// Somebody whose password was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PendingSignIn {
    /// `user.id`
    pub(super) user_id: i64,
    /// Another in each browser and at each sign-in.
    pub(super) nonce: String,
    begun_at: DateTime<Utc>,
    /// Of the password that was right.
    digest: String,
}

impl PendingSignIn {
    /// Begun at `now`, by whoever gave the password of this account.
    pub(super) fn begin(secret: &SecretKey, account: &Credentials, now: DateTime<Utc>) -> Self {
        let nonce = format!("{:032x}", rand::random::<u128>());
        Self { user_id: account.id, nonce, begun_at: now, digest: digest(secret, account) }
    }

    /// The one that this browser has, if the signature is ours and it is not over at `now`.
    pub(super) fn of(request: &HttpRequest, settings: &Settings, now: DateTime<Utc>) -> Option<Self> {
        let name = cookie_name(settings);
        let mut jar = CookieJar::new();
        jar.add_original(request.cookie(name)?);
        let cookie = jar.signed(&key(settings)).get(name)?;
        let mut parts = cookie.value().split('.');
        let pending = Self {
            user_id: parts.next()?.parse().ok()?,
            begun_at: DateTime::from_timestamp_millis(parts.next()?.parse().ok()?)?,
            nonce: parts.next()?.to_owned(),
            digest: parts.next()?.to_owned(),
        };
        let age = now - pending.begun_at;
        (-FURTHEST_APART <= age && age < LASTS).then_some(pending)
    }

    /// Whether the account is still the one whose password was right: active, with that password.
    pub(super) fn is_of(&self, secret: &SecretKey, account: &Credentials) -> bool {
        self.user_id == account.id && account.may_enter() && self.digest == digest(secret, account)
    }

    /// The cookie that says so.
    pub(super) fn cookie(&self, settings: &Settings) -> Option<Cookie<'static>> {
        let name = cookie_name(settings);
        let Self { user_id, nonce, begun_at, digest } = self;
        let value = format!("{user_id}.{}.{nonce}.{digest}", begun_at.timestamp_millis());
        let mut jar = CookieJar::new();
        jar.signed_mut(&key(settings)).add(Cookie::new(name, value));
        let signed = jar.get(name)?;
        // What the signature is written with does not all stand in a cookie.
        let value = percent_encoding::utf8_percent_encode(signed.value(), percent_encoding::NON_ALPHANUMERIC);
        Some(dressed(Cookie::new(name, value.to_string()), settings))
    }
}

/// The cookie that takes it away.
pub(super) fn removal(settings: &Settings) -> Cookie<'static> {
    let mut cookie = dressed(Cookie::new(cookie_name(settings), ""), settings);
    cookie.make_removal();
    cookie
}

fn dressed(mut cookie: Cookie<'static>, settings: &Settings) -> Cookie<'static> {
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(is_https(settings));
    cookie
}

fn cookie_name(settings: &Settings) -> &'static str {
    CookieNames::of(is_https(settings)).sign_in
}

fn is_https(settings: &Settings) -> bool {
    settings.server.public_url.scheme() == "https"
}

fn key(settings: &Settings) -> Key {
    Key::from(&settings.secret_key.derive("pending sign-in"))
}

fn digest(secret: &SecretKey, account: &Credentials) -> String {
    let mut mac: Hmac<Sha256> = Hmac::new((&secret.derive("password of a pending sign-in")).into());
    mac.update(account.password_hash.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
