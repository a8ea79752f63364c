//! One word is one type: no two types that are seen outside of their files have the same name. What is private to a file may be a `Row`
//! or a `State` like another file's.

use std::collections::BTreeMap;

use super::{files, project};

/// The same type under a second path: `state::Pages` is `web::Pages` of this application.
const SAME: &[&str] = &["Pages"];

/// The name of the type that a line declares, if it is seen outside of its file. Only what stands in a module itself is indented by nothing.
fn declared(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(within) => within.split_once(')')?.1,
        None => rest,
    };
    let (kind, rest) = rest.strip_prefix(' ')?.split_once(' ')?;
    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    ["struct", "enum", "trait", "type", "union"].contains(&kind).then_some(name)
}

/// Each name that more than one file declares, with the files.
fn twice(files: &[(String, String)]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, text) in files {
        for name in text.lines().filter_map(declared).filter(|name| !SAME.contains(name)) {
            places.entry(name).or_default().push(path);
        }
    }
    let twice = places.into_iter().filter(|(_, paths)| paths.len() > 1);
    twice.map(|(name, paths)| format!("`{name}` is a type of {}", paths.join(" and of "))).collect()
}

fn tree(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn one_word_is_one_type() {
    let mut found = Vec::new();
    files(&project().join("src"), &mut found);
    assert!(found.iter().flat_map(|(_, text)| text.lines()).filter_map(declared).count() > 100);
    let twice = twice(&found);
    assert!(twice.is_empty(), "\n{}\n", twice.join("\n"));
}

#[test]
fn a_second_type_of_one_name_is_found() {
    for (one, other) in [
        ("pub struct Outcome;", "pub enum Outcome {"),
        ("pub(crate) struct Entry<T>(T);", "pub(super) struct Entry {"),
        ("pub(in crate::features) trait Record: Clone {}", "pub type Record = i64;"),
    ] {
        assert_eq!(twice(&tree(&[("src/a.rs", one), ("src/b.rs", other)])).len(), 1, "{one} {other}");
    }
}

#[test]
fn what_is_private_or_no_type_may_share_its_name() {
    for (one, other) in [
        ("pub struct Row;", "struct Row;"),
        ("pub struct Row;", "pub struct Rows;"),
        ("pub struct Row;", "impl FromStr for A {\n    type Row = Infallible;\n}"),
        ("pub struct Row;", "pub use self::row::Row;"),
        ("pub struct Row;", "pub fn row() -> Row {"),
    ] {
        assert_eq!(twice(&tree(&[("src/a.rs", one), ("src/b.rs", other)])), Vec::<String>::new(), "{other}");
    }
}
