//! The second factor: apps and passkeys, set up, used, renewed, removed by oneself and by an administrator.

use super::{clinic::People, world::World};
use crate::support::*;

#[tokio::test]
async fn no_page_is_stale_after_something_was_done_with_a_second_factor() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let app = &world.app;

    let mut telephone = None;
    let set_up = async { telephone = Some(App::set_up(app, world.browser("doctor")).await) };
    world.after("an app", &[], set_up).await;
    let telephone = telephone.unwrap();
    let enter = async {
        let (browser, asked) = first_step(app, &people.doctor.person).await;
        browser.submit(&asked, "form.stack", &[("code", &telephone.code(app, 0))]).await.expect(303);
        assert!(browser.is_signed_in().await);
    };
    let seen = [("admin", "/doctors/{id}")];
    world.after("a sign-in with a code", &seen, enter).await;
    let renew = async {
        world.browser("doctor").post_form("/profile/second-factor/recovery-codes", &[]).await.ok();
    };
    world.after("other recovery codes", &[], renew).await;
    let calendar = async {
        world.browser("doctor").post_form("/profile/calendar", &[]).await.ok();
    };
    world.after("the address of a calendar", &[], calendar).await;
    world.after("no calendar any more", &[], world.post("doctor", "/profile/calendar/removal", &[])).await;
    world.after("a password once more", &[], world.post("admin", "/profile/proof", &[("proof", PASSWORD)])).await;
    world.after("no app any more", &[], world.post("doctor", "/profile/second-factor/totp/removal", &[])).await;

    App::set_up(app, world.browser("patient")).await;
    let remove = format!("/patients/{}/second-factor/removal", people.patient.id);
    let reason = [("reason", "lost_device")];
    world.post("admin", &remove, &reason).await;
    assert!(!world.browser("patient").is_signed_in().await, "who had it is signed out");
    world.leave("patient");
    world.compare("the removal of a patient's app").await;
}

#[tokio::test]
async fn no_page_is_stale_after_something_was_done_with_a_passkey() {
    let mut world = World::start().await;
    let people = People::create(&world.app).await;
    people.sign_in(&mut world).await;
    let app = &world.app;

    let mut device = Device::new();
    let add = async { drop(device.add(world.browser("doctor"), "Telephone").await.ok()) };
    world.after("a passkey", &[], add).await;
    // Another minute, so that the sign-in shows.
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let enter = async {
        let (browser, _) = first_step(app, &people.doctor.person).await;
        device.enter(&browser).await.expect(303);
    };
    world.after("a sign-in with a passkey", &[("admin", "/doctors/{id}")], enter).await;
    let prove = async {
        let signed = device.sign(&asked(world.browser("doctor"), "/profile/proof/challenge").await);
        let fields = [("passkey_proof", signed.as_str()), ("next", "/profile")];
        world.browser("doctor").post_form("/profile/proof", &fields).await.expect(303);
    };
    world.after("a passkey once more", &[], prove).await;
    let page = world.browser("doctor").get("/profile/second-factor").await.ok();
    let removal = page.attributes("form[action*=\"/passkeys/\"]", "action").remove(0);
    world.after("no passkey any more", &[], world.post("doctor", &removal, &[])).await;
}
