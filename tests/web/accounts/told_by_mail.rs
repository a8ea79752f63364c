//! The owner of an account is told what was done to it.

use entity::user_session;

use super::*;

const NEW_BROWSER: &str = "A new browser signed in";

/// The same but for those of new browsers.
async fn of_the_factor(app: &TestApp, person: &Person, before: usize) -> Vec<String> {
    let all = subjects(app, person, 0).await.into_iter();
    all.filter(|subject| subject != NEW_BROWSER).skip(before).collect()
}

/// The subjects of the mails that came since there were `before`.
async fn subjects(app: &TestApp, person: &Person, before: usize) -> Vec<String> {
    app.emails_to(&person.email).await.split_off(before).into_iter().map(|email| email.subject).collect()
}

#[tokio::test]
async fn of_whatever_becomes_of_their_second_factor() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    let desk = app.sign_in(&hospital_admin(&house).create(&app).await).await;
    let browser = app.sign_in(&maya).await;
    let telephone = App::set_up(&app, &browser).await;
    assert_eq!(of_the_factor(&app, &maya, 0).await, ["Your second factor is set up"]);

    // A code of the app is what they come with each day; a recovery code is not.
    let (first, asked) = first_step(&app, &maya).await;
    first.submit(&asked, "form.stack", &[("code", &telephone.code(&app, 0))]).await.expect(303);
    assert!(of_the_factor(&app, &maya, 1).await.is_empty());
    let (second, asked) = first_step(&app, &maya).await;
    second.submit(&asked, "form.stack", &[("code", &telephone.recovery[0])]).await.expect(303);
    assert_eq!(of_the_factor(&app, &maya, 1).await, ["A recovery code was used"]);
    // Also where they are asked once more who they are.
    app.clock.advance(chrono::TimeDelta::minutes(11));
    let proof = [("proof", telephone.recovery[1].as_str())];
    second.post_form("/profile/sessions/revocation", &proof).await.expect(303);
    assert_eq!(of_the_factor(&app, &maya, 2).await, ["A recovery code was used"]);

    second.post_form("/profile/second-factor/recovery-codes", &[]).await.ok();
    assert_eq!(of_the_factor(&app, &maya, 3).await, ["You have new recovery codes"]);
    second.post_form("/profile/second-factor/totp/removal", &[]).await.expect(303);
    assert_eq!(of_the_factor(&app, &maya, 4).await, ["Your second factor was removed"]);
    App::set_up(&app, &second).await;
    let reason = [("reason", "lost_device"), ("proof", PASSWORD)];
    desk.post_form(&format!("/patients/{}/second-factor/removal", maya.id), &reason).await.expect(303);
    let told = app.emails_to(&maya.email).await;
    assert!(told.iter().any(|email| email.subject == "Your second factor is set up"));
    let removed = told.iter().rfind(|email| email.subject == "Your second factor was removed").unwrap();
    assert!(removed.text.contains("An administrator") && !removed.text.contains("Lost device"), "{}", removed.text);
}

/// Who must have one sets it up while they sign in.
#[tokio::test]
async fn of_one_that_was_set_up_at_the_door() {
    let app = TestApp::start().await;
    let house = hospital().asking_for_a_factor(entity::enums::SecondFactorRule::Everybody).create(&app).await;
    let maya = patient(&house).create(&app).await;
    let (browser, offered) = first_step(&app, &maya).await;
    let telephone = App::of(&offered);
    browser.submit(&offered, "form.stack", &[("code", &telephone.code(&app, 0))]).await.ok();
    assert_eq!(subjects(&app, &maya, 0).await, ["Your second factor is set up"]);
}

#[tokio::test]
async fn of_a_browser_that_is_new_and_of_a_password_but_not_without_end() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    // The first browser of all is none that is new, nor is one that comes again.
    let known = app.sign_in(&maya).await;
    let login = [("email", maya.email.as_str()), ("password", PASSWORD)];
    known.post_form("/sign-in", &login).await.expect(303);
    assert!(subjects(&app, &maya, 0).await.is_empty());
    // Of a patient who comes every few months no session is left.
    user_session::Entity::delete_many().exec(&app.db).await.unwrap();
    known.post_form("/sign-in", &login).await.expect(303);
    assert!(subjects(&app, &maya, 0).await.is_empty());
    let from = async |name: &str| {
        let visitor = app.visitor();
        let login = [("email", maya.email.as_str()), ("password", PASSWORD)];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(login).finish();
        let request = visitor
            .request(Method::POST, "/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, app.origin())
            .header(header::USER_AGENT, name)
            .body(body);
        visitor.send(request).await.expect(303);
    };
    from("Firefox").await;
    assert_eq!(subjects(&app, &maya, 0).await, [NEW_BROWSER]);
    // Another may call itself the same.
    from("Firefox").await;
    assert_eq!(subjects(&app, &maya, 1).await, [NEW_BROWSER]);
    let here = &known;
    let passwords = [("current_password", PASSWORD), ("new_password", OTHER)];
    here.post_form("/profile/password", &passwords).await.expect(303);
    assert_eq!(subjects(&app, &maya, 2).await, ["Your password was changed"]);
    let back = [("current_password", OTHER), ("new_password", PASSWORD)];
    here.post_form("/profile/password", &back).await.expect(303);
    for number in 0..12 {
        from(&format!("Browser {number}")).await;
        app.emails_to(&maya.email).await;
    }
    assert_eq!(subjects(&app, &maya, 0).await.len(), 10, "in a day");
}

/// Whoever signs out everywhere, or comes by a link because somebody else is in, means the browsers that were known as well.
#[tokio::test]
async fn of_a_browser_that_comes_again_after_all_were_signed_out_but_for_the_one_that_said_so() {
    let app = TestApp::start().await;
    let maya = patient(&hospital().create(&app).await).create(&app).await;
    let (here, elsewhere) = (app.sign_in(&maya).await, app.sign_in(&maya).await);
    let comes_as_new = async |browser: &Client, password: &str| {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        let before = app.emails_to(&maya.email).await.len();
        let login = [("email", maya.email.as_str()), ("password", password)];
        browser.post_form("/sign-in", &login).await.expect(303);
        subjects(&app, &maya, before).await == [NEW_BROWSER]
    };
    assert!(!comes_as_new(&elsewhere, PASSWORD).await);
    here.post_form("/profile/sessions/revocation", &[]).await.expect(303);
    assert!(comes_as_new(&elsewhere, PASSWORD).await && !comes_as_new(&elsewhere, PASSWORD).await);
    assert!(!comes_as_new(&here, PASSWORD).await);

    let passwords = [("current_password", PASSWORD), ("new_password", OTHER)];
    here.post_form("/profile/password", &passwords).await.expect(303);
    assert!(!comes_as_new(&here, OTHER).await && comes_as_new(&elsewhere, OTHER).await);

    let before = app.emails_to(&maya.email).await.len();
    app.visitor().post_form("/password-reset", &[("email", &maya.email)]).await.expect(303);
    let emails = app.emails_when(&maya.email, before + 1).await;
    let chosen = [("password", PASSWORD)];
    app.visitor().post_form(&super::by_mail::link(&emails[before]), &chosen).await.expect(303);
    assert!(comes_as_new(&here, PASSWORD).await && comes_as_new(&elsewhere, PASSWORD).await);
}
