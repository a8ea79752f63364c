//! How often what is limited is tried, succeeds and is refused, for `/metrics`: what failed is what was tried and did not succeed.

use std::sync::LazyLock;

use prometheus::IntCounterVec;

use super::Key;
use crate::metrics::{counter, or_none};

/// What is limited: what the names of its windows begin with.
const KINDS: [&str; 6] = ["sign-in", "sign-up", "password", "second-factor", "recovery-code", "password-reset"];
const OUTCOMES: [&str; 3] = ["tried", "succeeded", "refused"];

static ATTEMPTS: LazyLock<Option<IntCounterVec>> = LazyLock::new(|| {
    let help = "What is limited: tries that were let in, those of them that succeeded, and tries that were refused";
    let attempts = or_none(counter("attempts_total", help, &["kind", "outcome"]))?;
    for kind in KINDS {
        for outcome in OUTCOMES {
            attempts.with_label_values(&[kind, outcome]).inc_by(0);
        }
    }
    Some(attempts)
});

/// Every series is there before anything is tried.
pub(super) fn show() {
    LazyLock::force(&ATTEMPTS);
}

/// Counts a try at what these windows are for.
pub(super) fn count(keys: &[Key], outcome: &str) {
    let kind = keys.first().and_then(|key| key.name.split(':').next()).unwrap_or_default();
    if let Some(attempts) = &*ATTEMPTS {
        attempts.with_label_values(&[kind, outcome]).inc();
    }
}
