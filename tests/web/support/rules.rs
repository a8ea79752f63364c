//! What holds for the markup of every page. [`broken`] reads one page and says what it breaks.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};

use super::html::text;

/// Every rule that the markup breaks, each with the element that breaks it.
pub(crate) fn broken(markup: &str) -> Vec<String> {
    let document = Html::parse_document(markup);
    let mut found = Vec::new();
    for rule in
        [frame, ids, references, labels, names, nothing_inline, nothing_foreign, forms, passwords, headings, tables]
    {
        rule(&document, &mut found);
    }
    found
}

fn all<'a>(document: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"));
    document.select(&selector).collect()
}

/// The start of an element, for messages.
fn sketch(element: ElementRef<'_>) -> String {
    element.html().chars().take(90).collect()
}

/// A title, a language, one `h1`, one `main`, a way past the navigation.
fn frame(document: &Html, found: &mut Vec<String>) {
    let mut exactly_one = |css: &str, rule: &str| {
        let elements = all(document, css);
        if elements.len() != 1 || elements.iter().any(|element| text(*element).is_empty()) {
            found.push(format!("{rule}: {} of {css}", elements.len()));
        }
    };
    exactly_one("head > title", "title");
    exactly_one("h1", "one h1");
    exactly_one("main", "one main");
    if all(document, "html[lang=en]").len() != 1 {
        found.push("lang: html has none".to_owned());
    }
    if all(document, "meta[name=viewport]").len() != 1 {
        found.push("viewport: no meta viewport".to_owned());
    }
    let first = all(document, "body a[href]").into_iter().next().and_then(|link| link.attr("href"));
    if !first.is_some_and(|href| href.starts_with('#')) {
        found.push(format!("skip link: the first link is {first:?}"));
    }
}

fn ids(document: &Html, found: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for element in all(document, "[id]") {
        let id = element.attr("id").unwrap_or_default();
        if id.is_empty() || id.contains(char::is_whitespace) || !seen.insert(id) {
            found.push(format!("unique id: {id:?}"));
        }
    }
}

/// What an attribute refers to by id is there.
fn references(document: &Html, found: &mut Vec<String>) {
    let ids: HashSet<&str> = all(document, "[id]").iter().filter_map(|element| element.attr("id")).collect();
    for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "headers"] {
        for element in all(document, &format!("[{attribute}]")) {
            let named = element.attr(attribute).unwrap_or_default().split_whitespace();
            found.extend(
                named.filter(|id| !ids.contains(id)).map(|id| format!("reference: {attribute}={id:?} is nowhere")),
            );
        }
    }
    for link in all(document, "a[href^=\"#\"], use[href]") {
        let id = link.attr("href").unwrap_or_default().trim_start_matches('#');
        if !ids.contains(id) {
            found.push(format!("reference: #{id} is nowhere"));
        }
    }
}

/// Whoever fills in a field is told what it is.
fn labels(document: &Html, found: &mut Vec<String>) {
    let labelled: HashSet<&str> = all(document, "label[for]")
        .iter()
        .filter(|label| !text(**label).is_empty())
        .filter_map(|label| label.attr("for"))
        .collect();
    for field in all(document, "input, select, textarea") {
        if matches!(field.attr("type"), Some("hidden" | "submit" | "button")) {
            continue;
        }
        let named = ["aria-label", "aria-labelledby"]
            .iter()
            .any(|name| field.attr(name).is_some_and(|value| !value.is_empty()));
        let within = field.ancestors().filter_map(ElementRef::wrap).any(|parent| parent.value().name() == "label");
        if !named && !within && !field.attr("id").is_some_and(|id| labelled.contains(id)) {
            found.push(format!("label: {}", sketch(field)));
        }
    }
}

/// Nobody reads a password over somebody's shoulder, and managers of passwords know the field.
fn passwords(document: &Html, found: &mut Vec<String>) {
    for field in all(document, "input[name*=password], input[name=proof]") {
        let is_hidden = matches!(field.attr("type"), Some("password" | "hidden"));
        if !is_hidden || (field.attr("type") == Some("password") && field.attr("autocomplete").is_none()) {
            found.push(format!("password: {}", sketch(field)));
        }
    }
}

/// Links, buttons and images have names.
fn names(document: &Html, found: &mut Vec<String>) {
    for element in all(document, "a, button, summary") {
        let spoken =
            ["aria-label", "title"].iter().any(|name| element.attr(name).is_some_and(|value| !value.is_empty()));
        if !spoken && text(element).is_empty() {
            found.push(format!("name: {}", sketch(element)));
        }
    }
    found.extend(all(document, "img:not([alt])").into_iter().map(|image| format!("alt: {}", sketch(image))));
    found.extend(all(document, "a:not([href])").into_iter().map(|link| format!("dead link: {}", sketch(link))));
}

/// The policy forbids what is inline; and what is refused does not work.
fn nothing_inline(document: &Html, found: &mut Vec<String>) {
    for element in all(document, "script:not([src]), style, [style], [href^=\"javascript:\"]") {
        found.push(format!("inline: {}", sketch(element)));
    }
    for element in all(document, "*") {
        if let Some((name, _)) = element.value().attrs().find(|(name, _)| name.starts_with("on")) {
            found.push(format!("inline: {name} of {}", sketch(element)));
        }
    }
}

fn nothing_foreign(document: &Html, found: &mut Vec<String>) {
    for attribute in ["src", "href", "action", "srcset", "poster", "formaction", "data"] {
        for element in all(document, &format!("[{attribute}]")) {
            let address = element.attr(attribute).unwrap_or_default();
            // An authenticator app on the same device is no other host.
            let is_of_an_app = attribute == "href" && address.starts_with("otpauth://totp/");
            let is_foreign = !is_of_an_app && (address.contains("://") || address.starts_with("//"));
            if is_foreign {
                found.push(format!("foreign: {attribute}={address:?}"));
            }
        }
    }
}

/// Forms work without JavaScript.
fn forms(document: &Html, found: &mut Vec<String>) {
    for form in all(document, "form") {
        let method = form.attr("method").unwrap_or_default().to_lowercase();
        let action = form.attr("action").unwrap_or_default();
        if !matches!(method.as_str(), "get" | "post") || !action.starts_with('/') {
            found.push(format!("form: {}", sketch(form)));
        }
        let button = Selector::parse("button:not([type]), button[type=submit], input[type=submit]").unwrap();
        if form.select(&button).next().is_none() {
            found.push(format!("form without a button: {}", sketch(form)));
        }
    }
}

/// Headings go down one step at a time.
fn headings(document: &Html, found: &mut Vec<String>) {
    let mut before = 0;
    for heading in all(document, "h1, h2, h3, h4, h5, h6") {
        let level: usize = heading.value().name()[1..].parse().unwrap_or_default();
        if level > before + 1 && before > 0 {
            found.push(format!("heading order: {}", sketch(heading)));
        }
        if text(heading).is_empty() {
            found.push(format!("empty heading: {}", sketch(heading)));
        }
        before = level;
    }
}

/// Tables say what they are of.
fn tables(document: &Html, found: &mut Vec<String>) {
    let caption = Selector::parse("caption").unwrap();
    for table in all(document, "table") {
        let named = ["aria-label", "aria-labelledby"].iter().any(|name| table.attr(name).is_some());
        if !named && table.select(&caption).next().is_none() {
            found.push(format!("caption: {}", sketch(table)));
        }
    }
    found.extend(all(document, "th:not([scope])").into_iter().map(|cell| format!("scope: {}", sketch(cell))));
}
