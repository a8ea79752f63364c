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

/// Compares what was kept with what was rendered just now. Only [`MAY_DIFFER`] does not count.
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

/// Where what may differ begins and ends: the moment since which a page is unchanged, and the mark by which a live page asks for what is new. In that
/// stands until when the page is true, and what has been prolonged meanwhile without a trace on the page makes it no less true until then.
const MAY_DIFFER: [(&[u8], &[u8]); 2] = [(b"<p class=\"unchanged\">", b"</p>"), (b" data-live=\"", b"\"")];

/// The page but for what may differ.
fn masked(body: &[u8]) -> Vec<&[u8]> {
    let find = |text: &[u8], part: &[u8]| text.windows(part.len()).position(|window| window == part);
    MAY_DIFFER.iter().fold(vec![body], |parts, (begin, end)| {
        let without = |part| {
            let Some((before, rest)) = find(part, begin).map(|at| part.split_at(at)) else { return vec![part] };
            let rest = rest.get(begin.len()..).unwrap_or_default();
            let after = find(rest, end).map_or(rest.len(), |at| at + end.len());
            vec![before, rest.get(after..).unwrap_or_default()]
        };
        parts.into_iter().flat_map(without).collect()
    })
}

/// Where they differ, for the log, without showing what a page says: the place, and the tag that stands before it.
fn difference(cached: &[u8], rendered: &[u8], status: StatusCode) -> String {
    let (cached, rendered) = (masked(cached).concat(), masked(rendered).concat());
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
