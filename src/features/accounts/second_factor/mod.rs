//! What a second factor is made of: the codes of an app, recovery codes, how a secret is kept and shown. No statement and no page: those
//! are in `service` and `pages`.

mod base32;
pub(super) mod qr;
pub(super) mod recovery;
mod removal;
pub(super) mod seal;
mod totp;

pub(super) use recovery::TypedCode;
pub(crate) use removal::RemovalReason;
pub(super) use totp::Secret;
