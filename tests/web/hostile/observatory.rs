//! The headers of each kind of answer, scored by the published table of the HTTP Observatory (MDN, "scoring"). It is the table that is
//! modelled here, as far as an answer alone decides it, and not the service: that a host is reached by https alone, and that it is on the
//! browsers' list for HSTS, only the service can see. So no points are given for them.

mod table;

use self::table::score;
use super::*;

/// What each page has at least: A+ begins at 100.
const LEAST: i32 = 130;

/// Behind a proxy that speaks https, as in production.
const SITE: [(&str, &str); 2] = [("PUBLIC_URL", "https://clinic.test"), ("TRUSTED_PROXIES", "127.0.0.1/32")];
const CAME_BY: &str = "Host: clinic.test\r\nX-Forwarded-For: 203.0.113.1\r\nX-Forwarded-Proto: https\r\n";

/// What is asked by nobody.
const OF_STRANGERS: [&str; 12] = [
    "/",
    "/hospitals",
    "/sign-in",
    "/sign-up",
    "/password-reset",
    "/sign-in/second-factor",
    "/dashboard",
    "/no-such-page",
    "/health/live",
    "/health/ready",
    "/hospitals?page=x",
    "/password-links/1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];
/// By each role; a wrong one is refused.
const OF_EVERYBODY: [&str; 20] = [
    "/dashboard",
    "/profile",
    "/profile/sessions",
    "/profile/second-factor",
    "/notifications",
    "/appointments",
    "/appointments/new",
    "/doctors",
    "/patients",
    "/admins",
    "/audit",
    "/reports",
    "/reports/days.csv?from=2026-11-23&to=2026-11-25",
    "/profile/export.json",
    "/profile/calendar",
    "/documents",
    "/messages",
    "/record-access",
    "/device-check",
    // Without what a page brings for it; the stream itself is looked at beside the calendar.
    "/live",
];
/// Of one visit, and what belongs to it: shown to those whose it is, and to nobody else.
const OF_A_VISIT: [&str; 17] = [
    "/appointments/{id}",
    "/appointments/{id}/standing",
    "/appointments/{id}/room",
    "/appointments/{id}/now",
    "/appointments/{id}/ice",
    "/appointments/{id}/device-check/ice",
    "/appointments/{id}/note",
    "/appointments/{id}/note/now",
    "/appointments/{id}/summary",
    "/appointments/{id}/documents",
    "/appointments/{id}/documents/now",
    "/documents/{id}",
    "/documents/{id}/now",
    "/appointments/{id}/messages",
    "/appointments/{id}/messages/now",
    "/attachments/{id}",
    "/guest/{token}",
];

/// What a form that holds `body` is answered with; `more` are header lines.
fn posts(app: &TestApp, path: &str, (more, body): (&str, &str)) -> RawAnswer {
    let lines = "Connection: close\r\nOrigin: https://clinic.test\r\nContent-Type: application/x-www-form-urlencoded";
    let length = body.len();
    app.raw(format!("POST {path} HTTP/1.1\r\n{CAME_BY}{more}{lines}\r\nContent-Length: {length}\r\n\r\n{body}"))
}

fn signs_in(app: &TestApp, email: &str) -> (RawAnswer, String) {
    let body = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
    let answer = posts(app, "/sign-in", ("", &body));
    let pairs: Vec<String> =
        set_cookies(&answer).iter().filter_map(|cookie| cookie.split(';').next().map(str::to_owned)).collect();
    (answer, pairs.join("; "))
}

/// What stands in `page` between these two.
fn between<'a>(page: &'a RawAnswer, before: &str, after: &str) -> &'a str {
    let found = page.body.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    found.unwrap_or_else(|| panic!("nothing between {before} and {after}: {}", page.body)).0
}

