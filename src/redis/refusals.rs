//! Permissions that the server's user lacks: told once each in the log, and in readiness for as long as they are missed.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Error;

/// What is missed is tried again within this time.
const LATELY: Duration = Duration::from_secs(10);
/// How many different ones are told.
const MOST: usize = 16;

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    told: BTreeSet<String>,
    last: Option<Instant>,
}

impl Refusals {
    /// Takes notice of an error of `server`, if it is one of these.
    pub(super) fn note(&self, server: &str, error: &Error) {
        if !error.is_forbidden() {
            return;
        }
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.last = Some(Instant::now());
        if state.told.len() < MOST && state.told.insert(error.to_string()) {
            log::error!(
                "the user of {server} (REDIS_URL) lacks a permission, and Redis counts as away: {error}; `telemedicine check` says which"
            );
        }
    }

    /// Whether there was one a short while ago.
    pub(super) fn are_recent(&self) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.last.is_some_and(|last| last.elapsed() < LATELY)
    }
}
