//! Which module of `src/` may name which.
//!
//! The modules are floors: each names only those below it, so that no two lead to each other; within one folder files may. `src/lib.rs`
//! and `src/main.rs` are no modules of the server but what opens it.

use super::reading::{named_modules, place_of};
use super::{Rule, files, project};

/// Each module of `src/` may name those before it.
pub(crate) const FLOORS: &[&str] = &[
    "settings",
    "time_zone",
    "metrics",
    "telemetry",
    "text",
    "integrations",
    "redis",
    "background",
    "coherence",
    "page_cache",
    "db",
    "session",
    "web",
    "access",
    "routing",
    "live",
    "state",
    "features",
    "app",
    "cli",
];

/// Modules that still name one above them: `(who, whom)`. An exception that is no longer needed fails the test below.
pub(crate) const STILL_UPWARD: &[(&str, &str)] = &[];

/// The module that a file belongs to: `web` for `src/web/page.rs` and for `src/web.rs`.
pub(crate) fn module_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or_default();
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The modules that the code names though they stand above its own, with the line.
pub(crate) fn upward(path: &str, text: &str) -> Vec<(usize, String)> {
    let own = module_of(path);
    let Some(floor) = place_of(FLOORS, own) else { return Vec::new() };
    let above = |name: &String| place_of(FLOORS, name).is_some_and(|place| place > floor);
    named_modules(path, text, FLOORS).into_iter().filter(|(_, name)| above(name)).collect()
}

pub(crate) const EACH_NAMES_THOSE_BELOW: Rule = Rule {
    about: |path| path.starts_with("src/") && path.ends_with(".rs") && !["src/lib.rs", "src/main.rs"].contains(&path),
    check: |path, text| {
        let own = module_of(path);
        if place_of(FLOORS, own).is_none() {
            return vec![(1, format!("`{own}` has no place among the floors"))];
        }
        let is_new = |name: &String| !STILL_UPWARD.contains(&(own, name));
        let breaches = upward(path, text).into_iter().filter(|(_, name)| is_new(name));
        breaches.map(|(line, name)| (line, format!("`{own}` may not name `{name}`: it stands above it"))).collect()
    },
    caught: &[
        ("src/metrics.rs", "use crate::db::accounting::StatementTally;"),
        ("src/telemetry.rs", "use super::integrations::Clock;"),
        ("src/redis/pool.rs", "use super::super::session::Sessions;"),
        ("src/db/mod.rs", "use super::{metrics, web::AppError};"),
        ("src/web/page.rs", "use crate::access::Viewer;"),
        ("src/web/page.rs", "fn show(state: &crate::state::AppState) {}"),
        ("src/web/page.rs", "use crate::{\n    integrations::Clock,\n    state::{AppState, Pages},\n};"),
        ("src/web/page.rs", "use crate::features::home::Dashboard;"),
        ("src/web/middleware/flash.rs", "use super::super::super::routing;"),
        ("src/web/middleware/flash.rs", "mod tests {\n    use super::super::super::super::state::AppState;\n}"),
        ("src/access/viewer.rs", "pub(in crate::features) struct Viewer;"),
        ("src/routing/table.rs", "crate::features::home::routes(table);"),
        ("src/features/mod.rs", "use crate::app::App;"),
        ("src/web/mod.rs", "use crate::*;"),
        ("src/utils/mod.rs", "//! A module nobody gave a place."),
    ],
    passes: &[
        ("src/features/home/handlers.rs", "use crate::{access::Viewer, state::Pages, web::AppError};"),
        ("src/routing/table.rs", "//! See [`crate::features::routes`].\nuse crate::access::Access;"),
        ("src/web/page.rs", "use super::middleware::request_id;\nuse crate::web::flash; // not crate::state"),
        ("src/settings/tests/whole.rs", "mod deeper {\n    use super::super::super::redis::Redis;\n}"),
        ("src/web/error.rs", "let session = request.session;\nuse crate::db::DbErr;"),
        ("src/main.rs", "use telemedicine::cli::Cli;"),
        ("src/lib.rs", "pub mod cli;"),
        ("tests/web/main.rs", "use crate::state;"),
    ],
};

fn modules_of_the_server() -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&project().join("src"), &mut found);
    found.retain(|(path, _)| (EACH_NAMES_THOSE_BELOW.about)(path));
    found
}

#[test]
fn each_floor_is_there() {
    let files = modules_of_the_server();
    for floor in FLOORS {
        assert!(files.iter().any(|(path, _)| module_of(path) == *floor), "there is no module `{floor}`");
    }
}

#[test]
fn each_exception_is_still_needed() {
    let files = modules_of_the_server();
    for (who, whom) in STILL_UPWARD {
        let of_it = files.iter().filter(|(path, _)| module_of(path) == *who);
        let named: Vec<_> = of_it.flat_map(|(path, text)| upward(path, text)).collect();
        assert!(named.iter().any(|(_, name)| name == whom), "`{who}` names `{whom}` no more: take the exception out");
    }
}
