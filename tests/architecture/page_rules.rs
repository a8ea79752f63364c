//! Rules about templates and the files that the browser is given.

use super::{Breach, Rule};

fn is_template(path: &str) -> bool {
    path.starts_with("templates/")
}

fn is_for_the_browser(path: &str) -> bool {
    is_template(path) || path.starts_with("static/")
}

/// A breach for each line in which `fault` finds something.
fn lines(text: &str, fault: impl Fn(&str) -> Option<String>) -> Vec<Breach> {
    (1..).zip(text.lines()).filter_map(|(number, line)| Some((number, fault(line)?))).collect()
}

pub(crate) const SUFFIX: Rule = Rule {
    about: is_template,
    check: |path, _| {
        let file = path.rsplit('/').next().unwrap_or(path);
        if file.matches('.').count() == 1 && file.ends_with(".html") {
            return Vec::new();
        }
        vec![(1, "Tera escapes what is named .html, and nothing else".to_owned())]
    },
    caught: &[("templates/home/show.html.tera", ""), ("templates/home/show.tera", ""), ("templates/mail.txt", "")],
    passes: &[("templates/home/show.html", "")],
};

pub(crate) const LENGTH: Rule = Rule {
    about: is_template,
    check: |_, text| match text.lines().count() {
        count if count > 100 => vec![(count, format!("{count} lines, at most 100"))],
        _ => Vec::new(),
    },
    caught: &[(
        "templates/a.html",
        "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
    )],
    passes: &[("templates/a.html", "<p>short</p>\n")],
};

pub(crate) const NOTHING_INLINE: Rule = Rule {
    about: is_template,
    check: |_, text| {
        let lower = without_tera(&text.to_lowercase());
        let mut breaches = Vec::new();
        for tag in tags(&lower) {
            let line = lower.get(..tag.0).unwrap_or_default().matches('\n').count() + 1;
            if let Some(what) = inline(tag.1, lower.get(tag.0 + tag.1.len()..).unwrap_or_default()) {
                breaches.push((line, what));
            }
        }
        breaches
    },
    caught: &[
        ("templates/a.html", "<script>go()</script>"),
        ("templates/a.html", "<SCRIPT type=module>go()</SCRIPT>"),
        ("templates/a.html", "<script src=\"/a.js\">go()</script>"),
        ("templates/a.html", "<style>p { color: red }</style>"),
        ("templates/a.html", "<p style=\"color: red\">"),
        ("templates/a.html", "<p\n  style = \"color: red\">"),
        ("templates/a.html", "<button onclick=\"go()\">"),
        ("templates/a.html", "<img src=\"x\" onerror='go()'>"),
        ("templates/a.html", "<a href=\"javascript:go()\">"),
    ],
    passes: &[
        ("templates/a.html", "<script type=\"module\" src=\"/static/js/a.js\"></script>"),
        ("templates/a.html", "<p class=\"style\" data-on=\"1\">Seen once = good, the on-call style=x</p>"),
        ("templates/a.html", "<option {% if once == 'x' %}selected{% endif %} value=\"{{ path(style=\"a\") }}\">"),
        ("templates/a.html", "<link rel=\"stylesheet\" href=\"/static/css/a.css\">"),
    ],
};

/// The text with spaces where Tera's tags, expressions and comments stand; their quotes and signs are not HTML's.
fn without_tera(text: &str) -> String {
    let mut html = String::new();
    let mut closing = None;
    for (at, letter) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        let opened = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .find_map(|(open, close)| rest.starts_with(open).then_some(close));
        closing = closing.or(opened);
        html.push(if closing.is_some() && letter != '\n' { ' ' } else { letter });
        // The first half of the closing pair is seen here; its second half is a brace, which no rule minds.
        closing = closing.filter(|close| !rest.starts_with(close));
    }
    html
}

/// Every opening tag with its place. A `>` inside a quoted value does not end it.
fn tags(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let tag = rest.get(start..).unwrap_or_default();
        let begins = tag.chars().nth(1).is_some_and(|letter| letter.is_ascii_alphabetic());
        let length = if begins { end_of_tag(tag) } else { 1 };
        if begins {
            found.push((text.len() - tag.len(), tag.get(..length).unwrap_or(tag)));
        }
        rest = tag.get(length..).unwrap_or_default();
    }
    found
}

fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// What is inline in this tag, given the text behind it.
fn inline(tag: &str, behind: &str) -> Option<String> {
    let names = attribute_names(tag);
    if tag.starts_with("<style") {
        return Some("styles stand in the stylesheet".to_owned());
    }
    if tag.starts_with("<script") && !(names.iter().any(|name| name == "src") && behind.starts_with("</script>")) {
        return Some("scripts are files".to_owned());
    }
    if tag.contains("javascript:") {
        return Some("a link is no script".to_owned());
    }
    let fault = names.iter().find(|name| *name == "style" || (name.starts_with("on") && name.len() > 2))?;
    Some(format!("`{fault}=` in a tag: the content security policy ignores it"))
}

/// The names that stand before a `=` outside quotes.
fn attribute_names(tag: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut quote = None;
    let mut name = String::new();
    for letter in tag.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '=') => names.push(std::mem::take(&mut name).trim().to_owned()),
            (None, _) if letter.is_whitespace() && !name.ends_with(char::is_whitespace) => name.push(' '),
            (None, _) if letter.is_whitespace() => {}
            (None, _) => {
                if name.ends_with(' ') {
                    name.clear();
                }
                name.push(letter);
            }
        }
    }
    names
}

pub(crate) const NO_OTHER_HOST: Rule = Rule {
    about: is_for_the_browser,
    check: |_, text| {
        lines(text, |line| {
            // The name of the SVG format looks like an address, and nothing fetches it.
            let line = line.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "");
            let signs = ["http://", "https://", "=\"//", "='//", "url(//", "(\"//", "('//"];
            signs.iter().find(|sign| line.contains(**sign)).map(|sign| format!("`{sign}`: pages use this host alone"))
        })
    },
    caught: &[
        ("templates/a.html", "<img src=\"https://cdn.example/x.png\">"),
        ("templates/a.html", "<script src=\"//cdn.example/x.js\"></script>"),
        ("static/css/a.css", "@import url(//fonts.example/a.css);"),
        ("static/js/a.js", "import 'http://cdn.example/x.js';"),
    ],
    passes: &[
        ("static/img/icons.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\">"),
        ("templates/a.html", "<a href=\"/hospitals\">"),
        ("static/js/a.js", "// a remark"),
    ],
};

pub(crate) const STYLESHEET_SIZE: Rule = Rule {
    about: |path| path.starts_with("static/css/"),
    check: |_, text| {
        if text.len() <= 25_000 { Vec::new() } else { vec![(1, format!("{} bytes, at most 25,000", text.len()))] }
    },
    caught: &[(
        "static/css/a.css",
        include_str!("../../Cargo.lock"), // any long text
    )],
    passes: &[("static/css/a.css", "p { color: inherit }")],
};
