//! What strangers, scanners and other sites send: refused with a page, and nothing is changed.

use reqwest::{Method, header};

use crate::support::*;

#[tokio::test]
async fn a_body_that_is_too_large_or_no_form_is_refused() {
    let app = TestApp::start().await;
    let form = "application/x-www-form-urlencoded";
    let large = format!("email={}", "a".repeat(70_000));
    for (content_type, body, status) in [
        (form, large.as_str(), 413),
        ("application/json", "{\"email\":\"a\"}", 400),
        ("text/plain", "email=a", 400),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na\r\n--x--",
            400,
        ),
        (form, "email=a&email=b", 400),
        (form, "email=%ff%fe&password=x", 422),
        (form, "email=a@b.test&password=x&role=super_admin", 422),
        (form, "email=a%00b@c.test&password=x", 422),
    ] {
        let visitor = app.visitor();
        let request =
            visitor.request(Method::POST, "/sign-in").header(header::CONTENT_TYPE, content_type).body(body.to_owned());
        let answer = visitor.send(request).await;
        assert_eq!(answer.status, status, "{content_type}: {}", body.chars().take(60).collect::<String>());
        assert!(answer.has("h1"));
    }
}

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let client = app.sign_in(&clinic.here.patient).await;
    let own = app.origin();
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "nonsense"), ("origin", own.as_str())],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "http://127.0.0.1")],
        vec![("origin", "https://evil.example"), ("x-forwarded-host", "evil.example")],
        vec![("origin", "https://evil.example"), ("forwarded", "host=evil.example")],
    ] {
        let mut request =
            client.request(Method::POST, "/sign-out").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let answer = client.send(request).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.has("h1"));
    }
    assert!(client.is_signed_in().await, "another site signed somebody out");
    client.post_form("/sign-out", &[]).await.expect(303);
    assert!(!client.is_signed_in().await, "the gate lets nothing through");
}

/// Destinations that are not of this site, however a browser may read them.
const ELSEWHERE: [&str; 13] = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "evil.example",
    "/%0d%0aLocation:https://evil.example",
    "///evil.example",
    "/\u{2215}evil.example",
    "",
];

#[tokio::test]
async fn after_signing_in_nobody_is_led_to_another_site() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    for next in ELSEWHERE {
        let answer = sign_in_towards(&app, &clinic.here.patient, next).await;
        let location = answer.header("location");
        let stays =
            location.starts_with('/') && !location.starts_with("//") && !location.contains(['\\', '\t', '\r', '\n']);
        let fine = answer.status == 422 || (answer.status == 303 && stays);
        assert!(fine, "{next:?}: {} to {location:?}", answer.status);
    }
    let answer = sign_in_towards(&app, &clinic.here.patient, "/appointments?status=completed");
    assert_eq!(answer.await.expect(303).location(), "/appointments?status=completed");
}

#[tokio::test]
async fn a_destination_elsewhere_is_not_shown() {
    let app = TestApp::start().await;
    for next in ELSEWHERE {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair("next", next).finish();
        let shown = app.visitor().get(&format!("/sign-in?{query}")).await;
        assert!(matches!(shown.status, 200 | 422), "{next:?}: {}", shown.status);
        assert_eq!(rules::broken(&shown.body), Vec::<String>::new(), "{next:?}");
    }
}

async fn sign_in_towards(app: &TestApp, person: &Person, next: &str) -> Page {
    let fields = [("email", person.email.as_str()), ("password", PASSWORD), ("next", next)];
    app.visitor().post_form("/sign-in", &fields).await
}

#[tokio::test]
async fn headers_of_the_client_change_no_address() {
    let app = TestApp::start().await;
    for name in [
        "X-Forwarded-Host",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Prefix",
        "Forwarded",
        "X-Forwarded-Proto",
        "X-HTTP-Method-Override",
    ] {
        let answer = app.raw(format!(
            "GET /sign-in HTTP/1.1\r\nHost: {}\r\n{name}: evil.example\r\nConnection: close\r\n\r\n",
            app.address
        ));
        assert_eq!(answer.status, 200, "{name}");
        assert!(!answer.body.contains("evil.example") && !answer.head.contains("evil.example"), "{name} is reflected");
    }
}

#[tokio::test]
async fn what_is_not_http_does_not_stop_the_server() {
    let app = TestApp::start().await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(100_000));
    let fat = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\nConnection: close\r\n\r\n", "a".repeat(200_000));
    let both = "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    let letters = "GET /appointments/\u{661} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for request in [
        "\0\0\0\0",
        "GET\r\n\r\n",
        letters,
        "GET / HTTP/9.9\r\n\r\n",
        "GET http://evil.example/dashboard HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        &long,
        &fat,
        both,
    ] {
        let answer = app.raw(request);
        assert!(answer.status < 500, "{:?}: {}", request.chars().take(40).collect::<String>(), answer.status);
        assert!(!answer.body.contains("panicked"));
    }
    app.visitor().get("/health/live").await.ok();
}
