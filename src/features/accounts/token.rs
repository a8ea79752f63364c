//! The secret part of the links by which people choose a password.
//!
//! It is kept nowhere: it is a MAC over the link's row and the password that it would replace, under a key of the site. So
//! whoever reads the database (or a copy of it) can make no link, and a link is over as soon as the password is another,
//! whoever changed it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::{enums::LinkPurpose, password_link};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::settings::SecretKey;

/// A link's id and what is said to be its secret, as they stand in an address: `{id}-{43 letters, digits, - and _}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// `password_link.id`
    pub(super) id: i64,
    mac: Vec<u8>,
}

impl Token {
    /// Of a link that replaces the password with the PHC string `kept`.
    pub(super) fn of(secret: &SecretKey, link: &password_link::Model, kept: &str) -> Self {
        Self { id: link.id, mac: mac(secret, link, kept).finalize().into_bytes().to_vec() }
    }

    /// From an address; nothing for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, mac) = text.split_once('-')?;
        Some(Self { id: id.parse().ok()?, mac: BASE64_URL_SAFE_NO_PAD.decode(mac).ok()? })
    }

    /// As an address has it.
    pub(super) fn text(&self) -> String {
        format!("{}-{}", self.id, BASE64_URL_SAFE_NO_PAD.encode(&self.mac))
    }

    /// Whether it is the one of this link. Takes the same time whatever is wrong with it.
    pub(super) fn opens(&self, secret: &SecretKey, link: &password_link::Model, kept: &str) -> bool {
        self.id == link.id && mac(secret, link, kept).verify_slice(&self.mac).is_ok()
    }
}

fn mac(secret: &SecretKey, link: &password_link::Model, kept: &str) -> Hmac<Sha256> {
    let mut mac: Hmac<Sha256> = Hmac::new((&secret.derive("password links")).into());
    for number in [link.id, link.user_id, link.expires_at.timestamp_micros()] {
        mac.update(&number.to_be_bytes());
    }
    mac.update(match link.purpose {
        LinkPurpose::Invitation => b"invitation",
        LinkPurpose::Reset => b"reset     ",
    });
    mac.update(kept.as_bytes());
    mac
}
