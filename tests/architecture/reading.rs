//! How the rules read a text: line by line, comments left out, without a parser.

use super::Breach;

/// Each feature may use those before it.
pub(crate) const FEATURES: &[&str] = &[
    "audit",
    "mail",
    "wall_times",
    "modalities",
    "notifications",
    "accounts",
    "hospitals",
    "people",
    "schedules",
    "appointments",
    "records",
    "calls",
    "device_checks",
    "guests",
    "visits",
    "notes",
    "messages",
    "documents",
    "calendars",
    "exports",
    "erasures",
    "reports",
    "day_book",
    "home",
];

/// The line without what follows `//`.
fn code(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split_once(" //").map_or(line, |(before, _)| before)
}

/// A breach for each line whose code `fault` objects to.
pub(crate) fn find(text: &str, fault: impl Fn(&str) -> Option<String>) -> Vec<Breach> {
    let lines = (1..).zip(text.lines());
    lines.filter_map(|(number, line)| Some((number, fault(code(line))?))).collect()
}

fn part_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether `name` stands in the line as a whole word.
pub(crate) fn word(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    })
}

/// `people` for `src/features/people/service.rs` and for `src/features/people.rs`.
pub(crate) fn feature_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/features/").unwrap_or_default();
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The features that the code names, with the line: after `features::`, alone or in braces, and after as many
/// `super::` as lead out of this feature.
pub(crate) fn named_features(path: &str, text: &str) -> Vec<(usize, String)> {
    let code: String = text.lines().map(|line| format!("{}\n", code(line))).collect();
    let mut named = Vec::new();
    for prefix in prefixes(path) {
        for (at, _) in code.match_indices(&prefix) {
            let before = code.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let after = code.get(at + prefix.len()..).unwrap_or_default();
            if before.ends_with("super::") || before.ends_with(part_of_name) {
                continue;
            }
            // Inside a module within the file `super` leads less far, to what is no feature.
            let known = |name: &String| prefix == "features::" || FEATURES.contains(&name.as_str());
            named.extend(imported(after).into_iter().filter(known).map(|name| (line, name)));
        }
    }
    named
}

/// Where a name stands in an order of names.
pub(crate) fn place_of(order: &[&str], name: &str) -> Option<usize> {
    order.iter().position(|known| *known == name)
}

/// Those of `modules`, folders and files right below `src/`, that the code names, with the line: after `crate::`, alone or in
/// braces, and after as many `super::` as lead out of the module that the file belongs to.
pub(crate) fn named_modules(path: &str, text: &str, modules: &[&str]) -> Vec<(usize, String)> {
    let code: String = text.lines().map(|line| format!("{}\n", code(line))).collect();
    let depth =
        path.trim_start_matches("src/").trim_end_matches(".rs").split('/').filter(|part| *part != "mod").count();
    let mut named = Vec::new();
    let mut note = |at: usize, length: usize| {
        let line = code.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let after = code.get(at + length..).unwrap_or_default();
        let all = after.starts_with('*').then(|| modules.iter().map(|name| (*name).to_owned()).collect());
        let names = all.unwrap_or_else(|| imported(after)).into_iter();
        named.extend(names.filter(|name| place_of(modules, name).is_some()).map(|name| (line, name)));
    };
    for (at, root) in code.match_indices("crate::") {
        if !code.get(..at).is_some_and(|before| before.ends_with(part_of_name)) {
            note(at, root.len());
        }
    }
    for (at, parent) in code.match_indices("super::") {
        let (before, chain) = code.split_at(at);
        let length = chain.len() - chain.trim_start_matches(parent).len();
        let begins = !before.ends_with(parent) && !before.ends_with(part_of_name);
        if begins && length / parent.len() == depth + modules_around(before) {
            note(at, length);
        }
    }
    named
}

/// How many modules within the file are open behind this code.
fn modules_around(code: &str) -> usize {
    let mut open: Vec<bool> = Vec::new();
    // Braces in texts are mostly in pairs; a single one as a letter is not.
    let code = code.replace("'{'", "").replace("'}'", "");
    for (at, letter) in code.char_indices() {
        match letter {
            '{' => {
                let mut words = code.get(..at).unwrap_or_default().split_whitespace().rev();
                open.push(words.nth(1) == Some("mod"));
            }
            '}' => drop(open.pop()),
            _ => {}
        }
    }
    open.into_iter().filter(|is_module| *is_module).count()
}

/// What stands before the name of a feature in this file.
fn prefixes(path: &str) -> Vec<String> {
    let Some(inside) = path.strip_prefix("src/features/") else {
        return vec!["features::".to_owned()];
    };
    let modules = inside.trim_end_matches(".rs").split('/').filter(|part| *part != "mod");
    vec!["features::".to_owned(), "super::".repeat(modules.count())]
}

/// The first names of a path, or of each path in braces: `{audit, people::Doctor}` gives `audit` and `people`.
fn imported(after: &str) -> Vec<String> {
    let first = |path: &str| path.trim_start().chars().take_while(|letter| part_of_name(*letter)).collect::<String>();
    let Some(list) = after.strip_prefix('{') else {
        return vec![first(after)].into_iter().filter(|name| !name.is_empty()).collect();
    };
    let mut names = Vec::new();
    let (mut depth, mut begin) = (0, true);
    for (at, letter) in list.char_indices() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => begin = true,
            _ if begin && part_of_name(letter) => {
                names.push(first(list.get(at..).unwrap_or_default()));
                begin = false;
            }
            _ => {}
        }
    }
    names
}

/// Every attribute with the line it begins on, from `#` to the bracket that closes it, on one line.
pub(crate) fn attributes(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines().map(code)) {
        let begins = !open && line.trim_start().starts_with('#');
        if begins {
            found.push((number, String::new()));
        }
        if (begins || open)
            && let Some((_, attribute)) = found.last_mut()
        {
            attribute.push_str(line);
            open = attribute.matches('[').count() > attribute.matches(']').count();
        }
    }
    found
}
