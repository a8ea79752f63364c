//! What is cached, for whom, and how it is told; what is not, and why.

mod exchange;
mod hospitals;
mod outages;
mod records;
mod signed_out;
mod strangers;

use actix_web::http::Method;
use telemedicine::features;

use crate::support::*;

/// Pages that are rendered each time.
const UNCACHED: [(&str, &str); 52] = [
    ("/appointments/{id}/call/signals", "for programs, about this moment"),
    ("/appointments/{id}/device-check/ice", "for programs, with a secret"),
    ("/device-check", "may use camera and microphone, which no page that is kept may"),
    ("/appointments/{id}/ice", "for programs, with a secret"),
    ("/guest/{token}", "for whoever has its address alone"),
    ("/guest/{token}/call/signals", "for programs, about this moment"),
    ("/guest/{token}/ice", "for programs, with a secret"),
    ("/reports/calls.csv", "a file to take away"),
    ("/reports/days.csv", "a file to take away"),
    ("/reports/doctors.csv", "a file to take away"),
    ("/reports/hospitals.csv", "a file to take away"),
    ("/audit", "the trail, to which each opening of a record adds"),
    ("/record-access", "a part of the trail, to which each opening of a record adds"),
    ("/hospitals/new", "a form"),
    ("/hospitals/{id}/edit", "a form"),
    ("/doctors/new", "a form"),
    ("/doctors/{id}/edit", "a form"),
    ("/patients/new", "a form"),
    ("/patients/{id}/edit", "a form, with one patient's clinical detail, whose opening is recorded"),
    ("/admins/new", "a form"),
    ("/admins/{id}/edit", "a form"),
    ("/appointments/new", "a form, with a token of its own"),
    ("/appointments/{id}/rescheduling", "a form"),
    ("/doctors/{id}/availability", "a form"),
    ("/doctors/{id}/time-off/{id}/visits", "a form"),
    ("/appointments/{id}/room", "one patient's clinical detail, whose opening is recorded"),
    ("/appointments/{id}", "one patient's clinical detail, whose opening is recorded"),
    ("/appointments/{id}/note", "a form, with one patient's clinical detail, whose opening is recorded"),
    ("/attachments/{id}", "one patient's clinical detail, whose opening is recorded"),
    ("/appointments/{id}/messages", "one patient's clinical detail, whose opening is recorded"),
    ("/appointments/{id}/summary", "one patient's clinical detail, whose opening is recorded"),
    ("/patients/{id}", "one patient's clinical detail, whose opening is recorded"),
    (
        "/profile",
        "a form, filled with what is its person's alone, and with a patient's record, whose opening is recorded",
    ),
    ("/documents/{id}", "one patient's clinical detail, whose opening is recorded"),
    ("/appointments/{id}/documents", "a form, with a token of its own"),
    ("/profile/calendar", "a form, with a secret on it"),
    ("/calendar/{token}.ics", "a file for programs, for whoever has its address alone"),
    ("/profile/export.json", "a file to take away"),
    ("/profile/proof", "a form"),
    ("/profile/second-factor", "a form, with a secret on it"),
    ("/sign-in/second-factor", "a form, with a secret on it"),
    ("/profile/sessions", "changes with every use of a session"),
    ("/sign-in", "a form"),
    ("/password-reset", "a form"),
    ("/password-links/{token}", "a form, for whoever has its address alone"),
    ("/address-links/{token}", "a form, for whoever has its address alone"),
    ("/sign-up", "a form"),
    ("/static/{name}", "a file, kept by browsers for a year"),
    ("/live", "a stream, of which nothing is kept"),
    ("/health/live", "for programs, about this moment"),
    ("/health/ready", "for programs, about this moment"),
    ("/metrics", "for programs, about this moment"),
];

/// A server that serves from its cache without looking again, as in production.
async fn trusting() -> TestApp {
    TestApp::start_with(&[("CACHE_VERIFY", "false")]).await
}

/// What `X-Cache` says.
fn outcome(page: &Page) -> &str {
    page.header("x-cache")
}

/// The cached routes that `walker` may use, as addresses of `house`.
fn cached_addresses(walker: &Walker, house: &House) -> Vec<String> {
    let table = features::routes();
    let cached = table.entries().iter().filter(|entry| entry.cache.is_some() && may_use(entry.access, walker.role));
    // Who is signed in is led from the landing page to their dashboard.
    let cached = cached.filter(|entry| entry.path != "/" || walker.role.is_none());
    cached.map(|entry| house.address(entry.path)).collect()
}

#[test]
fn every_page_is_cached_or_known_not_to_be() {
    let table = features::routes();
    for entry in table.entries() {
        let reason = UNCACHED.iter().find(|(path, _)| *path == entry.path);
        assert!(entry.method == Method::GET || entry.cache.is_none(), "{} {}", entry.method, entry.path);
        if entry.method == Method::GET {
            assert_eq!(entry.cache.is_none(), reason.is_some(), "{}: cached, or in the list with a reason", entry.path);
        }
    }
}

