//! Whose session a request names is certain, or it has none; and what else it carries costs nothing.

use super::*;

const JUNK: usize = 8 * 1024 - 400;

#[tokio::test]
async fn two_sessions_and_a_name_that_only_decodes_to_ours_are_refused_kept_page_or_not() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let clinic = Clinic::create(&app).await;
    let (doctor, patient) = (app.sign_in(&clinic.here.doctor).await, app.sign_in(&clinic.there.patient).await);
    let (own, other) = (doctor.cookies(), patient.cookies());
    let (own, other) = (session_in(&own), session_in(&other));
    for _ in 0..2 {
        doctor.get("/dashboard").await.ok();
        patient.get("/dashboard").await.ok();
    }
    // The dashboard comes from the cache, the profile does not, and the directory is everybody's.
    for path in ["/dashboard", "/profile", "/hospitals"] {
        for cookies in [
            format!("{own}; {other}"),
            format!("{other}; {own}"),
            format!("{}; {own}", other.replacen("session=", "%73ession=", 1)),
            format!("{own}; {}", other.replacen("session=", "sess%69on=", 1)),
            own.replacen("session=", "session%20=", 1),
        ] {
            let answer = raw_get(&app, path, format!("Host: clinic\r\nCookie: {cookies}\r\n"));
            assert_eq!(answer.status, 400, "{path} {cookies}");
            for name in [clinic.here.doctor.name(), clinic.there.patient.name()] {
                assert!(!answer.body.contains(&name), "{path} {cookies}");
            }
        }
        let two_lines = format!("Host: clinic\r\nCookie: {own}\r\nCookie: {other}\r\n");
        assert_eq!(raw_get(&app, path, two_lines).status, 400, "{path}");
    }
}

#[tokio::test]
async fn what_other_sites_of_the_domain_set_changes_nothing() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let cookies = doctor.cookies();
    for path in ["/dashboard", "/profile"] {
        doctor.get(path).await.ok();
        for others in ["city=Z\u{fc}rich; ", "x; =; ;;", "%=1;%zz=2; ", "Session=1; session2=2; __Host-session=3; "] {
            let answer = raw_get(&app, path, format!("Host: clinic\r\nCookie: {others}; {cookies}\r\n"));
            assert_eq!(answer.status, 200, "{path} {others}");
        }
        let latin = [b"Host: clinic\r\nCookie: city=Z\xfcrich; ".as_slice(), cookies.as_bytes(), b"\r\n"].concat();
        assert_eq!(raw_get(&app, path, latin).status, 200, "{path}");
    }
}

/// What a person's browser sends beside the session is no part of what is remembered, so it cannot fill the memory: each of these is a hit.
#[tokio::test]
async fn a_page_is_found_by_the_session_alone_whatever_else_comes_with_it() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let cookies = doctor.cookies();
    doctor.get("/dashboard").await.ok();
    for number in 0..20 {
        let junk = format!("j{number}={}", "x".repeat(JUNK - cookies.len()));
        let answer = raw_get(&app, "/dashboard", format!("Host: clinic\r\nCookie: {junk}; {cookies}\r\n"));
        assert_eq!((answer.status, answer.header("x-cache")), (200, "hit"), "{number}");
    }
}

#[tokio::test]
async fn cookies_of_more_than_eight_kilobytes_are_not_looked_into() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let cookies = doctor.cookies();
    for path in ["/dashboard", "/profile", "/hospitals", "/no-such-page"] {
        let many = "a=1;".repeat(3_000);
        for lines in [
            format!("Cookie: {many}{cookies}\r\n"),
            format!("Cookie: {cookies}\r\nCookie: {}\r\n", "x".repeat(8 * 1024)),
        ] {
            let answer = raw_get(&app, path, format!("Host: clinic\r\n{lines}"));
            assert_eq!(answer.status, 431, "{path}");
            assert!(!answer.body.contains(&clinic.here.doctor.name()) && answer.body.contains("<h1"), "{path}");
        }
    }
}

#[tokio::test]
async fn under_https_each_cookie_is_kept_for_this_host_alone() {
    let app = TestApp::start_with(&PRODUCTION).await;
    let clinic = Clinic::create(&app).await;
    let body = format!("email={}&password={}", clinic.here.doctor.email, PASSWORD.replace(' ', "+"));
    let answer = app.raw(format!(
        "POST /sign-in HTTP/1.1\r\nHost: clinic.test\r\nConnection: close\r\nOrigin: https://clinic.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(answer.status, 303, "{}", answer.body);
    let set = set_cookies(&answer);
    assert!(set.iter().any(|cookie| cookie.starts_with("__Host-session=")), "{set:?}");
    let session =
        set.iter().find_map(|cookie| cookie.split(';').next().filter(|pair| pair.contains("session"))).unwrap();
    let answer = app.raw(format!(
        "POST /sign-out HTTP/1.1\r\nHost: clinic.test\r\nConnection: close\r\nOrigin: https://clinic.test\r\nCookie: {session}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
    ));
    assert_eq!(answer.status, 303, "{}", answer.body);
    let said = set_cookies(&answer);
    assert!(said.iter().any(|cookie| cookie.starts_with("__Host-flash=")), "{said:?}");
    for cookie in set.iter().chain(&said) {
        let has = |attribute: &str| cookie.split(';').any(|part| part.trim().eq_ignore_ascii_case(attribute));
        assert!(cookie.starts_with("__Host-") && has("Secure") && has("HttpOnly") && has("Path=/"), "{cookie}");
        assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
    }
}

/// The pair that holds the session, among all that a browser sends.
fn session_in(cookies: &str) -> String {
    cookies.split("; ").find(|pair| pair.starts_with("session=")).unwrap().to_owned()
}
