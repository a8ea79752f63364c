//! What stands in the address of a link that is the whole of its bearer's access: a row, and 32 bytes that prove it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// `{id}-{43 letters, digits, - and _}`, as an address has it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LinkToken {
    /// Of the row that the link is kept in.
    pub(crate) id: i64,
    /// What nobody can guess.
    pub(crate) secret: [u8; 32],
}

impl LinkToken {
    /// From an address; nothing for what is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('-')?;
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        Some(Self { id: id.parse().ok()?, secret })
    }

    /// As an address has it.
    pub(crate) fn text(&self) -> String {
        format!("{}-{}", self.id, BASE64_URL_SAFE_NO_PAD.encode(self.secret))
    }
}
