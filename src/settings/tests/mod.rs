//! The rules of the settings, by example.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod addresses;
mod secrets;
mod whole;

use super::*;

/// 64 characters as `openssl rand -hex 32` makes them.
const KEY: &str = "9f1c4a7be03d5286c1d94e70ab35f86217ecd0984b3a6f25e1807d9cb4526fa3";

fn vars(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read(pairs: &[(&str, &str)]) -> Settings {
    Settings::from_vars(&vars(pairs)).unwrap()
}

/// Production with what it requires, and `pairs` over it.
fn production(pairs: &[(&str, &str)]) -> Result<Settings, Problems> {
    let mut all = vars(&[("ENVIRONMENT", "production"), ("SECRET_KEY", KEY), ("PUBLIC_URL", "https://clinic.example")]);
    all.extend(vars(pairs));
    Settings::from_vars(&all)
}

/// The variables that the reading complains about.
fn wrong(pairs: &[(&str, &str)]) -> Vec<&'static str> {
    names(Settings::from_vars(&vars(pairs)))
}

fn names(result: Result<Settings, Problems>) -> Vec<&'static str> {
    result.err().map(|problems| problems.iter().map(|problem| problem.variable).collect()).unwrap_or_default()
}
