//! A cached page on the wire: which encoding, whether the browser has it already, and the headers.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, HeaderValue};

use super::entry::{CacheEntry, Encoding};

/// What the browser said of what it takes and has.
pub(super) struct Conditions {
    encoding: Encoding,
    has: Option<HeaderValue>,
}

impl Conditions {
    /// The form in which the browser takes the page.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether `entry` can be answered with as it is kept: nothing has to be packed or unpacked for it.
    pub(super) fn are_met_by(&self, entry: &CacheEntry) -> bool {
        entry.form(self.encoding).is_some() || self.has(entry)
    }

    /// Whether the browser has this page already. One that it may not keep it cannot have.
    fn has(&self, entry: &CacheEntry) -> bool {
        entry.is_kept_by_browsers() && self.has.as_ref().is_some_and(|tags| is_among(entry.etag(self.encoding), tags))
    }

    pub(super) fn of(request: &ServiceRequest, identity_only: bool) -> Self {
        let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let encoding = if identity_only { Encoding::Identity } else { best(accepted.unwrap_or_default()) };
        Self { encoding, has: request.headers().get(header::IF_NONE_MATCH).cloned() }
    }
}

/// The smallest form among those that are accepted.
fn best(accepted: &str) -> Encoding {
    let takes = |name: &str| {
        accepted.split(',').any(|part| {
            let mut fields = part.split(';').map(str::trim);
            let refused =
                |field: &str| field.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
            fields.next().is_some_and(|token| token.eq_ignore_ascii_case(name)) && !fields.any(refused)
        })
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// The page, or 304 if the browser has it. A form that is not kept is made for this answer.
pub(super) fn answer(entry: &CacheEntry, conditions: &Conditions) -> HttpResponse {
    let has_it = conditions.has(entry);
    let mut answer = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    if entry.is_kept_by_browsers() {
        answer.insert_header((header::ETAG, entry.etag(conditions.encoding).clone()));
    }
    answer.insert_header((header::CACHE_CONTROL, entry.cache_control().clone()));
    answer.insert_header((header::VARY, HeaderValue::from_static("Accept-Encoding, Cookie")));
    if has_it {
        return answer.finish();
    }
    answer.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")));
    match conditions.encoding {
        Encoding::Identity => {}
        Encoding::Brotli => drop(answer.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("br")))),
        Encoding::Gzip => drop(answer.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")))),
    }
    match entry.form(conditions.encoding) {
        Some(form) => answer.body(form.clone()),
        None => {
            let entry = entry.clone().with_form(conditions.encoding, &entry.body());
            answer.body(entry.form(conditions.encoding).cloned().unwrap_or_default())
        }
    }
}

/// `If-None-Match` is a list of tags, or `*`; it compares weakly.
fn is_among(etag: &HeaderValue, tags: &HeaderValue) -> bool {
    let tag = etag.as_bytes();
    tags.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii).any(|one| {
        let one = one.strip_prefix(b"W/").unwrap_or(one);
        one == tag || one == b"*"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_accepted_form_is_sent() {
        assert_eq!(best("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(best("GZIP;q=0.5"), Encoding::Gzip);
        assert_eq!(best("br;q=0, gzip"), Encoding::Gzip);
        assert_eq!(best("br; q=0.0,gzip;q=0"), Encoding::Identity);
        assert_eq!(best("identity, brotli"), Encoding::Identity);
        assert_eq!(best(""), Encoding::Identity);
    }

    #[test]
    fn a_tag_is_found_among_others_whole() {
        let tag = HeaderValue::from_static("\"abc.br\"");
        for (tags, found) in [
            ("\"abc.br\"", true),
            ("W/\"abc.br\"", true),
            ("\"x\", \"abc.br\"", true),
            ("*", true),
            ("\"abc\"", false),
            ("abc.br", false),
            ("", false),
        ] {
            assert_eq!(is_among(&tag, &HeaderValue::from_static(tags)), found, "{tags}");
        }
    }
}
