//! Passkeys by their protocol, WebAuthn: what a browser is asked, and what its answer is worth. The only place that knows the crate for it
//! (`docs/decisions/0014-a-crate-for-passkeys.md`). No statement and no page: those are in `service` and `pages`.

mod answers;
mod relying_party;

pub(super) use self::{
    answers::{MadeAnswer, SignedAnswer},
    relying_party::{Accepted, Ceremony, MadePasskey, PasskeyRefusal, RelyingParty},
};

/// Bytes by which devices know a person.
const HANDLE: usize = 16;

/// A challenge as it is kept: 32 lower-case hexadecimal digits.
fn challenge_text(challenge: u128) -> String {
    format!("{challenge:032x}")
}