/// What comes for other programs than browsers' pages: a calendar, by its secret address alone, and the stream that tells a page of changes.
async fn of_programs(app: &TestApp, cookies: &str) -> [(String, RawAnswer); 3] {
    let own = format!("Cookie: {cookies}\r\n");
    let shown = posts(app, "/profile/calendar", (&own, ""));
    let calendar = format!("/calendar/{}.ics", between(&shown, "clinic.test/calendar/", ".ics"));
    let calendar = raw_get(app, &calendar, CAME_BY);
    let board = raw_get(app, "/dashboard", format!("{CAME_BY}{own}"));
    let live = Live::open_with(app.address, &format!("{CAME_BY}{own}"), &[between(&board, "data-live=\"", "\"")]);
    let head = live.head().await;
    let stream = RawAnswer { status: live.status().await, head, body: String::new() };
    let named = [("the address of a calendar", shown), ("a calendar", calendar), ("a stream", stream)];
    named.map(|(name, answer)| {
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        (name.to_owned(), answer)
    })
}

#[tokio::test]
async fn each_kind_of_page_has_130_points_by_the_table_of_the_http_observatory() {
    let app = TestApp::start_with(&SITE).await;
    let clinic = Clinic::create(&app).await;
    let mut answers: Vec<(String, RawAnswer)> = Vec::new();
    for path in OF_STRANGERS {
        answers.push((format!("{path} by nobody"), raw_get(&app, path, CAME_BY)));
    }
    answers.push(("a wrong password".to_owned(), signs_in(&app, "nobody@example.test").0));
    let here = &clinic.here;
    let people = [&clinic.super_admin, &here.admin, &here.doctor.person, &here.patient.person];
    for person in people {
        let (entered, cookies) = signs_in(&app, &person.email);
        assert_eq!(entered.status, 303, "{}", entered.body);
        assert!(cookies.contains("__Host-session="), "{cookies}");
        answers.push((format!("signing in as {:?}", person.role), entered));
        let of_a_visit = OF_A_VISIT.map(|route| here.address(route));
        for path in OF_EVERYBODY.map(str::to_owned).into_iter().chain(of_a_visit) {
            let answer = raw_get(&app, &path, format!("{CAME_BY}Cookie: {cookies}\r\n"));
            answers.push((format!("{path} as {:?}", person.role), answer));
        }
        if person.role == Role::Doctor {
            answers.extend(of_programs(&app, &cookies).await);
        }
    }
    for route in OF_A_VISIT {
        let shown = format!("{} as ", here.address(route));
        let is_shown = |(asked, answer): &(String, RawAnswer)| asked.starts_with(&shown) && answer.status == 200;
        assert!(answers.iter().any(is_shown), "{route} is shown to nobody");
    }
    let seen: std::collections::BTreeSet<u16> = answers.iter().map(|(_, answer)| answer.status).collect();
    for status in [200, 303, 400, 403, 404, 422] {
        assert!(seen.contains(&status), "no answer with {status} was looked at: {seen:?}");
    }
    let kinds: Vec<&str> = answers.iter().map(|(_, answer)| answer.header("content-type")).collect();
    for kind in ["text/html", "text/csv", "application/json", "application/pdf", "text/calendar", "text/event-stream"] {
        assert!(kinds.iter().any(|found| found.starts_with(kind)), "no answer of {kind} was looked at");
    }
    for (asked, answer) in &answers {
        let (points, given) = score(answer);
        assert!(points >= LEAST, "{asked}: {points} points, {given:?}\n{}", answer.head);
    }
}

/// Files that are the same for everybody may be used from a CDN of our own, by its other name: ten points less, and none of them is a page.
#[tokio::test]
async fn a_static_file_has_all_points_but_those_for_keeping_other_sites_from_it() {
    let app = TestApp::start_with(&SITE).await;
    let page = app.visitor().get("/sign-in").await.ok();
    for path in page.attributes("link[rel=stylesheet]", "href").into_iter().chain(page.attributes("script", "src")) {
        let answer = raw_get(&app, &path, CAME_BY);
        let (points, given) = score(&answer);
        assert_eq!((answer.status, points), (200, LEAST - 10), "{path}: {given:?}");
    }
}
