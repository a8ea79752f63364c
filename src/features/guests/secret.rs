//! The secret part of a guest's link. Of it a digest is kept, under a key of the site: whoever reads the database, or a copy of it, can come as nobody's
//! guest. It is made of what the form carried by which somebody was invited: the same form, sent twice, shows the same link.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::settings::SecretKey;

/// 32 bytes that nobody can guess.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct GuestSecret(pub(super) [u8; 32]);

impl GuestSecret {
    /// Of whoever is invited to the visit (`appointment.id`) by `inviter` (`user.id`) with a form that carried this.
    pub(super) fn of_form(key: &SecretKey, (visit, inviter): (i64, i64), form_token: &str) -> Self {
        let mut mac = keyed(key, "guests of visits");
        mac.update(&visit.to_be_bytes());
        mac.update(&inviter.to_be_bytes());
        mac.update(form_token.as_bytes());
        Self(mac.finalize().into_bytes().into())
    }

    /// What is kept of it.
    pub(super) fn digest(&self, key: &SecretKey) -> Vec<u8> {
        self.mac(key).finalize().into_bytes().to_vec()
    }

    /// Whether that is what is kept of it. Takes the same time whatever is wrong.
    pub(super) fn is_of(&self, key: &SecretKey, digest: &[u8]) -> bool {
        self.mac(key).verify_slice(digest).is_ok()
    }

    fn mac(&self, key: &SecretKey) -> Hmac<Sha256> {
        let mut mac = keyed(key, "links of guests");
        mac.update(&self.0);
        mac
    }
}

fn keyed(key: &SecretKey, purpose: &'static str) -> Hmac<Sha256> {
    Hmac::new((&key.derive(purpose)).into())
}
