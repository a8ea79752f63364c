//! Numbers that can be called with one press.

use serde::Serialize;

/// A telephone number as a page shows it.
#[derive(Clone, Debug, Serialize)]
pub struct PhoneLink {
    /// As it was written.
    text: String,
    /// For the telephone.
    href: String,
}

impl PhoneLink {
    /// The number in `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let number: String = text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
        Self { text: text.to_owned(), href: format!("tel:{number}") }
    }
}
