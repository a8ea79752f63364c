//! Pages that change by themselves.

use super::reader::SettingsReader;

#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// Most streams of one instance at a time.
    pub max_streams: usize,
}

impl LiveSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self { max_streams: reader.number("LIVE_MAX_STREAMS", 0..=1_000_000) }
    }
}
