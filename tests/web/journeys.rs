//! What people come for, from beginning to end.

use crate::support::*;

#[tokio::test]
async fn somebody_signs_up_looks_around_and_signs_out() {
    let app = TestApp::start().await;
    let hospital = hospital().named("Patan Hospital").create(&app).await;
    let browser = app.visitor();

    let landing = browser.get("/").await.ok();
    assert!(landing.links().iter().any(|link| link.starts_with("/sign-up")), "the way in is on the first page");
    let form = browser.get("/sign-up").await.ok();
    assert!(form.says("Patan Hospital"));
    let signed_up =
        browser.submit(&form, "main form[action=\"/sign-up\"]", &sign_up(&hospital.id.to_string())).await.expect(303);
    assert_eq!(signed_up.location(), "/dashboard");

    assert_stored_counts(&app).await;
    let dashboard = browser.follow(signed_up).await.ok();
    assert!(dashboard.says("Maya Gurung") && dashboard.says("Patan Hospital"));
    assert_eq!(dashboard.figure("upcoming"), 0);
    assert_eq!(dashboard.figure("unread"), 0);
    for link in dashboard.links() {
        assert!(browser.visit(&link).await.status == 200, "{link}");
    }

    let out = browser.submit(&dashboard, "form[action=\"/sign-out\"]", &[]).await.expect(303);
    assert!(browser.follow(out).await.ok().status == 200);
    assert_eq!(browser.get("/dashboard").await.expect(303).location(), "/sign-in?next=%2Fdashboard");
}

#[tokio::test]
async fn each_role_signs_in_and_finds_everything_from_the_dashboard() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    for walker in walkers(&app, &clinic).await.into_iter().skip(1) {
        let dashboard = walker.client.get("/dashboard").await.ok();
        let mut reached = dashboard.links();
        // Two clicks from the dashboard.
        for link in dashboard.links() {
            reached.extend(walker.client.visit(&link).await.ok().links());
        }
        for place in ["/profile", "/profile/sessions", "/notifications"] {
            assert!(reached.iter().any(|link| link == place), "{} does not find {place}", walker.name);
        }
        let lists: &[&str] = match walker.name {
            "super_admin" => &["/hospitals", "/admins"],
            "patient" => &["/appointments", "/doctors"],
            _ => &["/appointments", "/doctors", "/patients"],
        };
        for list in lists {
            assert!(reached.iter().any(|link| link == list), "{} does not find {list}", walker.name);
            // Administrators have no page of their own.
            let of_list = |link: &String| link.starts_with(&format!("{list}/"));
            assert!(*list == "/admins" || reached.iter().any(of_list), "{} finds nothing in {list}", walker.name);
        }
    }
}

#[tokio::test]
async fn whoever_was_asked_to_sign_in_comes_to_the_page_they_wanted() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let browser = app.visitor();
    let visit = clinic.here.appointments[0].path();
    let asked = browser.get(&format!("{visit}?")).await.expect(303);
    let form = browser.follow(asked).await.ok();
    let fields = [("email", clinic.here.patient.email.as_str()), ("password", PASSWORD)];
    let signed_in = browser.submit(&form, "main form[action=\"/sign-in\"]", &fields).await.expect(303);
    assert_eq!(signed_in.location().trim_end_matches('?'), visit);
    browser.follow(signed_in).await.ok();
}

#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_a_closed_account_look_the_same() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let known = patient(&hospital).create(&app).await;
    let closed = patient(&hospital).deactivated().create(&app).await;
    let mut answers = Vec::new();
    for (email, password) in [
        (known.email.as_str(), "not the password"),
        ("nobody@example.test", PASSWORD),
        (closed.email.as_str(), PASSWORD),
    ] {
        let browser = app.visitor();
        let answer = browser.post_form("/sign-in", &[("email", email), ("password", password)]).await.expect(422);
        assert!(!browser.is_signed_in().await);
        assert_eq!(answer.attributes("input[name=email]", "value"), [email], "what was typed is kept");
        assert!(!answer.body.contains(password), "the password is shown");
        answers.push(answer.body.replace(email, "…").replace(answer.header("x-request-id"), "…"));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{}", answers.join("\n-----\n"));
}

#[tokio::test]
async fn notifications_are_read_one_by_one_and_all_at_once() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let visit = appointment().of(&doctor).with(&patient).create(&app).await;
    let mut first = None;
    for _ in 0..7 {
        first = Some(notification(&patient).about(&visit).create(&app).await);
    }
    notification(&doctor).about(&visit).create(&app).await;
    let browser = app.sign_in(&patient).await;
    assert_eq!(browser.get("/dashboard").await.ok().figure("unread"), 7, "a true count, not the length of the list");

    browser.post_form(&format!("/notifications/{}/read", first.unwrap().id), &[]).await.expect(303);
    assert_eq!(browser.get("/dashboard").await.ok().figure("unread"), 6);

    browser.post_form("/notifications/read", &[]).await.expect(303);
    assert_eq!(browser.get("/dashboard").await.ok().figure("unread"), 0);
    assert_eq!(
        app.sign_in(&doctor).await.get("/dashboard").await.ok().figure("unread"),
        1,
        "another's stay as they are"
    );
}
