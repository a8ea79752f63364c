//! `CACHE_VERIFY`: each page that would be served from the cache is rendered again and compared.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, to_bytes};
use actix_web::http::StatusCode;
use bytes::Bytes;

use super::entry::CacheEntry;
use super::pages::Lookup;
use super::{PageCache, Unusable, count_unusable};

/// What the comparison says.
pub(super) enum Comparison {
    /// Byte for byte the same.
    Same,
    /// Something was written while it was rendered again: what was rendered is newer, and is served.
    Overtaken(HttpResponse<BoxBody>),
    /// The cache would have served what is no longer so.
    Stale,
}

/// Compares what was kept with what was rendered just now. Only the moment since which the page is unchanged may differ.
pub(super) async fn compare(cache: &PageCache, entry: &Arc<CacheEntry>, rendered: HttpResponse<BoxBody>) -> Comparison {
    let status = rendered.status();
    let (head, body) = rendered.into_parts();
    let body = to_bytes(body).await.unwrap_or_else(|_| Bytes::new());
    let cached = entry.body();
    if status == StatusCode::OK && masked(&cached) == masked(&body) {
        return Comparison::Same;
    }
    // A writer who was faster has held or renewed a topic before anybody could see what they wrote.
    if !matches!(cache.0.pages.judge(entry).await, Lookup::Entry(_)) {
        return Comparison::Overtaken(head.set_body(BoxBody::new(body)));
    }
    count_unusable(Unusable::Stale);
    log::error!("a cached page differs from what is rendered now: {}", difference(&cached, &body, status));
    Comparison::Stale
}

const BEGIN: &[u8] = b"<p class=\"unchanged\">";
const END: &[u8] = b"</p>";

/// The page before and after its moment.
fn masked(body: &[u8]) -> (&[u8], &[u8]) {
    let find = |text: &[u8], part: &[u8]| text.windows(part.len()).position(|window| window == part);
    let Some(begin) = find(body, BEGIN) else { return (body, b"") };
    let (before, rest) = body.split_at(begin);
    let end = find(rest, END).map_or(rest.len(), |end| end + END.len());
    (before, rest.get(end..).unwrap_or_default())
}

/// Where they differ, for the log, without showing what a page says: the place, and the tag that stands before it.
fn difference(cached: &[u8], rendered: &[u8], status: StatusCode) -> String {
    let whole = |(before, after): (&[u8], &[u8])| [before, after].concat();
    let (cached, rendered) = (whole(masked(cached)), whole(masked(rendered)));
    let at =
        cached.iter().zip(&rendered).position(|(one, other)| one != other).unwrap_or(cached.len().min(rendered.len()));
    let before = String::from_utf8_lossy(cached.get(..at).unwrap_or_default());
    let tag = before.rsplit_once('<').map(|(_, tag)| tag.split(['>', ' ']).next().unwrap_or_default().to_owned());
    format!(
        "status {}, {} bytes kept, {} rendered, first difference at byte {at}, in <{}>",
        status.as_u16(),
        cached.len(),
        rendered.len(),
        tag.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_alone_is_masked() {
        let page = |time: &str, rest: &str| format!("<h1>Day</h1><p class=\"unchanged\">Since {time}</p><p>{rest}</p>");
        assert_eq!(masked(page("10:00", "x").as_bytes()), masked(page("10:07", "x").as_bytes()));
        assert_ne!(masked(page("10:00", "x").as_bytes()), masked(page("10:00", "y").as_bytes()));
        assert_ne!(masked(b"one"), masked(b"two"));
    }

    #[test]
    fn a_difference_is_told_without_what_the_page_says() {
        let message = difference(b"<p>Asha waits</p>", b"<p>Asha went</p>", StatusCode::OK);
        assert!(message.contains("at byte 9, in <p>") && !message.contains("Asha"), "{message}");
    }
}
