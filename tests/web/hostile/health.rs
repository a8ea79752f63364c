//! What strangers are told of the inside.

use super::*;

#[tokio::test]
async fn figures_in_production_are_for_the_bearer_of_the_token_alone() {
    let app = TestApp::start_with(&PRODUCTION).await;
    for lines in
        ["", "X-Forwarded-For: 203.0.113.1\r\n", "Forwarded: for=203.0.113.1\r\n", "Connection: X-Forwarded-For\r\n"]
    {
        assert_eq!(raw_get(&app, "/metrics", format!("Host: clinic.test\r\n{lines}")).status, 403, "{lines}");
    }
    let token = TestApp::start_with(&[PRODUCTION.as_slice(), &[("METRICS_TOKEN", "figures-please")]].concat()).await;
    let asked =
        |bearer: &str| raw_get(&token, "/metrics", format!("Host: clinic.test\r\nAuthorization: Bearer {bearer}\r\n"));
    assert_eq!((asked("figures-please").status, asked("figures").status), (200, 403));
}

#[tokio::test]
async fn under_https_browsers_are_told_to_stay_with_it() {
    let proxy = [("TRUSTED_PROXIES", "127.0.0.1/32")];
    let app = TestApp::start_with(&[PRODUCTION.as_slice(), &proxy].concat()).await;
    for path in ["/", "/hospitals", "/dashboard", "/no-such-page", "/health/live", "/static/no-such-file"] {
        let asked = |scheme: &str| {
            let lines = format!("Host: clinic.test\r\nX-Forwarded-For: 203.0.113.1\r\nX-Forwarded-Proto: {scheme}\r\n");
            raw_get(&app, path, lines).header("strict-transport-security").to_owned()
        };
        assert_eq!(asked("https"), "max-age=31536000; includeSubDomains; preload", "{path}");
        assert_eq!(asked("http"), "", "{path}");
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_away_and_no_more_is_said() {
    let app = TestApp::start().await;
    app.state.db.bare().close_by_ref().await.unwrap();
    let ready = app.visitor().request(reqwest::Method::GET, "/health/ready").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let body = ready.text().await.unwrap();
    assert!(body.contains("\"database\":\"away\""), "{body}");
    for told in ["127.0.0.1", "localhost", "sqlite", "postgres", "/tmp", ".db"] {
        assert!(!body.contains(told), "{told}: {body}");
    }
}

#[tokio::test]
async fn who_runs_the_platform_reads_the_trail_without_the_names_of_patients() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let patient = app.sign_in(&clinic.here.patient).await;
    let platform = app.sign_in(&clinic.super_admin).await;
    let of_patient = format!("/audit?person={}", clinic.here.patient.user_id);
    let here = app.sign_in(&clinic.here.admin).await.get(&of_patient).await.ok();
    assert!(here.texts("main").join(" ").contains(&clinic.here.patient.name()), "their own hospital knows them");
    let trail = platform.get(&of_patient).await.ok();
    assert!(!trail.body.contains(&clinic.here.patient.name()), "{}", trail.words());
    assert!(trail.says(&format!("Patient {}", clinic.here.patient.user_id)), "{}", trail.words());
    assert!(patient.is_signed_in().await);
}
