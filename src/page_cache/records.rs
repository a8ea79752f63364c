//! That a patient's record was opened while a page was made. Types keep what it says off pages that may be kept
//! ([`crate::web::Clinical`]); this is for a handler that has found a way round them.

use std::cell::Cell;

tokio::task_local! {
    static WAS_OPENED: Cell<bool>;
}

/// A patient's record is opened: the page in the making, if one of a cached route is, is not kept, neither here nor in the browser.
pub fn record_opened() {
    // Outside of a cached route there is nobody to note it.
    let _ = WAS_OPENED.try_with(|was_opened| was_opened.set(true));
}

/// Makes a page, which is `future`, and says whether a record was opened for it.
pub(super) async fn watch<F: Future>(future: F) -> (F::Output, bool) {
    let watched = async {
        let output = future.await;
        (output, WAS_OPENED.with(Cell::get))
    };
    WAS_OPENED.scope(Cell::new(false), watched).await
}
