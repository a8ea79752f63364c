//! The secret part of the links by which people choose a password.
//!
//! It is kept nowhere: it is a MAC over the link's row, the address of its account and the password that it would replace, under
//! a key of the site. So whoever reads the database (or a copy of it) can make no link, and a link is over as soon as the
//! password is another, whoever changed it, or the address, to which it was perhaps sent by mistake.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::{address_link, enums::AddressLinkPurpose};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::queries::LinkedAccount;
use crate::settings::SecretKey;

/// A link's id and what is said to be its secret, as they stand in an address: `{id}-{43 letters, digits, - and _}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// `password_link.id`
    pub(super) id: i64,
    mac: Vec<u8>,
}

impl Token {
    /// Of that link.
    pub(super) fn of(secret: &SecretKey, linked: &LinkedAccount) -> Self {
        Self { id: linked.link.id, mac: mac(secret, linked).finalize().into_bytes().to_vec() }
    }

    /// From an address; nothing for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, mac) = text.split_once('-')?;
        Some(Self { id: id.parse().ok()?, mac: BASE64_URL_SAFE_NO_PAD.decode(mac).ok()? })
    }

    /// Of a link to an address. It is bound to what is in the row alone: a way back must go on working when the password is another.
    pub(super) fn of_address(secret: &SecretKey, link: &address_link::Model) -> Self {
        Self { id: link.id, mac: address_mac(secret, link).finalize().into_bytes().to_vec() }
    }

    /// Whether it is the one of this link to an address. Takes the same time whatever is wrong with it.
    pub(super) fn opens_address(&self, secret: &SecretKey, link: &address_link::Model) -> bool {
        self.id == link.id && address_mac(secret, link).verify_slice(&self.mac).is_ok()
    }

    /// As an address has it.
    pub(super) fn text(&self) -> String {
        format!("{}-{}", self.id, BASE64_URL_SAFE_NO_PAD.encode(&self.mac))
    }

    /// Whether it is the one of this link. Takes the same time whatever is wrong with it.
    pub(super) fn opens(&self, secret: &SecretKey, linked: &LinkedAccount) -> bool {
        self.id == linked.link.id && mac(secret, linked).verify_slice(&self.mac).is_ok()
    }
}

/// Each part preceded by its length, so that no two links read alike.
fn mac(secret: &SecretKey, linked: &LinkedAccount) -> Hmac<Sha256> {
    let LinkedAccount { link, account } = linked;
    let mac: Hmac<Sha256> = Hmac::new((&secret.derive("password links")).into());
    let numbers = [link.id, link.user_id, link.expires_at.timestamp_micros()].map(i64::to_be_bytes);
    let address = account.email.to_lowercase();
    let texts = [linked.purpose_word(), &address, &account.password_hash].map(str::as_bytes);
    with_parts(mac, numbers.iter().map(|number| &number[..]).chain(texts))
}

fn address_mac(secret: &SecretKey, link: &address_link::Model) -> Hmac<Sha256> {
    let mac: Hmac<Sha256> = Hmac::new((&secret.derive("address links")).into());
    let numbers = [link.id, link.user_id, link.expires_at.timestamp_micros()].map(i64::to_be_bytes);
    let purpose = match link.purpose {
        AddressLinkPurpose::Proof => "proof",
        AddressLinkPurpose::Change => "change",
        AddressLinkPurpose::WayBack => "way back",
    };
    let texts = [purpose, &link.address].map(str::as_bytes);
    with_parts(mac, numbers.iter().map(|number| &number[..]).chain(texts))
}

fn with_parts<'a>(mut mac: Hmac<Sha256>, parts: impl Iterator<Item = &'a [u8]>) -> Hmac<Sha256> {
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}
