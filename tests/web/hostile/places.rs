//! A few places that sign in all the time keep nobody else out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::{join, join_all};
use reqwest::{Method, header};

use super::*;

const PLACES: usize = 16;
/// In flight from each place.
const EACH: usize = 12;

async fn signs_in(app: &TestApp, from: &str, email: &str) -> u16 {
    let visitor = app.visitor();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", email)
        .append_pair("password", PASSWORD)
        .finish();
    let request = visitor
        .request(Method::POST, "/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, app.origin())
        .header("x-forwarded-for", from)
        .body(body);
    visitor.send(request).await.status
}

/// With accounts of their own and right passwords, which nothing counts.
#[tokio::test]
async fn sixteen_addresses_do_not_keep_a_stranger_waiting_for_more_than_a_turn_of_each() {
    let app = TestApp::start_at_full_cost(&[("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let house = hospital().create(&app).await;
    let mut people = Vec::new();
    // So many that no account has too many tries under way.
    for _ in 0..2 * PLACES {
        people.push(patient(&house).create(&app).await);
    }
    let stranger = doctor(&house).create(&app).await;
    let (stop, let_in) = (AtomicBool::new(false), AtomicUsize::new(0));
    let flood = join_all((0..PLACES * EACH).map(|number| {
        let (app, stop, let_in) = (&app, &stop, &let_in);
        let (from, email) = (format!("198.51.100.{}", number % PLACES), people[number % people.len()].email.clone());
        async move {
            while !stop.load(Ordering::SeqCst) {
                // Those that were told to come again have taken no turn.
                let is_in = signs_in(app, &from, &email).await == 303;
                let_in.fetch_add(usize::from(is_in), Ordering::SeqCst);
            }
        }
    }));
    let stranger = async {
        while let_in.load(Ordering::SeqCst) < PLACES {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let mut worst = 0;
        for _ in 0..3 {
            let before = let_in.load(Ordering::SeqCst);
            assert_eq!(signs_in(&app, "203.0.113.7", &stranger.email).await, 303);
            worst = worst.max(let_in.load(Ordering::SeqCst) - before);
        }
        stop.store(true, Ordering::SeqCst);
        worst
    };
    let (_, worst) = join(flood, stranger).await;
    // One of each place, and what else a browser waits for beside the password.
    assert!(worst <= 3 * PLACES, "{worst} were let in before, of {} at once", PLACES * EACH);
}

#[tokio::test]
async fn ten_wrong_passwords_from_ones_own_address_only_make_one_wait() {
    let app = TestApp::start_at_full_cost(&[("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let asha = doctor(&hospital().create(&app).await).create(&app).await;
    let here = "203.0.113.1";
    let browser = app.sign_in(&asha).await;
    for _ in 0..10 {
        let visitor = app.visitor();
        let request = visitor
            .request(Method::POST, "/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, app.origin())
            .header("x-forwarded-for", here)
            .body(format!("email={}&password=wrong", asha.email));
        visitor.send(request).await.expect(422);
    }
    // From a browser that nobody knows, and from one that is known.
    assert_eq!(signs_in(&app, here, &asha.email).await, 303);
    browser.post_form("/sign-out", &[]).await.expect(303);
    let again = [("email", asha.email.as_str()), ("password", PASSWORD)];
    browser.post_form("/sign-in", &again).await.expect(303);
}
