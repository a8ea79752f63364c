//! The house rules that neither the compiler nor clippy checks, held against every file of the project.
//!
//! A rule is a function over a path and the text found there (in the folder `architecture`).
//! Each carries texts that it must catch and texts that it must let pass, so that no rule can stop working unnoticed.

#[path = "architecture/asvs.rs"]
mod asvs;
#[path = "architecture/code_rules.rs"]
mod code_rules;
#[path = "architecture/docs_rules.rs"]
mod docs_rules;
#[path = "architecture/floors.rs"]
mod floors;
#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/page_rules.rs"]
mod page_rules;
#[path = "architecture/reading.rs"]
mod reading;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/trail_rules.rs"]
mod trail_rules;

use std::fs;
use std::path::Path;

/// What a rule found: the line, counted from 1, and what is wrong there.
type Breach = (usize, String);

/// A path with `/` between its parts, from the project's folder on, and the text of that file.
type Sample = (&'static str, &'static str);

struct Rule {
    /// Which paths the rule is about.
    about: fn(&str) -> bool,
    check: fn(&str, &str) -> Vec<Breach>,
    caught: &'static [Sample],
    passes: &'static [Sample],
}

/// Folders that tools fill and git ignores.
const GENERATED: &[&str] = &["target", "data", "node_modules"];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the project below `folder`, dot-files and generated folders left out. The text of a file that holds
/// none, such as an image, is empty.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') || GENERATED.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            files(&path, found);
        } else {
            let inside = path.strip_prefix(project()).unwrap_or(&path);
            let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
            let text = fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            found.push((parts.join("/"), text.unwrap_or_default()));
        }
    }
}

fn holds(rule: &Rule) {
    let mut found = Vec::new();
    files(project(), &mut found);
    let breaches: Vec<String> = found
        .iter()
        .filter(|(path, _)| (rule.about)(path))
        .flat_map(|(path, text)| {
            (rule.check)(path, text).into_iter().map(move |(line, what)| format!("{path}:{line}: {what}"))
        })
        .collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

fn can_fail(rule: &Rule) {
    assert!(!rule.caught.is_empty(), "a rule without a planted fault");
    for (path, text) in rule.caught {
        assert!((rule.about)(path), "the rule is not about {path}");
        assert!(!(rule.check)(path, text).is_empty(), "not caught in {path}:\n{text}");
    }
    for (path, text) in rule.passes {
        let breaches = if (rule.about)(path) { (rule.check)(path, text) } else { Vec::new() };
        assert!(breaches.is_empty(), "wrongly caught in {path}:\n{text}\n{breaches:?}");
    }
}

/// Two tests for each rule: the project keeps it, and it catches its planted faults.
macro_rules! house_rules {
    ($($name:ident = $file:ident::$rule:ident;)*) => {$(
        mod $name {
            #[test]
            fn holds() {
                super::holds(&super::$file::$rule);
            }

            #[test]
            fn can_fail() {
                super::can_fail(&super::$file::$rule);
            }
        }
    )*};
}

house_rules! {
    the_top_level_shows_the_clinic = rules::TOP_LEVEL;
    each_module_names_only_those_below = floors::EACH_NAMES_THOSE_BELOW;
    features_call_only_to_their_left = rules::FEATURES_CALL_LEFT;
    features_have_one_interface = rules::ONE_INTERFACE;
    the_database_stays_in_its_places = rules::DATABASE_PLACES;
    migrations_stand_alone = rules::MIGRATIONS_STAND_ALONE;
    entities_cannot_reach_templates = rules::ENTITIES_WITHOUT_SERDE;
    nothing_is_written_past_the_trail = trail_rules::UNRECORDED_WRITES;
    clinical_columns_leave_queries_sealed = trail_rules::CLINICAL_COLUMNS_ARE_SEALED;
    files_stay_short = code_rules::FILE_LENGTH;
    handlers_stay_short = code_rules::HANDLER_LENGTH;
    modules_say_what_they_are = code_rules::MODULE_DOCS;
    nothing_is_left_for_later = code_rules::NOTHING_FOR_LATER;
    lint_exceptions_have_a_reason = code_rules::LINT_REASONS;
    templates_are_escaped = page_rules::SUFFIX;
    templates_stay_short = page_rules::LENGTH;
    nothing_is_inline = page_rules::NOTHING_INLINE;
    pages_use_no_other_host = page_rules::NO_OTHER_HOST;
    the_stylesheet_stays_small = page_rules::STYLESHEET_SIZE;
    links_lead_somewhere = docs_rules::LINKS;
    paths_in_the_documentation_are_there = docs_rules::PATHS;
    names_in_the_documentation_are_in_the_code = docs_rules::NAMES;
    every_setting_is_told = docs_rules::EVERY_SETTING;
    the_first_page_stays_short = docs_rules::SHORT_README;
    decisions_stay_short = docs_rules::SHORT_DECISIONS;
    the_standard_is_compared_line_by_line = asvs::EVERY_LINE;
}
