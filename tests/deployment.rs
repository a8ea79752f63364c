//! `compose.yaml` and the `Dockerfile` promise things that only an engine would show: they are read here instead.
//!
//! What is asked of them: Postgres and Redis reachable from inside alone, migrations before the app, health checks, no
//! secret in a file, no root, nothing to compile with in the image, and settings that the server knows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

#[path = "deployment/compose.rs"]
mod compose;
#[path = "deployment/dockerfile.rs"]
mod dockerfile;
#[path = "deployment/relay.rs"]
mod relay;
#[path = "deployment/relay_runs.rs"]
mod relay_runs;

use std::fs;
use std::path::Path;

/// The text of a file of this project.
fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a person may set; the server refuses nothing else, so a misspelt name would be lost in silence.
fn is_setting(name: &str) -> bool {
    telemedicine::settings::VARIABLES.iter().any(|variable| variable.name == name)
}
