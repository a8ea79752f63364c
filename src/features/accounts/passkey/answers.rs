//! What a script of ours puts into a form: the answer of a browser, as JSON.

use webauthn_rp::{NonDiscoverableAuthentication, Registration};

use super::{HANDLE, challenge_text};

/// A browser says that it has made a passkey.
pub(in crate::features::accounts) struct MadeAnswer(pub(super) Registration);

impl MadeAnswer {
    /// From its JSON; nothing for what is none.
    pub(in crate::features::accounts) fn read(json: &str) -> Option<Self> {
        Registration::from_json_relaxed(json.as_bytes()).inspect_err(|error| log::debug!("{error}")).ok().map(Self)
    }

    /// The challenge that it answers.
    pub(in crate::features::accounts) fn challenge(&self) -> Option<String> {
        self.0.challenge_relaxed().ok().map(|challenge| challenge_text(challenge.0))
    }
}

/// A browser says that a passkey has signed.
pub(in crate::features::accounts) struct SignedAnswer(pub(super) NonDiscoverableAuthentication<HANDLE>);

impl SignedAnswer {
    /// From its JSON; nothing for what is none.
    pub(in crate::features::accounts) fn read(json: &str) -> Option<Self> {
        let read = NonDiscoverableAuthentication::from_json_relaxed(json.as_bytes());
        read.inspect_err(|error| log::debug!("{error}")).ok().map(Self)
    }

    /// The challenge that it answers.
    pub(in crate::features::accounts) fn challenge(&self) -> Option<String> {
        self.0.challenge_relaxed().ok().map(|challenge| challenge_text(challenge.0))
    }

    /// Whether it is one of this passkey.
    pub(in crate::features::accounts) fn is_of(&self, credential_id: &[u8]) -> bool {
        self.0.raw_id().as_ref() == credential_id
    }
}
