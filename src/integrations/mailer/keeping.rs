//! The mailer of tests.

use std::sync::{Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _};

use super::{Letter, Mailer, NotSent};

/// Keeps letters where a test can read them, and fails when told to.
#[derive(Debug, Default)]
pub struct KeepingMailer {
    letters: Mutex<Vec<Letter>>,
    failure: Mutex<Option<NotSent>>,
}

impl KeepingMailer {
    /// All letters so far, the oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on no letter goes, for this reason; or all do again.
    pub fn fail(&self, reason: Option<NotSent>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }
}

impl Mailer for KeepingMailer {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let sent = match failure {
            Some(reason) => Err(reason),
            None => {
                self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
                Ok(())
            }
        };
        std::future::ready(sent).boxed()
    }
}
