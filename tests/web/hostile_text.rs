//! What people type is text, wherever it is shown.
//!
//! Every text field of every entity holds markup that would run a script; every page is read as
//! everybody.

use crate::support::*;

const SCRIPT: &str = "<script>alert(1)</script>";
const IMAGE: &str = "\"><img src=x onerror=alert(1)>";
const TEMPLATE: &str = "{{ 7 * 7 }}{% raw %}'`${7*7}";

#[tokio::test]
async fn a_script_is_shown_as_text() {
    let seen = go_round(SCRIPT).await;
    assert!(seen.contains("&lt;script&gt;"), "nobody was shown any of it");
}

#[tokio::test]
async fn an_attribute_is_not_left() {
    let seen = go_round(IMAGE).await;
    assert!(seen.contains("&lt;img src=x onerror"), "nobody was shown any of it");
}

#[tokio::test]
async fn a_template_is_not_evaluated() {
    let seen = go_round(TEMPLATE).await;
    assert!(seen.contains("7 * 7") && !seen.contains("49{%"), "somebody calculated");
}

/// The gate can fail.
#[test]
fn what_is_not_escaped_is_found() {
    assert_eq!(alive("<p>Rai <script>alert(1)</script></p>").len(), 1);
    assert_eq!(alive("<input value=\"Rai \"><img src=x onerror=alert(1)>\">").len(), 1);
    assert_eq!(alive("<p>&lt;script&gt;alert(1)&lt;/script&gt; <script src=\"/static/x.js\"></script></p>").len(), 0);
}

/// Reads every page as everybody, with `payload` in every text; all that was read.
async fn go_round(payload: &str) -> String {
    let app = TestApp::start().await;
    let clinic = Clinic::saying(&app, payload).await;
    // People whose very address is hostile cannot sign in, but others see them in lists.
    doctor(&clinic.here.hospital).saying(payload).even_in_the_email().create(&app).await;
    hospital_admin(&clinic.here.hospital).saying(payload).even_in_the_email().create(&app).await;
    let mut everything = String::new();
    let mut wrong = Vec::new();
    for walker in walkers(&app, &clinic).await {
        for (address, page) in all_pages(&walker, &clinic.here).await {
            let harm = harm(&page).into_iter();
            wrong.extend(harm.map(|harm| format!("{address} by {}: {harm}", walker.name)));
            everything.push_str(&page.body);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let hidden: Vec<&&str> = SHOWN.iter().filter(|field| !everything.contains(**field)).collect();
    assert!(hidden.is_empty(), "no page shows {hidden:?}: this test does not guard them");
    everything
}

/// Fields that some page shows; how their texts begin.
const SHOWN: [&str; 24] = [
    "Attached",
    "Guest",
    "Hospital",
    "Address",
    "Given",
    "Family",
    "Specialization",
    "Bio",
    "Allergies",
    "Before",
    "History",
    "Symptoms",
    "Location",
    "Others",
    "Rejection",
    "Subjective",
    "Plan",
    "Summary",
    "Addendum",
    "Because",
    "Document",
    "Revoked",
    "Message",
    "Firefox",
];

/// What of the answer would run, breaks a header, or broke the page.
fn harm(page: &Page) -> Vec<String> {
    let mut harm = alive(&page.body);
    let headers = format!("{:?}", page.headers);
    if headers.contains("alert(1)") || page.status >= 500 {
        harm.push(format!("{} {headers}", page.status));
    }
    harm
}

/// Elements that would run something.
fn alive(markup: &str) -> Vec<String> {
    let found = rules::broken(markup);
    found.into_iter().filter(|rule| rule.starts_with("inline")).collect()
}
