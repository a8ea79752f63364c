//! Where a request comes from, under which name it asks, and from which site a form is sent.

use entity::user_session;
use reqwest::{Method, header};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::*;

/// Signs `person` in with these bytes in `X-Forwarded-For`, through a proxy that is believed; what is noted of where from.
async fn noted(app: &TestApp, person: &Person, forwarded: &[u8]) -> String {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", &person.email)
        .append_pair("password", PASSWORD)
        .finish();
    let mut request = format!(
        "POST /sign-in HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nX-Forwarded-For: ",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(forwarded);
    request.extend_from_slice(format!("\r\n\r\n{body}").as_bytes());
    assert_eq!(app.raw(request).status, 303);
    let latest = user_session::Entity::find()
        .filter(user_session::Column::UserId.eq(person.user_id))
        .order_by_desc(user_session::Column::Id);
    latest.one(&app.db).await.unwrap().unwrap().ip
}

#[tokio::test]
async fn no_byte_before_it_hides_the_clients_address_and_no_port_is_part_of_it() {
    let app = TestApp::start_with(&[("TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let doctor = doctor(&hospital().create(&app).await).create(&app).await;
    for (forwarded, address) in [
        (&b"203.0.113.55"[..], "203.0.113.55"),
        (b"\xff, 203.0.113.55", "203.0.113.55"),
        (b"6.6.6.6, 203.0.113.55:41234", "203.0.113.55"),
        (b"[2001:db8::7]:80", "2001:db8::7"),
    ] {
        assert_eq!(noted(&app, &doctor, forwarded).await, address, "{forwarded:?}");
    }
}

#[tokio::test]
async fn who_is_forwarded_by_nobody_that_is_known_is_told_of_in_readiness() {
    let app = TestApp::start_with(&PRODUCTION).await;
    let ready = || raw_get(&app, "/health/ready", "Host: clinic.test\r\n");
    assert!(!ready().body.contains("TRUSTED_PROXIES"));
    assert_eq!(raw_get(&app, "/sign-in", "Host: clinic.test\r\nX-Forwarded-For: 203.0.113.1\r\n").status, 200);
    let told = ready();
    assert!(told.status == 200 && told.body.contains("TRUSTED_PROXIES"), "{}", told.body);
}

/// Only where no proxy looks at names: an embedded clinic.
#[tokio::test]
async fn an_embedded_clinic_answers_to_its_own_names_alone() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    hospital().create(&app).await;
    for path in ["/hospitals", "/hospitals", "/sign-in", "/health/live"] {
        for host in ["127.0.0.1", "localhost:8000", "clinic", "[::1]:80"] {
            assert_eq!(raw_get(&app, path, format!("Host: {host}\r\n")).status, 200, "{path} {host}");
        }
        for host in ["evil.test", "evil.test:8000", "127.0.0.1.evil.test"] {
            let expected = if uses_postgres() { 200 } else { 421 };
            assert_eq!(raw_get(&app, path, format!("Host: {host}\r\n")).status, expected, "{path} {host}");
        }
    }
}

#[tokio::test]
async fn where_a_browser_says_nothing_else_the_referrer_decides() {
    let app = TestApp::start().await;
    let doctor = doctor(&hospital().create(&app).await).create(&app).await;
    let client = app.sign_in(&doctor).await;
    let form = "application/x-www-form-urlencoded";
    let own = format!("{}/profile/sessions?page=1", app.origin());
    for referrer in ["http://evil.test/", "https://evil.test", "null", &format!("http://evil.test/{}", app.address)] {
        let request = client.request(Method::POST, "/notifications/read").header(header::CONTENT_TYPE, form);
        client.send(request.header(header::REFERER, referrer)).await.expect(403);
    }
    for referrer in [Some(own.as_str()), None] {
        let mut request = client.request(Method::POST, "/notifications/read").header(header::CONTENT_TYPE, form);
        if let Some(referrer) = referrer {
            request = request.header(header::REFERER, referrer);
        }
        client.send(request).await.expect(303);
    }
}

#[tokio::test]
async fn no_answer_is_left_to_caches_to_decide_about() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let (visitor, doctor) = (app.visitor(), app.sign_in(&clinic.here.doctor).await);
    assert_eq!(doctor.get("/").await.expect(303).header("cache-control"), "no-store");
    assert_eq!(visitor.get("/dashboard").await.expect(303).header("cache-control"), "no-store");
    let done = doctor.post_form("/notifications/read", &[]).await.expect(303);
    assert_eq!(done.header("cache-control"), "no-store");
}
