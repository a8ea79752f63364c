//! How much may be asked for, and how far ahead.

use chrono::TimeDelta;

use super::reader::SettingsReader;

#[derive(Clone, Debug)]
pub struct BookingSettings {
    /// Requests of one patient that nobody has decided yet.
    pub max_open_requests: u64,
    /// No visit begins later than this from now.
    pub horizon: TimeDelta,
}

impl BookingSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            max_open_requests: reader.number("OPEN_REQUESTS_PER_PATIENT", 1..=1000),
            horizon: TimeDelta::days(reader.number("BOOKING_HORIZON_DAYS", 1..=3650)),
        }
    }
}
