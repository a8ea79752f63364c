//! One message that survives one redirect, in a signed cookie that the next page takes away.
//!
//! The text is ours (`&'static str`): nothing a person typed ever travels in a header.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, CookieJar, Key, SameSite},
    http::header,
};
use serde::Serialize;

use super::Kit;
use crate::session::is_automatic;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlashKind {
    /// What was asked for is done.
    Success,
    /// Something worth knowing.
    Notice,
    /// It was not done.
    Error,
}

impl FlashKind {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Success, "success"), (Self::Notice, "notice"), (Self::Error, "error")];
}

/// A message shown once, on the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flash {
    /// How it is meant.
    pub kind: FlashKind,
    /// One sentence.
    pub text: String,
}

/// A 303 to `path`, a path of this site.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// A 303 to `path` whose page will say `text`.
pub fn see_other_saying(path: &str, kind: FlashKind, text: &'static str) -> HttpResponse {
    let mut answer = see_other(path);
    answer.extensions_mut().insert(Flash { kind, text: text.to_owned() });
    answer
}

/// The message that came with this request, if its signature is ours: for the person, not for a page that asks by itself.
pub(super) fn take(request: &HttpRequest, key: &Key, name: &'static str) -> Option<Flash> {
    if is_automatic() {
        return None;
    }
    let mut jar = CookieJar::new();
    jar.add_original(request.cookie(name)?);
    let cookie = jar.signed(key).get(name)?;
    let (kind, text) = cookie.value().split_once('|')?;
    let (kind, _) = FlashKind::ALL.into_iter().find(|(_, name)| *name == kind)?;
    Some(Flash { kind, text: text.to_owned() })
}

/// The cookie that carries `flash` to the next page.
pub(super) fn carrying(flash: &Flash, kit: &Kit) -> Option<Cookie<'static>> {
    let name = kit.cookie_names.flash;
    let (_, kind) = FlashKind::ALL.into_iter().find(|(known, _)| *known == flash.kind)?;
    let mut jar = CookieJar::new();
    jar.signed_mut(&kit.flash_key).add(Cookie::new(name, format!("{kind}|{}", flash.text)));
    let mut cookie = jar.get(name)?.clone();
    let value = percent_encoded(cookie.value());
    cookie.set_value(value);
    dress(&mut cookie, kit.secure_cookies);
    Some(cookie)
}

/// The cookie that takes the message away.
pub(super) fn removal(kit: &Kit) -> Cookie<'static> {
    let mut cookie = Cookie::new(kit.cookie_names.flash, "");
    dress(&mut cookie, kit.secure_cookies);
    cookie.make_removal();
    cookie
}

fn dress(cookie: &mut Cookie<'static>, secure: bool) {
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(secure);
}

/// Requests' cookies are percent-decoded on reading, so they are encoded on writing: a sentence
/// holds spaces and commas, which a cookie value must not.
fn percent_encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).map(|part| if part == "+" { "%20" } else { part }).collect()
}
