//! What was refused is in the trail of whose account it was tried with, for who answers for them, and only so often.

use chrono::TimeDelta;
use telemedicine::features::audit::record_refusals;

use super::*;

const WRONG: [(&str, &str); 2] = [("email", ""), ("password", "not this one at all")];

async fn signs_in(app: &TestApp, email: &str) {
    let fields = WRONG.map(|(name, value)| (name, if name == "email" { email } else { value }));
    app.visitor().post_form("/sign-in", &fields).await.expect(422);
}

/// What is told of refusals on a page of the trail.
async fn told(reader: &Client) -> Vec<String> {
    let rows = reader.get("/audit?action=refused").await.ok().texts("tbody tr");
    rows.into_iter().filter(|row| row.contains("was refused")).collect()
}

#[tokio::test]
async fn what_was_refused_is_told_once_a_minute_to_the_hospital_of_the_account() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let doctor = &clinic.here.doctor;
    for email in [doctor.email.as_str(), &doctor.email.to_uppercase(), &doctor.email, "nobody@clinic.test"] {
        signs_in(&app, email).await;
    }
    let browser = app.sign_in(doctor).await;
    browser.get("/reports").await.expect(403);
    browser.post_form("/profile/proof", &[("proof", "not this one at all"), ("next", "/dashboard")]).await.expect(422);
    let (link, _) = clinic.here.link_token.split_once('-').unwrap();
    app.visitor().get(&format!("/password-links/{link}-{}", "A".repeat(43))).await.expect(410);
    assert_eq!(record_refusals(&app.state, false).await.unwrap(), 0, "the minute is not over");

    app.clock.advance(TimeDelta::minutes(1));
    let (here, there) = (app.sign_in(&clinic.here.admin).await, app.sign_in(&clinic.there.admin).await);
    record_refusals(&app.state, false).await.unwrap();
    let rows = told(&here).await;
    for (name, words) in [
        (doctor.name(), ["act sign in", "reason wrong password", "times 3"]),
        (doctor.name(), ["act permission", "reason role", "times 1"]),
        (doctor.name(), ["act proof", "reason wrong password", "times 1"]),
    ] {
        let found = rows.iter().filter(|row| row.contains(&name) && words.iter().all(|word| row.contains(word)));
        assert_eq!(found.count(), 1, "{words:?} in {rows:#?}");
    }
    assert_eq!(rows.iter().filter(|row| row.contains("reason not the token")).count(), 1, "{rows:#?}");
    assert!(rows.iter().all(|row| row.contains("127.0.0.1")), "{rows:#?}");
    assert_eq!(told(&there).await, Vec::<String>::new(), "another hospital's");
    let all = told(&app.sign_in(&clinic.super_admin).await).await;
    assert!(all.len() >= rows.len() && !all.iter().any(|row| row.contains("nobody")), "{all:#?}");
}

#[tokio::test]
async fn invented_addresses_do_not_hide_what_is_tried_with_accounts() {
    let app = TestApp::start_with(&[("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let clinic = Clinic::create(&app).await;
    for number in 0..130 {
        let body = format!("email=guess{number}%40clinic.test&password=not+this+one+at+all");
        let visitor = app.visitor();
        let request = visitor.request(reqwest::Method::POST, "/sign-in").body(body);
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").header("origin", app.origin());
        visitor.send(request.header("x-forwarded-for", format!("203.0.113.{number}"))).await.expect(422);
    }
    signs_in(&app, &clinic.here.doctor.email).await;
    app.clock.advance(TimeDelta::minutes(1));
    record_refusals(&app.state, false).await.unwrap();
    let rows = told(&app.sign_in(&clinic.here.admin).await).await;
    assert!(rows.iter().any(|row| row.contains("reason wrong password")), "{rows:#?}");
}

#[tokio::test]
async fn a_flood_of_refusals_is_a_handful_of_lines() {
    let app = TestApp::start_with(&[("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    for number in 0..300 {
        let from = format!("203.0.{}.{}", number / 100, number % 100);
        let request = doctor.request(reqwest::Method::GET, "/reports").header("x-forwarded-for", from);
        doctor.send(request).await.expect(403);
    }
    app.clock.advance(TimeDelta::minutes(1));
    record_refusals(&app.state, false).await.unwrap();
    let rows = told(&app.sign_in(&clinic.here.admin).await).await;
    assert_eq!(rows.len(), 6, "five places, and the others together: {rows:#?}");
    assert!(rows.iter().any(|row| row.contains("times 295")), "{rows:#?}");
}

#[tokio::test]
async fn codes_that_are_not_right_and_tries_that_are_too_many_are_told() {
    let app = TestApp::start().await;
    let house = hospital().create(&app).await;
    let maya = patient(&house).create(&app).await;
    App::set_up(&app, &app.sign_in(&maya).await).await;
    let (browser, _) = first_step(&app, &maya).await;
    for _ in 0..2 {
        browser.post_form("/sign-in/second-factor", &[("code", "000000")]).await.expect(422);
    }
    let refused = async || browser.post_form("/sign-in/second-factor", &[("code", "000000")]).await.status == 429;
    let mut is_refused = false;
    for _ in 0..30 {
        is_refused = is_refused || refused().await;
    }
    assert!(is_refused, "codes can be guessed for ever");
    app.clock.advance(TimeDelta::minutes(1));
    record_refusals(&app.state, false).await.unwrap();
    let rows = told(&app.sign_in(&hospital_admin(&house).create(&app).await).await).await;
    let found = |words: &[&str]| {
        rows.iter().any(|row| row.contains(&maya.name()) && words.iter().all(|word| row.contains(word)))
    };
    assert!(found(&["act second factor", "reason too many"]), "{rows:#?}");
}
