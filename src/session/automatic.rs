//! Requests that a page sends by itself. They are not use of the session: whoever has left the screen is signed out, however often
//! what is on it changes.

tokio::task_local! {
    static AUTOMATIC: ();
}

/// Answers a request that nobody has asked for by hand: within `future` no use of a session is noted.
pub async fn automatically<F: Future>(future: F) -> F::Output {
    AUTOMATIC.scope((), future).await
}

/// Whether this is called within the answer to such a request.
#[must_use]
pub fn is_automatic() -> bool {
    AUTOMATIC.try_with(|()| ()).is_ok()
}
