//! The outside world: each file holds the real thing and the one that stands in for it in tests and development.

pub mod breached_passwords;
pub mod clock;
pub mod mailer;
pub mod relays;
pub mod virus_scanner;

pub use self::breached_passwords::BreachedPasswords;
pub use self::clock::Clock;
pub use self::mailer::OutgoingMail;
pub use self::relays::Relays;

use crate::settings::Settings;

/// Everything outside of the server that is neither its database nor its Redis.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The only source of the time.
    pub clock: Clock,
    /// The way out for mail.
    pub outgoing_mail: OutgoingMail,
}

impl Outside {
    /// The machine's clock, and mail as the settings say.
    ///
    /// # Errors
    /// A sentence when the mail server's address is not one that can be used.
    pub fn real(settings: &Settings) -> Result<Self, String> {
        Ok(Self { clock: Clock::system(), outgoing_mail: OutgoingMail::open(&settings.mail)? })
    }
}
