//! Every template is rendered somewhere on the way. One that nobody renders is dead or broken.
//!
//! Which template made a page cannot be read off it, so each template is known by words of its own:
//! a stretch of its text that no other template has.

use std::{collections::BTreeMap, fs, path::Path};

use crate::support::*;

#[tokio::test]
async fn every_template_is_rendered() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let mut pages = String::new();
    for walker in walkers(&app, &clinic).await {
        for (_, page) in all_pages(&walker, &clinic.here).await {
            pages.push_str(&page.body);
        }
    }
    for page in pages_with_a_factor(&app).await.into_iter().chain(pages_with_a_passkey().await) {
        pages.push_str(&page.body);
    }
    pages.push_str(&crate::notes::page_of_somebody_signed_out(&app, &clinic).await.body);
    let sources = sources(&app);
    let never: Vec<&String> =
        sources.keys().filter(|name| !own_words(name, &sources).iter().any(|words| pages.contains(words))).collect();
    assert!(!sources.is_empty());
    assert_eq!(never, Vec::<&String>::new(), "nobody renders these");
}

/// The gate can fail: a template of nobody's words is found, one whose words are on a page is not.
#[test]
fn a_template_that_nobody_renders_is_known_by_its_words() {
    let sources = BTreeMap::from([
        ("used.html".to_owned(), "<h2>Visits of today</h2>{{ page.x }}<p class=\"same words in both\">".to_owned()),
        (
            "dead.html".to_owned(),
            "<h2>Nobody comes here</h2>{% if page.y %}<p class=\"same words in both\">{% endif %}".to_owned(),
        ),
    ]);
    let page = "<h2>Visits of today</h2>7<p class=\"same words in both\">";
    let rendered = |name| own_words(name, &sources).iter().any(|words| page.contains(words));
    assert!(rendered("used.html") && !rendered("dead.html"));
}

/// The source of each page template, by name.
fn sources(app: &TestApp) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let names = app.state.kit.templates.page_names();
    names.into_iter().map(|name| (name.to_owned(), fs::read_to_string(folder.join(name)).unwrap())).collect()
}

/// The stretches of text that only `name` has, without white space at their ends.
fn own_words(name: &str, sources: &BTreeMap<String, String>) -> Vec<String> {
    let stretches = stretches(&sources[name]);
    let is_own = |words: &String| sources.iter().all(|(other, source)| other == name || !source.contains(words));
    stretches.into_iter().filter(is_own).collect()
}

/// The literal text between tags, line by line, and the texts given to components, where long enough to mean something.
fn stretches(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some((at, end)) = next_tag(rest) {
        found.extend(rest[..at].lines().map(str::to_owned));
        if !rest[at..].starts_with("{#") {
            found.extend(rest[at..end].split('"').skip(1).step_by(2).map(str::to_owned));
        }
        rest = &rest[end..];
    }
    found.extend(rest.lines().map(str::to_owned));
    found.into_iter().map(|stretch| stretch.trim().to_owned()).filter(|stretch| stretch.len() >= 12).collect()
}

/// Where the next template tag begins and ends.
fn next_tag(source: &str) -> Option<(usize, usize)> {
    let tags = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let (at, closing) =
        tags.into_iter().filter_map(|(opening, closing)| Some((source.find(opening)?, closing))).min()?;
    let end = source[at..].find(closing).map_or(source.len(), |length| at + length + closing.len());
    Some((at, end))
}
