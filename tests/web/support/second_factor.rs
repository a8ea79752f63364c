//! Authenticator apps of people in tests.

use entity::enums::SecondFactorRule;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::{Client, PASSWORD, Page, Person, TestApp, hospital, patient};

/// An authenticator app on somebody's telephone.
pub(crate) struct App {
    secret: Vec<u8>,
    /// The recovery codes that were shown with it.
    pub(crate) recovery: Vec<String>,
}

impl App {
    /// The app that has scanned the secret on `page`.
    pub(crate) fn of(page: &Page) -> Self {
        let text = page.text("code[data-secret]").replace(' ', "");
        let bits = text.chars().flat_map(|letter| {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
            (0..5).rev().map(move |place| value >> place & 1)
        });
        let bits: Vec<usize> = bits.collect();
        let byte = |bits: &[usize]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | u8::try_from(*bit).unwrap());
        Self { secret: bits.chunks_exact(8).map(byte).collect(), recovery: Vec::new() }
    }

    /// What it and the server share.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// What it shows `steps` of 30 s after the server's present.
    pub(crate) fn code(&self, app: &TestApp, steps: i64) -> String {
        let step = app.now().timestamp() / 30 + steps;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).unwrap();
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 15);
        let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7FFF_FFFF;
        format!("{:06}", number % 1_000_000)
    }

    /// Sets one up for whoever is signed in with `browser`, one step later.
    pub(crate) async fn set_up(app: &TestApp, browser: &Client) -> Self {
        let page = browser.get("/profile/second-factor").await.ok();
        let mut telephone = Self::of(&page);
        let shown = browser.submit(&page, "form.stack", &[("code", &telephone.code(app, 0))]).await.ok();
        telephone.recovery = shown.texts("code[data-recovery-code]");
        app.clock.advance(chrono::TimeDelta::seconds(60));
        telephone
    }
}

/// The password of `person`, from a new browser: it, and the page of the second step.
pub(crate) async fn first_step(app: &TestApp, person: &Person) -> (Client, Page) {
    let browser = app.visitor();
    let answer = browser.post_form("/sign-in", &[("email", &person.email), ("password", PASSWORD)]).await.expect(303);
    let page = browser.get(&answer.location()).await.ok();
    (browser, page)
}

/// The pages that only somebody with a second factor sees, or somebody who must have one.
pub(crate) async fn pages_with_a_factor(app: &TestApp) -> Vec<Page> {
    let hospital = hospital().asking_for_a_factor(SecondFactorRule::Everybody).create(app).await;
    let patient = patient(&hospital).create(app).await;
    let (browser, offered) = first_step(app, &patient).await;
    let telephone = App::of(&offered);
    let codes = browser.submit(&offered, "form.stack", &[("code", &telephone.code(app, 0))]).await.ok();
    let own = browser.get("/profile/second-factor").await.ok();
    let (_, asked) = first_step(app, &patient).await;
    vec![offered, codes, own, asked]
}
