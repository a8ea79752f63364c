//! Why a command did not do what it was asked to.

use std::fmt::Display;

/// One sentence, or a few lines, for the operator. Holds no secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    pub(super) fn new(sentence: impl Display) -> Self {
        Self(sentence.to_string())
    }
}
