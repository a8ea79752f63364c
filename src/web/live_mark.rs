//! What a page is told by when what it shows changes. How it is made is for whoever tells it.

use actix_web::{HttpMessage as _, HttpRequest};

use super::{Kit, middleware::server_timing::RequestUser};
use crate::{
    coherence::{Cursor, ReadSet},
    time_zone::Tz,
};

/// What a page is told by when what it shows changes.
pub trait LiveMarks: Send + Sync {
    /// The mark of a page that shows `shown` to `viewer` (`user.id`), whose times are told in `zone`; the same for the same page. `None`: it does
    /// not change by itself.
    fn mark(&self, viewer: i64, zone: Tz, shown: &Cursor) -> Option<String>;
}

/// The mark of the page that is being made for whoever sent `request`, as far as it has been read. The answer to a form that was sent has none: it is
/// another page that is found at its address, and no part of that may be put into it. Whoever asks for the head alone is told the same as with the page.
pub(super) fn of(request: &HttpRequest, kit: &Kit, zone: Tz) -> Option<String> {
    if !request.method().is_safe() {
        return None;
    }
    let viewer = request.extensions().get::<RequestUser>()?.id;
    kit.live_marks.mark(viewer, zone, &ReadSet::current()?.cursor()?)
}
