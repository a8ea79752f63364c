//! What is wrong with the settings, all of it at once.

use std::fmt;

/// One setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingProblem {
    /// The variable's name, as the operator writes it.
    pub variable: &'static str,
    /// What it must be; never the value of a secret.
    pub says: String,
}

/// Every problem found in one reading, in the order of reading. Its `Display` is the message for the operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct Problems(Vec<SettingProblem>);

impl Problems {
    /// One problem.
    pub(super) fn one(variable: &'static str, says: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(variable, says);
        problems
    }

    pub(super) fn add(&mut self, variable: &'static str, says: impl Into<String>) {
        self.0.push(SettingProblem { variable, says: says.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &SettingProblem> {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "1 setting cannot be used:")?,
            many => write!(f, "{many} settings cannot be used:")?,
        }
        for problem in &self.0 {
            write!(f, "\n  {} {}", problem.variable, problem.says)?;
        }
        Ok(())
    }
}
