//! What the operator may choose: every setting, typed and checked before anything is opened.
//!
//! The only reader of the environment. One file per concern; each reads its variables through `reader::SettingsReader`, which
//! notes every problem, so that one run of the server names them all. [`VARIABLES`] is the one list of variables with
//! their defaults and meanings. Anyone may use the types; only `main` calls [`Settings::load`].

mod attachments;
mod booking;
mod cache;
mod calls;
mod database;
mod database_url;
mod diagnostics;
mod environment;
mod folder;
mod live;
mod mail;
mod pages;
mod problems;
mod reader;
mod redis;
mod retention;
mod secret_files;
mod secret_key;
mod security;
mod server;
mod session;
mod sources;
mod time_zones;
mod variables;

use std::collections::BTreeMap;

pub use self::attachments::AttachmentSettings;
pub use self::booking::BookingSettings;
pub use self::cache::CacheSettings;
pub use self::calls::{CallSettings, Transport, TurnUrl};
pub use self::database::DatabaseSettings;
pub use self::database_url::{Backend, DatabaseUrl};
pub use self::diagnostics::{DiagnosticsSettings, LogFormat};
pub use self::environment::Environment;
pub use self::folder::make_private_folder;
pub use self::live::LiveSettings;
pub use self::mail::{Delivery, MailSettings, SmtpUrl};
pub use self::pages::{PageSettings, StaticUrl};
pub use self::problems::{Problems, SettingProblem};
pub use self::redis::RedisSettings;
pub use self::retention::RetentionSettings;
pub use self::secret_key::SecretKey;
pub use self::security::{Hsts, PasswordHashing, SecuritySettings};
pub use self::server::ServerSettings;
pub use self::session::SessionSettings;
pub use self::time_zones::TimeZoneSettings;
pub use self::variables::{VARIABLES, Variable};

use self::reader::SettingsReader;

/// Everything the operator chose. Secrets inside do not show in `Debug`.
#[derive(Clone, Debug)]
pub struct Settings {
    pub environment: Environment,
    pub server: ServerSettings,
    pub secret_key: SecretKey,
    pub database: DatabaseSettings,
    /// `None`: sessions and cache live in this process.
    pub redis: Option<RedisSettings>,
    pub mail: MailSettings,
    pub cache: CacheSettings,
    pub session: SessionSettings,
    pub booking: BookingSettings,
    pub attachments: AttachmentSettings,
    pub retention: RetentionSettings,
    pub security: SecuritySettings,
    pub pages: PageSettings,
    pub live: LiveSettings,
    pub calls: CallSettings,
    pub time_zones: TimeZoneSettings,
    pub diagnostics: DiagnosticsSettings,
}

impl Settings {
    /// The settings of this process: its environment and, for variables that are not in it, the file `.env` of the
    /// working directory. In development a secret key that was not given is kept in `data/secret.key`.
    ///
    /// # Errors
    /// Every problem at once, each naming its variable.
    pub fn load() -> Result<Self, Problems> {
        let mut settings = Self::from_vars(&sources::variables()?)?;
        settings.secret_key.persist()?;
        Ok(settings)
    }

    /// The settings that these variables mean. Reads and writes nothing else: a secret key that was not given in
    /// development is random and lives as long as the value.
    ///
    /// # Errors
    /// Every problem at once, each naming its variable.
    pub fn from_vars(vars: &BTreeMap<String, String>) -> Result<Self, Problems> {
        let mut reader = SettingsReader::new(vars);
        let environment = Environment::read(&mut reader);
        let server = ServerSettings::read(&mut reader, environment);
        let settings = Self {
            environment,
            mail: MailSettings::read(&mut reader, environment, &server),
            server,
            secret_key: SecretKey::read(&mut reader, environment),
            database: DatabaseSettings::read(&mut reader),
            redis: RedisSettings::read(&mut reader),
            cache: CacheSettings::read(&mut reader),
            session: SessionSettings::read(&mut reader),
            booking: BookingSettings::read(&mut reader),
            attachments: AttachmentSettings::read(&mut reader),
            retention: RetentionSettings::read(&mut reader),
            security: SecuritySettings::read(&mut reader),
            pages: PageSettings::read(&mut reader, environment),
            live: LiveSettings::read(&mut reader),
            calls: CallSettings::read(&mut reader),
            time_zones: TimeZoneSettings::read(&mut reader),
            diagnostics: DiagnosticsSettings::read(&mut reader, environment),
        };
        reader.finish(settings)
    }
}

#[cfg(test)]
mod tests;
