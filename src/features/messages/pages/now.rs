//! How much there is in a thread.

use serde::Serialize;

use crate::{features::messages::queries::NowOfThread, web::Page};

/// Kept, and without a word of what was written: the page of the thread learns from it that there is more.
#[derive(Debug, Serialize)]
pub(in crate::features::messages) struct ThreadNow {
    id: i64,
    written: i64,
    /// Changes whenever the page of the thread would look different.
    state: String,
}

impl ThreadNow {
    pub(in crate::features::messages) fn new(id: i64, found: &NowOfThread) -> Self {
        let NowOfThread { written, taken_back, kept_apart, newest_id, read_by_other } = found;
        let (newest, read) = (newest_id.unwrap_or_default(), read_by_other.unwrap_or_default());
        Self { id, written: *written, state: format!("{newest}-{taken_back}-{kept_apart}-{read}") }
    }
}

impl Page for ThreadNow {
    const TEMPLATE: &'static str = "messages/now.html";

    fn title(&self) -> String {
        "Messages about a visit: now".to_owned()
    }
}
