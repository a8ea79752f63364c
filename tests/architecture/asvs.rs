//! Rules about `docs/asvs.md`: each requirement has one line, and what is named as showing it is there.

use std::collections::HashSet;

use super::{Rule, files, project};

/// How many requirements ASVS 5.0.0 has at level 1 and at level 2.
const REQUIREMENTS: [(&str, usize); 2] = [("1", 70), ("2", 183)];
const STATES: [&str; 3] = ["met", "not applicable", "not met"];

/// The lines of the tables: number, level, state, and what shows it.
fn rows(text: &str) -> impl Iterator<Item = (usize, [&str; 4])> {
    (1..).zip(text.lines()).filter(|(_, line)| line.starts_with("| V")).map(|(number, line)| {
        let mut cells = line.trim_matches('|').splitn(4, '|').map(str::trim);
        (number, std::array::from_fn(|_| cells.next().unwrap_or_default()))
    })
}

/// Whether it is written as a function's name of several words, or a type's.
fn is_name(span: &str) -> bool {
    let is_type = span.starts_with(char::is_uppercase) && span.contains(char::is_lowercase);
    let is_function = span.starts_with(char::is_lowercase) && span.contains('_');
    (is_type || is_function) && span.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Every name that the project's code gives to something.
fn defined() -> HashSet<String> {
    let mut code = Vec::new();
    files(project(), &mut code);
    let code = code.iter().filter(|(path, _)| path.ends_with(".rs"));
    let mut names = HashSet::new();
    for (_, text) in code {
        // A house rule's name stands before its `=`.
        let words = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            if let ["fn" | "struct" | "enum" | "trait" | "mod" | "type" | "const", name] = pair {
                names.insert((*name).to_owned());
            }
        }
        let rules = text.lines().filter_map(|line| line.trim().split_once(" = ")).map(|(name, _)| name);
        names.extend(rules.filter(|name| is_name(name)).map(str::to_owned));
    }
    names
}

pub(crate) const EVERY_LINE: Rule = Rule {
    about: |path| path == "docs/asvs.md",
    check: |_, text| {
        let (defined, mut seen, mut breaches) = (defined(), HashSet::new(), Vec::new());
        for (line, [number, _, state, shown]) in rows(text) {
            if !seen.insert(number) {
                breaches.push((line, format!("{number} has two lines")));
            }
            if !STATES.contains(&state) || shown.is_empty() {
                breaches.push((line, format!("{number} says neither that it is met nor why not")));
            }
            let gone = shown.split('`').skip(1).step_by(2).filter(|span| is_name(span) && !defined.contains(*span));
            let not_names = ["Lax", "Secure"];
            let gone = gone.filter(|span| !not_names.contains(span));
            breaches.extend(gone.map(|span| (line, format!("nothing in the code is called `{span}`"))));
        }
        breaches
    },
    caught: &[
        ("docs/asvs.md", "| V1.1.1 | 2 | met | `what_nobody_has_ever_tested` |"),
        ("docs/asvs.md", "| V1.1.1 | 2 | met | `StampOfNobody` |"),
        ("docs/asvs.md", "| V1.1.1 | 2 | met | `Topic` |\n| V1.1.1 | 2 | met | `Topic` |"),
        ("docs/asvs.md", "| V1.1.1 | 2 | nearly | `Topic` |"),
        ("docs/asvs.md", "| V1.1.1 | 2 | not applicable | |"),
    ],
    passes: &[("docs/asvs.md", "| V1.1.1 | 2 | met | `Topic`, `no_page_is_ever_stale`, `Lax`, `docs/security.md` |")],
};

#[test]
fn every_requirement_has_a_line() {
    let mut found = Vec::new();
    files(&project().join("docs"), &mut found);
    let text = found.iter().find(|(path, _)| path == "docs/asvs.md").map_or("", |(_, text)| text.as_str());
    for (level, count) in REQUIREMENTS {
        assert_eq!(rows(text).filter(|(_, [_, of, ..])| *of == level).count(), count, "level {level}");
    }
}
