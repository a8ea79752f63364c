//! Rules about the documentation: what it leads to and what it names is there, the first page stays short, and a decision is
//! told in one screen.

use std::{fs, path::Path};

use super::reading::word;
use super::{Breach, Rule, files, project};

/// Between these marks of the README stands the table that `cargo bench --bench pages -- --write-readme` replaces.
const BEGIN: &str = "<!-- begin: cargo bench --bench pages -- --write-readme -->";
/// The same for the table of the growth.
const GROWTH: &str = "<!-- begin: cargo bench --bench pages -- growth --write-readme -->";
/// The same for the table of live pages.
const LIVE: &str = "<!-- begin: cargo bench --bench pages -- live --write-readme -->";
const END: &str = "<!-- end -->";

fn is_documentation(path: &str) -> bool {
    matches!(path, "README.md" | "CONTRIBUTING.md" | "CHANGELOG.md" | "SECURITY.md")
        || (path.starts_with("docs/") && is_page(path))
}

fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

/// The lines outside of fenced blocks, counted from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        !is_fenced && !is_fence
    })
}

/// What stands in backticks. A span ends on its line ([`LINKS`] sees to that).
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The targets of the links of a line, those in backticks left out.
fn targets(line: &str) -> Vec<String> {
    let prose: Vec<&str> = line.split('`').step_by(2).collect();
    let prose = prose.join("`");
    let links = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    links.map(|(target, _)| target.to_owned()).collect()
}

/// The anchors of a page, as the usual viewers make them of its headings.
fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for (_, line) in lines(text).filter(|(_, line)| line.starts_with('#')) {
        let kept = line.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
        let anchor: String = kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect();
        let before = found.iter().filter(|(other, _)| *other == anchor).count();
        found.push((anchor, before));
    }
    let numbered = |(anchor, before)| if before == 0 { anchor } else { format!("{anchor}-{before}") };
    found.into_iter().map(numbered).collect()
}

