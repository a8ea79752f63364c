//! How often somebody may try, and that nobody is locked out by a stranger. Counted: who is let in, and who is told to come again.
//!
//! Each of them has addresses of its own: the queue for the processors, in which only so many of one place may wait, is the process's.

use futures_util::future::{join, join_all};

use super::*;

/// All of these at once, each from a browser and an address of its own: how many were judged, and the others' answers.
async fn at_once(app: &TestApp, tries: impl Iterator<Item = (String, String)>) -> (usize, Vec<Page>) {
    let tries = tries.map(|(address, email)| async move { try_from(app, &address, (&email, "wrong")).await });
    let (judged, refused): (Vec<_>, Vec<_>) =
        join_all(tries).await.into_iter().partition(|answer| answer.status == 422);
    (judged.len(), refused)
}

fn told_to_come_again(refused: &[Page]) {
    for answer in refused {
        // Where the machine has more to do than it can, whoever waited for a turn is told so.
        assert!([429, 503].contains(&answer.status), "{}", answer.words());
        let wait: i64 = answer.header("retry-after").parse().unwrap();
        // Eight may wait, each for the longest pause of eight seconds, behind one that has begun.
        assert!((1..=72).contains(&wait), "{wait}");
        assert!(answer.words().to_lowercase().contains("try again"), "{}", answer.words());
    }
}

#[tokio::test]
async fn of_one_account_from_many_places_are_judged_one_after_the_other_and_its_owner_is_let_in() {
    let app = TestApp::start_at_full_cost(&[BEHIND_A_PROXY]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let tries = (0..110).map(|number| (format!("198.51.100.{number}"), asha.email.clone()));
    let (judged, refused) = at_once(&app, tries).await;
    // How many are judged while others wait is up to the machine.
    assert!((1..60).contains(&judged), "{judged} of 110");
    told_to_come_again(&refused);
    // They go on trying: the owner, from a browser that nobody knows and a place that has not tried, goes first.
    let tries = (0..40).map(|number| (format!("198.51.100.{number}"), asha.email.clone()));
    let owner = try_from(&app, "203.0.113.7", (&asha.email, PASSWORD));
    let ((judged, _), owner) = join(at_once(&app, tries), owner).await;
    // One after the other, with a pause of seconds: how many come to their turn before they are told to come again depends on how many were
    // judged before, and so on the machine. Not half of them do.
    assert!(judged < 20, "{judged} of 40");
    owner.expect(303);
}

/// Whoever has a network of IPv6 has 65,536 places.
#[tokio::test]
async fn of_one_account_from_a_network_with_many_places_do_not_keep_its_owner_out() {
    let app = TestApp::start_at_full_cost(&[BEHIND_A_PROXY]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let from = |subnet: i32| (format!("2001:db8:1:{subnet:x}::1"), asha.email.clone());
    at_once(&app, (0..60).map(from)).await;
    let owner = try_from(&app, "2001:db8:2::1", (&asha.email, PASSWORD));
    let (_, owner) = join(at_once(&app, (60..100).map(from)), owner).await;
    owner.expect(303);
}

#[tokio::test]
async fn from_ones_own_address_do_not_keep_out_whose_browser_is_known() {
    let app = TestApp::start_at_full_cost(&[BEHIND_A_PROXY]).await;
    let house = hospital().create(&app).await;
    let (asha, bina) = (doctor(&house).create(&app).await, doctor(&house).create(&app).await);
    let here = "203.0.113.1";
    let browser = app.sign_in(&asha).await;
    // Somebody behind the same address tries their account, and everybody's.
    let stranger = (0..60).map(|number| match number % 2 {
        0 => (here.to_owned(), asha.email.clone()),
        _ => (here.to_owned(), format!("guess{number}@clinic.test")),
    });
    let again = sign_in_again(&app, &browser, (here, &asha.email, PASSWORD));
    let ((judged, refused), again) = join(at_once(&app, stranger), again).await;
    assert!(judged < 60 && !refused.is_empty(), "{judged} of 60");
    again.expect(303);
    for _ in 0..3 {
        sign_in_again(&app, &browser, (here, &asha.email, PASSWORD)).await.expect(303);
    }
    // Somebody else there, who has not tried, is not kept out either; nor are those elsewhere.
    try_from(&app, here, (&bina.email, PASSWORD)).await.expect(303);
    try_from(&app, "203.0.113.2", (&bina.email, PASSWORD)).await.expect(303);
}

#[tokio::test]
async fn with_a_browser_that_is_known_are_ten_and_then_it_is_one_like_any_other() {
    let app = TestApp::start_at_full_cost(&[BEHIND_A_PROXY]).await;
    let house = hospital().create(&app).await;
    let (asha, bina) = (doctor(&house).create(&app).await, doctor(&house).create(&app).await);
    let browser = app.sign_in(&asha).await;
    for _ in 0..10 {
        sign_in_again(&app, &browser, ("203.0.113.10", &asha.email, "wrong")).await.expect(422);
    }
    // It is known for nobody else: these are counted where everybody's are.
    for _ in 0..10 {
        sign_in_again(&app, &browser, ("203.0.113.10", &bina.email, "wrong")).await.expect(422);
    }
    let many = join_all((0..30).map(|_| sign_in_again(&app, &browser, ("203.0.113.10", &bina.email, "wrong")))).await;
    assert!(many.iter().filter(|answer| answer.status == 422).count() <= 10);
    sign_in_again(&app, &browser, ("203.0.113.10", &asha.email, PASSWORD)).await.expect(303);
}

#[tokio::test]
async fn are_not_those_that_succeed() {
    let app = TestApp::start_at_full_cost(&[BEHIND_A_PROXY]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    for _ in 0..25 {
        try_from(&app, "203.0.113.20", (&asha.email, PASSWORD)).await.expect(303);
    }
}

#[tokio::test]
async fn are_also_those_at_many_accounts_from_one_address() {
    let app = TestApp::start_at_full_cost(&[BEHIND_A_PROXY]).await;
    let tries = (0..90).map(|number| ("203.0.113.30".to_owned(), format!("guess{number}@clinic.test")));
    let (judged, refused) = at_once(&app, tries).await;
    // Who waited in vain for a turn, on a machine that has more to do than it can, was not refused for their number.
    let too_many = refused.iter().filter(|answer| answer.status == 429).count();
    assert!(judged > 0 && (1..=40).contains(&too_many), "{judged} of 90, and {too_many} told that they are too many");
    told_to_come_again(&refused);
    try_from(&app, "203.0.113.31", ("guess0@clinic.test", "wrong")).await.expect(422);
}

/// Tries with a browser that has been here before.
async fn sign_in_again(app: &TestApp, browser: &Client, (address, email, password): (&str, &str, &str)) -> Page {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", email)
        .append_pair("password", password)
        .finish();
    let request = browser
        .request(Method::POST, "/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, app.origin())
        .header("x-forwarded-for", address)
        .body(body);
    browser.send(request).await
}
