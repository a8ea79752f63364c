//! What a stranger can have made, and where it is put.

use telemedicine::redis::Command;

use super::*;

/// So many of `answers` have this status.
fn count(answers: &[u16], status: u16) -> usize {
    answers.iter().filter(|answer| **answer == status).count()
}

async fn searched(app: &TestApp, from: &str, path: impl Fn(usize) -> String, times: usize) -> Vec<u16> {
    let visitor = app.visitor();
    let mut answers = Vec::new();
    for number in 0..times {
        let request = visitor.request(reqwest::Method::GET, &path(number)).header("x-forwarded-for", from);
        let answer = visitor.send(request).await;
        if answer.status == 429 {
            let wait: u64 = answer.header("retry-after").parse().unwrap();
            assert!((1..=60).contains(&wait) && answer.has("h1"), "{wait}");
        }
        answers.push(answer.status);
    }
    answers
}

#[tokio::test]
async fn two_thousand_searches_are_not_all_made_and_are_kept_nowhere_but_in_memory() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false"), ("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    hospital().create(&app).await;
    let answers = searched(&app, "203.0.113.1", |number| format!("/hospitals?q=new-{number}"), 2_000).await;
    // The clock stands still: what was at hand, and no more.
    assert_eq!((count(&answers, 200), count(&answers, 429)), (600, 1_400));
    // What is kept is served all the same, there and elsewhere.
    let again = searched(&app, "203.0.113.1", |_| "/hospitals?q=new-1".to_owned(), 20).await;
    assert_eq!(count(&again, 200), 20);
    let elsewhere = searched(&app, "203.0.113.2", |number| format!("/hospitals?q=other-{number}"), 20).await;
    assert_eq!(count(&elsewhere, 200), 20);
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let later = searched(&app, "203.0.113.1", |number| format!("/hospitals?q=later-{number}"), 20).await;
    assert_eq!((count(&later, 200), count(&later, 429)), (10, 10));
    if let Some(redis) = &app.state.redis {
        let keys =
            redis.run_pooled(Command::new("KEYS").arg(redis.key("page", "*"))).await.unwrap().into_array().unwrap();
        assert!(keys.len() <= 100, "{} pages in Redis", keys.len());
    }
}

/// Nor with a parameter that no page knows, nor with the cookie of a session that is over, which anybody can get.
#[tokio::test]
async fn there_is_no_way_around_it() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false"), ("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let house = hospital().create(&app).await;
    let patient = patient(&house).create(&app).await;
    let unknown = searched(&app, "203.0.113.1", |number| format!("/hospitals?utm={number}"), 620).await;
    assert_eq!(count(&unknown, 429), 20);
    let browser = app.sign_in(&patient).await;
    let cookies = browser.cookies();
    browser.post_form("/sign-out", &[]).await.expect(303);
    let mut refused = 0;
    for number in 0..620 {
        let lines = format!("Host: clinic\r\nX-Forwarded-For: 203.0.113.3\r\nCookie: {cookies}\r\n");
        refused += usize::from(raw_get(&app, &format!("/hospitals?q={number}"), lines).status == 429);
    }
    assert_eq!(refused, 20);
}

/// A server behind a proxy, at whose address 203.0.113.1 strangers have had made what was at hand.
async fn used_up(settings: &[(&str, &str)]) -> TestApp {
    let behind_a_proxy = [("CACHE_VERIFY", "false"), ("TRUSTED_PROXIES", "127.0.0.1/32")];
    let app = TestApp::start_with(&[&behind_a_proxy, settings].concat()).await;
    let answers = searched(&app, "203.0.113.1", |number| format!("/hospitals?utm={number}"), 601).await;
    assert_eq!(count(&answers, 429), 1);
    app
}

async fn from_there(browser: &Client, path: &str) -> Page {
    browser.send(browser.request(reqwest::Method::GET, path).header("x-forwarded-for", "203.0.113.1")).await
}

