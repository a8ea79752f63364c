//! Answers that are refused, each time with the same words unless there may be a copy.

use futures_util::future::join_all;

use super::*;

/// Sends `answer` where a second step is taken.
async fn give(browser: &Client, answer: &str) -> Page {
    browser.post_form("/sign-in/second-factor", &[("passkey", answer)]).await
}

#[tokio::test]
async fn an_answer_is_good_once_right_or_wrong() {
    let (app, patient) = start().await;
    let (mut device, _) = with_a_passkey(&app, &patient).await;
    let (browser, _) = first_step(&app, &patient).await;
    let question = asked(&browser, ASK_AT_SIGN_IN).await;
    let right = device.sign(&question);
    give(&browser, &right).await.expect(303);
    let (again, _) = first_step(&app, &patient).await;
    give(&again, &right).await.expect(422);

    // One that was wrong has used up what was asked as well.
    let question = asked(&again, ASK_AT_SIGN_IN).await;
    let mut elsewhere = device.clone();
    elsewhere.rp_id = "elsewhere.example";
    give(&again, &elsewhere.sign(&question)).await.expect(422);
    give(&again, &device.sign(&question)).await.expect(422);
    assert!(!again.is_signed_in().await);
    // A further question takes the place of the one before.
    let before = asked(&again, ASK_AT_SIGN_IN).await;
    let after = asked(&again, ASK_AT_SIGN_IN).await;
    give(&again, &device.sign(&before)).await.expect(422);
    give(&again, &device.sign(&after)).await.expect(303);
}

