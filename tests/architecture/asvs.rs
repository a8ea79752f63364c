//! Rules about `docs/asvs.md`: each requirement has one line, what is named as showing it is there, and so is every key that is derived.

use std::{collections::HashSet, fs};

use super::{Rule, files, project};

/// How many requirements ASVS 5.0.0 has at level 1 and at level 2.
const REQUIREMENTS: [(&str, usize); 2] = [("1", 70), ("2", 183)];
const STATES: [&str; 3] = ["met", "not applicable", "not met"];
/// Behind it stand the keys.
const INVENTORY: &str = "## What is encrypted, hashed and signed";

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

/// What stands in quotes first.
fn quoted(text: &str) -> Option<&str> {
    Some(text.split_once('"')?.1.split_once('"')?.0)
}

fn is_part_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The name with which this begins.
fn name(text: &str) -> &str {
    text.split(|letter: char| !is_part_of_name(letter)).next().unwrap_or_default()
}

/// The purposes for which this code derives keys, with the line: as they stand in the call, in a constant of the file, or in each call of the
/// function around it in the file. One that is in none of these is empty.
fn purposes(text: &str) -> Vec<(usize, &str)> {
    const CALL: &str = ".derive(";
    let mut found = Vec::new();
    for (at, _) in text.match_indices(CALL) {
        let (before, rest) = text.split_at(at);
        let (line, given) = (before.lines().count(), rest.trim_start_matches(CALL).trim_start());
        if given.starts_with('"') {
            found.push((line, quoted(given).unwrap_or_default()));
            continue;
        }
        let constant = format!("const {}: &str =", name(given));
        let around = before.rsplit_once("fn ").map_or("", |(_, signature)| name(signature));
        let call = format!("{around}(");
        let calls = text.split(&call).skip(1).zip(text.split(&call));
        let calls = calls.filter(|(_, before)| !before.ends_with("fn ") && !before.ends_with(is_part_of_name));
        let calls = calls.map(|(given, _)| given.split(')').next().and_then(quoted));
        let given: Vec<&str> = match text.split_once(&constant) {
            Some((_, value)) => vec![quoted(value).unwrap_or_default()],
            None => calls.map(Option::unwrap_or_default).collect(),
        };
        found.extend(given.iter().map(|purpose| (line, *purpose)));
        if given.is_empty() {
            found.push((line, ""));
        }
    }
    found
}

pub(crate) const EVERY_KEY: Rule = Rule {
    about: |path| path.starts_with("src/") && path.ends_with(".rs") && !path.contains("/tests/"),
    check: |_, text| {
        let compared = fs::read_to_string(project().join("docs/asvs.md")).unwrap_or_default();
        let inventory = compared.split_once(INVENTORY).map_or("", |(_, inventory)| inventory);
        let untold = purposes(text).into_iter().filter(|(_, purpose)| !inventory.contains(&format!("| `{purpose}` |")));
        untold.map(|(line, purpose)| (line, format!("the inventory of keys has no row for `{purpose}`"))).collect()
    },
    caught: &[
        ("src/web/kit.rs", "let key = secret.derive(\"what nobody wrote down\");"),
        ("src/web/kit.rs", "let key = secret.derive(\n    \"what nobody wrote down\",\n);"),
        ("src/web/kit.rs", "const WHAT: &str = \"what nobody wrote down\";\nfn key() {\n    secret.derive(WHAT)\n}"),
        (
            "src/web/kit.rs",
            concat!(
                "fn keyed(what: &str) {\n    secret.derive(what)\n}\n",
                "fn keys() {\n    let one = keyed(\"links of guests\");\n    let other = keyed(\"what nobody wrote down\");\n}",
            ),
        ),
        ("src/web/kit.rs", "pub fn keyed(what: &str) {\n    secret.derive(what)\n}"),
    ],
    passes: &[
        ("src/web/kit.rs", "#[derive(Clone)]\nstruct Key;\nlet key = secret.derive(\"flash message\");"),
        ("src/web/kit.rs", "const PURPOSE: &str = \"second factors\";\nfn key() {\n    secret.derive(PURPOSE)\n}"),
        (
            "src/web/kit.rs",
            "fn key() {\n    let key = keyed(key, \"links of guests\");\n}\nfn keyed(key: Key, what: &str) {\n    key.derive(what)\n}",
        ),
        ("src/settings/tests/secrets.rs", "let key = secret.derive(\"cookie\");"),
    ],
};

/// Two tests, as of every rule of the house.
mod every_key_stands_in_the_inventory {
    #[test]
    fn holds() {
        crate::holds(&super::EVERY_KEY);
    }

    #[test]
    fn can_fail() {
        crate::can_fail(&super::EVERY_KEY);
    }
}

#[test]
fn every_requirement_has_a_line_and_is_counted() {
    let mut found = Vec::new();
    files(&project().join("docs"), &mut found);
    let text = found.iter().find(|(path, _)| path == "docs/asvs.md").map_or("", |(_, text)| text.as_str());
    for (level, count) in REQUIREMENTS {
        assert_eq!(rows(text).filter(|(_, [_, of, ..])| *of == level).count(), count, "level {level}");
    }
    let [met, not_applicable, not_met] =
        STATES.map(|state| rows(text).filter(|(_, [_, _, of, _])| *of == state).count());
    let counted = format!("{met} are met, {not_applicable} are not applicable and {not_met} are not met");
    assert!(text.contains(&counted), "{counted}");
}
