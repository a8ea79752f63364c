//! Where strangers, scanners and broken links lead: always a page of the site, never a 500, never
//! somebody's page under another address.

use reqwest::{Method, header};

use crate::support::*;

/// Addresses of nothing.
const NOWHERE: &[&str] = &[
    "/no-such-page",
    "/dashboard/",
    "/dashboard/x.css",
    "/dashboard%2Fx.js",
    "/dashboard;x",
    "/dashboard;x.css",
    "/dashboard.css",
    "/dashboard%00",
    "/dashboard%0d%0aX-Test:1",
    "//dashboard",
    "/./dashboard",
    "/x/../dashboard",
    "/%2e%2e/dashboard",
    "/static/../dashboard",
    "/static/%2e%2e/Cargo.toml",
    "/static/..%2f..%2fCargo.toml",
    "/static/css/app.css",
    "/appointments/0",
    "/appointments/-1",
    "/appointments/1.css",
    "/appointments/1;x",
    "/appointments/1%2e",
    "/appointments/abc",
    "/appointments/999999999999999999",
    "/appointments/9999999999999999999999999",
    "/appointments/%31%20",
    "/appointments/%D9%A1",
    "/doctors/9223372036854775808",
    "/patients/0x1",
    "/hospitals/1e3",
    "/.git/config",
    "/.env",
    "/wp-login.php",
    "/%ff%fe",
    "/%",
    "/%zz",
];

/// Queries that no list understands.
const QUERIES: &[&str] = &[
    "status=nonsense",
    "status=",
    "status=requested&status=completed",
    "status=needs_outcome&page=2",
    "status=needs-outcome",
    "status=Needs%20an%20outcome",
    "from=yesterday",
    "from=2026-02-30",
    "from=0000-00-00",
    "from=-99999-01-01",
    "from=262143-12-31&to=262143-12-31",
    "to=9999-12-31",
    "from=2026-12-31&to=2026-01-01",
    "doctor=-1",
    "doctor=abc",
    "doctor=99999999999999999999",
    "date=2026-02-30",
    "date=9999-12-31&view=week",
    "view=",
    "view=nonsense",
    "q=%00",
    "q=%ff%fe",
    "q=%25%5F%27%22%5C",
    "q=';DROP TABLE appointment;--",
    "page=0",
    "page=-1",
    "page=abc",
    "page=1.5",
    "page=1000001",
    "page=99999999999999999999999",
    "unknown=1",
    "%ff=1",
    "&&&=&",
    "page[]=1",
];

#[tokio::test]
async fn what_is_not_there_is_a_page_of_the_site() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let patient = app.sign_in(&clinic.here.patient).await;
    for cookies in [String::new(), patient.cookies()] {
        for path in NOWHERE {
            let answer = app.raw(format!(
                "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n",
                app.address
            ));
            // A visitor is not told which records there are: whoever asks for one signs in first.
            if cookies.is_empty() && answer.header("location").starts_with("/sign-in?next=") {
                continue;
            }
            assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
            is_error_page(&answer, path);
            assert!(
                !answer.body.contains(&clinic.here.patient.last_name) || answer.status == 404,
                "{path} shows a page of somebody"
            );
            assert!(!answer.body.contains("data-figure"), "{path} shows the dashboard");
        }
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_used_is_no_defect() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    for person in [&clinic.here.admin, &clinic.here.doctor, &clinic.here.patient, &clinic.super_admin] {
        let cookies = app.sign_in(person).await.cookies();
        for list in [
            "/appointments",
            "/doctors",
            "/patients",
            "/hospitals",
            "/admins",
            "/notifications",
            "/dashboard",
            "/schedule",
            "/sign-in",
        ] {
            for query in QUERIES {
                let path = format!("{list}?{}", query.replace(' ', "%20"));
                let answer = app.raw(format!(
                    "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n",
                    app.address
                ));
                assert!(
                    matches!(answer.status, 200 | 303 | 400 | 403 | 404 | 422),
                    "{path} by {}: {}",
                    person.label(),
                    answer.status
                );
                if answer.status >= 400 {
                    is_error_page(&answer, &path);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_refused() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let client = app.sign_in(&clinic.here.admin).await;
    for query in ["status=nonsense", "from=2026-02-30", "from=yesterday", "doctor=abc", "when=nonsense", "unknown=1"] {
        client.get(&format!("/appointments?{query}")).await.expect(422);
    }
    for list in
        ["/appointments?status=upcoming", "/doctors?state=seen", "/patients?state=seen", "/patients?state=Active"]
    {
        client.get(list).await.expect(422);
    }
    for query in ["page=0", "page=abc", "page=999"] {
        client.get(&format!("/appointments?{query}")).await.expect(404);
    }
}

#[tokio::test]
async fn a_wrong_method_is_405_and_says_what_is_right() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let client = app.sign_in(&clinic.here.patient).await;
    for (method, path) in [
        (Method::POST, "/dashboard"),
        (Method::DELETE, "/dashboard"),
        (Method::PUT, "/appointments"),
        (Method::PATCH, "/profile"),
        (Method::GET, "/sign-out"),
        (Method::GET, "/profile/password"),
        (Method::GET, "/notifications/read"),
        (Method::OPTIONS, "/dashboard"),
        (Method::TRACE, "/dashboard"),
    ] {
        let answer =
            client.send(client.request(method.clone(), path).header("sec-fetch-site", "same-origin")).await.expect(405);
        let allowed = answer.header("allow");
        assert!(!allowed.is_empty() && !allowed.contains(method.as_str()), "{method} {path} is allowed {allowed:?}");
        assert!(answer.has("h1"), "{method} {path}: {}", answer.body);
        assert!(!answer.body.to_lowercase().contains("cookie:"), "TRACE tells the cookies");
    }
    assert!(client.is_signed_in().await, "a GET signed somebody out");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let client = app.sign_in(&clinic.here.patient).await;
    for path in ["/", "/dashboard", "/hospitals", "/appointments", "/no-such-page", "/health/live"] {
        let get = client.get(path).await;
        let head = client.send(client.request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}

/// A page in the site's layout, with a way back and a reference.
fn is_error_page(answer: &RawAnswer, path: &str) {
    let page = Page {
        asked: format!("GET {path}"),
        status: answer.status,
        headers: header::HeaderMap::new(),
        body: answer.body.clone(),
    };
    assert!(page.has("main h1"), "{path}: {}", answer.body);
    let reference = answer.header("x-request-id");
    assert!(!reference.is_empty() && answer.body.contains(reference), "{path}: no reference");
    assert!(page.has("main a[href]"), "{path}: no way back");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
}