/// The path that `target` means in the file `path`, from the project's folder on; nothing when it leads out of it.
fn resolved(path: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// What is wrong with a link to `target` in the page `path` with this text.
fn broken(path: &str, text: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let linked = if file.is_empty() { Some(path.to_owned()) } else { resolved(path, file) };
    let Some(linked) = linked.filter(|linked| file.is_empty() || exists(linked)) else {
        return Some(format!("{target} leads to no file"));
    };
    let anchor = anchor?;
    let has_it = if file.is_empty() {
        anchors(text).iter().any(|known| known == anchor)
    } else {
        let other = fs::read_to_string(project().join(linked)).unwrap_or_default();
        anchors(&other).iter().any(|known| known == anchor)
    };
    (!has_it).then(|| format!("{target} leads to no heading"))
}

fn exists(path: &str) -> bool {
    project().join(path).exists()
}

pub(crate) const LINKS: Rule = Rule {
    about: is_documentation,
    check: |path, text| {
        let mut breaches: Vec<Breach> = Vec::new();
        for (number, line) in lines(text) {
            if line.matches('`').count() % 2 == 1 {
                breaches.push((number, "what is in backticks ends on the same line".to_owned()));
            }
            let wrong = targets(line).into_iter().filter_map(|target| broken(path, text, &target));
            breaches.extend(wrong.map(|what| (number, what)));
        }
        breaches
    },
    caught: &[
        ("README.md", "[x](docs/nothing-of-that-name.md)"),
        ("README.md", "[x](../Cargo.toml)"),
        ("README.md", "# A heading\n\n[x](#another-heading)"),
        ("README.md", "[x](CONTRIBUTING.md#no-such-heading)"),
        ("docs/commands.md", "![x](dashboard.png)"),
        ("docs/commands.md", "a `span that\ngoes on`"),
    ],
    passes: &[
        (
            "README.md",
            "[x](https://defang.io), [`src/lib.rs`](src/lib.rs), `[x](nothing.md)`\n\n```text\n[x](no.md)\n```",
        ),
        (
            "docs/commands.md",
            "## What `it` does, twice\n## What it does, twice\n[a](#what-it-does-twice-1) [b](../README.md)",
        ),
        ("src/lib.rs", "//! [x](nothing.md)"),
    ],
};

const FOLDERS: &[&str] =
    &[".ci", "src", "entity", "migration", "templates", "static", "tests", "benches", "docs", ".readme"];

/// The path of the tree that a span begins with, as far as it is spelt out: `src/features` for `src/features/<noun>/mod.rs`.
fn tree_path(span: &str) -> Option<&str> {
    let first = span.split_whitespace().next()?;
    let (folder, _) = first.split_once('/')?;
    let spelt = first.split(['*', '<', '{', '…']).next().unwrap_or(first);
    let spelt =
        if spelt.len() < first.len() { spelt.rsplit_once('/').map_or(folder, |(before, _)| before) } else { spelt };
    FOLDERS.contains(&folder).then_some(spelt)
}

pub(crate) const PATHS: Rule = Rule {
    about: is_documentation,
    check: |_, text| {
        let named = lines(text).flat_map(|(number, line)| spans(line).map(move |span| (number, span)));
        let paths = named.filter_map(|(number, span)| Some((number, tree_path(span)?)));
        let gone = paths.filter(|(_, path)| !exists(path));
        gone.map(|(number, path)| (number, format!("`{path}` is not there"))).collect()
    },
    caught: &[
        ("README.md", "see `src/nothing.rs`"),
        ("docs/commands.md", "`tests/nothing.sh up`"),
        ("docs/commands.md", "`src/nothing/<noun>/handlers.rs`"),
    ],
    passes: &[
        (
            "README.md",
            "`src/features/<noun>/handlers.rs`, `src/features/*/mod.rs`, `tests/run.sh lint`, `/static/{name}`",
        ),
        ("README.md", "`data/mail`, `migration up`, `entity/`\n```sh\ncat src/nothing.rs\n```"),
    ],
};

/// A name of the code: `db::Database::write`, `Topic`. Acronyms and commands are none.
fn code_name(span: &str) -> Option<&str> {
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    if !span.split("::").all(is_name) {
        return None;
    }
    let last = span.rsplit("::").next().unwrap_or(span);
    let is_type = last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase);
    (span.contains("::") || is_type).then_some(last)
}

/// Whether a line of code gives something this name: a function, a type, a module, or the variant of an enum.
fn defines(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    let is_variant =
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with([',', '(', ' ', '=']) || rest.is_empty());
    let kinds = ["fn ", "struct ", "enum ", "trait ", "mod ", "type ", "const "];
    let after = |kind: &str| line.split_once(kind).map(|(_, rest)| rest.split(['(', '<', ';', ' ', ':', '{']).next());
    is_variant || (word(line, name) && kinds.iter().any(|kind| after(kind).flatten() == Some(name)))
}

pub(crate) const NAMES: Rule = Rule {
    about: |path| matches!(path, "docs/architecture.md" | "docs/glossary.md"),
    check: |_, text| {
        let mut code = Vec::new();
        files(&project().join("src"), &mut code);
        files(&project().join("entity/src"), &mut code);
        let is_known = |name: &str| code.iter().any(|(_, text)| text.lines().any(|line| defines(line, name)));
        let named = lines(text).flat_map(|(number, line)| spans(line).map(move |span| (number, span)));
        let names = named.filter_map(|(number, span)| Some((number, code_name(span)?)));
        let gone = names.filter(|(_, name)| !is_known(name));
        gone.map(|(number, name)| (number, format!("nothing in the code is called `{name}`"))).collect()
    },
    caught: &[
        ("docs/architecture.md", "then `db::Database::write_somehow`"),
        ("docs/glossary.md", "| stamp | `StampOfNobody` |"),
    ],
    passes: &[
        (
            "docs/architecture.md",
            "then `db::Database::write`, `AppError::NotFound`, `COMMIT`, `cargo run`, `Cache-Control`",
        ),
        ("docs/glossary.md", "| topic | `Topic` |"),
    ],
};

