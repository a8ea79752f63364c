//! What holds for every page, for everybody who can be shown it.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method as Verb;
use telemedicine::{access::Access, features, routing::RouteEntry};

use crate::support::*;

/// So that lists have several pages, and the way between them is looked at as well.
const SHORT_PAGES: [(&str, &str); 1] = [("PAGE_SIZE", "3")];

#[tokio::test]
async fn every_page_keeps_the_rules() {
    let app = TestApp::start_with(&SHORT_PAGES).await;
    let clinic = Clinic::create(&app).await;
    let mut wrong = BTreeSet::new();
    for walker in walkers(&app, &clinic).await {
        for (address, page) in all_pages(&walker, &clinic.here).await {
            let place = format!("{address} by {}", walker.name);
            if page.status >= 500 {
                wrong.insert(format!("{place}: {}", page.status));
            }
            if page.status != 303 {
                wrong.extend(rules::broken(&page.body).into_iter().map(|rule| format!("{place}: {rule}")));
            }
            wrong.extend(
                wrong_headers((&address, &page), walker.role.is_some())
                    .into_iter()
                    .map(|header| format!("{place}: {header}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", listed(&wrong));
}

/// Refused forms are pages too.
#[tokio::test]
async fn a_form_that_is_shown_again_keeps_the_rules() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let visitor = app.visitor();
    let patient = app.sign_in(&clinic.here.patient).await;
    let refused = [
        visitor.post_form("/sign-in", &[]).await,
        visitor.post_form("/sign-in", &[("email", "nobody@example.test"), ("password", "wrong")]).await,
        visitor.post_form("/sign-up", &[("first_name", "Asha")]).await,
        patient.post_form("/profile", &[]).await,
        patient.post_form("/profile/password", &[]).await,
    ];
    for page in refused {
        let page = page.expect(422);
        assert_eq!(rules::broken(&page.body), Vec::<String>::new(), "{}", page.asked);
        assert!(page.has("[aria-invalid=true]") || page.has("[role=alert]"), "{}: says nothing is wrong", page.asked);
    }
}

#[tokio::test]
async fn no_link_is_dead_and_no_button_leads_nowhere() {
    let app = TestApp::start_with(&SHORT_PAGES).await;
    let clinic = Clinic::create(&app).await;
    let table = features::routes();
    let mut wrong = BTreeSet::new();
    for walker in walkers(&app, &clinic).await {
        // Where each address was found first.
        let mut links: BTreeMap<String, String> = BTreeMap::new();
        for (address, page) in all_pages(&walker, &clinic.here).await {
            for link in page.links() {
                links.entry(link).or_insert_with(|| address.clone());
            }
            for form in page.forms() {
                let route = route_of(&table, &form.verb(), &form.action);
                if !route.is_some_and(|route| may_use(route.access, walker.role)) {
                    wrong.insert(format!("{address} by {}: a form for {} {}", walker.name, form.method, form.action));
                }
                if route.is_some_and(is_ones_own) && !form.fields.iter().any(|(name, _)| name == "person") {
                    wrong.insert(format!("{address} by {}: {} is bound to nobody", walker.name, form.action));
                }
            }
        }
        for (link, place) in links {
            let answer = walker.client.get(&link).await;
            if answer.status != 200 && !leads_on(&answer, walker.role.is_none()) {
                wrong.insert(format!("{place} by {} links to {link}, which answers {}", walker.name, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", listed(&wrong));
}

#[tokio::test]
async fn static_files_are_kept_for_a_year_and_compressed() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/").await.ok();
    let style = page.attributes("link[rel=stylesheet]", "href");
    assert_eq!(style.len(), 1, "one stylesheet; the room of a visit alone has one more");
    let file = app.visitor().get(&style[0]).await.ok();
    assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin", "a CDN serves it to our pages");
    assert!(file.body.len() <= 25_000, "the stylesheet has {} bytes", file.body.len());
    let raw = |encoding: &str| {
        app.raw(format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n",
            style[0], app.address
        ))
    };
    assert_eq!(raw("br").header("content-encoding"), "br");
    assert_eq!(raw("gzip").header("content-encoding"), "gzip");
    assert!(["", "identity"].contains(&raw("identity").header("content-encoding")));
}

/// The gate can fail: each of these is found, by the rule that is there for it.
#[test]
fn a_bad_page_breaks_the_rules() {
    let good = "<!doctype html><html lang=en><head><title>T</title><meta name=viewport content=x></head><body><a href=\"#m\">Skip</a><main id=m><h1>H</h1>%</main></body></html>";
    assert_eq!(rules::broken(&good.replace('%', "")), Vec::<String>::new());
    let faults = [
        ("<h1>Again</h1>", "one h1"),
        ("<p id=m>", "unique id"),
        ("<p aria-describedby=gone>", "reference"),
        ("<svg><use href=#no-such-icon></use></svg>", "reference"),
        ("<input name=q>", "label"),
        ("<label>P<input name=new_password></label>", "password"),
        ("<label>P<input name=proof type=password></label>", "password"),
        ("<a href=/x></a>", "name"),
        ("<img src=/x.png>", "alt"),
        ("<a>Nowhere</a>", "dead link"),
        ("<script>alert(1)</script>", "inline"),
        ("<p style=color:red>", "inline"),
        ("<p onclick=x()>", "inline"),
        ("<script src=https://cdn.example/x.js></script>", "foreign"),
        ("<form method=post><button>Go</button></form>", "form"),
        ("<form method=post action=/x></form>", "form without a button"),
        ("<h3>Too deep</h3>", "heading order"),
        ("<table></table>", "caption"),
        ("<table><caption>C</caption><tr><th>A</th></tr></table>", "scope"),
    ];
    for (fault, rule) in faults {
        let found = rules::broken(&good.replace('%', fault));
        assert!(found.iter().any(|found| found.starts_with(rule)), "{fault} breaks {found:?}, not {rule}");
    }
}

/// Whether this act is done for whoever is signed in, so that its forms say whose they are.
fn is_ones_own(route: &RouteEntry) -> bool {
    route.method == Verb::POST && !route.path.contains('{') && matches!(route.access, Access::Roles(_))
}

/// A visitor's link may lead to the sign-in page, a signed-in person's to their dashboard.
fn leads_on(answer: &Page, is_visitor: bool) -> bool {
    let target = if is_visitor { "/sign-in" } else { "/dashboard" };
    answer.status == 303 && answer.header("location").starts_with(target)
}

fn wrong_headers((address, page): (&str, &Page), signed_in: bool) -> Vec<String> {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let wanted = [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        // The address of a guest's page is a secret, also to ourselves.
        ("referrer-policy", if is_of_guest(address) { "strict-origin" } else { "same-origin" }),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("server", ""),
        ("access-control-allow-origin", ""),
    ];
    let mut wrong: Vec<String> = wanted
        .iter()
        .filter(|(name, value)| page.header(name) != *value)
        .map(|(name, _)| format!("{name}: {:?}", page.header(name)))
        .collect();
    // Only where people see and hear each other may a page ask for camera and microphone.
    let camera =
        if (is_room(address) || is_of_guest(address)) && page.status == 200 { "camera=(self)" } else { "camera=()" };
    if !page.header("permissions-policy").contains(camera) {
        wrong.push("permissions-policy".to_owned());
    }
    let cache = page.header("cache-control");
    let (is_private, is_cached) = (
        cache.contains("private") || cache.contains("no-store"),
        (cache.contains("public") && !cache.contains("no-cache")) || cache.contains("max-age"),
    );
    // Only a 200 of a page that is the same for everybody may be kept by others, and only to be asked for again.
    if (signed_in && page.status == 200 && !is_private && page.body.contains("/sign-out"))
        || is_cached
        || (page.status != 303 && cache.is_empty())
    {
        wrong.push(format!("cache-control: {cache:?}"));
    }
    if page.status >= 400 && page.status != 422 && cache != "no-store" {
        wrong.push(format!("cache-control of an error: {cache:?}"));
    }
    wrong
}

fn is_of_guest(address: &str) -> bool {
    address.starts_with("/guest/")
}

fn is_room(address: &str) -> bool {
    address.starts_with("/device-check") || address.starts_with("/appointments/") && address.ends_with("/room")
}

fn listed(wrong: &BTreeSet<String>) -> String {
    wrong.iter().cloned().collect::<Vec<_>>().join("\n")
}
