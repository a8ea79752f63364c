//! Where the rules of time zones come from.

use std::path::PathBuf;

use super::reader::{SettingsReader, shown};

/// Where the rules of time zones come from.
#[derive(Clone, Debug)]
pub struct TimeZoneSettings {
    /// The folder of the zone files, if the operator named one. It need not be there: then the tables that are compiled in are used.
    pub folder: Option<PathBuf>,
}

impl TimeZoneSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let folder = reader.text("TZDIR").map(PathBuf::from);
        if let Some(folder) = folder.as_ref().filter(|folder| !folder.is_absolute()) {
            let shown = shown(&folder.display().to_string());
            reader.problem(
                "TZDIR",
                format!("must be the whole path of a folder, such as /usr/share/zoneinfo, not {shown}"),
            );
        }
        Self { folder }
    }
}
