//! The mailer of tests.

use std::sync::{Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _};

use super::{Email, Mailer, NotSent};

/// Keeps emails where a test can read them, and fails when told to.
#[derive(Debug, Default)]
pub struct MemoryMailer {
    sent: Mutex<Vec<Email>>,
    failure: Mutex<Option<NotSent>>,
}

impl MemoryMailer {
    /// All emails so far, the oldest first.
    pub fn sent(&self) -> Vec<Email> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on no email goes, for this reason; or all do again.
    pub fn fail(&self, reason: Option<NotSent>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }
}

impl Mailer for MemoryMailer {
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<(), NotSent>> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let sent = match failure {
            Some(reason) => Err(reason),
            None => {
                self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(email.clone());
                Ok(())
            }
        };
        std::future::ready(sent).boxed()
    }
}
