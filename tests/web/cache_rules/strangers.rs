//! Deception and poisoning: whatever the address or the headers look like, nobody gets another person's page, and no private page
//! becomes a public one.

use reqwest::Method;

use super::{outcome, trusting};
use crate::support::*;

/// The doctor's last name is on their own pages alone, not on the other's.
struct Two {
    app: TestApp,
    clinic: Clinic,
    doctor: Client,
    patient: Client,
}

impl Two {
    /// Both have their dashboard in the cache.
    async fn gather() -> Self {
        let app = trusting().await;
        let clinic = Clinic::create(&app).await;
        let (doctor, patient) = (app.sign_in(&clinic.here.doctor).await, app.sign_in(&clinic.there.patient).await);
        for browser in [&doctor, &patient] {
            browser.get("/dashboard").await.ok();
            assert_eq!(outcome(&browser.get("/dashboard").await.ok()), "hit");
        }
        Self { app, clinic, doctor, patient }
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.clinic.here.doctor.name(), self.clinic.there.patient.name()]
    }

    fn shows_nothing(&self, what: &str, body: &str) {
        for secret in self.secrets() {
            assert!(!body.contains(&secret), "{what} shows {secret}");
        }
    }
}

#[tokio::test]
async fn an_address_that_looks_like_a_file_is_no_way_to_a_page() {
    let two = Two::gather().await;
    for path in [
        "/dashboard/x.css",
        "/dashboard%2Fx.js",
        "/dashboard.css",
        "/dashboard;x",
        "/dashboard;x.css",
        "//dashboard",
        "/dashboard/",
        "/Dashboard",
        "/dashboard%00.css",
        "/dashboard/../x",
        "/static/../dashboard",
        "/static/%2e%2e/dashboard",
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\nCookie: {}\r\n\r\n",
            two.doctor.cookies()
        );
        let answer = two.app.raw(request);
        assert!(answer.status >= 400 || answer.status == 303, "{path}: {}", answer.status);
        assert!(!answer.header("cache-control").contains("public"), "{path}");
        // The doctor's own error page names them; a stranger's must not.
        let request = format!("GET {path} HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\n\r\n");
        let answer = two.app.raw(request);
        assert!(answer.status >= 400 || answer.status == 303, "{path}: {}", answer.status);
        two.shows_nothing(path, &answer.body);
    }
}

#[tokio::test]
async fn another_spelling_of_the_address_is_the_same_page_of_the_same_person() {
    let two = Two::gather().await;
    let own = two.doctor.get("/dashboard").await.ok().body;
    for target in ["/%64ashboard", "http://elsewhere.test/dashboard", "/dashboard?"] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\nCookie: {}\r\n\r\n",
            two.doctor.cookies()
        );
        let answer = two.app.raw(request);
        if answer.status == 200 {
            assert!(answer.body == own, "{target} is another page");
            assert_eq!(answer.header("cache-control"), "no-store", "{target}");
        }
        let answer = two.app.raw(format!("GET {target} HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\n\r\n"));
        assert_ne!(answer.status, 200, "{target}");
        two.shows_nothing(target, &answer.body);
    }
}

#[tokio::test]
async fn headers_that_are_no_part_of_the_key_change_nothing() {
    let two = Two::gather().await;
    let visitor = two.app.visitor();
    let (own, public) = (two.doctor.get("/dashboard").await.ok().body, visitor.get("/hospitals").await.ok().body);
    for (name, value) in [
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "10.0.0.1"),
        ("forwarded", "host=evil.test;proto=https"),
        ("x-original-url", "/patients"),
        ("x-rewrite-url", "/patients"),
        ("x-http-method-override", "POST"),
        ("accept-language", "ne"),
        ("authorization", "Basic ZXZpbDpldmls"),
    ] {
        // First the one that would poison, on a page that is not kept yet; then an innocent one.
        let address = format!("/doctors?q={name}");
        let poison = two.doctor.request(Method::GET, &address).header(name, value);
        let poisoned = two.doctor.send(poison).await.ok();
        assert!(!poisoned.body.contains("evil.test"), "{name}");
        assert_eq!(two.doctor.get(&address).await.ok().body, poisoned.body, "{name}");
        let again = two.doctor.send(two.doctor.request(Method::GET, "/dashboard").header(name, value)).await.ok();
        assert_eq!(again.body, own, "{name}");
        let again = visitor.send(visitor.request(Method::GET, "/hospitals").header(name, value)).await.ok();
        assert_eq!(again.body, public, "{name}");
    }
}

