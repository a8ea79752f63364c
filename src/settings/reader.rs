//! Reads single variables and notes what is wrong with them.
//!
//! A variable that is unset or empty has the default of [`VARIABLES`]. After a problem the reader answers with a
//! harmless value so that reading goes on; [`SettingsReader::finish`] then never hands it out.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::problems::Problems;
use super::variables::VARIABLES;

/// Longest part of a wrong value that a message repeats.
const SHOWN: usize = 60;

pub(super) struct SettingsReader<'a> {
    vars: &'a BTreeMap<String, String>,
    problems: Problems,
}

impl<'a> SettingsReader<'a> {
    pub(super) fn new(vars: &'a BTreeMap<String, String>) -> Self {
        Self { vars, problems: Problems::default() }
    }

    /// `settings`, if there was no problem.
    pub(super) fn finish<T>(self, settings: T) -> Result<T, Problems> {
        if self.problems.is_empty() { Ok(settings) } else { Err(self.problems) }
    }

    pub(super) fn problem(&mut self, name: &'static str, says: impl Into<String>) {
        self.problems.add(name, says);
    }

    /// What the operator wrote, without the space around it.
    pub(super) fn given(&self, name: &'static str) -> Option<&'a str> {
        self.vars.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// What the operator wrote, else the default, if there is one.
    pub(super) fn text(&self, name: &'static str) -> Option<&'a str> {
        self.given(name).or_else(|| {
            let variable = VARIABLES.iter().find(|variable| variable.name == name)?;
            Some(variable.default).filter(|default| !default.is_empty())
        })
    }

    /// A whole number within `range`.
    pub(super) fn number<T>(&mut self, name: &'static str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text(name).unwrap_or_default();
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (from, to) = (range.start(), range.end());
                let shown = shown(text);
                self.problem(name, format!("must be a whole number from {from} to {to}, not {shown}"));
                *from
            }
        }
    }

    pub(super) fn seconds(&mut self, name: &'static str, range: RangeInclusive<u64>) -> Duration {
        Duration::from_secs(self.number(name, range))
    }

    pub(super) fn milliseconds(&mut self, name: &'static str, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.number(name, range))
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.text(name) {
            Some("true") => true,
            Some("false") => false,
            other => {
                let shown = shown(other.unwrap_or_default());
                self.problem(name, format!("must be true or false, not {shown}"));
                false
            }
        }
    }
}

/// A wrong value, quoted and cut, fit for one line of a message. Not for secrets.
pub(super) fn shown(value: &str) -> String {
    let cut: String = value.chars().take(SHOWN).collect();
    let dots = if cut.len() < value.len() { "…" } else { "" };
    format!("\"{}{dots}\"", cut.escape_debug())
}
