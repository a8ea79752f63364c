//! The cookies that are ours, found by their names as they stand in the header.
//!
//! A browser keeps a cookie whose raw name begins with `__Host-` for one host alone, and takes `__%48ost-` for another name, which a
//! sibling domain may set. So names are compared byte by byte and never decoded. Whoever wants to know of a cookie asks here: the fast path
//! ([`super::Sessions::named`]) with what came, everybody further inside with what [`OwnCookies::header`] has left of it.

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};

/// More than this is not looked into, in bytes over all `Cookie` headers of a request.
const LONGEST: usize = 8 * 1024;

/// What our cookies are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieNames {
    /// The session's key.
    pub session: &'static str,
    /// A message that is shown once.
    pub flash: &'static str,
    /// That this browser has been signed in with before.
    pub device: &'static str,
    /// Between the two steps of a sign-in.
    pub sign_in: &'static str,
}

/// Those of one request. None of their values has been verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnCookies<'a> {
    /// Of the session.
    pub session: Option<&'a str>,
    /// Of the message.
    pub flash: Option<&'a str>,
    /// Of the device.
    pub device: Option<&'a str>,
    /// Of the sign-in that goes on.
    pub sign_in: Option<&'a str>,
    has_others: bool,
}

/// Why the cookies of a request are not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieRefusal {
    /// More than 8 KiB.
    TooLarge,
    /// One of ours twice, or another name that only decodes to that of the session: somebody else has set it.
    Ambiguous,
}

impl CookieNames {
    /// The names on a site that is reached by https, or by http alone, where no browser takes the prefix.
    #[must_use]
    pub const fn of(is_https: bool) -> Self {
        if is_https {
            Self {
                session: "__Host-session",
                flash: "__Host-flash",
                device: "__Host-device",
                sign_in: "__Host-sign-in",
            }
        } else {
            Self { session: "session", flash: "flash", device: "device", sign_in: "sign-in" }
        }
    }

    /// Those that came with a request.
    ///
    /// # Errors
    /// [`CookieRefusal`]; then none of them counts.
    pub fn find<'a>(&self, headers: &'a HeaderMap) -> Result<OwnCookies<'a>, CookieRefusal> {
        let lines = || headers.get_all(COOKIE).map(HeaderValue::as_bytes);
        if lines().map(<[u8]>::len).sum::<usize>() > LONGEST {
            return Err(CookieRefusal::TooLarge);
        }
        let mut own = OwnCookies { has_others: lines().nth(1).is_some(), ..OwnCookies::default() };
        for pair in lines().flat_map(|line| line.split(|byte| *byte == b';')) {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let slot = match name {
                name if name == self.session.as_bytes() => &mut own.session,
                name if name == self.flash.as_bytes() => &mut own.flash,
                name if name == self.device.as_bytes() => &mut own.device,
                name if name == self.sign_in.as_bytes() => &mut own.sign_in,
                name if self.is_session_decoded(name) => return Err(CookieRefusal::Ambiguous),
                _ => {
                    own.has_others = true;
                    continue;
                }
            };
            // A value that is no text is none that we have given out.
            let value = parts.next().and_then(|value| std::str::from_utf8(value.trim_ascii()).ok()).unwrap_or_default();
            if slot.replace(value).is_some() {
                return Err(CookieRefusal::Ambiguous);
            }
        }
        Ok(own)
    }

    fn is_session_decoded(&self, name: &[u8]) -> bool {
        name.contains(&b'%')
            && percent_encoding::percent_decode(name).collect::<Vec<u8>>().trim_ascii() == self.session.as_bytes()
    }
}

impl OwnCookies<'_> {
    /// The header with ours alone, if anything else came with them: what decodes names must find nothing to decode. Nothing where the
    /// header may stay as it is; an empty one where none is ours.
    #[must_use]
    pub fn header(&self, names: &CookieNames) -> Option<HeaderValue> {
        if !self.has_others {
            return None;
        }
        let ours = [
            (names.session, self.session),
            (names.flash, self.flash),
            (names.device, self.device),
            (names.sign_in, self.sign_in),
        ];
        let pairs: Vec<String> =
            ours.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect();
        Some(HeaderValue::from_str(&pairs.join("; ")).unwrap_or(HeaderValue::from_static("")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: CookieNames = CookieNames::of(true);

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_bytes(line).unwrap_or_else(|error| panic!("{error}")));
        }
        headers
    }

    fn session(lines: &[&[u8]]) -> Result<Option<String>, CookieRefusal> {
        NAMES.find(&headers(lines)).map(|own| own.session.map(str::to_owned))
    }

    #[test]
    fn a_name_is_ours_byte_by_byte() {
        let found = Ok(Some("V".to_owned()));
        assert_eq!(session(&[b"__Host-session=V"]), found);
        assert_eq!(session(&[b"a=1;  __Host-session = V ; b"]), found);
        assert_eq!(session(&[b"city=Z\xfcrich", b"__Host-session=V"]), found, "others may set what they like");
        for other in
            [&b"__host-session=V"[..], b"__Host-session", b"x__Host-session=V", b"session=V", b"x=__Host-session"]
        {
            assert!(!matches!(session(&[other]), Ok(Some(value)) if !value.is_empty()), "{other:?}");
        }
    }

    #[test]
    fn two_and_what_only_decodes_to_it_are_refused() {
        for line in [
            &b"__Host-session=A; __Host-session=V"[..],
            b"__%48ost-session=A; __Host-session=V",
            b"__Host-session=V; %5F%5fHost-session=A",
            b"__Host-session%20=A",
        ] {
            assert_eq!(session(&[line]), Err(CookieRefusal::Ambiguous), "{line:?}");
        }
        assert_eq!(session(&[b"__Host-session=A", b"__Host-session=V"]), Err(CookieRefusal::Ambiguous));
        assert_eq!(session(&[b"__%48ost-flash=A"]), Ok(None));
    }

    #[test]
    fn what_is_too_long_is_not_looked_into() {
        let long = vec![b'a'; LONGEST - 10];
        assert_eq!(session(&[&long, b"b=12345678"]), Ok(None));
        assert_eq!(session(&[&long, b"b=123456789"]), Err(CookieRefusal::TooLarge));
    }

    #[test]
    fn further_inside_there_are_ours_alone() {
        let kept = |lines: &[&[u8]]| {
            let headers = headers(lines);
            NAMES
                .find(&headers)
                .ok()
                .and_then(|own| own.header(&NAMES))
                .map(|value| value.to_str().unwrap_or_default().to_owned())
        };
        assert_eq!(kept(&[b"__Host-session=V; __Host-flash=m"]), None);
        assert_eq!(kept(&[b"a=1; __Host-session=V"]).as_deref(), Some("__Host-session=V"));
        assert_eq!(kept(&[b"__Host-sign-in=P; a=1"]).as_deref(), Some("__Host-sign-in=P"));
        assert_eq!(
            kept(&[b"__Host-flash=m", b"__Host-session=V"]).as_deref(),
            Some("__Host-session=V; __Host-flash=m")
        );
        assert_eq!(kept(&[b"a=1"]).as_deref(), Some(""));
    }
}