#[tokio::test]
async fn a_cookie_opens_only_the_pages_of_its_own_person() {
    let two = Two::gather().await;
    let (doctors, patients) = (two.doctor.cookies(), two.patient.cookies());
    let asked = |cookies: &str| {
        two.app
            .raw(format!("GET /dashboard HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\nCookie: {cookies}\r\n\r\n"))
    };
    assert!(asked(&doctors).body.contains(&two.clinic.here.doctor.name()));
    assert!(asked(&patients).body.contains(&two.clinic.there.patient.name()));
    let value = doctors.split_once('=').unwrap().1.to_owned();
    let half = value.len() / 2;
    for forged in [
        String::new(),
        "session=".to_owned(),
        format!("session={}", &value[..half]),
        format!("session={}{}", &value[half..], &value[..half]),
        format!("session={}", &value[value.len() - 43..]),
        format!("Session={value}"),
        format!("other={value}"),
    ] {
        let answer = asked(&forged);
        assert_eq!(answer.status, 303, "{forged}");
        two.shows_nothing(&forged, &answer.body);
    }
    // Two at once: whosever it is, the page is that person's alone, and private.
    let both = asked(&format!("{doctors}; {patients}"));
    assert!(two.secrets().iter().filter(|secret| both.body.contains(*secret)).count() <= 1);
    assert!(!both.header("cache-control").contains("public"));
}

#[tokio::test]
async fn the_directory_is_the_same_for_all_and_the_platforms_list_is_its_own() {
    let two = Two::gather().await;
    let platform = two.app.sign_in(&two.clinic.super_admin).await;
    let visitor = two.app.visitor();
    let address = format!("/hospitals/{}", two.clinic.here.hospital.id);
    for address in ["/hospitals", &address] {
        for _ in 0..2 {
            let (list, public, seen) =
                (platform.get(address).await.ok(), visitor.get(address).await.ok(), two.doctor.get(address).await.ok());
            assert_eq!(
                (list.header("cache-control"), public.header("cache-control")),
                ("private, no-cache", "public, no-cache")
            );
            assert!(list.says(&two.clinic.super_admin.name()) && !public.says(&two.clinic.super_admin.name()));
            assert_eq!(public.texts("main"), seen.texts("main"), "{address}");
        }
    }
}

/// A browser keeps `__Host-` cookies for one host alone, and takes a name that only decodes to one for another: a sibling domain may set it.
#[tokio::test]
async fn a_session_under_a_name_that_is_written_otherwise_is_none() {
    let two = Two::gather().await;
    let cookie = two.doctor.cookies();
    assert!(cookie.starts_with("session="), "{cookie}");
    let ask = |cookies: &str| {
        two.app
            .raw(format!("GET /dashboard HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\nCookie: {cookies}\r\n\r\n"))
    };
    assert_eq!(ask(&cookie).status, 200);
    assert_eq!(ask(&format!("city=Zürich; {cookie}")).status, 200, "another site of the domain may set what it likes");
    let others = two.patient.cookies();
    for planted in [
        cookie.replacen("session=", "sess%69on=", 1),
        format!("{cookie}; {others}"),
        format!("{}; {cookie}", others.replacen("session=", "%73ession=", 1)),
    ] {
        let answer = ask(&planted);
        assert_eq!(answer.status, 400, "{planted}");
        two.shows_nothing(&planted, &answer.body);
    }
}
