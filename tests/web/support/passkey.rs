//! Devices that hold a passkey, in software: they make and sign what real ones do (ES256, no word about their maker).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Client, Page, Person, TestApp, first_step};

/// A server that has a name, so that browsers let it ask for passkeys.
pub(crate) const NAMED: (&str, &str) = ("PUBLIC_URL", "http://localhost:8000");
/// Present, and looked at who holds it.
const VERIFIED: u8 = 0b101;
/// What follows about a new key.
const ATTESTED: u8 = 0b100_0000;

/// A telephone, a computer, a stick.
#[derive(Clone)]
pub(crate) struct Device {
    key: SigningKey,
    id: Vec<u8>,
    user_handle: Option<String>,
    /// Added at each use; 0 in a device that does not count.
    pub(crate) step: u32,
    /// How often it was used, as it says.
    pub(crate) count: u32,
    /// The site that its browser is at.
    pub(crate) origin: &'static str,
    /// The site that it signs for.
    pub(crate) rp_id: &'static str,
    /// What it says of its holder.
    pub(crate) flags: u8,
}

impl Device {
    /// A new one, which counts.
    pub(crate) fn new() -> Self {
        let key = SigningKey::from_slice(&rand::random::<[u8; 32]>()).unwrap();
        let id = rand::random::<[u8; 32]>().to_vec();
        let (origin, rp_id) = ("http://localhost:8000", "localhost");
        Self { key, id, user_handle: None, step: 1, count: 0, origin, rp_id, flags: VERIFIED }
    }

    /// Makes a passkey as it was asked: the answer of a browser.
    pub(crate) fn make(&mut self, asked: &Value) -> String {
        self.user_handle = asked["user"]["id"].as_str().map(str::to_owned);
        let point = self.key.verifying_key().to_encoded_point(false);
        // CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
        let mut data = self.data(ATTESTED);
        data.extend([[0; 16].as_slice(), &[0, 32], &self.id].concat());
        data.extend([&[0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], point.x().unwrap().as_slice()].concat());
        data.extend([&[0x22, 0x58, 32], point.y().unwrap().as_slice()].concat());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
        let length = u8::try_from(data.len()).unwrap();
        let object = [b"\xA3\x63fmt\x64none\x67attStmt\xA0\x68authData\x58".as_slice(), &[length], &data].concat();
        let client = self.client("webauthn.create", asked);
        let response = json!({
            "clientDataJSON": BASE64.encode(client), "attestationObject": BASE64.encode(object), "transports": ["internal"],
        });
        self.answer(&response)
    }

    /// Signs what it is asked: the answer of a browser.
    pub(crate) fn sign(&mut self, asked: &Value) -> String {
        self.count += self.step;
        let (data, client) = (self.data(0), self.client("webauthn.get", asked));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        let response = json!({
            "clientDataJSON": BASE64.encode(client), "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.to_der()), "userHandle": self.user_handle,
        });
        self.answer(&response)
    }

    /// Adds it to those of whoever is signed in with `browser`.
    pub(crate) async fn add(&mut self, browser: &Client, name: &str) -> Page {
        let made = self.make(&asked(browser, "/profile/second-factor/passkeys/challenge").await);
        browser.post_form("/profile/second-factor/passkeys", &[("name", name), ("credential", &made)]).await
    }

    /// The second step of a sign-in that `browser` is at.
    pub(crate) async fn enter(&mut self, browser: &Client) -> Page {
        let signed = self.sign(&asked(browser, "/sign-in/second-factor/challenge").await);
        browser.post_form("/sign-in/second-factor", &[("passkey", &signed)]).await
    }

    fn data(&self, more: u8) -> Vec<u8> {
        [Sha256::digest(self.rp_id).as_slice(), &[self.flags | more], &self.count.to_be_bytes()].concat()
    }

    fn client(&self, kind: &str, asked: &Value) -> String {
        json!({ "type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn answer(&self, response: &Value) -> String {
        let id = BASE64.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response })
            .to_string()
    }
}

/// What a script of ours is told to ask a device.
pub(crate) async fn asked(browser: &Client, path: &str) -> Value {
    let answer = browser.post_form(path, &[]).await.ok();
    assert_eq!(answer.header("cache-control"), "no-store");
    serde_json::from_str(&answer.body).unwrap()
}

/// Whoever has a passkey, and the device that holds it; with the browser that added it.
pub(crate) async fn with_a_passkey(app: &TestApp, person: &Person) -> (Device, Client) {
    let browser = app.sign_in(person).await;
    let mut device = Device::new();
    device.add(&browser, "Telephone").await.ok();
    (device, browser)
}

/// The pages that only somebody with a passkey sees.
pub(crate) async fn pages_with_a_passkey() -> Vec<Page> {
    let app = TestApp::start_with(&[NAMED]).await;
    let hospital = super::hospital().create(&app).await;
    let patient = super::patient(&hospital).create(&app).await;
    let (mut device, browser) = with_a_passkey(&app, &patient).await;
    let (other, asked) = first_step(&app, &patient).await;
    let wrong = other.post_form("/sign-in/second-factor", &[("passkey", "{}")]).await.expect(422);
    device.enter(&other).await.expect(303);
    let unnamed = browser.post_form("/profile/second-factor/passkeys", &[]).await.expect(422);
    let own = browser.get("/profile/second-factor").await.ok();
    let once_more = browser.get("/profile/proof?next=%2Fprofile").await.ok();
    vec![asked, wrong, unnamed, own, once_more]
}
