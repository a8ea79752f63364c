//! The secret part of the links by which people choose a password.
//!
//! It is kept nowhere: it is a MAC over the link's row, the address of its account and the password that it would replace, under
//! a key of the site. So whoever reads the database (or a copy of it) can make no link, and a link is over as soon as the
//! password is another, whoever changed it, or the address, to which it was perhaps sent by mistake.

use entity::{address_link, enums::AddressLinkPurpose};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::queries::LinkedAccount;
use crate::{settings::SecretKey, web::LinkToken};

/// What stands in the address of a link.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(LinkToken);

impl Token {
    /// Of that link.
    pub(super) fn of(secret: &SecretKey, linked: &LinkedAccount) -> Self {
        Self(LinkToken { id: linked.link.id, secret: mac(secret, linked).finalize().into_bytes().into() })
    }

    /// Of a link to an address. It is bound to what is in the row alone: a way back must go on working when the password is another.
    pub(super) fn of_address(secret: &SecretKey, link: &address_link::Model) -> Self {
        Self(LinkToken { id: link.id, secret: address_mac(secret, link).finalize().into_bytes().into() })
    }

    /// From an address; nothing for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        LinkToken::parse(text).map(Self)
    }

    /// `password_link.id` or `address_link.id`
    pub(super) fn id(&self) -> i64 {
        self.0.id
    }

    /// As an address has it.
    pub(super) fn text(&self) -> String {
        self.0.text()
    }

    /// Whether it is the one of this link. Takes the same time whatever is wrong with it.
    pub(super) fn opens(&self, secret: &SecretKey, linked: &LinkedAccount) -> bool {
        self.0.id == linked.link.id && mac(secret, linked).verify_slice(&self.0.secret).is_ok()
    }

    /// Whether it is the one of this link to an address. Takes the same time whatever is wrong with it.
    pub(super) fn opens_address(&self, secret: &SecretKey, link: &address_link::Model) -> bool {
        self.0.id == link.id && address_mac(secret, link).verify_slice(&self.0.secret).is_ok()
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