#[tokio::test]
async fn of_many_who_send_one_answer_at_once_one_is_let_in() {
    let (app, patient) = start().await;
    let own = app.sign_in(&patient).await;
    // One that does not count, so that nothing else tells its answers apart.
    let mut device = Device::new();
    device.step = 0;
    device.add(&own, "Telephone").await.ok();
    let made = Device::new().make(&asked(&own, ASK_FOR_NEW).await);
    let fields = [("name", "Stick"), ("credential", made.as_str())];
    let answers = join_all((0..32).map(|_| own.post_form(ADD, &fields))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    assert_eq!(rows(&app).await.len(), 2);
    for round in 0..2 {
        // Those that came too late count as wrong ones.
        app.clock.advance(TimeDelta::minutes(16));
        let (browser, _) = first_step(&app, &patient).await;
        device.step = round;
        let answer = device.sign(&asked(&browser, ASK_AT_SIGN_IN).await);
        let answers = join_all((0..32).map(|_| give(&browser, &answer))).await;
        let let_in = answers.iter().filter(|answer| answer.status == 303 && answer.location() == "/dashboard");
        assert_eq!(let_in.count(), 1, "counting: {round}");
    }
}

#[tokio::test]
async fn another_sites_passkey_is_refused() {
    let (app, patient) = start().await;
    let (device, own) = with_a_passkey(&app, &patient).await;
    let (browser, _) = first_step(&app, &patient).await;
    let faults: [fn(&mut Device); 3] = [
        |device| device.origin = "https://elsewhere.example",
        |device| device.rp_id = "elsewhere.example",
        // Present, but nobody has looked at who it is.
        |device| device.flags = 0b001,
    ];
    for fault in faults {
        let (mut faulty, mut new) = (device.clone(), Device::new());
        fault(&mut faulty);
        fault(&mut new);
        let question = asked(&browser, ASK_AT_SIGN_IN).await;
        let refused = give(&browser, &faulty.sign(&question)).await.expect(422);
        assert!(refused.says("This passkey was not accepted."));
        let made = new.make(&asked(&own, ASK_FOR_NEW).await);
        own.post_form(ADD, &[("name", "Stick"), ("credential", &made)]).await.expect(422);
    }
    assert!(!browser.is_signed_in().await);
    assert_eq!(rows(&app).await.len(), 1);
    assert_eq!(
        words(&app, patient.user_id).await,
        ["passkey added", "passkey refused", "passkey refused", "passkey refused"]
    );
}

#[tokio::test]
async fn another_persons_passkey_is_refused_and_so_is_their_answer() {
    let (app, maya) = start().await;
    let (mut hers, own) = with_a_passkey(&app, &maya).await;
    let elsewhere = hospital().create(&app).await;
    let ravi = patient(&elsewhere).create(&app).await;
    let (mut his, _) = with_a_passkey(&app, &ravi).await;
    let (browser, _) = first_step(&app, &maya).await;
    give(&browser, &his.sign(&asked(&browser, ASK_AT_SIGN_IN).await)).await.expect(422);
    // What she was asked does not open his sign-in, whoever signs it.
    let (other, _) = first_step(&app, &ravi).await;
    let question = asked(&browser, ASK_AT_SIGN_IN).await;
    for answer in [hers.sign(&question), his.sign(&question)] {
        give(&other, &answer).await.expect(422);
    }
    assert!(!browser.is_signed_in().await && !other.is_signed_in().await);
    // And what is hers is not added to his.
    let his_own = app.visitor();
    his_own.post_form("/sign-in", &[("email", &ravi.email), ("password", PASSWORD)]).await.expect(303);
    his.enter(&his_own).await.expect(303);
    let made = hers.make(&asked(&his_own, ASK_FOR_NEW).await);
    his_own.post_form(ADD, &[("name", "Hers"), ("credential", &made)]).await.expect(422);
    assert_eq!(rows(&app).await.len(), 2);
    assert!(own.is_signed_in().await);
}

#[tokio::test]
async fn an_answer_is_for_one_purpose_and_one_browser() {
    let (app, patient) = start().await;
    let (mut device, own) = with_a_passkey(&app, &patient).await;
    let (browser, _) = first_step(&app, &patient).await;
    let (another, _) = first_step(&app, &patient).await;
    let at_sign_in = device.sign(&asked(&browser, ASK_AT_SIGN_IN).await);
    let once_more = device.sign(&asked(&own, ASK_ONCE_MORE).await);
    give(&another, &at_sign_in).await.expect(422);
    give(&browser, &once_more).await.expect(422);
    own.post_form("/profile/proof", &[("passkey_proof", &at_sign_in), ("next", "/profile")]).await.expect(422);
    give(&browser, &device.sign(&asked(&browser, ASK_AT_SIGN_IN).await)).await.expect(303);
    own.post_form("/profile/proof", &[("passkey_proof", &once_more), ("next", "/profile")]).await.expect(422);
    let now = device.sign(&asked(&own, ASK_ONCE_MORE).await);
    own.post_form("/profile/proof", &[("passkey_proof", &now), ("next", "/profile")]).await.expect(303);
    // Nobody is asked whose password was not given, and nobody who has none.
    app.visitor().post_form(ASK_AT_SIGN_IN, &[]).await.expect(409);
    app.visitor().post_form(ASK_ONCE_MORE, &[]).await.expect(303);
}

#[tokio::test]
async fn there_are_five_minutes_to_answer() {
    let (app, patient) = start().await;
    let (mut device, own) = with_a_passkey(&app, &patient).await;
    for (seconds, status) in [(5 * 60, 422), (5 * 60 - 1, 303)] {
        let (browser, _) = first_step(&app, &patient).await;
        let answer = device.sign(&asked(&browser, ASK_AT_SIGN_IN).await);
        app.clock.advance(TimeDelta::seconds(seconds));
        give(&browser, &answer).await.expect(status);
        assert_eq!(browser.is_signed_in().await, status == 303);
    }
    let made = Device::new().make(&asked(&own, ASK_FOR_NEW).await);
    app.clock.advance(TimeDelta::minutes(5));
    let fields = [("name", "Stick"), ("credential", made.as_str()), ("proof", PASSWORD)];
    own.post_form(ADD, &fields).await.expect(422);
    assert_eq!(rows(&app).await.len(), 1);
}

#[tokio::test]
async fn a_counter_that_does_not_rise_is_a_copy_and_its_owner_is_told() {
    let (app, patient) = start().await;
    let (mut device, own) = with_a_passkey(&app, &patient).await;
    let (browser, _) = first_step(&app, &patient).await;
    let mut copy = device.clone();
    device.enter(&browser).await.expect(303);
    let (stranger, _) = first_step(&app, &patient).await;
    let refused = copy.enter(&stranger).await.expect(422);
    assert!(refused.says("There may be a copy of it."));
    assert!(!stranger.is_signed_in().await);
    let page = own.get(PAGE).await.ok();
    assert!(page.text("tr[data-passkey-id]").contains("There may be a copy of it"));
    assert_eq!(words(&app, patient.user_id).await, ["passkey added", "passkey", "copy of a passkey refused"]);

    app.clock.advance(TimeDelta::minutes(10));
    let mut copy = device.clone();
    copy.count -= 1;
    let signed = copy.sign(&asked(&own, ASK_ONCE_MORE).await);
    let refused =
        own.post_form("/profile/proof", &[("passkey_proof", &signed), ("next", "/profile")]).await.expect(422);
    assert!(refused.says("There may be a copy of it."));
    // The one that goes on counting is still accepted.
    let (browser, _) = first_step(&app, &patient).await;
    device.enter(&browser).await.expect(303);
}

#[tokio::test]
async fn what_is_no_answer_is_refused_and_tries_are_limited() {
    let (app, patient) = start().await;
    let (mut device, own) = with_a_passkey(&app, &patient).await;
    for nonsense in ["{}", "[]", "null", "{\"id\":\"AA\"}", "x"] {
        own.post_form(ADD, &[("name", "Stick"), ("credential", nonsense)]).await.expect(422);
    }
    let (browser, _) = first_step(&app, &patient).await;
    for nonsense in ["{}", "[]", "null", "{\"id\":\"AA\"}", "x", "1", "2", "3", "4", "5"] {
        give(&browser, nonsense).await.expect(422);
    }
    let answer = device.sign(&asked(&browser, ASK_AT_SIGN_IN).await);
    give(&browser, &answer).await.expect(429);
}
