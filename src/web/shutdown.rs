//! Whether this process is about to end: readiness says so before anything else changes, and each answer ends its connection, so
//! that a load balancer has gone elsewhere by the time nobody listens any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::ConnectionType;
use actix_web::{HttpResponse, dev::ServiceResponse};

/// See the module. Cheap to clone; all clones know the same.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(Arc<AtomicBool>);

impl Shutdown {
    /// From now on it is under way.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the process has been asked to end.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The answer is the last one on its connection, if the process is about to end.
    pub(crate) fn end_connection<B>(&self, answer: &mut ServiceResponse<B>) {
        self.close_after(answer.response_mut());
    }

    /// The same for an answer that has passed no middleware.
    pub(crate) fn close_after<B>(&self, answer: &mut HttpResponse<B>) {
        if self.is_under_way() {
            answer.head_mut().set_connection_type(ConnectionType::Close);
        }
    }
}