#[tokio::test]
async fn the_second_look_at_a_page_is_served_from_the_cache_without_a_statement() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let mut seen = 0;
    for walker in walkers(&app, &clinic).await {
        for address in cached_addresses(&walker, &clinic.here) {
            let first = walker.client.get(&address).await.ok();
            assert_eq!(outcome(&first), "miss", "{}", first.asked);
            let second = walker.client.get(&address).await.ok();
            assert_eq!((outcome(&second), second.statements()), ("hit", 0), "{}", second.asked);
            assert_eq!(first.body, second.body, "{}", second.asked);
            assert!(second.header("server-timing").starts_with("cache;desc=hit, db;"), "{}", second.asked);
            seen += 1;
        }
    }
    assert!(seen > 15, "only {seen} pages were seen");
}

#[tokio::test]
async fn pages_with_one_patients_detail_are_rendered_and_recorded_each_time() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let pages = [format!("/patients/{}", clinic.here.patient.id), clinic.here.appointments[0].path()];
    for address in pages {
        for _ in 0..2 {
            let page = doctor.get(&address).await.ok();
            assert_eq!((outcome(&page), page.header("cache-control")), ("bypass", "no-store"), "{address}");
            // The viewer, the record, and the line that says who opened it.
            assert!(page.statements() >= 3, "{address}: {} statements", page.statements());
        }
    }
}

#[tokio::test]
async fn what_the_page_does_not_know_is_not_cached() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let admin = app.sign_in(&clinic.here.admin).await;
    for address in ["/doctors?utm_source=mail", "/doctors?q=a&q=b", "/patients?page=1&page=2", "/dashboard?fresh=1"] {
        for _ in 0..2 {
            let page = admin.get(address).await;
            assert_eq!(outcome(&page), "bypass", "{address}: {}", page.status);
        }
    }
    for (address, status) in [("/appointments?from=2026-02-30", 422), ("/doctors?page=999", 404)] {
        for _ in 0..2 {
            assert_ne!(outcome(&admin.get(address).await.expect(status)), "hit", "{address}");
        }
    }
}

#[tokio::test]
async fn a_message_is_shown_once() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    doctor.get("/notifications").await.ok();
    let led = doctor.post_form("/notifications/read", &[]).await.expect(303);
    let told = doctor.get(&led.location()).await.ok();
    assert!(told.says("All notifications are marked as read."));
    assert_eq!((outcome(&told), told.header("etag")), ("bypass", ""));
    for _ in 0..2 {
        let page = doctor.get("/notifications").await.ok();
        assert!(!page.says("All notifications are marked as read."));
    }
}

#[tokio::test]
async fn a_cache_of_no_seconds_is_no_cache() {
    let app = TestApp::start_with(&[("CACHE_PAGE_SECONDS", "0")]).await;
    let clinic = Clinic::create(&app).await;
    for walker in walkers(&app, &clinic).await {
        for address in cached_addresses(&walker, &clinic.here) {
            for _ in 0..2 {
                let page = walker.client.get(&address).await.ok();
                assert_eq!(outcome(&page), "bypass", "{}", page.asked);
            }
        }
    }
    let ready = app.visitor().get("/health/ready").await.ok();
    assert!(ready.body.contains("\"cache\":\"off\""), "{}", ready.body);
}

#[tokio::test]
async fn what_was_seen_is_counted_though_it_came_from_the_cache() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let counted = async |line: &str| -> f64 {
        let metrics = app.visitor().get("/metrics").await.ok().body;
        metrics.lines().find_map(|found| found.strip_prefix(line)).map_or(0.0, |rest| rest.trim().parse().unwrap())
    };
    let hits = "telemedicine_cache_requests_total{outcome=\"hit\",route=\"/doctors/{id}\"}";
    let views = "telemedicine_http_request_seconds_count{method=\"GET\",route=\"/doctors/{id}\",status=\"200\"}";
    let before = (counted(hits).await, counted(views).await);
    for _ in 0..3 {
        doctor.get(&format!("/doctors/{}", clinic.here.doctor.id)).await.ok();
    }
    // Other tests of this process count on: at least these.
    assert!(counted(hits).await >= before.0 + 2.0 && counted(views).await >= before.1 + 3.0);
}

#[tokio::test]
async fn a_page_is_given_up_by_its_age_and_by_the_memory_that_it_may_take() {
    let app =
        TestApp::start_with(&[("CACHE_VERIFY", "false"), ("CACHE_PAGE_SECONDS", "60"), ("CACHE_MEMORY_MB", "1")]).await;
    let clinic = Clinic::create(&app).await;
    let visitor = app.visitor();
    visitor.get("/hospitals").await.ok();
    assert_eq!(outcome(&visitor.get("/hospitals").await.ok()), "hit");
    app.clock.advance(chrono::TimeDelta::seconds(60));
    assert_ne!(outcome(&visitor.get("/hospitals").await.ok()), "hit", "sixty seconds are over");
    let admin = app.sign_in(&clinic.here.admin).await;
    for number in 0..150 {
        admin.get(&format!("/doctors?q={number}")).await.ok();
    }
    let (pages, bytes) = app.state.cache.size();
    assert!(pages > 0 && bytes <= 1024 * 1024, "{pages} pages of {bytes} bytes");
}