pub(crate) const EVERY_SETTING: Rule = Rule {
    about: |path| path == "docs/settings.md",
    check: |_, text| {
        let example = fs::read_to_string(project().join(".env.example")).unwrap_or_default();
        let settings = example.lines().filter_map(|line| Some(line.split_once('=')?.0));
        let settings = settings.filter(|name| !name.starts_with('#'));
        let untold = settings.filter(|name| !text.lines().any(|line| line.starts_with(&format!("| `{name}` |"))));
        untold.map(|name| (1, format!("{name} has no row"))).collect()
    },
    caught: &[("docs/settings.md", "| `BIND` | `127.0.0.1:8000` |\n`PAGE_SIZE`")],
    passes: &[("docs/commands.md", "")],
};

pub(crate) const SHORT_README: Rule = Rule {
    about: |path| path == "README.md",
    check: |_, text| {
        let without = |text: &str, mark: &str| {
            let (before, rest) = text.split_once(mark)?;
            Some(format!("{before}{}", rest.split_once(END)?.1))
        };
        let Some(rest) =
            without(text, BEGIN).and_then(|rest| without(&rest, GROWTH)).and_then(|rest| without(&rest, LIVE))
        else {
            return vec![(1, "the marks between which the bench writes its tables are gone".to_owned())];
        };
        let bytes = rest.len();
        if bytes <= 10_000 { Vec::new() } else { vec![(1, format!("{bytes} bytes beside the tables, at most 10,000"))] }
    },
    caught: &[
        ("README.md", "# Telemedicine"),
        (
            "README.md",
            concat!(
                "<!-- begin: cargo bench --bench pages -- --write-readme -->\n<!-- end -->",
                "<!-- begin: cargo bench --bench pages -- growth --write-readme -->\n<!-- end -->",
                "<!-- begin: cargo bench --bench pages -- live --write-readme -->\n<!-- end -->",
                include_str!("../../Cargo.lock") // any long text
            ),
        ),
    ],
    passes: &[(
        "README.md",
        concat!(
            "# Telemedicine\n<!-- begin: cargo bench --bench pages -- --write-readme -->\n| |\n<!-- end -->\n",
            "<!-- begin: cargo bench --bench pages -- growth --write-readme -->\n| |\n<!-- end -->\n",
            "<!-- begin: cargo bench --bench pages -- live --write-readme -->\n| |\n<!-- end -->\n",
        ),
    )],
};

pub(crate) const SHORT_DECISIONS: Rule = Rule {
    about: |path| path.starts_with("docs/decisions/") && path != "docs/decisions/README.md",
    check: |path, text| {
        let mut breaches = Vec::new();
        let count = text.lines().count();
        if count > 40 {
            breaches.push((count, format!("{count} lines, at most 40")));
        }
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
        if headings != ["## Context", "## Decision", "## Consequences"] {
            breaches.push((1, "context, decision, consequences, and no other heading".to_owned()));
        }
        let file = path.rsplit('/').next().unwrap_or(path);
        let index = fs::read_to_string(project().join("docs/decisions/README.md")).unwrap_or_default();
        if !index.contains(&format!("]({file})")) {
            breaches.push((1, "the list of decisions does not lead here".to_owned()));
        }
        breaches
    },
    caught: &[
        ("docs/decisions/0001-an-actor-for-redis.md", "# X\n## Context\n## Decision\n"),
        ("docs/decisions/9999-nobody-lists-it.md", "# X\n## Context\n## Decision\n## Consequences\n"),
        (
            "docs/decisions/0001-an-actor-for-redis.md",
            "## Context\n## Decision\n## Consequences\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
        ),
    ],
    passes: &[("docs/decisions/0001-an-actor-for-redis.md", "# X\n\n## Context\n\n## Decision\n\n## Consequences\n")],
};
