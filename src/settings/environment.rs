//! Where this server stands.

use super::reader::{SettingsReader, shown};

/// How careful the server has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On someone's own machine: plain HTTP, demo data, a toolbar.
    Development,
    /// With real people: HTTPS, secrets given, nothing that shows internals.
    Production,
}

impl Environment {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        match reader.text("ENVIRONMENT") {
            Some("development") => Self::Development,
            Some("production") => Self::Production,
            other => {
                let shown = shown(other.unwrap_or_default());
                reader.problem("ENVIRONMENT", format!("must be development or production, not {shown}"));
                // The milder rules: the problem above already stops the start.
                Self::Development
            }
        }
    }

    /// Whether real people depend on this server.
    pub fn is_production(self) -> bool {
        self == Self::Production
    }
}
