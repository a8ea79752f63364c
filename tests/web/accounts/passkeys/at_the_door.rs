//! Whoever must have a second factor and has none may choose a passkey, before anything else.

use futures_util::future::join_all;

use super::*;

const ENTER: &str = "/sign-in/second-factor";

/// A doctor of a hospital that asks its staff for one.
async fn ruled() -> (TestApp, Doctor) {
    let app = TestApp::start_with(&[NAMED]).await;
    let hospital = hospital().asking_for_a_factor(SecondFactorRule::Staff).create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    (app, doctor)
}

/// The form with a passkey that `device` makes for the sign-in that `browser` is at.
async fn made(device: &mut Device, browser: &Client) -> String {
    device.make(&asked(browser, ASK_AT_SIGN_IN).await)
}

#[tokio::test]
async fn a_passkey_is_set_up_in_the_place_of_an_app_and_lets_in_from_then_on() {
    let (app, doctor) = ruled().await;
    let (browser, offered) = first_step(&app, &doctor).await;
    assert!(
        offered.has("[data-passkey=create] form[action=\"/sign-in/second-factor\"]")
            && offered.has("code[data-secret]")
    );
    let mut device = Device::new();
    let credential = made(&mut device, &browser).await;
    let fields = [("next", "/profile"), ("name", "My telephone"), ("credential", credential.as_str())];
    let shown = browser.post_form(ENTER, &fields).await.ok();
    assert_eq!((shown.texts("code[data-recovery-code]").len(), shown.header("cache-control")), (10, "no-store"));
    assert!(shown.links().contains(&"/profile".to_owned()), "{:?}", shown.links());
    assert!(browser.is_signed_in().await);
    assert_eq!(words(&app, doctor.user_id).await, ["passkey added"]);
    assert_eq!(rows(&app).await.len(), 1);

    let (again, asked) = first_step(&app, &doctor).await;
    assert!(asked.has("[data-passkey=get]") && !asked.has("[data-passkey=create]"));
    device.enter(&again).await.expect(303);
    assert!(again.is_signed_in().await);
    // It is the last, and must stay.
    let own = rows(&app).await[0].id;
    again.post_form(&format!("{ADD}/{own}/removal"), &[]).await.expect(409);
}

#[tokio::test]
async fn what_is_no_passkey_of_this_site_and_sign_in_is_refused_and_asked_for_again() {
    let (app, doctor) = ruled().await;
    let (browser, _) = first_step(&app, &doctor).await;
    let (other, _) = first_step(&app, &doctor).await;
    let mut elsewhere = Device::new();
    (elsewhere.origin, elsewhere.rp_id) = ("https://evil.test", "evil.test");
    let of_another_site = made(&mut elsewhere, &browser).await;
    let of_another_sign_in = made(&mut Device::new(), &other).await;
    for (name, credential) in [
        ("Mine", "{}"),
        ("Mine", of_another_site.as_str()),
        ("Mine", of_another_sign_in.as_str()),
        ("", of_another_site.as_str()),
    ] {
        let refused = browser.post_form(ENTER, &[("name", name), ("credential", credential)]).await.expect(422);
        assert!(refused.has(".error-summary") && refused.has("[data-passkey=create]"));
    }
    assert!(!browser.is_signed_in().await && rows(&app).await.is_empty());
    // The app is there still.
    let page = browser.get(ENTER).await.ok();
    browser.submit(&page, "form.stack", &[("code", &App::of(&page).code(&app, 0))]).await.ok();
    // Whoever has one by now sets up none at another sign-in that was under way.
    other.post_form(ENTER, &[("name", "Mine"), ("credential", &of_another_sign_in)]).await.expect(422);
    assert!(rows(&app).await.is_empty() && !other.is_signed_in().await);
}

#[tokio::test]
async fn of_many_that_are_set_up_at_once_one_is_and_an_answer_counts_once() {
    let (app, doctor) = ruled().await;
    let mut forms = Vec::new();
    for _ in 0..4 {
        let (browser, _) = first_step(&app, &doctor).await;
        let credential = made(&mut Device::new(), &browser).await;
        forms.extend([(browser.clone(), credential.clone()), (browser, credential)]);
    }
    let sent = forms.iter().map(async |(browser, credential)| {
        browser.post_form(ENTER, &[("name", "Mine"), ("credential", credential)]).await.status
    });
    let answers = join_all(sent).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert_eq!(rows(&app).await.len(), 1);
}

#[tokio::test]
async fn a_site_without_a_name_offers_none() {
    let app = TestApp::start().await;
    let hospital = hospital().asking_for_a_factor(SecondFactorRule::Everybody).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let (browser, offered) = first_step(&app, &patient).await;
    assert!(!offered.has("[data-passkey]") && offered.has("code[data-secret]"));
    browser.post_form(ASK_AT_SIGN_IN, &[]).await.expect(409);
}