#[tokio::test]
async fn whoever_is_signed_in_is_not_charged_for_the_strangers_beside_them() {
    for seconds in ["600", "0"] {
        let app = used_up(&[("CACHE_PAGE_SECONDS", seconds)]).await;
        let doctor = doctor(&hospital().create(&app).await).create(&app).await;
        let browser = app.sign_in(&doctor).await;
        // Each act leaves a message for the page after it.
        for path in ["/notifications", "/dashboard", "/hospitals", "/"] {
            browser.post_form("/notifications/read", &[]).await.expect(303);
            assert_ne!(from_there(&browser, path).await.status, 429, "{path} with a message, kept {seconds} s");
            assert_ne!(from_there(&browser, path).await.status, 429, "{path}, kept {seconds} s");
        }
        assert_ne!(from_there(&browser, "/?utm=1").await.status, 429, "with a parameter that it does not know");
    }
}

/// Wherever a stranger has the database asked for something; but not on the way in, which has limits of its own.
#[tokio::test]
async fn pages_for_strangers_are_counted_and_the_way_in_is_not() {
    let app = used_up(&[]).await;
    let house = hospital().asking_for_a_factor(SecondFactorRule::Staff).create(&app).await;
    let doctor = doctor(&house).create(&app).await;
    let stranger = app.visitor();
    let (link, listed) = (format!("/password-links/1-{}", "x".repeat(43)), format!("/hospitals/{}", house.id));
    for path in ["/", "/hospitals", &listed, "/sign-up", &link] {
        assert_eq!(from_there(&stranger, path).await.status, 429, "{path}");
    }
    for path in ["/sign-in", "/password-reset", "/dashboard", "/sign-in/second-factor"] {
        assert_ne!(from_there(&stranger, path).await.status, 429, "{path}");
    }
    // Between the two steps it is the sign-in that has so many.
    let (half, _) = first_step(&app, &doctor).await;
    from_there(&half, "/sign-in/second-factor").await.ok();
    let mut refused = 0;
    for _ in 0..620 {
        refused += usize::from(half.get("/sign-in/second-factor").await.status == 429);
    }
    assert!((1..=22).contains(&refused), "{refused}");
    // Whoever else has the password does not keep the owner out.
    assert_eq!(half.get("/sign-in/second-factor").await.status, 429);
    let (owner, _) = first_step(&app, &doctor).await;
    from_there(&owner, "/sign-in/second-factor").await.ok();
}

/// Programs of many people ask for their calendars from few addresses: strangers there are not charged for them, nor they for strangers.
#[tokio::test]
async fn a_calendar_that_is_asked_for_by_its_secret_is_charged_to_nobody_else() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false"), ("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let house = hospital().create(&app).await;
    let mut calendars = Vec::new();
    for _ in 0..2 {
        let owner = patient(&house).create(&app).await;
        let address = app.sign_in(&owner).await.post_form("/profile/calendar", &[]).await.ok().text("[data-calendar]");
        calendars.push(address.rfind("/calendar/").map(|at| address[at..].to_owned()).unwrap());
    }
    let calendar = |number: usize| calendars[number % 2].clone();
    assert_eq!(count(&searched(&app, "203.0.113.1", calendar, 610).await, 200), 610);
    let wrong = |number: usize| format!("/calendar/{number}-{}.ics", "A".repeat(43));
    let answers = searched(&app, "203.0.113.1", wrong, 610).await;
    assert_eq!((count(&answers, 404), count(&answers, 429)), (600, 10), "who guesses is a stranger");
}

#[tokio::test]
async fn what_signed_in_people_look_for_is_not_in_redis_either() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let Some(redis) = app.state.redis.clone() else { return };
    let clinic = Clinic::create(&app).await;
    let admin = app.sign_in(&clinic.here.admin).await;
    for number in 0..50 {
        admin.get(&format!("/patients?q=name-{number}")).await.ok();
        admin.get(&format!("/appointments?from=2026-01-{:02}", number % 28 + 1)).await.ok();
    }
    // A second look at one is a hit nevertheless.
    assert_eq!(admin.get("/patients?q=name-1").await.ok().header("x-cache"), "hit");
    let keys = async || {
        let keys = redis.run_pooled(Command::new("KEYS").arg(redis.key("page", "*"))).await.unwrap();
        keys.into_array().unwrap().len()
    };
    assert_eq!(keys().await, 0);
    admin.get("/patients").await.ok();
    for _ in 0..100 {
        if keys().await == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the list itself is shared");
}
