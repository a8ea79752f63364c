//! How long what is of no use any more is kept, for whoever asks what became of it.

use std::time::Duration;

use super::reader::SettingsReader;

/// For each kind of rows how long ago it must have been over. The trail, its seals, visits and their history are kept.
#[derive(Clone, Copy, Debug)]
pub struct RetentionSettings {
    /// Sessions that have ended.
    pub sessions: Duration,
    /// Links to choose a password, and to addresses, that can no longer be used.
    pub links: Duration,
    /// Mails that were sent, or are not to be sent any more.
    pub mail: Duration,
    /// Versions of notes, from the signature on; of drafts, those that newer ones stand for.
    pub note_versions: Duration,
    /// Notifications that were read.
    pub notifications: Duration,
}

impl RetentionSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let mut days = |name| Duration::from_secs(reader.number::<u64>(name, 1..=36_500) * 86_400);
        Self {
            sessions: days("RETAIN_SESSIONS_DAYS"),
            links: days("RETAIN_LINKS_DAYS"),
            mail: days("RETAIN_MAIL_DAYS"),
            note_versions: days("RETAIN_NOTE_VERSIONS_DAYS"),
            notifications: days("RETAIN_NOTIFICATIONS_DAYS"),
        }
    }
}
