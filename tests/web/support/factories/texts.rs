//! Unique texts for every field.

use std::sync::atomic::{AtomicU64, Ordering};

/// Makes the texts of one record and remembers them.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    number: u64,
    /// Put into every text, as far as the column has room.
    payload: String,
    /// Every text made so far.
    pub(super) made: Vec<String>,
}

impl Texts {
    pub(super) fn new() -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(1);
        Self { number: COUNTER.fetch_add(1, Ordering::Relaxed), payload: String::new(), made: Vec::new() }
    }

    /// From now on every text says this too.
    pub(super) fn say(&mut self, payload: &str) {
        payload.clone_into(&mut self.payload);
    }

    /// A number that no other record has.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// A text for `field`, of at most `most` characters: such as `Symptoms17q`. The letter at its end
    /// keeps 1 from being found in 17.
    pub(super) fn make(&mut self, field: &str, most: usize) -> String {
        let mut text = format!("{field}{}q", self.number);
        if !self.payload.is_empty() && text.len() + 1 + self.payload.len() <= most {
            text = format!("{text} {}", self.payload);
        }
        self.made.push(text.clone());
        text
    }

    /// An address nobody else has; it takes the payload in only on request, because people sign in with it.
    pub(super) fn email(&mut self, hostile: bool) -> String {
        let name = if hostile && !self.payload.is_empty() {
            format!("person{} {}", self.number, self.payload)
        } else {
            format!("person{}", self.number)
        };
        let email = format!("{name}@example.test");
        self.made.push(email.clone());
        email
    }

    /// A telephone number nobody else has.
    pub(super) fn phone(&mut self) -> String {
        let mut phone = format!("+977 1 {:07}", self.number);
        if !self.payload.is_empty() && phone.len() + 1 + self.payload.len() <= 32 {
            phone = format!("{phone} {}", self.payload);
        }
        self.made.push(phone.clone());
        phone
    }
}
