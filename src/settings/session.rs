//! How long someone stays signed in.

use std::time::Duration;

use super::reader::SettingsReader;

#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// Someone who did nothing for this long is signed out.
    pub idle: Duration,
    /// Someone who signed in this long ago is signed out, whatever they do.
    pub max: Duration,
}

impl SessionSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let idle = reader.number::<u64>("SESSION_IDLE_MINUTES", 1..=10_080);
        let max = reader.number::<u64>("SESSION_MAX_HOURS", 1..=168);
        if idle > max * 60 {
            reader.problem("SESSION_IDLE_MINUTES", "must not be longer than SESSION_MAX_HOURS");
        }
        Self { idle: Duration::from_secs(idle * 60), max: Duration::from_secs(max * 3600) }
    }
}
